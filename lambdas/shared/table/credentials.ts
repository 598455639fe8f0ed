import type { Change } from '../../../core/changes.ts';
import type { Credential } from '../../../core/principals.ts';
import { credentialKey, principalKey, signInLinkKey } from './keys.ts';
import { afterDays, NEW, put, type TableAction, TOMBSTONE_DAYS, update } from './table-action.ts';

type ChangeOf<Kind extends Change['kind']> = Extract<Change, { kind: Kind }>;

/** People sign in often, and a session that is over is asked for by nobody. */
const SHORT_LIVED: readonly Credential['kind'][] = ['session', 'signIn'];

const LIVE = 'attribute_exists(PK) AND attribute_not_exists(endedAt) AND expiresAt > :now';

/** Credentials: whatever changes one holds only while it is as the change says. */
export function credentialAction(
  change: ChangeOf<'addCredential' | 'endCredential' | 'extendCredential' | 'requireLive'>,
  table: string,
): TableAction {
  switch (change.kind) {
    case 'addCredential':
      return addCredential(change, table);
    case 'endCredential':
      return endCredential(change, table);
    case 'extendCredential': {
      const key = credentialKey(change.principalId, change.credentialId);
      return update(
        table,
        key,
        {
          UpdateExpression: 'SET expiresAt = :expiresAt, #ttl = :ttl',
          ConditionExpression: LIVE,
          ExpressionAttributeNames: { '#ttl': 'ttl' },
          ExpressionAttributeValues: {
            ':expiresAt': change.expiresAt,
            ':ttl': afterDays(change.expiresAt, TOMBSTONE_DAYS),
            ':now': change.at,
          },
        },
        'PASS_ENDED',
      );
    }
    case 'requireLive': {
      const key = credentialKey(change.principalId, change.credentialId);
      return {
        key,
        refusal: 'PASS_ENDED',
        item: {
          ConditionCheck: {
            TableName: table,
            Key: { ...key },
            ConditionExpression: LIVE,
            ExpressionAttributeValues: { ':now': change.at },
          },
        },
      };
    }
  }
}

function addCredential({ credential }: ChangeOf<'addCredential'>, table: string): TableAction {
  const { principalId, id, kind, expiresAt } = credential;
  return put(
    table,
    kind === 'signIn' ? signInLinkKey(principalId, id) : credentialKey(principalId, id),
    { ...credential, ttl: afterDays(expiresAt, SHORT_LIVED.includes(kind) ? 1 : TOMBSTONE_DAYS) },
    NEW,
    'ALREADY_EXISTS',
  );
}

function endCredential(change: ChangeOf<'endCredential'>, table: string): TableAction {
  const { principalId, credentialId, signInLink, requireLive, at, reason } = change;
  const key = (signInLink ? signInLinkKey : credentialKey)(principalId, credentialId);
  return update(
    table,
    key,
    {
      // The first end stays: when and why is what people will ask.
      UpdateExpression:
        'SET endedAt = if_not_exists(endedAt, :at), endReason = if_not_exists(endReason, :reason)',
      ConditionExpression: requireLive ? LIVE : 'attribute_exists(PK)',
      ExpressionAttributeValues: {
        ':at': new Date(at).toISOString(),
        ':reason': reason,
        ...(requireLive && { ':now': at }),
      },
    },
    requireLive ? 'PASS_ENDED' : 'NOT_FOUND',
  );
}

/** A token user's principal as its record says it now; other principals are accounts. */
export function changePrincipal(
  { principalId, set }: ChangeOf<'changePrincipal'>,
  table: string,
): TableAction {
  const entries = Object.entries(set);
  const key = principalKey(principalId);
  return update(
    table,
    key,
    {
      UpdateExpression: `SET ${entries.map((_, at) => `#s${at} = :s${at}`).join(', ')}`,
      ConditionExpression: 'attribute_exists(PK) AND attribute_not_exists(deletedAt)',
      ExpressionAttributeNames: Object.fromEntries(entries.map(([name], at) => [`#s${at}`, name])),
      ExpressionAttributeValues: Object.fromEntries(entries.map(([, value], at) => [`:s${at}`, value])),
    },
    'NOT_FOUND',
  );
}

/** A token user's principal becomes a tombstone. */
export function endPrincipal({ principalId, at }: ChangeOf<'endPrincipal'>, table: string): TableAction {
  const tombstone = {
    id: principalId,
    deletedAt: new Date(at).toISOString(),
    ttl: afterDays(at, TOMBSTONE_DAYS),
  };
  return put(table, principalKey(principalId), tombstone, {}, 'CONFLICT');
}
