import { type Change, type IdempotentRequest, REQUEST_REMEMBERED_MS } from '../../../core/changes.ts';
import { accountActions, roleCounts } from './accounts.ts';
import { changePrincipal, credentialAction, endPrincipal } from './credentials.ts';
import { countEvent, putDesignEvent, putEvent } from './events.ts';
import { addGrant, changeGrant } from './grants.ts';
import { outboxKey, requestKey } from './keys.ts';
import { requestRebuild } from './rebuilds.ts';
import { recordActions } from './records.ts';
import { afterDays, NEW, put, type TableAction } from './table-action.ts';

export type { TableAction } from './table-action.ts';

/**
 * Translates changes into the parts of one transaction, as data: nothing is sent here.
 * A check that concerns an item which another change writes is folded into that write.
 * @param table name of the table
 */
export function toTableActions(changes: readonly Change[], table: string): TableAction[] {
  const ended = new Set<string>();
  const mustBeLive = new Set<string>();
  for (const change of changes) {
    if (change.kind === 'endCredential') ended.add(change.credentialId);
    if (change.kind === 'requireLive') mustBeLive.add(change.credentialId);
  }
  const parts = changes.flatMap((change) => {
    if (change.kind === 'requireLive' && ended.has(change.credentialId)) return [];
    if (change.kind === 'endCredential' && mustBeLive.has(change.credentialId)) {
      return actionsOf({ ...change, requireLive: true }, table);
    }
    return actionsOf(change, table);
  });
  return [...parts, ...roleCounts(changes, table)];
}

function actionsOf(change: Change, table: string): TableAction[] {
  switch (change.kind) {
    case 'addRecord':
    case 'updateRecord':
    case 'reindexRecord':
    case 'removeRecord':
      return recordActions(change, table);
    case 'addEvent':
      return [putEvent(change, table)];
    case 'countEvent':
      return [countEvent(change, table)];
    case 'addDesignEvent':
      return [putDesignEvent(change.event, table)];
    case 'addUser':
    case 'addPrincipal':
    case 'updateAccount':
    case 'countKey':
    case 'endAccount':
      return accountActions(change, table);
    case 'changePrincipal':
      return [changePrincipal(change, table)];
    case 'endPrincipal':
      return [endPrincipal(change, table)];
    case 'addCredential':
    case 'endCredential':
    case 'extendCredential':
    case 'requireLive':
      return [credentialAction(change, table)];
    case 'addGrant':
      return [addGrant(change, table)];
    case 'changeGrant':
      return [changeGrant(change, table)];
    case 'requestRebuild':
      return [requestRebuild(table, change.rebuild)];
    case 'addOutbox':
      return [put(table, outboxKey(change.entry.id, change.entry.createdAt), change.entry, NEW, 'CONFLICT')];
    case 'addRequest':
      return [putRequest(change.request, table)];
  }
}

function putRequest(request: IdempotentRequest, table: string): TableAction {
  return put(
    table,
    requestKey(request.principalId, request.key),
    { ...request, ttl: afterDays(request.at, 1) },
    {
      ConditionExpression: 'attribute_not_exists(PK) OR #at <= :forgotten',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: { ':forgotten': request.at - REQUEST_REMEMBERED_MS },
    },
    'CONFLICT',
  );
}
