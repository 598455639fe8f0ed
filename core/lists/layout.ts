import { createHash } from 'node:crypto';
import type { LinkedRecordType, LinkedView } from '../apps/published.ts';

/** A record type's indexes in one word: it changes with what lies in them, and where. */
export function layoutOf(type: LinkedRecordType): string {
  let layout = layouts.get(type);
  if (layout === undefined) {
    const content = [...type.views.values()].map((view) => [
      view.id,
      indexIdsOf(view),
      [...projectedFields(type, view)].sort(),
    ]);
    layout = createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 12);
    layouts.set(type, layout);
  }
  return layout;
}
const layouts = new WeakMap<LinkedRecordType, string>();

/** The ids of a view's own index and of its narrower ones. */
export function indexIdsOf({ index }: LinkedView): string[] {
  return [index.id, ...[...index.narrow.keys()].sort()];
}

/**
 * The fields that an index item holds: the columns, what the rest of the filter and the conditions of permissions read,
 * title and owner. A list decides without the record.
 */
export function projectedFields(type: LinkedRecordType, view: LinkedView): ReadonlySet<string> {
  let fields = projections.get(view);
  if (!fields) {
    const { titleField, ownerField } = type.definition;
    const wanted = [
      ...view.columns.map((column) => column.id),
      ...view.index.residualFields,
      ...view.index.equality.map(({ field }) => field),
      ...(titleField ? [titleField] : []),
      ...(ownerField ? [ownerField] : []),
      ...conditionFields(type),
    ];
    fields = new Set(wanted.filter((field) => type.fields.has(field)));
    projections.set(view, fields);
  }
  return fields;
}
const projections = new WeakMap<LinkedView, ReadonlySet<string>>();

/** Fields that permissions or visibility conditions of the type read. */
function conditionFields(type: LinkedRecordType): readonly string[] {
  const reads = type.app.permissions
    .filter((permission) => permission.definition.recordType === type.id)
    .flatMap((permission) => permission.when?.reads ?? []);
  return [
    ...reads.filter((path) => path.startsWith('record.')).map((path) => path.split('.')[1] as string),
    ...[...type.fields.values()].flatMap((field) => field.visibilityReads),
  ];
}
