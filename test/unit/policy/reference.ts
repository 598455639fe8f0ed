import {
  AUTHENTICATED,
  BUILT_IN_ROLES,
  NON_AUTHENTICATED,
  OWNER,
  TENANT_ADMINISTRATOR,
} from '../../../core/policy/built-in.ts';
import type { PolicyInput, RecordTypeFacts } from '../../../core/policy/document.ts';
import type {
  AccessRequest,
  FieldSet,
  ReasonCode,
  Resource,
  RuleDraft,
  Selector,
} from '../../../core/policy/types.ts';
import { truthOf } from './truth.ts';

/**
 * The decision function once more, written to be read: it walks over all rules for every question and keeps nothing.
 * The compiled engine is held to it. Conditions are evaluated by the CEL library, not by our compiler.
 */
export interface ReferenceDecision {
  readonly decision: boolean;
  readonly fields: FieldSet;
  readonly code: ReasonCode;
  readonly rules: readonly string[];
}

export function referenceDecide(input: PolicyInput, request: AccessRequest): ReferenceDecision {
  const gate = closedGate(input, request);
  if (gate) return deny(gate);
  const answer = exempted(input, request, decideByRules(input, request));
  if (!answer.decision) return answer;
  const offered = recordTypeOf(input, request)?.operations[request.action]?.from;
  if (offered && !offered.includes(request.resource.state ?? '')) return deny('STATE', answer.rules);
  const { fields } = answer;
  const refused = fields === '*' ? [] : (request.fields ?? []).filter((name) => !fields.includes(name));
  return refused.length > 0 ? deny('FIELD', answer.rules) : answer;
}

function deny(code: ReasonCode, rules: readonly string[] = []): ReferenceDecision {
  return { decision: false, fields: [], code, rules };
}

// Gates

function closedGate(input: PolicyInput, request: AccessRequest): ReasonCode | undefined {
  const { subject, action, resource, context } = request;
  const isPerson = subject.type === 'user' || subject.type === 'serviceAccount';
  if (isPerson && isRuntime(action) && resource.type !== 'environment' && !maySignIn(input, request)) {
    return 'ENVIRONMENT';
  }
  if (subject.type === 'tokenUser' && context.channel !== 'browser') return 'CHANNEL';
  if (subject.type === 'tokenUser' && !withinCeiling(request)) return 'CEILING';
  if (breaksInvariant(input, request)) return 'INVARIANT';
  if (resource.type === 'flow' && action === 'start' && resource.status !== 'LIVE') return 'NOT_LIVE';
  return undefined;
}

function maySignIn(input: PolicyInput, request: AccessRequest): boolean {
  const resource = { type: 'environment', id: request.context.environment } as const;
  return decideByRules(input, { ...request, action: 'signIn', resource }).decision;
}

function withinCeiling({ subject, action, resource }: AccessRequest): boolean {
  const { ceiling } = subject;
  if (!ceiling || !isRuntime(action) || resource.app !== ceiling.app) return false;
  if (resource.type === 'app') return true;
  const inType = ceiling.recordType === undefined || ceiling.recordType === resource.recordType;
  const allows = (list: readonly string[] | undefined, name: string | undefined) =>
    list === undefined || (name !== undefined && list.includes(name));
  if (resource.type === 'view') return inType && allows(ceiling.views, resource.id);
  if (resource.type !== 'record') return false;
  return inType && allows(ceiling.operations, action) && allows(ceiling.records, resource.id);
}

function breaksInvariant(input: PolicyInput, request: AccessRequest): boolean {
  const { subject, action, resource } = request;
  const runtime = isRuntime(action);
  const verb = action.replace(/^design:/, '');
  const builtIn = (roles: readonly string[] = []) => roles.some((role) => BUILT_IN_ROLES.has(role));
  switch (resource.type) {
    case 'record': {
      const facts = recordTypeOf(input, request);
      const kind = facts?.operations[action]?.kind ?? '';
      return ['add', 'edit', 'transition'].includes(kind) && writesToken(facts?.immutable ?? [], request);
    }
    case 'app': {
      const changesKind =
        action === 'design:edit' &&
        resource.proposedKind !== undefined &&
        resource.proposedKind !== resource.kind;
      const self = `principal:${subject.id}`;
      const leaves =
        action === 'design:changeAccessLists' &&
        resource.members?.includes(self) === true &&
        resource.proposedMembers?.includes(self) !== true;
      return changesKind || leaves;
    }
    case 'account': {
      const self = verb === 'delete' && subject.id !== undefined && subject.id === resource.id;
      const lastOwner =
        ['delete', 'removeRole'].includes(verb) &&
        resource.roles?.includes(OWNER) === true &&
        resource.ownersLeft === 0;
      return self || lastOwner || (runtime && verb === 'delete' && builtIn(resource.roles));
    }
    case 'role':
      return runtime && ['assign', 'remove'].includes(verb) && builtIn(resource.id ? [resource.id] : []);
    default:
      return false;
  }
}

function writesToken(tokens: readonly string[], { resource, fields = [] }: AccessRequest): boolean {
  const stored = (resource.values ?? {}) as Record<string, unknown>;
  const proposed = (resource.proposed ?? stored) as Record<string, unknown>;
  return tokens.some(
    (name) => fields.includes(name) || (proposed[name] ?? undefined) !== (stored[name] ?? undefined),
  );
}

// Rules

interface Named {
  readonly rule: RuleDraft;
  readonly tier: number;
}

function decideByRules(input: PolicyInput, request: AccessRequest): ReferenceDecision {
  const named = input.rules
    .filter((rule) => namesAction(rule, request.action) && namesResource(rule, request))
    .flatMap((rule) =>
      rule.subjects
        .filter((selector) => names(selector, request))
        .map((selector): Named => ({ rule, tier: tierOf(selector) })),
    );
  const gathered: RuleDraft[] = [];
  for (let tier = 1; tier <= 6; tier++) {
    const here = named.filter((each) => each.tier === tier && takesPart(input, each.rule, request));
    const denies = here.filter(({ rule }) => rule.effect === 'deny').map(({ rule }) => rule);
    if (denies.length > 0) {
      if (gathered.length > 0) break;
      return deny('FORBIDDEN', idsOf(denies));
    }
    gathered.push(...here.map(({ rule }) => rule));
  }
  if (gathered.length > 0) {
    return { decision: true, fields: union(gathered), code: 'GRANTED', rules: idsOf(gathered) };
  }
  const allows = named.filter(({ rule }) => rule.effect === 'allow').map(({ rule }) => rule);
  if (allows.length === 0)
    return deny(request.subject.type === 'anonymous' ? 'NO_CREDENTIAL' : 'NOT_GRANTED');
  const inAnotherState = allows.filter((rule) =>
    takesPart(input, withoutState(input, rule, request), request),
  );
  return inAnotherState.length > 0 ? deny('STATE', idsOf(inAnotherState)) : deny('SCOPE', idsOf(allows));
}

function idsOf(rules: readonly RuleDraft[]): string[] {
  return [...new Set(rules.map(({ id }) => id))].sort();
}

function union(rules: readonly RuleDraft[]): FieldSet {
  if (rules.some(({ fields = '*' }) => fields === '*')) return '*';
  return [...new Set(rules.flatMap(({ fields }) => fields ?? []))].sort();
}

function namesAction(rule: RuleDraft, action: string): boolean {
  return rule.actions.includes(action) || rule.actions.includes(isRuntime(action) ? '*' : 'design:*');
}

function namesResource({ resource: pattern }: RuleDraft, { resource }: AccessRequest): boolean {
  return (
    pattern.type === resource.type &&
    (pattern.app === undefined || pattern.app === resource.app) &&
    (pattern.recordType === undefined || pattern.recordType === resource.recordType) &&
    (pattern.id === undefined || pattern.id === resource.id)
  );
}

function tierOf(selector: Selector): number {
  switch (selector.kind) {
    case 'principal':
      return 1;
    case 'role':
      return selector.id === AUTHENTICATED || selector.id === NON_AUTHENTICATED ? 4 : 2;
    case 'profile':
    case 'level':
    case 'accessList':
      return 2;
    case 'appOwner':
    case 'recordOwner':
      return 3;
    case 'siteWide':
      return 5;
    case 'default':
      return 6;
  }
}

function names(selector: Selector, request: AccessRequest): boolean {
  const { subject, resource } = request;
  const someone = subject.type !== 'anonymous' && subject.id !== undefined;
  const roles = rolesThatCount(request);
  switch (selector.kind) {
    case 'principal':
      return someone && selector.id === subject.id;
    case 'role':
      return roles.includes(selector.id);
    case 'profile':
      return subject.profiles?.includes(selector.id) ?? false;
    case 'level':
      return subject.level === selector.level;
    case 'accessList': {
      const list = (resource.type === 'record' && resource.accessLists?.[selector.list]) || [];
      return (
        (someone && list.includes(`principal:${subject.id}`)) ||
        roles.some((role) => list.includes(`role:${role}`))
      );
    }
    case 'appOwner':
      return someone && resource.appOwner === subject.id;
    case 'recordOwner':
      return someone && resource.owner === subject.id;
    case 'siteWide':
      return true;
    case 'default':
      if (selector.of === undefined) return true;
      if (selector.of === 'signedIn') return subject.type === 'user' || subject.type === 'serviceAccount';
      return subject.level === selector.of && (subject.profiles ?? []).length === 0;
  }
}

function rolesThatCount({ subject, action, resource, context }: AccessRequest): string[] {
  const builtInCount =
    !isRuntime(action) ||
    (context.environment === 'development' && resource.type !== 'account' && resource.type !== 'role');
  const signsIn = resource.type === 'environment' && action === 'signIn';
  const held = subject.roles.filter(
    (role) => !BUILT_IN_ROLES.has(role) || builtInCount || (signsIn && role === TENANT_ADMINISTRATOR),
  );
  if (subject.type === 'anonymous') return [...held, NON_AUTHENTICATED];
  return subject.type === 'user' || subject.type === 'serviceAccount' ? [...held, AUTHENTICATED] : held;
}

function takesPart(input: PolicyInput, rule: RuleDraft, request: AccessRequest): boolean {
  if (rule.condition === undefined && rule.check === undefined) return true;
  const { values, proposed } = request.resource;
  const facts = recordTypeOf(input, request);
  const kind = kindOf(input, request);
  const truths: (boolean | undefined)[] = [];
  const ask = (condition: RuleDraft['condition'], record: object | undefined, saved?: 'when' | 'check') => {
    if (condition !== undefined)
      truths.push(
        truthOf(
          condition as string,
          facts?.fields ?? {},
          { ...request, resource: saved ? savedResource(request.resource, saved) : request.resource },
          record,
        ),
      );
  };
  if (kind === 'add') ask(rule.check ?? rule.condition, values ?? proposed);
  else ask(rule.condition, values ?? proposed);
  if ((kind === 'edit' || kind === 'transition') && proposed) {
    ask(rule.check ?? rule.condition, proposed, rule.check === undefined ? 'when' : 'check');
  }
  return rule.effect === 'allow'
    ? truths.every((truth) => truth === true)
    : truths.some((truth) => truth !== false);
}

/** The record's own properties as they would be saved: for `when` who owns it, for `check` its state and whoever saves it, too. */
function savedResource(resource: Resource, by: 'when' | 'check'): Resource {
  const { proposedMeta = {} } = resource;
  const { owner } = proposedMeta;
  const properties = Object.entries(by === 'when' ? { owner } : proposedMeta);
  return { ...resource, ...Object.fromEntries(properties.filter(([, value]) => value !== undefined)) };
}

function kindOf(input: PolicyInput, request: AccessRequest): string | undefined {
  return recordTypeOf(input, request)?.operations[request.action]?.kind;
}

/** Conditions are written as conjuncts joined by `&&`; those that ask only for the state a record is in are left out. */
function withoutState(input: PolicyInput, rule: RuleDraft, request: AccessRequest): RuleDraft {
  const part = kindOf(input, request) === 'add' && rule.check !== undefined ? 'check' : 'condition';
  const condition = rule[part];
  if (typeof condition !== 'string') return rule;
  const rest = condition.split(' && ').filter((each) => !/^record\.(state|lifecycle) /.test(each));
  return { ...rule, [part]: rest.length === 0 ? 'true' : rest.join(' && ') };
}

// Exemptions

function exempted(input: PolicyInput, request: AccessRequest, answer: ReferenceDecision): ReferenceDecision {
  const { subject, action, resource } = request;
  const all = answer.decision && answer.fields === '*';
  const exemptible = ['record', 'view', 'app', 'flow', 'service'].includes(resource.type);
  if (all || subject.type !== 'user' || !isRuntime(action) || !exemptible) return answer;
  const app = resource.app === undefined ? undefined : input.apps[resource.app];
  const levelAdmin = subject.level === 'admin' && app?.accessModel === 'profiles';
  if (!levelAdmin && !subject.roles.includes(TENANT_ADMINISTRATOR)) return answer;
  return { decision: true, fields: '*', code: 'BYPASS', rules: [] };
}

function isRuntime(action: string): boolean {
  return !action.startsWith('design:');
}

function recordTypeOf(input: PolicyInput, { resource }: AccessRequest): RecordTypeFacts | undefined {
  return input.apps[resource.app ?? '']?.recordTypes[resource.recordType ?? ''];
}
