import { BUILT_IN_ROLES, isDesignAction, TENANT_ADMINISTRATOR } from './built-in.ts';
import { createEntry, type Entry } from './entry.ts';
import { gatesFor } from './gates.ts';
import { resourceKeys, subjectKeys } from './keys.ts';
import type { Policy } from './load.ts';
import { own } from './own.ts';
import { Plan } from './plan.ts';
import { PlanCache } from './plan-cache.ts';
import type { AccessRequest, Bypass, Context, Resource, Subject } from './types.ts';

export type ResourceKey = Pick<Resource, 'type' | 'app' | 'recordType' | 'id'>;
type Environment = Context['environment'];

/** What a policy says about subjects that hold the same roles and profiles: a plan per resource and action, on demand. */
export class SubjectLink {
  readonly #policy: Policy;
  readonly #subject: Subject;
  readonly #customRoles: readonly string[];
  readonly #plans = new PlanCache();
  /** Plans for development, where built-in roles count; the same as elsewhere for who has none. */
  readonly #development: PlanCache;

  constructor(policy: Policy, subject: Subject) {
    this.#policy = policy;
    this.#subject = subject;
    this.#customRoles = subject.roles.filter((role) => !BUILT_IN_ROLES.has(role));
    const hasBuiltIn = this.#customRoles.length < subject.roles.length;
    this.#development = hasBuiltIn ? new PlanCache() : this.#plans;
  }

  plan(resource: ResourceKey, action: string, environment: Environment): Plan {
    const plans = environment === 'development' ? this.#development : this.#plans;
    let plan = plans.find(resource, action);
    if (!plan) {
      plan = this.#create(resource, action, environment);
      plans.keep(resource, action, plan);
    }
    return plan;
  }

  #create(resource: ResourceKey, action: string, environment: Environment): Plan {
    const subject = this.#subject;
    const recordType = this.#policy.recordType(resource);
    const operation = own(recordType?.operations, action);
    return new Plan({
      signIn: this,
      gates: gatesFor({
        subject,
        action,
        resourceType: resource.type,
        kind: operation?.kind,
        immutable: recordType?.immutable ?? [],
      }),
      entries: this.#gather(resource, action, environment),
      asSaved: operation?.kind === 'edit',
      from: operation?.from,
      bypass: this.#bypass(resource, action),
      anonymous: subject.type === 'anonymous',
      conditions: this.#policy.conditions,
    });
  }

  /** The entries of all rules that may name the subject here, in the order of their tiers, denies first in each. */
  #gather(resource: ResourceKey, action: string, environment: Environment): Entry[] {
    const { source, conditions } = this.#policy;
    const keys = subjectKeys(this.#subject, this.#countingRoles(resource, action, environment));
    const identities = new Set(keys);
    const resources = resourceKeys(resource);
    const actions = [action, isDesignAction(action) ? 'design:*' : '*'];
    const entries: Entry[] = [];
    for (const key of resource.type === 'record' ? [...keys, ...source.listKeys] : keys) {
      const ofSubject = source.ofSubject(key);
      if (!ofSubject) continue;
      for (const resourceKey of resources) {
        const ofResource = own(ofSubject, resourceKey);
        if (!ofResource) continue;
        for (const name of actions) {
          for (const position of own(ofResource, name) ?? []) {
            entries.push(createEntry(source.rule(position), key, identities, conditions));
          }
        }
      }
    }
    if (entries.length > 1) entries.sort((a, b) => a.tier - b.tier || Number(b.deny) - Number(a.deny));
    return entries;
  }

  /**
   * The roles that count for a question. Built-in ones count in the design plane and in development, but never where
   * apps manage accounts and roles; a tenant administrator may sign in everywhere.
   */
  #countingRoles({ type }: ResourceKey, action: string, environment: Environment): readonly string[] {
    const { roles } = this.#subject;
    if (isDesignAction(action)) return roles;
    if (environment === 'development' && type !== 'account' && type !== 'role') return roles;
    const signsIn = type === 'environment' && action === 'signIn';
    if (!signsIn || !roles.includes(TENANT_ADMINISTRATOR)) return this.#customRoles;
    return [...this.#customRoles, TENANT_ADMINISTRATOR];
  }

  #bypass(resource: ResourceKey, action: string): Bypass | undefined {
    const { type, roles, level } = this.#subject;
    if (type !== 'user' || isDesignAction(action) || !EXEMPTIBLE.has(resource.type)) return undefined;
    if (roles.includes(TENANT_ADMINISTRATOR)) return 'tenantAdministrator';
    const app = this.#policy.app(resource);
    return level === 'admin' && app?.accessModel === 'profiles' ? 'levelAdmin' : undefined;
  }

  /** Whether some role permits signing in to the request's environment. */
  maySignIn(request: AccessRequest): boolean {
    const { environment } = request.context;
    const resource = environmentResource(environment);
    const asked = { ...request, action: 'signIn', resource, fields: undefined };
    return this.plan(resource, 'signIn', environment).decide(asked).decision;
  }

  /** Whether that answer is the same for every request. */
  isConstant(environment: Environment): boolean {
    return this.plan(environmentResource(environment), 'signIn', environment).isConstant;
  }
}

function environmentResource(id: Environment): Resource {
  return { type: 'environment', id };
}

const EXEMPTIBLE: ReadonlySet<Resource['type']> = new Set(['record', 'view', 'app', 'flow', 'service']);
