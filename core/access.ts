import type { LinkedOperation, LinkedRecordType } from './apps/published.ts';
import { DaypassError } from './errors.ts';
import { decideOnRecord } from './policy/on-record.ts';
import type {
  AccessRequest,
  Bypass,
  Decision,
  FieldSet,
  ProposedMeta,
  Resource,
  Subject,
} from './policy/types.ts';
import type { Caller } from './ports.ts';
import type { StoredRecord } from './records/record.ts';
import { me } from './records/scope.ts';
import type { Session } from './runtime.ts';

/**
 * The one way from a use case to the decision function: puts caller, record and circumstances into the words of the
 * policy, asks, and turns a refusal into what the outside may know of it. An operation on a record needs that the record
 * may be viewed.
 */
export function decideFor(session: Session, action: string, resource: Resource): Decision {
  const decision = decideOnRecord(session.published.policy, accessRequest(session, action, resource));
  if (decision.bypass) exemptions.set(session.caller, decision.bypass);
  return decision;
}

const exemptions = new WeakMap<Caller, Bypass>();

/** The exemption without which the caller would have been given less in this request; undefined when there was none. */
export function exemptionOf(caller: Caller): Bypass | undefined {
  return exemptions.get(caller);
}

/** A question of the caller in the words of the policy. */
export function accessRequest(session: Session, action: string, resource: Resource): AccessRequest {
  return {
    subject: subjectOf(session.caller),
    action,
    resource,
    context: {
      now: session.now,
      environment: session.published.environment,
      channel: session.caller.channel,
      site: { url: session.runtime.siteUrl, name: session.published.settings.name },
    },
  };
}

const subjects = new WeakMap<Caller, Subject>();

/** The caller in the policy's words. One object per caller: the policy keeps with it what it has linked for it. */
export function subjectOf(caller: Caller): Subject {
  const known = subjects.get(caller);
  if (known) return known;
  const subject: Subject = {
    type: caller.type,
    ...(caller.type !== 'anonymous' && { id: caller.principalId }),
    roles: caller.roles,
    profiles: caller.profiles,
    level: caller.level,
    ceiling: caller.credential?.ceiling,
    attributes: me(caller),
  };
  subjects.set(caller, subject);
  return subject;
}

/** A record as the policy sees it; `proposed` is how it would be saved. */
export function recordResource(
  type: LinkedRecordType,
  record: StoredRecord,
  proposed?: StoredRecord,
): Resource {
  return {
    type: 'record',
    app: type.app.id,
    recordType: type.id,
    id: record.id,
    state: record.state,
    owner: ownerOf(type, record),
    values: record.values,
    proposed: proposed?.values,
    proposedMeta: proposed && ownProperties(type, proposed),
    ...(record.accessLists && { accessLists: record.accessLists }),
    createdAt: record.createdAt,
    createdBy: record.createdBy,
    updatedAt: record.updatedAt,
    updatedBy: record.updatedBy,
  };
}

function ownProperties(type: LinkedRecordType, record: StoredRecord): ProposedMeta {
  const { state, updatedAt, updatedBy } = record;
  return { state, owner: ownerOf(type, record), updatedAt, updatedBy };
}

/** The user in the type's owner field, else whoever created the record. */
export function ownerOf(type: LinkedRecordType, record: StoredRecord): string {
  const { ownerField } = type.definition;
  const owner = ownerField ? record.values[ownerField] : undefined;
  return typeof owner === 'string' ? owner : record.createdBy;
}

export function permits(fields: FieldSet, field: string): boolean {
  return fields === '*' || fields.includes(field);
}

/** The id of the record type's operation of a kind: what "view" and "edit" are called there. */
export function operationOfKind(type: LinkedRecordType, kind: string): string | undefined {
  for (const operation of type.operations.values())
    if (operation.definition.kind === kind) return operation.id;
  return undefined;
}

/** Whether the caller may see the record at all, and which fields. */
export function decideView(session: Session, type: LinkedRecordType, record: StoredRecord): Decision {
  return decideFor(session, operationOfKind(type, 'view') ?? 'view', recordResource(type, record));
}

/**
 * Refuses as the outside may know it: who may not see the record learns nothing, not even that it is there; who could
 * run the operation if the record were in another state is told so.
 * @throws DaypassError NOT_FOUND, STATE_REFUSED or FORBIDDEN
 */
export function requireAllowed(
  session: Session,
  operation: LinkedOperation,
  record: StoredRecord,
  decision: Decision,
): void {
  if (decision.decision) return;
  if (!decideView(session, operation.recordType, record).decision) throw new DaypassError('NOT_FOUND');
  if (decision.reasons.some(({ code }) => code === 'STATE')) throw stateRefused(operation, record);
  throw new DaypassError('FORBIDDEN');
}

function stateRefused(operation: LinkedOperation, record: StoredRecord): DaypassError {
  const { states } = operation.recordType;
  const name = (state: string) => states.get(state) ?? state;
  const offered = (operation.definition.from ?? []).map(name).join(' or ');
  return new DaypassError(
    'STATE_REFUSED',
    `“${operation.definition.name}” is offered in the state ${offered}; this record is ${name(record.state)}`,
  );
}
