import { type Change, type GrantChange, REQUEST_REMEMBERED_MS } from '../../../core/changes.ts';
import type { Environment } from '../../../core/environments.ts';
import { type GrantStep, MOST_STEPS } from '../../../core/grants/grant.ts';
import type { DesignEvent } from '../../../core/journal/design-event.ts';
import type { Credential } from '../../../core/principals.ts';
import type { IndexEntry, IndexKey } from '../../../core/records/view-index.ts';
import { accountActions, roleCounts } from './accounts.ts';
import {
  credentialKey,
  designEventKey,
  eventKey,
  grantKey,
  indexKey,
  journalIndex,
  type Key,
  liveGrantIndex,
  outboxKey,
  principalKey,
  recordKey,
  registerKey,
  requestKey,
  signInLinkKey,
} from './keys.ts';
import { requestRebuild } from './rebuilds.ts';
import { afterDays, NEW, put, remove, type TableAction, TOMBSTONE_DAYS } from './table-action.ts';

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

/** People sign in often, and a session that is over is asked for by nobody. */
const SHORT_LIVED: readonly Credential['kind'][] = ['session', 'signIn'];

function actionsOf(change: Change, table: string): TableAction[] {
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
    case 'addEvent': {
      const { environment, recordId, number, at } = change.event;
      return [
        put(
          table,
          eventKey(environment, recordId, number),
          { ...change.event, ...journalIndex(environment, at, recordId, number) },
          NEW,
          'CONFLICT',
        ),
      ];
    }
    case 'countEvent': {
      const { environment, recordId, expectedVersion, expectedEventCount, set } = change;
      const key = recordKey(environment, recordId);
      return [
        {
          key,
          refusal: 'VERSION_MISMATCH',
          item: {
            Update: {
              TableName: table,
              Key: { ...key },
              UpdateExpression: 'SET eventCount = :count, eventMac = :mac',
              ConditionExpression:
                '#version = :version AND eventCount = :before AND attribute_not_exists(deletedAt)',
              ExpressionAttributeNames: { '#version': 'version' },
              ExpressionAttributeValues: {
                ':version': expectedVersion,
                ':before': expectedEventCount,
                ':count': set.eventCount,
                ':mac': set.eventMac,
              },
            },
          },
        },
      ];
    }
    case 'addDesignEvent':
      return [putDesignEvent(change.event, table)];
    case 'addUser':
    case 'addPrincipal':
    case 'updateAccount':
    case 'endAccount':
      return accountActions(change, table);
    case 'changePrincipal':
      return [changePrincipal(table, change)];
    case 'endPrincipal':
      return [
        put(
          table,
          principalKey(change.principalId),
          {
            id: change.principalId,
            deletedAt: new Date(change.at).toISOString(),
            ttl: afterDays(change.at, TOMBSTONE_DAYS),
          },
          {},
          'CONFLICT',
        ),
      ];
    case 'addCredential': {
      const { credential } = change;
      const { principalId, id, kind, expiresAt } = credential;
      return [
        put(
          table,
          kind === 'signIn' ? signInLinkKey(principalId, id) : credentialKey(principalId, id),
          { ...credential, ttl: afterDays(expiresAt, SHORT_LIVED.includes(kind) ? 1 : TOMBSTONE_DAYS) },
          NEW,
          'ALREADY_EXISTS',
        ),
      ];
    }
    case 'endCredential': {
      const { principalId, credentialId, signInLink } = change;
      const key = signInLink
        ? signInLinkKey(principalId, credentialId)
        : credentialKey(principalId, credentialId);
      return [
        {
          key,
          refusal: change.requireLive ? 'PASS_ENDED' : 'NOT_FOUND',
          item: {
            Update: {
              TableName: table,
              Key: { ...key },
              // The first end stays: when and why is what people will ask.
              UpdateExpression:
                'SET endedAt = if_not_exists(endedAt, :at), endReason = if_not_exists(endReason, :reason)',
              ConditionExpression: change.requireLive ? LIVE : 'attribute_exists(PK)',
              ExpressionAttributeValues: {
                ':at': new Date(change.at).toISOString(),
                ':reason': change.reason,
                ...(change.requireLive && { ':now': change.at }),
              },
            },
          },
        },
      ];
    }
    case 'extendCredential':
      return [
        {
          key: credentialKey(change.principalId, change.credentialId),
          refusal: 'PASS_ENDED',
          item: {
            Update: {
              TableName: table,
              Key: credentialKey(change.principalId, change.credentialId),
              UpdateExpression: 'SET expiresAt = :expiresAt, #ttl = :ttl',
              ConditionExpression: LIVE,
              ExpressionAttributeNames: { '#ttl': 'ttl' },
              ExpressionAttributeValues: {
                ':expiresAt': change.expiresAt,
                ':ttl': afterDays(change.expiresAt, TOMBSTONE_DAYS),
                ':now': change.at,
              },
            },
          },
        },
      ];
    case 'requireLive':
      return [
        {
          key: credentialKey(change.principalId, change.credentialId),
          refusal: 'PASS_ENDED',
          item: {
            ConditionCheck: {
              TableName: table,
              Key: credentialKey(change.principalId, change.credentialId),
              ConditionExpression: LIVE,
              ExpressionAttributeValues: { ':now': change.at },
            },
          },
        },
      ];
    case 'addGrant':
      return [
        put(
          table,
          grantKey(change.grant.environment, change.grant.id),
          {
            ...change.grant,
            ...liveGrantIndex(change.grant.environment, change.grant.id, change.grant.dueAt),
          },
          NEW,
          'ALREADY_EXISTS',
        ),
      ];
    case 'changeGrant':
      return [changeGrant(table, change)];
    case 'requestRebuild':
      return [requestRebuild(table, change.rebuild)];
    case 'addOutbox':
      return [put(table, outboxKey(change.entry.id, change.entry.createdAt), change.entry, NEW, 'CONFLICT')];
    case 'addRequest': {
      const { request } = change;
      return [
        put(
          table,
          requestKey(request.principalId, request.key),
          { ...request, ttl: afterDays(request.at, 1) },
          {
            ConditionExpression: 'attribute_not_exists(PK) OR #at <= :forgotten',
            ExpressionAttributeNames: { '#at': 'at' },
            ExpressionAttributeValues: { ':forgotten': request.at - REQUEST_REMEMBERED_MS },
          },
          'CONFLICT',
        ),
      ];
    }
  }
}

const LIVE = 'attribute_exists(PK) AND attribute_not_exists(endedAt) AND expiresAt > :now';
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

function changePrincipal(
  table: string,
  change: { principalId: string; set: Record<string, unknown> },
): TableAction {
  const entries = Object.entries(change.set);
  return {
    key: principalKey(change.principalId),
    refusal: 'NOT_FOUND',
    item: {
      Update: {
        TableName: table,
        Key: { ...principalKey(change.principalId) },
        UpdateExpression: `SET ${entries.map((_, at) => `#s${at} = :s${at}`).join(', ')}`,
        ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(deletedAt)',
        ExpressionAttributeNames: Object.fromEntries(entries.map(([name], at) => [`#s${at}`, name])),
        ExpressionAttributeValues: Object.fromEntries(entries.map(([, value], at) => [`:s${at}`, value])),
      },
    },
  };
}

/** Also what the definitions' own transactions write beside their items. */
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

/** The reaper reaches a grant through GSI1 for as long as there is something to end or clean up. */
function changeGrant(
  table: string,
  change: {
    environment: Environment;
    grantId: string;
    from: readonly string[];
    dueBy?: number;
    expiredBy?: number;
    set: GrantChange;
    step?: GrantStep;
    stepsRead?: readonly GrantStep[];
  },
): TableAction {
  const { dueAt } = change.set;
  const set: Record<string, unknown> = {
    ...change.set,
    ...(dueAt !== undefined && liveGrantIndex(change.environment, change.grantId, dueAt)),
  };
  const over = change.set.status === 'ended' || change.set.status === 'failed';
  const names: Record<string, string> = { '#status': 'status' };
  const values: Record<string, unknown> = {};
  const assignments = Object.entries(set).map(([name, value], at) => {
    names[`#s${at}`] = name;
    values[`:s${at}`] = value;
    return `#s${at} = :s${at}`;
  });
  const allowed = change.from.map((status, at) => {
    values[`:from${at}`] = status;
    return `:from${at}`;
  });
  const conditions = [`#status IN (${allowed.join(', ')})`];
  const { step, stepsRead = [] } = change;
  if (step && stepsRead.length >= MOST_STEPS) {
    assignments.push('steps = :steps');
    values[':steps'] = [...stepsRead.slice(1 - MOST_STEPS), step];
    // One that was added since would be lost.
    values[':read'] = stepsRead.length;
    conditions.push('size(steps) = :read');
  } else if (step) {
    assignments.push('steps = list_append(steps, :step)');
    values[':step'] = [step];
  }
  for (const [attribute, moment] of [
    ['dueAt', change.dueBy],
    ['expiresAt', change.expiredBy],
  ] as const) {
    if (moment === undefined) continue;
    values[`:${attribute}By`] = moment;
    conditions.push(`${attribute} <= :${attribute}By`);
  }
  return {
    key: grantKey(change.environment, change.grantId),
    refusal: 'CONFLICT',
    item: {
      Update: {
        TableName: table,
        Key: grantKey(change.environment, change.grantId),
        UpdateExpression: `SET ${assignments.join(', ')}${over ? ' REMOVE GSI1PK, GSI1SK' : ''}`,
        ConditionExpression: conditions.join(' AND '),
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: values,
      },
    },
  };
}
