import { absentPaths } from '../expressions/compile.ts';
import { requestBinding } from './binding.ts';
import { decide } from './decide.ts';
import { type Entry, takesPart, testedRecord } from './entry.ts';
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
  /** Paths of the condition that have no value. */
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
  const { entries, asSaved } = policy.linkOf(subject).plan(resource, action, context.environment).parts;
  const tiers = new Map<Tier, RuleTrace[]>();
  for (const entry of entries) {
    const rules = tiers.get(entry.tier) ?? [];
    tiers.set(entry.tier, [...rules, trace(policy, entry, request, asSaved)]);
  }
  return {
    decision: decide(policy, request),
    tiers: [...tiers].map(([tier, rules]) => ({ tier, rules })),
    nearest: nearestChange(policy, request),
  };
}

function trace(policy: Policy, entry: Entry, request: AccessRequest, asSaved: boolean): RuleTrace {
  const { id, source, effect, condition } = entry.rule;
  const common = { id, source, effect, fields: entry.deny ? [] : entry.fields };
  if (entry.names && !entry.names(request)) return { ...common, outcome: 'notNamed' };
  if (condition === undefined) return { ...common, outcome: 'takesPart' };
  const checked = policy.conditions.checked(condition);
  const { values, proposed } = request.resource;
  const records = asSaved && values && proposed ? [values, proposed] : [values ?? proposed];
  const evaluable = records.every((record) => typeof entry.condition?.(request, record) === 'boolean');
  const holds = takesPart(entry, asSaved)?.(request, testedRecord(request)) === true;
  const absent = [
    ...new Set(records.flatMap((record) => absentPaths(checked, request, requestBinding, record))),
  ];
  return {
    ...common,
    outcome: evaluable ? (holds ? 'takesPart' : 'fails') : 'unevaluable',
    condition: checked.source,
    ...(absent.length > 0 && { absent }),
  };
}
