import type { Change } from '../../../core/changes.ts';
import type { DesignEvent } from '../../../core/journal/design-event.ts';
import { designEventKey, eventKey, journalIndex, recordKey } from './keys.ts';
import { NEW, put, type TableAction, update } from './table-action.ts';

/** An event of a record, with its place in the journal of its day. */
export function putEvent({ event }: Extract<Change, { kind: 'addEvent' }>, table: string): TableAction {
  const { environment, recordId, number, at } = event;
  return put(
    table,
    eventKey(environment, recordId, number),
    { ...event, ...journalIndex(environment, at, recordId, number) },
    NEW,
    'CONFLICT',
  );
}

/** The head of a record counts an event that changes nothing of the record itself. */
export function countEvent(
  {
    environment,
    recordId,
    expectedVersion,
    expectedEventCount,
    set,
  }: Extract<Change, { kind: 'countEvent' }>,
  table: string,
): TableAction {
  const key = recordKey(environment, recordId);
  return update(
    table,
    key,
    {
      UpdateExpression: 'SET eventCount = :count, eventMac = :mac',
      ConditionExpression: '#version = :version AND eventCount = :before AND attribute_not_exists(deletedAt)',
      ExpressionAttributeNames: { '#version': 'version' },
      ExpressionAttributeValues: {
        ':version': expectedVersion,
        ':before': expectedEventCount,
        ':count': set.eventCount,
        ':mac': set.eventMac,
      },
    },
    'VERSION_MISMATCH',
  );
}

/** A change of the site itself; also what the definitions' own transactions write beside their items. */
export function putDesignEvent(event: DesignEvent, table: string): TableAction {
  const { at, id } = event;
  return put(
    table,
    designEventKey(at, id),
    { ...event, ...journalIndex('site', at, id, 1) },
    NEW,
    'CONFLICT',
  );
}
