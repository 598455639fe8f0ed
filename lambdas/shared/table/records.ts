import type { Change } from '../../../core/changes.ts';
import type { Environment } from '../../../core/environments.ts';
import type { IndexEntry, IndexKey } from '../../../core/records/view-index.ts';
import { indexKey, type Key, recordKey, registerKey } from './keys.ts';
import { NEW, put, remove, type TableAction } from './table-action.ts';

export type RecordChange = Extract<
  Change,
  { kind: 'addRecord' | 'updateRecord' | 'reindexRecord' | 'removeRecord' }
>;

/** Records with their index items and register entries. */
export function recordActions(change: RecordChange, table: string): TableAction[] {
  switch (change.kind) {
    case 'addRecord':
      return [
        put(
          table,
          recordKey(change.record.environment, change.record.id),
          change.record,
          NEW,
          'ALREADY_EXISTS',
        ),
        put(table, registerKey(change.record, change.record.id), {}, {}, 'CONFLICT'),
        ...change.index.map((entry) => putIndex(table, change.record.environment, entry)),
      ];
    case 'updateRecord':
    case 'reindexRecord':
      return [
        put(
          table,
          recordKey(change.record.environment, change.record.id),
          change.record,
          // An update's own event meets one that was counted meanwhile; a reindexed head must not put it back.
          asRead(change, change.kind === 'reindexRecord' ? change.record.eventCount : undefined),
          'VERSION_MISMATCH',
        ),
        ...change.indexRemove.map((key) => removeIndex(table, change.record.environment, key)),
        ...change.indexPut.map((entry) => putIndex(table, change.record.environment, entry)),
      ];
    case 'removeRecord': {
      const key = recordKey(change.record.environment, change.record.id);
      const head = change.purgeAt
        ? put(
            table,
            key,
            { ...change.record, ttl: Math.floor(change.purgeAt / 1000) },
            asRead(change),
            'VERSION_MISMATCH',
          )
        : remove(table, key, asRead(change), 'VERSION_MISMATCH');
      return [
        head,
        remove(table, registerKey(change.record, change.record.id), {}, 'CONFLICT'),
        ...change.indexRemove.map((index) => removeIndex(table, change.record.environment, index)),
      ];
    }
  }
}

/** Neither values nor index items have changed since the record was read. */
function asRead(read: { expectedVersion: number; expectedLayout?: string }, eventCount?: number) {
  const { expectedVersion: version, expectedLayout: layout } = read;
  const conditions = [
    '#version = :version',
    layout === undefined ? 'attribute_not_exists(#layout)' : '#layout = :layout',
    ...(eventCount === undefined ? [] : ['eventCount = :eventCount']),
  ];
  return {
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: { '#version': 'version', '#layout': 'layout' },
    ExpressionAttributeValues: {
      ':version': version,
      ...(layout !== undefined && { ':layout': layout }),
      ...(eventCount !== undefined && { ':eventCount': eventCount }),
    },
  };
}

function putIndex(table: string, environment: Environment, entry: IndexEntry): TableAction {
  return put(
    table,
    keyOfIndex(environment, entry),
    { recordId: entry.recordId, ...entry.projection },
    {},
    'CONFLICT',
  );
}

function removeIndex(table: string, environment: Environment, key: IndexKey): TableAction {
  return remove(table, keyOfIndex(environment, key), {}, 'CONFLICT');
}

function keyOfIndex(environment: Environment, at: IndexKey): Key {
  return indexKey(
    { environment, app: at.app, recordType: at.recordType, view: at.view, index: at.index },
    at.partition,
    at.sort,
    at.recordId,
  );
}
