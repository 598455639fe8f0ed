import type { Change } from '../../../core/changes.ts';
import { MOST_STEPS } from '../../../core/grants/grant.ts';
import { grantKey, liveGrantIndex } from './keys.ts';
import { NEW, put, type TableAction, update } from './table-action.ts';

/** A new grant, with its place among the open ones. */
export function addGrant({ grant }: Extract<Change, { kind: 'addGrant' }>, table: string): TableAction {
  return put(
    table,
    grantKey(grant.environment, grant.id),
    { ...grant, ...liveGrantIndex(grant.environment, grant.id, grant.dueAt) },
    NEW,
    'ALREADY_EXISTS',
  );
}

/** The reaper reaches a grant through GSI1 for as long as there is something to end or clean up. */
export function changeGrant(change: Extract<Change, { kind: 'changeGrant' }>, table: string): TableAction {
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
  if (change.expiresAt !== undefined) {
    values[':expiresAtRead'] = change.expiresAt;
    conditions.push('expiresAt = :expiresAtRead');
  }
  return update(
    table,
    grantKey(change.environment, change.grantId),
    {
      UpdateExpression: `SET ${assignments.join(', ')}${over ? ' REMOVE GSI1PK, GSI1SK' : ''}`,
      ConditionExpression: conditions.join(' AND '),
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: values,
    },
    'CONFLICT',
  );
}
