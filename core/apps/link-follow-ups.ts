import type { BuiltApp, BuiltRecordType, Expressions } from './built.ts';
import {
  ACTION_PARTS,
  type AppDefinition,
  type DataAction,
  expressionIn,
  type RequestAction,
} from './definition.ts';
import type { Evaluate, LinkedAction, LinkedRequestAction, LinkedTask } from './published.ts';
import { namesRead } from './scope.ts';

type Apps = ReadonlyMap<string, BuiltApp>;
type Path = (string | number)[];

/** Links an app's tasks and notifications, and what each of its operations sets off. All record types are linked. */
export function linkFollowUps(definition: AppDefinition, apps: Apps, expressions: Expressions): void {
  const app = part(apps.get(definition.id), definition.id);
  linkTasks(app, apps, expressions);
  linkNotifications(app, expressions);
  for (const [at, type] of definition.recordTypes.entries()) {
    linkOperations(app, part(app.recordTypes.get(type.id), type.id), ['recordTypes', at], expressions);
  }
}

/** Checking has made sure that everything named is there; anything else is a mistake of this program. */
function part<T>(found: T | undefined, name: string): T {
  if (found === undefined) throw new Error(`"${name}" is not among the definitions that are linked`);
  return found;
}

function linkTasks(app: BuiltApp, apps: Apps, expressions: Expressions): void {
  for (const [at, definition] of app.definition.tasks.entries()) {
    const actions = definition.actions.map((action, index) =>
      linkAction(action, apps, ['tasks', at, 'actions', index], expressions),
    );
    const grant = grantOf(actions);
    const recordType = part(app.recordTypes.get(definition.recordType), definition.recordType);
    app.tasks.set(definition.id, {
      id: definition.id,
      definition,
      recordType,
      actions,
      ...(grant && { grant }),
    });
  }
}

function grantOf(actions: readonly LinkedAction[]): LinkedTask['grant'] {
  const kinds = actions
    .filter(({ target }) => target.recordType.app.definition.kind === 'tokens')
    .map(({ target }) => target.definition.kind);
  if (kinds.includes('add')) return 'issue';
  return kinds.includes('delete') ? 'end' : undefined;
}

function linkAction(definition: DataAction, apps: Apps, path: Path, expressions: Expressions): LinkedAction {
  const { app, recordType, operation } = definition.target;
  const type = part(apps.get(app)?.recordTypes.get(recordType), recordType);
  const { source } = definition;
  return {
    definition,
    ...(source && {
      source: {
        view: part(type.views.get(source.view), source.view),
        parameters: closures(source.parameters, [...path, 'source', 'parameters'], expressions),
      },
    }),
    target: part(type.operations.get(operation), operation),
    fields: closures(definition.fields, [...path, 'fields'], expressions),
    returns: closures(definition.returns, [...path, 'returns'], expressions),
  };
}

function closures(
  mapping: Record<string, string> | undefined,
  path: Path,
  expressions: Expressions,
): Map<string, Evaluate> {
  const names = Object.keys(mapping ?? {});
  return new Map(names.map((name) => [name, part(expressions.value(...path, name), name)]));
}

function linkNotifications(app: BuiltApp, expressions: Expressions): void {
  for (const [at, definition] of app.definition.notifications.entries()) {
    const type = part(app.recordTypes.get(definition.recordType), definition.recordType);
    const replyTo = expressions.value('notifications', at, 'replyTo');
    const button = expressions.value('notifications', at, 'button');
    app.notifications.set(definition.id, {
      id: definition.id,
      definition,
      recordType: type,
      to: part(expressions.value('notifications', at, 'to'), 'to'),
      subject: part(expressions.value('notifications', at, 'subject'), 'subject'),
      ...(replyTo && { replyTo }),
      ...(button && { button }),
      fields: definition.fields.map((id) => part(type.fields.get(id), id)),
    });
  }
}

function linkOperations(app: BuiltApp, type: BuiltRecordType, path: Path, expressions: Expressions): void {
  for (const [at, { id, actions, tasks, notifications }] of type.definition.operations.entries()) {
    const operation = part(type.operations.get(id), id);
    for (const [index, action] of (actions ?? []).entries()) {
      const place = [...path, 'operations', at, 'actions', index];
      operation.actions.push(linkRequestAction(action, place, expressions));
    }
    for (const [index, { task }] of (tasks ?? []).entries()) {
      const when = expressions.condition(...path, 'operations', at, 'tasks', index, 'when');
      operation.tasks.push({ task: part(app.tasks.get(task), task), ...(when && { when }) });
    }
    for (const notification of notifications ?? []) {
      operation.notifications.push(part(app.notifications.get(notification), notification));
    }
  }
}

function linkRequestAction(
  definition: RequestAction,
  path: Path,
  expressions: Expressions,
): LinkedRequestAction {
  const parts = ACTION_PARTS.filter((name) => expressionIn(definition, name) !== undefined);
  const when = expressions.condition(...path, 'when');
  return {
    id: definition.id,
    definition,
    ...(when && { when }),
    values: new Map(parts.map((name) => [name, part(expressions.value(...path, name), name)])),
    reads: new Map(
      parts.flatMap((name) => {
        const [field] = namesRead(expressions.reads(...path, name), 'record');
        return field === undefined ? [] : [[name, field] as const];
      }),
    ),
    returns: closures(
      'returns' in definition ? definition.returns : undefined,
      [...path, 'returns'],
      expressions,
    ),
  };
}
