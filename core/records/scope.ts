import { FORMULAS_LIMIT } from '../apps/formula-length.ts';
import type { LinkedField, LinkedRecordType } from '../apps/published.ts';
import { isUnevaluable } from '../expressions/compile.ts';
import type { ScopeValues } from '../expressions/types.ts';
import type { Caller } from '../ports.ts';
import type { Session } from '../runtime.ts';
import { formatToken, parseTokenReference } from '../tokens/token.ts';
import type { FieldValue, StoredRecord, Values } from './record.ts';

/** The record's own properties, as expressions read them. */
export function recordMeta(record: StoredRecord): object {
  return {
    id: record.id,
    state: record.state,
    lifecycle: 'SUBMITTED',
    owner: record.createdBy,
    createdAt: record.createdAt,
    createdOn: record.createdAt,
    createdBy: record.createdBy,
    updatedAt: record.updatedAt,
    updatedBy: record.updatedBy,
  };
}

/** The caller as expressions read it. */
export function me(caller: Caller): Record<string, unknown> {
  return {
    id: caller.principalId,
    type: caller.type,
    name: caller.name,
    firstName: caller.firstName ?? '',
    lastName: caller.lastName ?? '',
    email: caller.email ?? '',
    roles: caller.roles,
    profiles: caller.profiles,
    level: caller.level ?? '',
  };
}

/** Values for expressions about one record. Token fields hold references, which are of no use to anybody. */
export function recordScope(
  session: Session,
  record: StoredRecord,
  extra: Partial<ScopeValues> = {},
): ScopeValues {
  return { record: record.values, meta: recordMeta(record), ...surroundings(session), ...extra };
}

/** What an expression can read without a record. */
export function surroundings(session: Session): ScopeValues {
  return {
    me: me(session.caller),
    site: { url: session.runtime.siteUrl, name: session.published.settings.name },
    now: session.now,
  };
}

/** Fields of a record together with its own properties, as conditions and projections name them. */
export function readValue(record: StoredRecord, field: string): FieldValue {
  const stored = record.values[field];
  if (stored !== undefined) return stored;
  const meta = (recordMeta(record) as Record<string, FieldValue>)[field];
  return meta ?? null;
}

/** Whether a field is on the form and in answers for this record: an undecidable condition hides it. */
export function isVisible(field: LinkedField, scope: ScopeValues): boolean {
  return field.visibleIf?.(scope) ?? true;
}

/**
 * Computes a record's formulas for readers who may see the fields: each once, when it is first asked for, after those
 * that it can read. Only here do token references become tokens, and only for formulas that read one: the link exists
 * where it is read, and nowhere else.
 */
export function formulasOf(
  session: Session,
  type: LinkedRecordType,
  record: StoredRecord,
): (field: LinkedField) => FieldValue {
  const scope = recordScope(session, record);
  const values = new Map<string, FieldValue>();
  let tokens: { values: Values | undefined } | undefined;

  function compute({ formula, secret }: LinkedField): FieldValue {
    if (secret) tokens ??= { values: withTokens(session, type, record) };
    const stored = secret ? tokens?.values : record.values;
    if (!formula || !stored) return null;
    const result = formula({ ...scope, record: { ...stored, ...Object.fromEntries(values) } });
    return isUnevaluable(result) || isTooLong(result) ? null : (result as FieldValue);
  }

  return (field) => {
    for (const formula of type.formulas) {
      if (!values.has(formula.id) && (field.secret || !formula.secret))
        values.set(formula.id, compute(formula));
      if (formula.id === field.id) break;
    }
    return values.get(field.id) ?? null;
  };
}

/** Apps that were saved before formulas had a limit can hold some that grow without one. */
function isTooLong(value: unknown): boolean {
  const texts = Array.isArray(value) ? value : [value];
  let length = 0;
  for (const text of texts) if (typeof text === 'string') length += text.length;
  return length > FORMULAS_LIMIT;
}

/** The record's values with the tokens written out; undefined when a token field is empty: then there is no link. */
function withTokens(session: Session, type: LinkedRecordType, record: StoredRecord): Values | undefined {
  const values: Values = { ...record.values };
  for (const { id } of type.tokenFields) {
    const reference = parseTokenReference(String(values[id] ?? ''));
    if (!reference) return undefined;
    const { keyring, siteId } = session.runtime;
    // With its key a link has gone for good, but not the pass: it gets another link, with the key that is in use.
    const keyId = [reference.keyId, keyring.active].find((listed) => keyring.key(listed));
    if (!keyId) return undefined;
    values[id] = formatToken(
      { kind: 'access', environment: record.environment, ...reference, keyId },
      keyring,
      siteId,
    );
  }
  return values;
}
