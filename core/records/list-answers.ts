import { decideFor, operationOfKind, subjectOf } from '../access.ts';
import type { LinkedRecordType, LinkedView } from '../apps/published.ts';
import { namesRead } from '../apps/scope.ts';
import type { ScopeValues } from '../expressions/types.ts';
import { layoutOf, projectedFields } from '../lists/layout.ts';
import { branches as rulesFor } from '../policy/branches.ts';
import type { Session } from '../runtime.ts';
import type { StoredIndexEntry } from '../store.ts';
import { answerRecord } from './answer.ts';
import type { RecordAnswer, StoredRecord } from './record.ts';
import { recordScope } from './scope.ts';

/** Whether index items hold whatever the rules about this caller ask of a record; rules come from other places, too. */
export function canDecideByItems({ published, caller }: Session, view: LinkedView): boolean {
  const { recordType: type } = view;
  const resource = { type: 'record', app: type.app.id, recordType: type.id } as const;
  const action = operationOfKind(type, 'view') ?? 'view';
  const held = projectedFields(type, view);
  return rulesFor(published.policy, subjectOf(caller), resource, action, published.environment)
    .flatMap(({ condition }) => namesRead(condition?.reads ?? [], 'record'))
    .every((name) => held.has(name) || !type.fields.has(name));
}

/**
 * An index item stands in for its record: it holds the columns and all that conditions read. One that was written
 * for other columns and conditions does not; the record is read then.
 */
export async function answerEntry(
  session: Session,
  view: LinkedView,
  entry: StoredIndexEntry,
  { scope, itemsSuffice }: { scope: ScopeValues; itemsSuffice: boolean },
): Promise<RecordAnswer | undefined> {
  const { recordType: type } = view;
  const { environment } = session.published;
  const isOutdated = !itemsSuffice || entry.layout !== layoutOf(type);
  const record = isOutdated
    ? await session.runtime.store.readRecord(environment, entry.recordId)
    : recordOf(session, type, entry);
  if (!record) return undefined;
  const rest = isOutdated ? view.filter : view.index.residual;
  if (rest && !rest({ ...recordScope(session, record), ...scope })) return undefined;
  const answer = answerRecord(session, type, record);
  if (!answer) return undefined;
  const shown = new Set(view.columns.map((column) => column.id));
  return {
    ...answer,
    values: Object.fromEntries(Object.entries(answer.values).filter(([field]) => shown.has(field))),
  };
}

function recordOf(session: Session, type: LinkedRecordType, entry: StoredIndexEntry): StoredRecord {
  return {
    ...entry,
    id: entry.recordId,
    environment: session.published.environment,
    app: type.app.id,
    recordType: type.id,
    definitionVersion: 0,
    eventCount: 0,
    eventMac: '',
  };
}

/** Columns that the caller may see; on an empty page those of the view that a record's fields could not refuse. */
export function visibleColumns(
  session: Session,
  type: LinkedRecordType,
  view: LinkedView,
  records: readonly RecordAnswer[],
) {
  const sample = records.length > 0 ? permittedFields(session, type, records) : undefined;
  return view.columns
    .filter((column) => !column.field || !sample || sample === '*' || sample.has(column.id))
    .map(({ id, label, type: kind, displayText }) => ({
      id,
      label,
      type: kind,
      ...(displayText && { displayText }),
    }));
}

function permittedFields(
  session: Session,
  type: LinkedRecordType,
  records: readonly RecordAnswer[],
): '*' | Set<string> {
  const fields = new Set<string>();
  for (const record of records) for (const field of Object.keys(record.values)) fields.add(field);
  const view = decideFor(session, operationOfKind(type, 'view') ?? 'view', {
    type: 'record',
    app: type.app.id,
    recordType: type.id,
  });
  if (view.fields === '*') return '*';
  for (const field of view.fields) fields.add(field);
  return fields;
}
