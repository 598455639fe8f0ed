import { RECORD_ACTIONS } from './actions.ts';
import { BUILT_IN_ROLES, NON_AUTHENTICATED } from './built-in.ts';
import { decide } from './decide.ts';
import type { Entry } from './entry.ts';
import { includesField } from './fields.ts';
import { partsOf } from './keys.ts';
import type { Policy } from './load.ts';
import { decideTiers } from './outcome.ts';
import type { AccessRequest, ReasonCode, ResourcePattern, Rule, Selector, Tier } from './types.ts';

/**
 * The smallest change of the rules that turns a decision round: one rule more for this subject alone, or some rules
 * less, or (where the subject itself is denied what nobody grants) both.
 */
export interface NearestChange {
  readonly add?: Rule;
  readonly remove?: readonly string[];
}

/** Decided by a gate: no rule changes that. */
const GATES: ReadonlySet<ReasonCode> = new Set([
  'CHANNEL',
  'ENVIRONMENT',
  'CEILING',
  'INVARIANT',
  'NOT_LIVE',
]);

/** The nearest change for a request, or null where rules cannot turn the answer round. */
export function nearestChange(policy: Policy, request: AccessRequest): NearestChange | null {
  const { subject, action, resource, context } = request;
  const plan = policy.linkOf(subject).plan(resource, action, context.environment);
  const { parts } = plan;
  const decision = decide(policy, request);
  const [reason] = decision.reasons;
  if (!reason || GATES.has(reason.code) || parts.bypass || !isKnown(policy, request)) return null;
  if (parts.from && !parts.from.includes(resource.state ?? '')) return null;
  return decision.decision ? toDeny(request, plan.part(request)) : toAllow(request, plan.part(request));
}

function toAllow(request: AccessRequest, part: readonly Entry[]): NearestChange {
  const { tier } = selectorFor(request);
  const blocking = part.filter((entry) => entry.deny && entry.tier <= tier);
  const add = ruleFor(request, 'allow');
  if (blocking.length === 0) return { add };
  const remove = [...new Set(blocking.map((entry) => entry.rule.id))];
  const after = decideTiers(part.filter((entry) => !remove.includes(entry.rule.id)));
  const suffices =
    after?.decision && (request.fields ?? []).every((name) => includesField(after.fields, name));
  return suffices ? { remove } : { remove, add };
}

function toDeny(request: AccessRequest, part: readonly Entry[]): NearestChange {
  const denyTier = Math.min(...part.filter((entry) => entry.deny).map((entry) => entry.tier));
  const gathered = part.filter((entry) => entry.tier < denyTier);
  const { tier } = selectorFor(request);
  const fixed = gathered.some(
    ({ rule }) => rule.source.startsWith('default') || rule.source.startsWith('built-in'),
  );
  if (fixed && gathered.every((entry) => entry.tier >= tier)) return { add: ruleFor(request, 'deny') };
  return { remove: [...new Set(gathered.map((entry) => entry.rule.id))] };
}

/** Whom an added rule names: the subject alone, or, where there is nobody to name, all who have not signed in. */
function selectorFor({ subject }: AccessRequest): { selector: Selector; tier: Tier } {
  return subject.type === 'anonymous' || subject.id === undefined
    ? { selector: { kind: 'role', id: NON_AUTHENTICATED }, tier: 4 }
    : { selector: { kind: 'principal', id: subject.id }, tier: 1 };
}

function ruleFor(request: AccessRequest, effect: Rule['effect']): Rule {
  const { action, fields } = request;
  return {
    id: `proposed/${action}`,
    effect,
    subjects: [selectorFor(request).selector],
    actions: [action],
    resource: patternOf(request),
    ...(effect === 'allow' && fields && fields.length > 0 && { fields }),
    source: 'proposed',
  };
}

function patternOf({ resource }: AccessRequest): ResourcePattern {
  const parts = partsOf(resource.type).map((part) => [part, resource[part]]);
  return { type: resource.type, ...Object.fromEntries(parts.filter(([, value]) => value !== undefined)) };
}

/** Whether a rule could name what is asked about at all. */
function isKnown(policy: Policy, { resource, action }: AccessRequest): boolean {
  const { flows, services, roles } = policy.source.facts;
  const { id = '' } = resource;
  switch (resource.type) {
    case 'record': {
      const operations = policy.recordType(resource)?.operations;
      return operations !== undefined && (Object.hasOwn(operations, action) || RECORD_ACTIONS.has(action));
    }
    case 'view':
      return policy.recordType(resource)?.views?.includes(id) ?? false;
    case 'app':
      return policy.app(resource) !== undefined;
    case 'flow':
      return flows?.includes(id) ?? true;
    case 'service':
      return services?.includes(id) ?? true;
    case 'role':
      return roles.includes(id) || BUILT_IN_ROLES.has(id);
    default:
      return true;
  }
}
