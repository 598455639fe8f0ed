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
 * A formula's value for a reader who may see the field. Only here do token references become tokens, and only for
 * formulas that read one: the link exists where it is read, and nowhere else.
 */
export function formulaValue(
  session: Session,
  type: LinkedRecordType,
  field: LinkedField,
  record: StoredRecord,
): FieldValue {
  if (!field.formula) return null;
  const values = field.secret ? withTokens(session, type, record) : record.values;
  if (!values) return null;
  const result = field.formula({
    ...recordScope(session, record),
    record: { ...values, ...computed(session, type, record, field) },
  });
  return isUnevaluable(result) ? null : (result as FieldValue);
}

/** Formulas that another formula reads. */
function computed(
  session: Session,
  type: LinkedRecordType,
  record: StoredRecord,
  reader: LinkedField,
): Values {
  const values: Values = {};
  for (const formula of type.formulas) {
    if (formula.id === reader.id) break;
    values[formula.id] = formulaValue(session, type, formula, record);
  }
  return values;
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
