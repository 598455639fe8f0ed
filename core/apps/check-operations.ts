import { checkActions } from './check-actions.ts';
import {
  type CheckContext,
  type CheckedType,
  reportUnknown,
  requireKnown,
  requireUnique,
} from './check-context.ts';
import { requireReadable, takeExpression } from './check-expressions.ts';
import type { Operation, RecordType } from './definition.ts';
import type { Path } from './problems.ts';
import { isWritable } from './scope.ts';

/** Checks states, that each can be reached, and the operations that lead from one to the other. */
export function checkOperations(context: CheckContext, checked: CheckedType, path: Path): void {
  const type = checked.definition;
  requireUnique(context, [...path, 'states'], type.states, 'state');
  requireUnique(context, [...path, 'operations'], type.operations, 'operation');
  const states = type.states.map((state) => state.id);
  if (!states.includes(type.initialState)) {
    reportUnknown(context, [...path, 'initialState'], 'state', type.initialState, states);
  }
  for (const [at, operation] of type.operations.entries()) {
    checkOperation(context, checked, operation, [...path, 'operations', at]);
  }
  if (!states.includes(type.initialState)) return;
  const reached = reachableStates(type);
  for (const [at, state] of type.states.entries()) {
    if (reached.has(state.id)) continue;
    const advice = 'add a transition that leads to it, or remove it';
    context.report([...path, 'states', at], `no operation leads to the state "${state.id}"; ${advice}`);
  }
}

function reachableStates(type: RecordType): Set<string> {
  const reached = new Set([type.initialState]);
  const transitions = type.operations.filter((operation) => operation.kind === 'transition');
  for (let before = 0; before < reached.size; ) {
    before = reached.size;
    for (const { from = [], to } of transitions) {
      if (to !== undefined && from.some((state) => reached.has(state))) reached.add(to);
    }
  }
  return reached;
}

function checkOperation(context: CheckContext, type: CheckedType, operation: Operation, path: Path): void {
  const { kind, from, to } = operation;
  const states = type.definition.states.map((state) => state.id);
  if (from) requireKnown(context, [...path, 'from'], from, states, 'state');
  if (to !== undefined && !states.includes(to)) reportUnknown(context, [...path, 'to'], 'state', to, states);
  if (kind === 'transition') {
    if (!from) context.report(path, 'a transition needs "from", the states in which it is offered; add it');
    if (operation.name === undefined)
      context.report(path, 'a transition needs "name", what people call this step; add it');
    if (to === undefined) context.report(path, 'a transition needs "to", the state that it leads to; add it');
  } else if (to !== undefined) {
    context.report([...path, 'to'], 'only a transition leads to another state; make it one, or remove "to"');
  }
  if (kind === 'add' && from) {
    context.report([...path, 'from'], 'a new record has no state to start from; remove "from"');
  }
  checkForm(context, type, operation, path);
  checkActions(context, type, operation, path);
  checkFollowUps(context, type, operation, path);
}

const WITH_FORM: ReadonlySet<string> = new Set(['add', 'edit', 'transition', 'view']);

function checkForm(context: CheckContext, type: CheckedType, operation: Operation, path: Path): void {
  const { fields } = operation;
  if (!fields) return;
  if (!WITH_FORM.has(operation.kind)) {
    context.report(
      [...path, 'fields'],
      `an operation of kind ${operation.kind} has no form; remove "fields"`,
    );
  }
  requireKnown(context, [...path, 'fields'], fields, type.fields.keys(), 'field');
  if (operation.kind !== 'add') return;
  for (const field of type.fields.values()) {
    const optional = !field.required || field.visibleIf !== undefined || field.default !== undefined;
    if (optional || !isWritable(field) || fields.includes(field.id)) continue;
    const advice = 'add it here, give it a default, or make it optional';
    context.report([...path, 'fields'], `"${field.id}" is required and not on this form: ${advice}`);
  }
}

/** Operations that commit something, after which something can follow. */
const COMMITTING: ReadonlySet<string> = new Set(['add', 'edit', 'delete', 'transition']);

function checkFollowUps(context: CheckContext, type: CheckedType, operation: Operation, path: Path): void {
  const { tasks = [], notifications = [] } = operation;
  const here = type.definition.id;
  if (!COMMITTING.has(operation.kind) && tasks.length + notifications.length > 0) {
    const advice = 'attach them to one that adds, edits, deletes or leads to another state';
    context.report(
      path,
      `an operation of kind ${operation.kind} writes nothing that tasks or mails could follow; ${advice}`,
    );
  }
  for (const [at, { task: id, when }] of tasks.entries()) {
    const place = [...path, 'tasks', at];
    const task = context.app.tasks.find((each) => each.id === id);
    if (!task) {
      reportUnknown(
        context,
        [...place, 'task'],
        'task',
        id,
        context.app.tasks.map((each) => each.id),
      );
    } else if (task.recordType !== here) {
      context.report(
        [...place, 'task'],
        `the task "${id}" is for the record type "${task.recordType}", not for "${here}"`,
      );
    }
    if (when === undefined) continue;
    const checked = takeExpression(context, [...place, 'when'], when, type.scopes.condition, 'bool');
    requireReadable(context, [...place, 'when'], checked, type, true);
  }
  for (const [at, id] of notifications.entries()) {
    const place = [...path, 'notifications', at];
    const notification = context.app.notifications.find((each) => each.id === id);
    if (!notification) {
      reportUnknown(
        context,
        place,
        'notification',
        id,
        context.app.notifications.map((each) => each.id),
      );
    } else if (notification.recordType !== here) {
      context.report(
        place,
        `the notification "${id}" is for the record type "${notification.recordType}", not for "${here}"`,
      );
    }
  }
}
