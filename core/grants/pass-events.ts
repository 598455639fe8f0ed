import type { Change } from '../changes.ts';
import type { PassEvent } from '../journal/event.ts';
import { recordEvent } from '../journal/write.ts';
import type { Session } from '../runtime.ts';
import type { Grant } from './grant.ts';

/** What staff do with a pass, as the events of its record name it. */
export type PassDeed = 'ExtendPass' | 'ResendPass' | 'RevokePass';

/**
 * The event by which a record's history tells what the caller did with its pass. The record itself stays as it is: no
 * open form is out of date by it, no list changes. Nothing where the record is gone.
 */
export async function passEvent(
  session: Session,
  { environment, recordId, id, expiresAt }: Grant,
  operation: PassDeed,
  { endAfter, mails, failure }: { endAfter?: number; mails?: number; failure?: string },
): Promise<Change[]> {
  const record = await session.runtime.store.readRecord(environment, recordId);
  if (!record) return [];
  const pass: PassEvent = {
    ...(expiresAt !== undefined && { endBefore: new Date(expiresAt).toISOString() }),
    ...(endAfter !== undefined && { endAfter: new Date(endAfter).toISOString() }),
    ...(mails !== undefined && { mails }),
    ...(failure !== undefined && { failure }),
  };
  const after = { ...record };
  const event = recordEvent(session, { operation, before: record, after, grantId: id, pass });
  const { version: expectedVersion, eventCount: expectedEventCount } = record;
  const { eventCount, eventMac } = after;
  return [
    {
      kind: 'countEvent',
      environment,
      recordId,
      expectedVersion,
      expectedEventCount,
      set: { eventCount, eventMac },
    },
    { kind: 'addEvent', event },
  ];
}
