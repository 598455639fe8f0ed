import { BUILT_IN_ROLES, isDesignAction, TENANT_ADMINISTRATOR } from './built-in.ts';
import type { OperationKind } from './document.ts';
import { createEntry, type Entry } from './entry.ts';
import { gatesFor } from './gates.ts';
import { resourceKeys, subjectKeys } from './keys.ts';
import type { Policy } from './load.ts';
import { own } from './own.ts';
import { Plan, type Viewing } from './plan.ts';
import { PlanCache } from './plan-cache.ts';
import type { AccessRequest, Bypass, Context, Resource, ResourceKey, Subject } from './types.ts';

type Environment = Context['environment'];

/** What a policy says about subjects that hold the same roles and profiles: a plan per resource and action, on demand. */
export class SubjectLink {
  readonly #policy: Policy;
  readonly #subject: Subject;
  readonly #hasBuiltIn: boolean;
  readonly #plans = new PlanCache();
  /** Plans for development, where built-in roles count; the same as elsewhere for who has none. */
  readonly #development: PlanCache;

  constructor(policy: Policy, subject: Subject) {
    this.#policy = policy;
    this.#subject = subject;
    this.#hasBuiltIn = !BUILT_IN_ROLES.isDisjointFrom(new Set(subject.roles));
    this.#development = this.#hasBuiltIn ? new PlanCache() : this.#plans;
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
      entries: this.#gather(resource, action, environment, operation?.kind),
      from: operation?.from,
      bypass: subject.type === 'user' ? this.#bypass(resource, action) : undefined,
      anonymous: subject.type === 'anonymous',
      conditions: this.#policy.conditions,
      viewing: this.#viewing(resource, operation?.kind, environment),
    });
  }

  /** An operation on a record needs that the record may be viewed; adding one and viewing one do not. */
  #viewing(
    { type, app, recordType }: ResourceKey,
    kind: OperationKind | undefined,
    environment: Environment,
  ): Viewing | undefined {
    if (type !== 'record' || kind === undefined || kind === 'add' || kind === 'view') return undefined;
    const key = { type, app, recordType };
    const operations = this.#policy.recordType(key)?.operations ?? {};
    const action = Object.keys(operations).find((id) => operations[id]?.kind === 'view') ?? 'view';
    let plan: Plan | undefined;
    return {
      action,
      plan: () => {
        plan ??= this.plan(key, action, environment);
        return plan;
      },
    };
  }

  /** The entries of all rules that may name the subject here, in the order of their tiers, denies first in each. */
  #gather(
    resource: ResourceKey,
    action: string,
    environment: Environment,
    kind: OperationKind | undefined,
  ): Entry[] {
    const { source, conditions } = this.#policy;
    const subject = this.#subject;
    const roles = this.#hasBuiltIn ? countingRoles(subject, resource, action, environment) : subject.roles;
    const keys = subjectKeys(subject, roles);
    const identities = new Set(keys);
    const resources = resourceKeys(resource);
    const actions = [action, isDesignAction(action) ? 'design:*' : '*'];
    const entries: Entry[] = [];
    for (const key of resource.type === 'record' ? keys.concat(source.listKeys) : keys) {
      const ofSubject = source.ofSubject(key);
      if (!ofSubject) continue;
      for (const resourceKey of resources) {
        const ofResource = own(ofSubject, resourceKey);
        if (!ofResource) continue;
        for (const name of actions) {
          for (const position of own(ofResource, name) ?? []) {
            entries.push(createEntry(source.rule(position), key, identities, conditions, kind));
          }
        }
      }
    }
    return entries.length > 1 ? entries.sort(inOrder) : entries;
  }

  /** What exempts a user from the rules. */
  #bypass(resource: ResourceKey, action: string): Bypass | undefined {
    const { roles, level } = this.#subject;
    if (isDesignAction(action) || !EXEMPTIBLE.has(resource.type)) return undefined;
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

/** By tiers, denies first in each. */
function inOrder(a: Entry, b: Entry): number {
  return a.tier - b.tier || Number(b.deny) - Number(a.deny);
}

function environmentResource(id: Environment): Resource {
  return { type: 'environment', id };
}

const EXEMPTIBLE: ReadonlySet<Resource['type']> = new Set(['record', 'view', 'app', 'flow', 'service']);

/**
 * The roles of a subject that count for a question. Built-in ones count in the design plane and in development, but
 * never where apps manage accounts and roles; a tenant administrator may sign in everywhere.
 */
function countingRoles(
  subject: Subject,
  resource: ResourceKey,
  action: string,
  environment: Environment,
): readonly string[] {
  if (isDesignAction(action)) return subject.roles;
  const managesAccounts = resource.type === 'account' || resource.type === 'role';
  if (environment === 'development' && !managesAccounts) return subject.roles;
  const signsIn = resource.type === 'environment' && action === 'signIn';
  return subject.roles.filter(
    (role) => !BUILT_IN_ROLES.has(role) || (signsIn && role === TENANT_ADMINISTRATOR),
  );
}
