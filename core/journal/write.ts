import { DaypassError } from '../errors.ts';
import type { Bypass } from '../policy/types.ts';
import type { StoredRecord, Values } from '../records/record.ts';
import type { Session } from '../runtime.ts';
import { chainMac, headMac, type PassEvent, type RecordEvent } from './event.ts';

/**
 * The event of one write, chained to the record's previous one. Its number and MAC are set on `after`, whose head keeps
 * count and MAC: an event that is changed, removed or cut off the end no longer fits.
 */
export function recordEvent(
  session: Session,
  write: {
    operation: string;
    before?: StoredRecord;
    after: StoredRecord;
    removed?: boolean;
    grantId?: string;
    pass?: PassEvent;
    exemption?: Bypass | undefined;
  },
): RecordEvent {
  const { before, after } = write;
  const { journal } = session.runtime;
  const key = journal.key(journal.active);
  if (!key) throw new DaypassError('INTERNAL', 'the journal has no active key');
  const actor = session.service?.calledBy ?? session.caller;
  const changed = changedFields(before, write.removed ? undefined : after);
  const event: Omit<RecordEvent, 'mac'> = {
    environment: after.environment,
    recordId: after.id,
    number: (before?.eventCount ?? 0) + 1,
    at: new Date(session.now).toISOString(),
    app: after.app,
    recordType: after.recordType,
    operation: write.operation,
    actor: { id: actor.principalId, type: actor.type, name: actor.name },
    ...(session.service && { service: session.service.id }),
    ...(write.grantId && { grantId: write.grantId }),
    ...(write.pass && { pass: write.pass }),
    ...(write.exemption && { exemption: write.exemption }),
    ...(before && { stateBefore: before.state }),
    ...(!write.removed && { stateAfter: after.state }),
    before: pick(before, changed),
    after: write.removed ? {} : pick(after, changed),
    keyId: journal.active,
  };
  const mac = chainMac(event, before?.eventMac ?? '', key);
  after.eventCount = event.number;
  after.eventMac = headMac(mac, key);
  return { ...event, mac };
}

function changedFields(before: StoredRecord | undefined, after: StoredRecord | undefined): string[] {
  const fields = new Set([...Object.keys(before?.values ?? {}), ...Object.keys(after?.values ?? {})]);
  return [...fields]
    .filter(
      (field) =>
        JSON.stringify(before?.values[field] ?? null) !== JSON.stringify(after?.values[field] ?? null),
    )
    .sort();
}

function pick(record: StoredRecord | undefined, fields: readonly string[]): Values {
  if (!record) return {};
  return Object.fromEntries(
    fields.flatMap((field) => (field in record.values ? [[field, record.values[field] ?? null]] : [])),
  );
}
