import type { Change } from '../../../core/changes.ts';
import { OWNER } from '../../../core/policy/built-in.ts';
import { normaliseEmail, type Principal } from '../../../core/principals.ts';
import { directoryKey, emailKey, principalKey, roleKey } from './keys.ts';
import { afterDays, NEW, put, remove, type TableAction, TOMBSTONE_DAYS, update } from './table-action.ts';

export type AccountChange = Extract<
  Change,
  { kind: 'addUser' | 'addPrincipal' | 'updateAccount' | 'countKey' | 'endAccount' }
>;

/** Users, service accounts and robots: the principal, its unique email, and its entry in the directory. */
export function accountActions(change: AccountChange, table: string): TableAction[] {
  switch (change.kind) {
    case 'addUser': {
      const { principal, email } = change;
      return [
        put(table, principalKey(principal.id), principal, NEW, 'ALREADY_EXISTS'),
        put(table, emailKey(normaliseEmail(email)), { principalId: principal.id }, NEW, 'EMAIL_TAKEN'),
        putEntry(table, principal),
      ];
    }
    case 'addPrincipal': {
      const { principal } = change;
      const item = put(table, principalKey(principal.id), principal, NEW, 'ALREADY_EXISTS');
      return principal.type === 'tokenUser' ? [item] : [item, putEntry(table, principal)];
    }
    case 'updateAccount':
      return updateAccount(change, table);
    case 'countKey':
      return [countKey(change, table)];
    case 'endAccount':
      return endAccount(change, table);
  }
}

function updateAccount({ before, after }: Extract<AccountChange, { kind: 'updateAccount' }>, table: string) {
  const [from, to] = [directoryKey(before), directoryKey(after)];
  return [
    put(table, principalKey(after.id), after, asRead(before), 'VERSION_MISMATCH'),
    ...(from.SK === to.SK ? [] : [remove(table, from, {}, 'CONFLICT')]),
    putEntry(table, after),
  ];
}

/** Whoever has edited the account meanwhile, or made a key for it, comes first. */
function countKey({ account }: Extract<AccountChange, { kind: 'countKey' }>, table: string): TableAction {
  const key = principalKey(account.id);
  const { keysMade } = account;
  const read = asRead(account);
  return update(
    table,
    key,
    {
      UpdateExpression: 'SET keysMade = :next',
      ConditionExpression: `${read.ConditionExpression} AND ${keysMade === undefined ? 'attribute_not_exists(keysMade)' : 'keysMade = :made'}`,
      ExpressionAttributeNames: read.ExpressionAttributeNames,
      ExpressionAttributeValues: {
        ...read.ExpressionAttributeValues,
        ':next': (keysMade ?? 0) + 1,
        ...(keysMade !== undefined && { ':made': keysMade }),
      },
    },
    'CONFLICT',
  );
}

function endAccount({ principal, at }: Extract<AccountChange, { kind: 'endAccount' }>, table: string) {
  const tombstone = {
    id: principal.id,
    deletedAt: new Date(at).toISOString(),
    ttl: afterDays(at, TOMBSTONE_DAYS),
  };
  return [
    put(table, principalKey(principal.id), tombstone, asRead(principal), 'VERSION_MISMATCH'),
    ...(principal.email
      ? [remove(table, emailKey(normaliseEmail(principal.email)), {}, 'CONFLICT' as const)]
      : []),
    remove(table, directoryKey(principal), {}, 'CONFLICT'),
  ];
}

/** A principal that was written before versions were counted is at version 1. */
function asRead({ version = 1 }: Principal) {
  return {
    ConditionExpression: `attribute_exists(PK) AND attribute_not_exists(deletedAt) AND (#version = :version${version === 1 ? ' OR attribute_not_exists(#version)' : ''})`,
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': version },
  };
}

function putEntry(table: string, principal: Principal): TableAction {
  const { id, type, name, email, roles } = principal;
  return put(table, directoryKey(principal), { id, type, name, email, roles }, {}, 'CONFLICT');
}

/**
 * How many people hold each role, counted in the transactions that change it: so a role that is being removed is
 * given to nobody, one that is held is not removed, and of two owners who demote each other one stays.
 */
export function roleCounts(changes: readonly Change[], table: string): TableAction[] {
  const deltas = new Map<string, { gained: number; lost: number }>();
  const count = (roles: readonly string[], part: 'gained' | 'lost') => {
    for (const role of new Set(roles)) {
      const delta = deltas.get(role) ?? { gained: 0, lost: 0 };
      delta[part] += 1;
      deltas.set(role, delta);
    }
  };
  for (const change of changes) {
    if (change.kind === 'addUser') count(change.principal.roles, 'gained');
    if (change.kind === 'addPrincipal' && change.principal.type !== 'tokenUser')
      count(change.principal.roles, 'gained');
    if (change.kind === 'endAccount') count(change.principal.roles, 'lost');
    if (change.kind !== 'updateAccount') continue;
    const { before, after } = change;
    count(
      after.roles.filter((role) => !before.roles.includes(role)),
      'gained',
    );
    count(
      before.roles.filter((role) => !after.roles.includes(role)),
      'lost',
    );
  }
  return [...deltas].map(([role, delta]) => countHolders(table, role, delta));
}

function countHolders(
  table: string,
  role: string,
  { gained, lost }: { gained: number; lost: number },
): TableAction {
  const key = roleKey(role);
  const delta = gained - lost;
  const conditions = [
    ...(gained > 0 ? ['attribute_not_exists(removedAt)'] : []),
    ...(role === OWNER && delta < 0 ? ['holders > :leaving'] : []),
  ];
  return update(
    table,
    key,
    {
      UpdateExpression: 'ADD holders :delta',
      ...(conditions.length > 0 && { ConditionExpression: conditions.join(' AND ') }),
      ExpressionAttributeValues: {
        ':delta': delta,
        ...(role === OWNER && delta < 0 && { ':leaving': -delta }),
      },
    },
    role === OWNER ? 'LAST_OWNER' : 'ROLE_UNKNOWN',
  );
}
