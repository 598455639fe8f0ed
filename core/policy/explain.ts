import { absentPaths } from '../expressions/compile.ts';
import { decide } from './decide.ts';
import { type Asked, type Entry, takesPart, testedRecord } from './entry.ts';
import type { Policy } from './load.ts';
import { type NearestChange, nearestChange } from './nearest.ts';
import type { AccessRequest, Decision, FieldSet, Tier } from './types.ts';

/** What one rule had to say. */
export interface RuleTrace {
  readonly id: string;
  readonly source: string;
  readonly effect: 'allow' | 'deny';
  readonly fields: FieldSet;
  /**
   * `takesPart`: it counts; `notNamed`: the record does not name the subject; `fails`: its condition does not hold;
   * `unevaluable`: its condition cannot be evaluated, so that an allow does not count and a deny does.
   */
  readonly outcome: 'takesPart' | 'notNamed' | 'fails' | 'unevaluable';
  readonly condition?: string;
  /** What it asks of the record as it would be saved, where that is something else. */
  readonly check?: string;
  /** Paths of these that have no value. */
  readonly absent?: readonly string[];
}

export interface Explanation {
  readonly decision: Decision;
  /** Every rule that names the subject for this action and resource, by tier. */
  readonly tiers: readonly { readonly tier: Tier; readonly rules: readonly RuleTrace[] }[];
  /** The smallest change that would turn the answer round; null where a gate or an exemption decided. */
  readonly nearest: NearestChange | null;
}

/** Says how a decision came about. For administrators only: it names rules. */
export function explain(policy: Policy, request: AccessRequest): Explanation {
  const { subject, action, resource, context } = request;
  const { entries } = policy.linkOf(subject).plan(resource, action, context.environment).parts;
  const tiers = new Map<Tier, RuleTrace[]>();
  for (const entry of entries) {
    const rules = tiers.get(entry.tier) ?? [];
    tiers.set(entry.tier, [...rules, trace(policy, entry, request)]);
  }
  return {
    decision: decide(policy, request),
    tiers: [...tiers].map(([tier, rules]) => ({ tier, rules })),
    nearest: nearestChange(policy, request),
  };
}

function trace(policy: Policy, entry: Entry, request: AccessRequest): RuleTrace {
  const { id, source, effect, condition, check } = entry.rule;
  const common = { id, source, effect, fields: entry.deny ? [] : entry.fields };
  if (entry.names && !entry.names(request)) return { ...common, outcome: 'notNamed' };
  if (!entry.condition && !entry.saved) return { ...common, outcome: 'takesPart' };
  const { proposed } = request.resource;
  const asked: [Asked, object | undefined][] = [];
  if (entry.condition) asked.push([entry.condition, testedRecord(request)]);
  if (entry.saved && proposed) asked.push([entry.saved, proposed]);
  const evaluable = asked.every(([each, record]) => typeof each.test(request, record) === 'boolean');
  const holds = takesPart(entry)?.(request, testedRecord(request)) === true;
  const checked = (position: number) => policy.conditions.checked(position);
  const absent = new Set(
    asked.flatMap(([{ position, binding }, record]) =>
      absentPaths(checked(position), request, binding, record),
    ),
  );
  return {
    ...common,
    outcome: evaluable ? (holds ? 'takesPart' : 'fails') : 'unevaluable',
    ...(condition !== undefined && { condition: checked(condition).source }),
    ...(check !== undefined && { check: checked(check).source }),
    ...(absent.size > 0 && { absent: [...absent] }),
  };
}
