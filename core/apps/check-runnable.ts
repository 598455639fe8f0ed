import type { CheckContext } from './check-context.ts';
import type { AppDefinition, Operation, RecordType, Task } from './definition.ts';
import type { Path } from './problems.ts';

/**
 * Refuses what reads well and no workflow would carry out. Tasks are run by the workflow that issues a pass and ends
 * it, and mails are sent by the same one: a task does the one or the other, and mails go with a task that issues.
 */
export function checkRunnable(context: CheckContext): void {
  const effects = new Map<string, Effect>();
  for (const [at, task] of context.app.tasks.entries()) {
    const effect = checkTask(context, task, ['tasks', at]);
    if (effect) effects.set(task.id, effect);
  }
  for (const [at, type] of context.app.recordTypes.entries()) {
    for (const [index, operation] of type.operations.entries()) {
      checkOperation(context, type, operation, effects, ['recordTypes', at, 'operations', index]);
    }
  }
}

type Effect = 'issue' | 'end';

function checkTask(context: CheckContext, task: Task, path: Path): Effect | undefined {
  const effects = task.actions.map(({ target }) => {
    const app = target.app === context.app.id ? context.app : context.site.apps.get(target.app);
    return app && effectOf(app, target.recordType, target.operation);
  });
  if (effects.length > 1) {
    context.report(
      [...path, 'actions', 1],
      'a task has one data action, which adds a token user or deletes one; make it a task of its own',
    );
  }
  const [effect] = effects;
  if (effect === 'none') {
    context.report(
      [...path, 'actions', 0, 'target'],
      'a task adds a token user or deletes one: choose such an operation of an app of kind tokens',
    );
  }
  return effect === 'none' ? undefined : effect;
}

function effectOf(app: AppDefinition, recordType: string, operation: string): Effect | 'none' | undefined {
  const type = app.recordTypes.find(({ id }) => id === recordType);
  const kind = type?.operations.find(({ id }) => id === operation)?.kind;
  if (kind === undefined) return undefined;
  if (app.kind !== 'tokens') return 'none';
  if (kind === 'add') return 'issue';
  return kind === 'delete' ? 'end' : 'none';
}

function checkOperation(
  context: CheckContext,
  type: RecordType,
  operation: Operation,
  effects: ReadonlyMap<string, Effect>,
  path: Path,
): void {
  const { kind, tasks = [], notifications = [] } = operation;
  if (kind === 'export' || kind === 'sendEmail') {
    context.report([...path, 'kind'], `operations of kind ${kind} are not carried out yet; remove it`);
  }
  if (context.app.kind !== 'records') {
    if (tasks.length + notifications.length > 0) {
      context.report(
        path,
        `operations of an app of kind ${context.app.kind} set off nothing; attach tasks and mails where they are submitted`,
      );
    }
    return;
  }
  const issuing = tasks.filter(({ task }) => effects.get(task) === 'issue');
  const ending = tasks.filter(({ task }) => effects.get(task) === 'end');
  for (const [[, second], what] of [
    [issuing, 'issue one'],
    [ending, 'end it'],
  ] as const) {
    if (!second) continue;
    context.report(
      [...path, 'tasks', tasks.lastIndexOf(second)],
      `a record has one pass at a time: remove one of the tasks that ${what}`,
    );
  }
  if (notifications.length > 0 && issuing.length === 0) {
    context.report(
      [...path, 'notifications'],
      'mails are sent once a pass is issued: attach a task that issues one, or remove them',
    );
  }
  for (const [at, { task: id }] of tasks.entries()) {
    const task = context.app.tasks.find((each) => each.id === id);
    if (task && effects.has(id)) checkReturned(context, type, operation, task, [...path, 'tasks', at]);
  }
}

/** What a task returns is written by the type's edit operation, in the state that the record is in by then. */
function checkReturned(
  context: CheckContext,
  type: RecordType,
  operation: Operation,
  task: Task,
  path: Path,
): void {
  if (operation.kind === 'delete' || !task.actions.some(({ returns }) => returns)) return;
  const edit = type.operations.find(({ kind }) => kind === 'edit');
  if (!edit) {
    context.report(
      path,
      `the task returns values, which are written as an edit: give ${type.name} an operation of kind edit`,
    );
    return;
  }
  if (!edit.from) return;
  const states = operation.to
    ? [operation.to]
    : operation.kind === 'add'
      ? [type.initialState]
      : (operation.from ?? type.states.map(({ id }) => id));
  const missing = states.find((state) => !edit.from?.includes(state));
  if (missing !== undefined) {
    context.report(
      path,
      `the task returns values, which are written by "${edit.name}", and that is not offered in the state "${missing}"; add it to its "from"`,
    );
  }
}
