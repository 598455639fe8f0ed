import { createHash } from 'node:crypto';
import type { LinkedRecordType, LinkedView } from '../apps/published.ts';
import type { FieldValue, StoredRecord, Values } from './record.ts';
import { readValue, recordMeta } from './scope.ts';
import type { IndexEntry, IndexKey } from './view-index.ts';

const SORT_TEXT_LIMIT = 120;
/** As it is escaped in a key. */
const PARTITION_TEXT_LIMIT = 200;

/** Where a record stands in its type's views: one entry for each view whose static filter it meets. */
export function indexEntries(type: LinkedRecordType, record: StoredRecord): IndexEntry[] {
  const entries: IndexEntry[] = [];
  for (const view of type.views.values()) {
    if (!isWritten(view, record)) continue;
    entries.push({
      app: record.app,
      recordType: record.recordType,
      view: view.id,
      partition: view.index.equality.map(({ field }) => partitionText(readValue(record, field))),
      sort: sortText(readValue(record, view.definition.sort?.field ?? 'createdAt')),
      recordId: record.id,
      projection: {
        version: record.version,
        state: record.state,
        values: project(type, view, record),
        names: record.names,
        createdAt: record.createdAt,
        createdBy: record.createdBy,
        updatedAt: record.updatedAt,
        updatedBy: record.updatedBy,
      },
    });
  }
  return entries;
}

/** What has to be removed and put when a record goes from `before` to `after`. */
export function indexChanges(type: LinkedRecordType, before: StoredRecord, after: StoredRecord) {
  const indexPut = indexEntries(type, after);
  const kept = new Set(indexPut.map(place));
  const indexRemove: IndexKey[] = indexEntries(type, before).filter((entry) => !kept.has(place(entry)));
  return { indexPut, indexRemove };
}

const place = (key: IndexKey) => JSON.stringify([key.view, key.partition, key.sort]);

/**
 * Equality values as text; no value is a value of its own that no text can imitate. A long one is stood in for by its
 * hash, because a key has room for 2,048 bytes and a text, or a parameter that somebody sends, can be longer.
 */
export function partitionText(value: FieldValue): string {
  if (value === null) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return encodeURIComponent(text).length <= PARTITION_TEXT_LIMIT
    ? `=${text}`
    : `~${createHash('sha256').update(text).digest('base64url')}`;
}

/** Text whose code-point order is the value's order: numbers of all signs, ISO times, text without regard to case. */
export function sortText(value: FieldValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return sortableNumber(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // A cut may go through the middle of a character, and keys are UTF-8.
  return text.toLowerCase().slice(0, SORT_TEXT_LIMIT).toWellFormed();
}

/** The bits of a double, turned so that their unsigned order is the numbers' order. */
function sortableNumber(value: number): string {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, value);
  const bits = bytes.getBigUint64(0);
  const negative = bits >> 63n === 1n;
  const ordered = negative ? ~bits & 0xffff_ffff_ffff_ffffn : bits | (1n << 63n);
  return ordered.toString(16).padStart(16, '0');
}

function isWritten(view: LinkedView, record: StoredRecord): boolean {
  return view.index.written?.({ record: record.values, meta: recordMeta(record) }) ?? true;
}

/** The columns, what the residual filter and permission conditions read, and the title. */
function project(type: LinkedRecordType, view: LinkedView, record: StoredRecord): Values {
  const wanted = new Set([
    ...view.columns.map((column) => column.id),
    ...view.index.residualFields,
    ...view.index.equality.map(({ field }) => field),
    ...(type.definition.titleField ? [type.definition.titleField] : []),
    ...conditionFields(type),
  ]);
  return Object.fromEntries(Object.entries(record.values).filter(([field]) => wanted.has(field)));
}

const conditionFieldsOf = new WeakMap<LinkedRecordType, readonly string[]>();

/** Fields that permissions or visibility conditions of the type read: a list must decide without the record. */
function conditionFields(type: LinkedRecordType): readonly string[] {
  let fields = conditionFieldsOf.get(type);
  if (!fields) {
    const reads = type.app.permissions
      .filter((permission) => permission.definition.recordType === type.id)
      .flatMap((permission) => permission.when?.reads ?? []);
    fields = [
      ...reads.filter((path) => path.startsWith('record.')).map((path) => path.split('.')[1] as string),
      ...[...type.fields.values()].flatMap((field) => field.visibilityReads),
    ];
    conditionFieldsOf.set(type, fields);
  }
  return fields;
}
