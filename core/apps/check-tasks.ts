import { type CheckContext, type CheckedType, reportUnknown, requireUnique } from './check-context.ts';
import { requireReadable, takeExpression } from './check-expressions.ts';
import { checkMappings, checkReturns, type Target } from './check-mappings.ts';
import type { DataAction, RecordType, Task, View } from './definition.ts';
import type { Path } from './problems.ts';
import { valueTypeOf } from './scope.ts';

/** Checks tasks: that sources and targets exist, and that what is mapped fits on both sides. */
export function checkTasks(context: CheckContext): void {
  requireUnique(context, ['tasks'], context.app.tasks, 'task');
  for (const [at, task] of context.app.tasks.entries()) {
    const type = context.recordTypes.get(task.recordType);
    if (type) checkTask(context, type, task, ['tasks', at]);
    else
      reportUnknown(
        context,
        ['tasks', at, 'recordType'],
        'record type',
        task.recordType,
        context.recordTypes.keys(),
      );
  }
}

function checkTask(context: CheckContext, type: CheckedType, task: Task, path: Path): void {
  requireUnique(context, [...path, 'actions'], task.actions, 'data action');
  for (const [at, action] of task.actions.entries()) {
    const place = [...path, 'actions', at];
    const target = findTarget(context, action, place);
    if (target) checkAction(context, type, action, target, place);
  }
}

function findTarget(context: CheckContext, action: DataAction, path: Path): Target | undefined {
  const { app: appId, recordType, operation: operationId } = action.target;
  const place = [...path, 'target'];
  const app = appId === context.app.id ? context.app : context.site.apps.get(appId);
  if (!app) {
    reportUnknown(context, [...place, 'app'], 'app', appId, [context.app.id, ...context.site.apps.keys()]);
    return undefined;
  }
  const type = context.find(appId, recordType);
  if (!type) {
    const known = app.recordTypes.map((each) => each.id);
    reportUnknown(context, [...place, 'recordType'], `record type in "${appId}"`, recordType, known);
    return undefined;
  }
  const operation = type.operations.find((each) => each.id === operationId);
  if (!operation) {
    const known = type.operations.map((each) => each.id);
    reportUnknown(context, [...place, 'operation'], `operation of ${type.name}`, operationId, known);
    return undefined;
  }
  return { type, operation };
}

const TARGET_KINDS: ReadonlySet<string> = new Set(['add', 'edit', 'delete', 'transition']);

function checkAction(
  context: CheckContext,
  type: CheckedType,
  action: DataAction,
  target: Target,
  path: Path,
): void {
  const { kind, name } = target.operation;
  if (!TARGET_KINDS.has(kind)) {
    context.report(
      [...path, 'target', 'operation'],
      `"${name}" changes nothing; choose an operation that adds, edits, deletes or leads to another state`,
    );
  }
  if (kind === 'add' && action.source) {
    context.report(
      [...path, 'source'],
      `"${name}" adds a record, so there is none to look for; remove "source"`,
    );
  }
  if (kind !== 'add' && !action.source) {
    context.report(path, `"${name}" acts on records that exist: add "source", the view that finds them`);
  }
  if (action.source) checkSource(context, type, action, target.type, [...path, 'source']);
  checkMappings(context, type, action, target, path);
  checkReturns(context, type, action, target.type, path);
  if (kind === 'add') requireOptional(context, type, action, path);
}

/** What is filled in with a pass is left empty by people: no form may make them fill it in. */
function requireOptional(
  context: CheckContext,
  type: CheckedType,
  { returns }: DataAction,
  path: Path,
): void {
  for (const id of Object.keys(returns ?? {})) {
    const field = type.fields.get(id);
    if (!field?.required || field.readOnly || field.builtIn || field.visibleIf !== undefined) continue;
    context.report(
      [...path, 'returns', id],
      `people have to fill "${id}" in, and this writes over it; make the field optional or read-only, or remove this`,
    );
  }
}

function checkSource(
  context: CheckContext,
  type: CheckedType,
  action: DataAction,
  found: RecordType,
  path: Path,
): void {
  const { app, view: id, parameters } = action.source as NonNullable<DataAction['source']>;
  if (app !== action.target.app) {
    context.report(
      [...path, 'app'],
      `the view must list what the target acts on: write "${action.target.app}"`,
    );
    return;
  }
  const view: View | undefined = found.views.find((each) => each.id === id);
  if (!view) {
    reportUnknown(
      context,
      [...path, 'view'],
      `view of ${found.name}`,
      id,
      found.views.map((each) => each.id),
    );
    return;
  }
  const declared = new Map((view.parameters ?? []).map((parameter) => [parameter.id, parameter]));
  for (const [name, source] of Object.entries(parameters)) {
    const place = [...path, 'parameters', name];
    const parameter = declared.get(name);
    if (!parameter) {
      reportUnknown(context, place, `parameter of the view "${id}"`, name, declared.keys());
      continue;
    }
    const checked = takeExpression(context, place, source, type.scopes.robot, valueTypeOf(parameter.type));
    requireReadable(context, place, checked, type);
  }
  for (const name of declared.keys()) {
    if (!Object.hasOwn(parameters, name)) {
      context.report([...path, 'parameters', name], `the view "${id}" needs its parameter "${name}"; add it`);
    }
  }
}
