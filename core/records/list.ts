import { accessRequest, decideFor, operationOfKind, subjectOf } from '../access.ts';
import type { LinkedRecordType, LinkedView } from '../apps/published.ts';
import { namesRead } from '../apps/scope.ts';
import { DaypassError, type Problem } from '../errors.ts';
import { isUnevaluable } from '../expressions/compile.ts';
import type { ScopeValues } from '../expressions/types.ts';
import { listGrants } from '../lists/grants.ts';
import { partitionText } from '../lists/key-text.ts';
import { layoutOf, projectedFields } from '../lists/layout.ts';
import { mergeBranches } from '../lists/merge.ts';
import { type ListBranch, planList } from '../lists/plan.ts';
import { readyIndexes } from '../lists/ready.ts';
import { branches as rulesFor } from '../policy/branches.ts';
import type { Session } from '../runtime.ts';
import type { StoredIndexEntry } from '../store.ts';
import { openPurpose, sealPurpose } from '../tokens/sealed.ts';
import { readToken, tokenReference } from '../tokens/token.ts';
import { answerRecord } from './answer.ts';
import { findRecordType } from './operation.ts';
import type { FieldValue, RecordAnswer, StoredRecord, Values, ViewPage } from './record.ts';
import { recordScope, surroundings } from './scope.ts';
import { checkValue } from './values.ts';

export interface ViewRequest {
  app: string;
  recordType: string;
  view: string;
  /** Parameter id → text as sent. */
  params: Record<string, string>;
  limit: number;
  cursor?: string;
}

/**
 * Opens a view: reads those parts of its indexes that hold what the caller may see, in the view's order, decides every
 * record by the policy, and answers those that are granted. The cursor names the last record examined, so that a page
 * which was filtered empty still leads on.
 * @throws DaypassError NOT_FOUND when the view is not the caller's, REQUEST_INVALID for a wrong parameter or cursor,
 * LIST_NOT_READY while its index is being written for records that were there before
 */
export async function openView(session: Session, request: ViewRequest): Promise<ViewPage> {
  const type = findRecordType(session, request.app, request.recordType);
  const view = type.views.get(request.view);
  if (!view || !mayOpen(session, view)) throw new DaypassError('NOT_FOUND');
  const params = await readParameters(session, view, request.params);
  const binding = [
    session.published.environment,
    type.app.id,
    type.id,
    view.id,
    view.index.id,
    session.caller.principalId,
    JSON.stringify(params),
  ].join('\n');
  const cursor = request.cursor === undefined ? undefined : readCursor(session, request.cursor, binding);
  const scope = { ...surroundings(session), params };
  const branches = await branchesOf(session, view, scope);
  const itemsSuffice = canDecideByItems(session, view);
  const records: RecordAnswer[] = [];
  const { environment } = session.published;
  const { after, more } = await mergeBranches<StoredIndexEntry>({
    branches: branches.length,
    descending: view.definition.sort?.descending ?? false,
    limit: request.limit,
    after: cursor,
    read(at, page) {
      const branch = branches[at] as ListBranch;
      const address = { environment, app: type.app.id, recordType: type.id, view: view.id, ...branch };
      const descending = view.definition.sort?.descending ?? false;
      return session.runtime.store.queryIndex(address, { ...page, descending });
    },
    async examine(entry) {
      const answer = await answerEntry(session, view, entry, { scope, itemsSuffice });
      if (answer) records.push(answer);
      return answer !== undefined;
    },
  });
  const { definition } = type.app;
  return {
    app: definition.id,
    appName: definition.name,
    recordType: type.id,
    view: { id: view.id, name: view.definition.name },
    columns: visibleColumns(session, type, view, records),
    records,
    ...(more && after !== undefined && { cursor: sealPurpose('cursor', after, binding, session.runtime) }),
  };
}

/** The partitions that hold what the caller may see of a view; none where the view has no value to look for. */
async function branchesOf(session: Session, view: LinkedView, scope: ScopeValues): Promise<ListBranch[]> {
  const partition = readPartition(view, scope);
  if (!partition) return [];
  const { policy, environment } = session.published;
  const { recordType: type } = view;
  const isReady = await readyIndexes(session, view);
  if (!isReady(view.index.id)) throw new DaypassError('LIST_NOT_READY');
  const resource = { type: 'record', app: type.app.id, recordType: type.id } as const;
  const action = operationOfKind(type, 'view') ?? 'view';
  const request = accessRequest(session, action, resource);
  const grants = listGrants(policy, request.subject, resource, action, environment);
  return planList({ view, partition, grants, request, isReady });
}

/** Whether index items hold whatever the rules about this caller ask of a record; rules come from other places, too. */
function canDecideByItems({ published, caller }: Session, view: LinkedView): boolean {
  const { recordType: type } = view;
  const resource = { type: 'record', app: type.app.id, recordType: type.id } as const;
  const action = operationOfKind(type, 'view') ?? 'view';
  const held = projectedFields(type, view);
  return rulesFor(published.policy, subjectOf(caller), resource, action, published.environment)
    .flatMap(({ condition }) => namesRead(condition?.reads ?? [], 'record'))
    .every((name) => held.has(name) || !type.fields.has(name));
}

/** A cursor leads on only for the caller and the query that it was given to. */
function readCursor(session: Session, cursor: string, binding: string): string {
  const place = openPurpose('cursor', cursor, binding, session.runtime);
  if (place !== undefined) return place;
  throw new DaypassError('REQUEST_INVALID', undefined, [
    { path: '/cursor', message: 'does not belong to this list; start again without it' },
  ]);
}

/** Whether the caller may open a view at all. */
export function mayOpen(session: Session, view: LinkedView): boolean {
  const { recordType } = view;
  return decideFor(session, 'open', {
    type: 'view',
    app: recordType.app.id,
    recordType: recordType.id,
    id: view.id,
  }).decision;
}

/** Parameters as the filter compares them; a pasted token becomes its reference. */
async function readParameters(
  session: Session,
  view: LinkedView,
  sent: Record<string, string>,
): Promise<Values> {
  const problems: Problem[] = [];
  const values: Values = {};
  const declared = view.definition.parameters ?? [];
  for (const name of Object.keys(sent)) {
    if (!declared.some((parameter) => parameter.id === name)) {
      problems.push({ path: `/param.${name}`, message: 'is not a parameter of this view' });
    }
  }
  for (const { id, type, label } of declared) {
    const text = sent[id] ?? '';
    if (type === 'token') values[id] = await readReference(session, text);
    else {
      const typed =
        type === 'number' && text !== ''
          ? Number(text)
          : type === 'boolean' && text !== ''
            ? text === 'true'
            : text;
      const checked = checkValue({ id, label: label ?? id, type }, typed);
      if ('problem' in checked) problems.push({ path: `/param.${id}`, message: checked.problem });
      else values[id] = checked.value;
    }
  }
  if (problems.length > 0) throw new DaypassError('REQUEST_INVALID', undefined, problems);
  return values;
}

/** A link may have been written anew with another key; the reference names the one that its pass was issued under. */
async function readReference(session: Session, text: string): Promise<FieldValue> {
  const { keyring, siteId, store } = session.runtime;
  const token = readToken(text.trim(), keyring, siteId);
  if (!token) return text.trim() || null;
  const issued = await store.readCredential(token.principalId, token.credentialId);
  return tokenReference({ ...token, keyId: issued?.keyId ?? token.keyId });
}

/** Undefined when a value cannot be had: such a view shows nothing. */
function readPartition(view: LinkedView, scope: ScopeValues): string[] | undefined {
  const partition: string[] = [];
  for (const { value } of view.index.equality) {
    const result = value(scope);
    if (isUnevaluable(result)) return undefined;
    partition.push(partitionText(result as FieldValue));
  }
  return partition;
}

/**
 * An index item stands in for its record: it holds the columns and all that conditions read. One that was written
 * for other columns and conditions does not; the record is read then.
 */
async function answerEntry(
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
function visibleColumns(
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
