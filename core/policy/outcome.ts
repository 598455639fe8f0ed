import type { Entry } from './entry.ts';
import { unite } from './fields.ts';
import type { Bypass, Decision, FieldSet, Reason, ReasonCode } from './types.ts';

/** A denial for one reason. */
export function denied(code: ReasonCode, more: Partial<Omit<Reason, 'code'>> = {}): Decision {
  return freeze({ decision: false, fields: [], reasons: [{ rules: [], ...more, code }] });
}

/** What an exempt caller gets where the rules alone would give less. */
export function exempt(bypass: Bypass): Decision {
  return freeze({ decision: true, fields: '*', reasons: [{ code: 'BYPASS', rules: [] }], bypass });
}

/**
 * The decision of the rules that take part, tier by tier: allows are gathered until a tier holds a deny, whose own
 * allows no longer count. Undefined where nothing was gathered and nothing denies.
 * @param part rules that take part, in the order of their tiers
 */
export function decideTiers(part: readonly Entry[]): Decision | undefined {
  const denyTier = Math.min(...part.filter((entry) => entry.deny).map((entry) => entry.tier));
  const gathered = part.filter((entry) => entry.tier < denyTier);
  if (gathered.length > 0) {
    const fields = gathered.map((entry) => entry.fields).reduce<FieldSet>(unite, []);
    return freeze({ decision: true, fields, reasons: [{ code: 'GRANTED', rules: ruleIds(gathered) }] });
  }
  const denies = part.filter((entry) => entry.deny && entry.tier === denyTier);
  return denies.length > 0 ? denied('FORBIDDEN', { rules: ruleIds(denies) }) : undefined;
}

/** Ids of the entries' rules, each once, in their order. */
export function ruleIds(entries: readonly Entry[]): string[] {
  return [...new Set(entries.map((entry) => entry.rule.id))];
}

function freeze(decision: Decision): Decision {
  for (const reason of decision.reasons) {
    Object.freeze(reason.rules);
    Object.freeze(reason.fields);
    Object.freeze(reason);
  }
  Object.freeze(decision.reasons);
  Object.freeze(decision.fields);
  return Object.freeze(decision);
}
