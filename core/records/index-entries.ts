import { recordResource } from '../access.ts';
import type { LinkedRecordType, LinkedView } from '../apps/published.ts';
import { compileNode } from '../expressions/closures.ts';
import type { Node } from '../expressions/types.ts';
import type { NarrowIndex } from '../lists/indexes.ts';
import { partitionText, sortText } from '../lists/key-text.ts';
import { layoutOf, projectedFields } from '../lists/layout.ts';
import type { KeyPart } from '../lists/parts.ts';
import { requestBinding } from '../policy/binding.ts';
import type { AccessRequest } from '../policy/types.ts';
import type { FieldValue, IndexPlace, StoredRecord } from './record.ts';
import { readValue, recordMeta } from './scope.ts';
import type { IndexEntry, IndexKey } from './view-index.ts';

/** A record with the places that its head keeps, and the index items themselves. */
export interface Indexed {
  record: StoredRecord;
  index: IndexEntry[];
}

/** Puts a record into the indexes of its type's views. */
export function indexRecord(type: LinkedRecordType, record: StoredRecord): Indexed {
  const index = indexEntries(type, record);
  return { record: { ...record, layout: layoutOf(type), indexed: index.map(placeOf) }, index };
}

/** What has to be removed and put when a record goes from `before` to `after`; whatever was written before is removed. */
export function indexChanges(type: LinkedRecordType, before: StoredRecord, after: StoredRecord) {
  const { record, index: indexPut } = indexRecord(type, after);
  const kept = new Set((record.indexed ?? []).map(textOf));
  const indexRemove = indexKeys(before).filter((key) => !kept.has(textOf(placeOf(key))));
  const { version: expectedVersion, layout: expectedLayout } = before;
  return {
    record,
    expectedVersion,
    ...(expectedLayout !== undefined && { expectedLayout }),
    indexPut,
    indexRemove,
  };
}

/** Where a record stands in indexes, by its head. */
export function indexKeys({ app, recordType, id, indexed = [] }: StoredRecord): IndexKey[] {
  return indexed.map(([view, index, sort, ...partition]) => ({
    app,
    recordType,
    view,
    index,
    partition,
    sort,
    recordId: id,
  }));
}

const placeOf = ({ view, index, sort, partition }: IndexKey): IndexPlace => [view, index, sort, ...partition];
const textOf = (place: IndexPlace) => JSON.stringify(place);

/** Where a record stands in its type's views: the own index of each whose static filter it meets, and narrower ones. */
function indexEntries(type: LinkedRecordType, record: StoredRecord): IndexEntry[] {
  return [...type.views.values()].flatMap((view) => {
    if (!isListed(view, record)) return [];
    const values = view.index.equality.map(({ field }) => ownValue(type, record, field));
    // Nothing equals a value that is not there: nobody reads such a partition, and it would be a busy one.
    if (values.includes(null)) return [];
    const partition = values.map(partitionText);
    const sort = sortText(ownValue(type, record, view.index.parts.sort));
    const projection = project(type, view, record);
    const at = { app: record.app, recordType: record.recordType, view: view.id, sort, recordId: record.id };
    const narrow = [...view.index.narrow.values()].flatMap((index) =>
      holds(type, record, index.written)
        ? partitionsOf(type, record, index, partition).map((each) => ({ index: index.id, partition: each }))
        : [],
    );
    return [{ index: view.index.id, partition }, ...narrow].map((each) => ({ ...at, ...each, projection }));
  });
}

function isListed(view: LinkedView, record: StoredRecord): boolean {
  return view.index.written?.({ record: record.values, meta: recordMeta(record) }) ?? true;
}

/** A field, or where the type has none of that name a property of every record. */
function ownValue(type: LinkedRecordType, record: StoredRecord, name: string): FieldValue {
  return type.fields.has(name) ? (record.values[name] ?? null) : readValue(record, name);
}

/** Conditions of permissions as the policy decides them; these ask nothing but the record. */
function holds(type: LinkedRecordType, record: StoredRecord, conditions: readonly Node[]): boolean {
  if (conditions.length === 0) return true;
  const request = { resource: recordResource(type, record) } as AccessRequest;
  return conditions.every((node) => compileNode(node, requestBinding)(request, record.values) === true);
}

/** One partition for each combination of what the record has; none where it has nothing, which nobody asks for. */
function partitionsOf(
  type: LinkedRecordType,
  record: StoredRecord,
  { keys }: NarrowIndex,
  start: string[],
): string[][] {
  return keys.reduce<string[][]>(
    (all, key) => {
      const texts = [...new Set(valuesOf(type, record, key).map(partitionText))];
      return all.flatMap((before) => texts.map((text) => [...before, text]));
    },
    [start],
  );
}

function valuesOf(type: LinkedRecordType, record: StoredRecord, { from, name, many }: KeyPart): FieldValue[] {
  if (from === 'list') return record.accessLists?.[name] ?? [];
  const resource = recordResource(type, record) as unknown as Record<string, FieldValue | undefined>;
  const value = from === 'meta' ? resource[name] : record.values[name];
  if (value === undefined || value === null) return [];
  if (!many) return [value];
  return Array.isArray(value) ? value : [];
}

function project(type: LinkedRecordType, view: LinkedView, record: StoredRecord): IndexEntry['projection'] {
  const wanted = projectedFields(type, view);
  return {
    version: record.version,
    state: record.state,
    values: Object.fromEntries(Object.entries(record.values).filter(([field]) => wanted.has(field))),
    names: record.names,
    ...(record.accessLists && { accessLists: record.accessLists }),
    createdAt: record.createdAt,
    createdBy: record.createdBy,
    updatedAt: record.updatedAt,
    updatedBy: record.updatedBy,
    layout: layoutOf(type),
  };
}
