import type { AppDefinition, Operation, RecordType } from '../../../core/apps/definition.ts';
import { ACTION_LIMIT, transactionSize } from '../../../core/apps/transaction-size.ts';

const TASKS = {
  issue: { target: { app: 'passes', recordType: 'pass', operation: 'add' } },
  find: {
    source: { app: 'passes', view: 'by-token', parameters: {} },
    target: { app: 'passes', recordType: 'pass', operation: 'delete' },
  },
};

interface Given {
  kind?: Operation['kind'];
  app?: AppDefinition['kind'];
  /** Tasks of the operation: what their actions do, one after another. */
  tasks?: (keyof typeof TASKS)[][];
  /** Tasks of another operation of the same type. */
  others?: (keyof typeof TASKS)[][];
  /** Tasks of the app that no operation of the type runs. */
  elsewhere?: (keyof typeof TASKS)[][];
  actions?: number;
  tokens?: number;
  indexItems?: number;
}

function sizeOf({ kind = 'edit', app: appKind = 'records', ...given }: Given): number {
  const { tasks = [], others = [], elsewhere = [], actions = 0, tokens = 0, indexItems = 0 } = given;
  const all = [...tasks, ...others, ...elsewhere].map((parts, at) => ({
    id: `task-${at}`,
    actions: parts.map((part) => TASKS[part]),
  }));
  const named = (from: number, to: number) => all.slice(from, to).map(({ id }) => ({ task: id }));
  const operation = {
    id: 'it',
    kind,
    ...(tasks.length > 0 && { tasks: named(0, tasks.length) }),
    ...(actions > 0 && { actions: Array(actions).fill({ kind: 'sendEmail' }) }),
  } as unknown as Operation;
  const other = {
    id: 'other',
    kind: 'edit',
    tasks: named(tasks.length, tasks.length + others.length),
  } as unknown as Operation;
  const type = {
    fields: [{ type: 'string' }, ...Array(tokens).fill({ type: 'token' })],
    operations: [operation, other],
  } as unknown as RecordType;
  return transactionSize(
    { kind: appKind, tasks: all } as unknown as AppDefinition,
    type,
    operation,
    indexItems,
  );
}

describe('the most that an operation writes in one step', () => {
  it.each<[what: string, given: Given, size: number]>([
    ['of a plain record: head, register, event, credential, request', {}, 5],
    ['with three lists: two for each', { indexItems: 3 }, 11],
    ['with two actions: fifteen for each', { actions: 2 }, 35],
    ['that starts a pass: its grant with what starts it, and a pass that ends', { tasks: [['issue']] }, 11],
    ['that runs two tasks on records that it finds', { tasks: [['find'], ['find']] }, 17],
    ['that runs one task that finds two records', { tasks: [['find', 'find']] }, 15],
    ['that runs tasks that do both', { tasks: [['find', 'issue'], ['issue']] }, 13],
    [
      'on a record that another operation gave a pass: it can end, or a new one be needed',
      { others: [['issue']] },
      11,
    ],
    ['on a record whose other operations end passes alone', { others: [['find']] }, 5],
    ['of a type that never starts a pass, whatever the app does elsewhere', { elsewhere: [['issue']] }, 5],
    ['on a record that holds two tokens: both can end', { tokens: 2 }, 13],
    ['on a record that holds three tokens, of which it ends one', { tokens: 3, tasks: [['find']] }, 19],
    ['of a user: an account besides', { app: 'users' }, 10],
    ['of a token user: its own token is no other pass', { app: 'tokens', tokens: 1 }, 10],
    ['of a token user whose app issues passes', { app: 'tokens', tasks: [['issue']] }, 12],
    ['that adds', { kind: 'add' }, 5],
    ['that deletes', { kind: 'delete' }, 5],
    ['that leads to another state', { kind: 'transition' }, 5],
    ['that only shows a record', { kind: 'view', indexItems: 3, tokens: 1 }, 0],
    ['that only writes a file', { kind: 'export', indexItems: 3 }, 0],
    ['that only sends a mail', { kind: 'sendEmail', indexItems: 3 }, 0],
  ])('%s', (_, given, size) => {
    expect(sizeOf(given)).toBe(size);
  });

  it('is held to less than a transaction takes', () => {
    expect(ACTION_LIMIT).toBe(90);
  });
});
