import type { Entry } from './entry.ts';
import { unite } from './fields.ts';
import type { Bypass, Decision, Reason, ReasonCode } from './types.ts';

/** A denial for one reason. */
export function denied(code: ReasonCode, more: Partial<Omit<Reason, 'code'>> = {}): Decision {
  return freeze({ decision: false, fields: [], reasons: [{ rules: [], ...more, code }] });
}

/** Granted to nobody who asks so; and to nobody who has not signed in. */
export const NOT_GRANTED = denied('NOT_GRANTED');
export const NO_CREDENTIAL = denied('NO_CREDENTIAL');

/** What an exempt caller gets where the rules alone would give less. */
export const EXEMPT: Readonly<Record<Bypass, Decision>> = {
  tenantAdministrator: exempt('tenantAdministrator'),
  levelAdmin: exempt('levelAdmin'),
};

function exempt(bypass: Bypass): Decision {
  return freeze({ decision: true, fields: '*', reasons: [{ code: 'BYPASS', rules: [] }], bypass });
}

/**
 * The decision of the rules that take part, tier by tier: allows are gathered until a tier holds a deny, whose own
 * allows no longer count. Undefined where nothing was gathered and nothing denies.
 * @param part rules that take part, in the order of their tiers
 */
export function decideTiers(part: readonly Entry[]): Decision | undefined {
  const denyTier = firstDenyTier(part);
  const gathered = denyTier === undefined ? part : part.filter((entry) => entry.tier < denyTier);
  const [first] = gathered;
  if (first) {
    let { fields } = first;
    for (const entry of gathered) if (entry !== first) fields = unite(fields, entry.fields);
    return freeze({ decision: true, fields, reasons: [{ code: 'GRANTED', rules: ruleIds(gathered) }] });
  }
  const denies = part.filter((entry) => entry.deny && entry.tier === denyTier);
  return denies.length > 0 ? denied('FORBIDDEN', { rules: ruleIds(denies) }) : undefined;
}

/** The decision of one allow that takes part alone: what most requests come to. */
export function granted({ fields, rule }: Entry): Decision {
  return freeze({ decision: true, fields, reasons: [{ code: 'GRANTED', rules: [rule.id] }] });
}

/** The first tier that holds a deny. */
function firstDenyTier(part: readonly Entry[]): number | undefined {
  let first: number | undefined;
  for (const { deny, tier } of part) if (deny && (first === undefined || tier < first)) first = tier;
  return first;
}

/** Ids of the entries' rules, each once, in their order. */
export function ruleIds(entries: readonly Entry[]): string[] {
  return [...new Set(entries.map((entry) => entry.rule.id))];
}

/** Decisions are shared between requests: nobody may change one. */
function freeze(decision: Decision): Decision {
  for (const reason of decision.reasons) {
    Object.freeze(reason.rules);
    if (reason.fields) Object.freeze(reason.fields);
    Object.freeze(reason);
  }
  Object.freeze(decision.reasons);
  Object.freeze(decision.fields);
  return Object.freeze(decision);
}
