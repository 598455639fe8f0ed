import type { CheckedExpression, Fields } from '../expressions/types.ts';
import {
  type CheckContext,
  type CheckedType,
  reportUnknown,
  requireKnown,
  requireUnique,
} from './check-context.ts';
import { requireReadable, takeExpression } from './check-expressions.ts';
import { BUILT_IN_COLUMNS, SORTABLE_COLUMNS } from './columns.ts';
import type { FieldType, View } from './definition.ts';
import type { Path } from './problems.ts';
import { isStored, valueTypeOf } from './scope.ts';
import { splitFilter } from './view-index.ts';

/** Types that put no list in order. */
export const NOT_SORTABLE: ReadonlySet<FieldType> = new Set([
  'choices',
  'roles',
  'geoPoint',
  'signature',
  'token',
]);

export function checkViews(context: CheckContext, type: CheckedType, path: Path): void {
  const { views } = type.definition;
  requireUnique(context, [...path, 'views'], views, 'view');
  for (const [at, view] of views.entries()) checkView(context, type, view, [...path, 'views', at]);
}

function checkView(context: CheckContext, type: CheckedType, view: View, path: Path): void {
  checkColumns(context, type, view, path);
  checkParameters(context, view, path);
  const filter = checkFilter(context, type, view, path);
  checkEquality(context, view, filter, path);
  checkSort(context, type, view, path);
}

function checkColumns(context: CheckContext, type: CheckedType, view: View, path: Path): void {
  const place = [...path, 'columns'];
  requireKnown(context, place, view.columns, [...type.fields.keys(), ...BUILT_IN_COLUMNS.keys()], 'field');
  for (const [at, id] of view.columns.entries()) {
    if (type.secret.has(id)) {
      context.report(
        [...place, at],
        `"${id}" reads a token: it is shown on the record only; remove it from the list`,
      );
    }
    if (type.fields.get(id)?.runtimeOnly) {
      context.report([...place, at], `"${id}" is only on the form and never stored; remove it from the list`);
    }
  }
}

function checkParameters(context: CheckContext, view: View, path: Path): void {
  const parameters = view.parameters ?? [];
  requireUnique(context, [...path, 'parameters'], parameters, 'parameter');
  for (const [at, parameter] of parameters.entries()) {
    const place = [...path, 'parameters', at];
    if (parameter.type === 'formula') {
      context.report([...place, 'type'], 'a parameter is typed in by somebody: it cannot be a formula');
    }
  }
}

function checkFilter(
  context: CheckContext,
  type: CheckedType,
  view: View,
  path: Path,
): CheckedExpression | undefined {
  if (view.filter === undefined) return undefined;
  const params: Fields = Object.fromEntries(
    (view.parameters ?? []).map((parameter) => [parameter.id, valueTypeOf(parameter.type)]),
  );
  const place = [...path, 'filter'];
  const scope = view.parameters ? { ...type.scopes.condition, params } : type.scopes.condition;
  const filter = takeExpression(context, place, view.filter, scope, 'bool');
  requireReadable(context, place, filter, type);
  return filter;
}

function checkEquality(
  context: CheckContext,
  view: View,
  filter: CheckedExpression | undefined,
  path: Path,
): void {
  if (!view.equality) return;
  const found = new Set(splitFilter(filter, view.equality).equality.map(({ field }) => field));
  for (const [at, field] of view.equality.entries()) {
    if (found.has(field)) continue;
    const place = [...path, 'equality', at];
    context.report(
      place,
      `the filter does not demand record.${field} == a value; add that to it with &&, or remove "${field}" here`,
    );
  }
}

function checkSort(context: CheckContext, type: CheckedType, view: View, path: Path): void {
  if (!view.sort) return;
  const place = [...path, 'sort', 'field'];
  const { field: id } = view.sort;
  const field = type.fields.get(id);
  if (!field && !SORTABLE_COLUMNS.includes(id)) {
    reportUnknown(context, place, 'field', id, [...type.fields.keys(), ...SORTABLE_COLUMNS]);
  }
  if (field && (!isStored(field) || NOT_SORTABLE.has(field.type))) {
    context.report(
      place,
      `a list cannot be in the order of "${id}", a field of type ${field.type}; choose one that holds text, a number or a date`,
    );
  }
}
