import type { AppDefinition, Operation, RecordType, Task } from './definition.ts';

/** DynamoDB takes 100 actions in a transaction; some room is kept for what a deployment adds. */
export const ACTION_LIMIT = 90;

/** The record's head, its place in the register, its event, the check of the caller's credential, the remembered request. */
const ALWAYS = 5;
/** An index item can move: one is put, another removed. */
const PER_INDEX_ITEM = 2;
/** The grant with its outbox entry, or the other task run with its own. */
const PER_TASK = 2;
/** A pass that ends with the operation, or whose end moves: credential, principal, grant, outbox entry. */
const PER_ENDED_PASS = 4;
/** What an action writes at most: an account moved in the directory with its roles counted and journalled, or ten mails. */
const PER_ACTION = 15;
/** An account that an operation makes or ends: principal, unique email, credential, directory entry, journal. */
const PER_ACCOUNT = 5;

/**
 * The most actions that the transaction of an operation can take: an upper bound, known when the definition is
 * saved, so that no submission ever meets the limit.
 * @param indexItems how many index items a record has at most
 */
export function transactionSize(
  app: AppDefinition,
  type: RecordType,
  operation: Operation,
  indexItems: number,
): number {
  if (operation.kind === 'view' || operation.kind === 'export' || operation.kind === 'sendEmail') return 0;
  const tasks = (operation.tasks ?? []).flatMap(({ task }) => app.tasks.find(({ id }) => id === task) ?? []);
  const ended = tasks.flatMap(deletions).length;
  const tokens = type.fields.filter((field) => field.type === 'token').length;
  // Whatever is done to a record that has a pass can end it, and an edit can make it need another one.
  const mayHavePass = app.kind === 'records' && type.operations.some((each) => issues(app, each));
  return (
    ALWAYS +
    PER_INDEX_ITEM * indexItems +
    PER_ACTION * (operation.actions ?? []).length +
    PER_TASK * Math.max(tasks.length, mayHavePass ? 1 : 0) +
    PER_ENDED_PASS * Math.max(ended, app.kind === 'records' ? tokens : 0, mayHavePass ? 1 : 0) +
    (app.kind === 'records' ? 0 : PER_ACCOUNT)
  );
}

/** Whether one of an operation's tasks adds a token user: what needs no record to act on. */
function issues(app: AppDefinition, { tasks = [] }: Operation): boolean {
  const ids = new Set(tasks.map(({ task }) => task));
  return app.tasks.some(({ id, actions }) => ids.has(id) && actions.some(({ source }) => !source));
}

/** The parts of a task that find a record and act on it: where that ends a pass, it ends in this transaction. */
function deletions(task: Task) {
  return task.actions.filter((action) => action.source !== undefined);
}
