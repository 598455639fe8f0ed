import { type CheckContext, reportUnknown, requireKnown, requireUnique } from './check-context.ts';
import type { Service } from './definition.ts';
import type { Path } from './problems.ts';
import { isStored, isWritable } from './scope.ts';

/** The service that every site has: it answers what others may do. */
const OF_THE_SITE: ReadonlySet<string> = new Set(['access']);

/** Checks the endpoints of an app: what each reads or runs, and that no other app of the site has its name. */
export function checkServices(context: CheckContext): void {
  const { services = [] } = context.app;
  requireUnique(context, ['services'], services, 'service');
  for (const [at, service] of services.entries()) {
    const path = ['services', at];
    requireOwnName(context, service, [...path, 'id']);
    checkService(context, service, path);
  }
}

function requireOwnName(context: CheckContext, { id }: Service, path: Path): void {
  const other = [...context.site.apps.values()].find(({ services }) =>
    services?.some((each) => each.id === id),
  );
  if (other) context.report(path, `the app "${other.id}" has a service "${id}" already; choose another id`);
  if (OF_THE_SITE.has(id)) context.report(path, `"${id}" is a service of the site itself; choose another id`);
}

function checkService(context: CheckContext, service: Service, path: Path): void {
  const type = context.recordTypes.get(service.recordType);
  if (!type) {
    const known = context.app.recordTypes.map(({ id }) => id);
    reportUnknown(context, [...path, 'recordType'], 'record type', service.recordType, known);
    return;
  }
  const { view, operation, fields, returns } = service;
  if ((view === undefined) === (operation === undefined)) {
    context.report(path, 'a service reads a view or runs an operation: name one of them');
    return;
  }
  if (view !== undefined) {
    const views = (type.definition.views ?? []).map(({ id }) => id);
    if (!views.includes(view)) reportUnknown(context, [...path, 'view'], 'view', view, views);
    for (const part of ['fields', 'returns'] as const) {
      if (service[part]) context.report([...path, part], 'a view answers its columns; remove this');
    }
    return;
  }
  const found = type.definition.operations.find(({ id }) => id === operation);
  if (!found) {
    const known = type.definition.operations.map(({ id }) => id);
    reportUnknown(context, [...path, 'operation'], 'operation', operation ?? '', known);
    return;
  }
  if (found.kind === 'view') {
    context.report([...path, 'operation'], 'viewing changes nothing; name a view, or another operation');
  }
  const all = [...type.fields.values()];
  const taken = found.fields ?? all.filter(isWritable).map(({ id }) => id);
  requireKnown(context, [...path, 'fields'], fields ?? [], taken, `field that "${found.name}" takes:`);
  const kept = all.filter((field) => isStored(field) && field.type !== 'token').map(({ id }) => id);
  requireKnown(context, [...path, 'returns'], returns ?? [], kept, 'stored field');
}
