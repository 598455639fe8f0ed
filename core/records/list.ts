import { accessRequest, decideFor, operationOfKind } from '../access.ts';
import type { LinkedView } from '../apps/published.ts';
import { cursorsOf } from '../cursors.ts';
import { DaypassError } from '../errors.ts';
import type { ScopeValues } from '../expressions/types.ts';
import { listGrants } from '../lists/grants.ts';
import { mergeBranches } from '../lists/merge.ts';
import { type ListBranch, planList } from '../lists/plan.ts';
import { readyIndexes } from '../lists/ready.ts';
import type { Session } from '../runtime.ts';
import type { StoredIndexEntry } from '../store.ts';
import { answerEntry, canDecideByItems, visibleColumns } from './list-answers.ts';
import { readParameters, readPartition } from './list-parameters.ts';
import { findRecordType } from './operation.ts';
import type { RecordAnswer, Values, ViewPage } from './record.ts';
import { surroundings } from './scope.ts';

/** Text on a page of a list. An answer has room for 6 MB, and a page writes some characters as six. */
const PAGE_CHARACTERS = 400_000;

export interface ViewRequest {
  app: string;
  recordType: string;
  view: string;
  /** Parameter id → text as sent. */
  params: Record<string, string>;
  limit: number;
  cursor?: string;
  /** Instead of a cursor: what a page named as `previous`. */
  before?: string;
}

/**
 * Opens a view: reads those parts of its indexes that hold what the caller may see, in the view's order, decides every
 * record by the policy, and answers those that are granted. The cursor names the last record examined, so that a page
 * which was filtered empty still leads on. One that holds very much text is shorter than it could be. Backwards the same
 * is read the other way round; where that reaches the beginning of the list, the page is the first one.
 * @throws DaypassError NOT_FOUND when the view is not the caller's, REQUEST_INVALID for a wrong parameter or cursor,
 * LIST_NOT_READY while its index is being written for records that were there before
 */
export async function openView(session: Session, request: ViewRequest): Promise<ViewPage> {
  const type = findRecordType(session, request.app, request.recordType);
  const view = type.views.get(request.view);
  if (!view || !mayOpen(session, view)) throw new DaypassError('NOT_FOUND');
  const params = await readParameters(session, view, request.params);
  const query = [
    'view',
    session.published.environment,
    type.app.id,
    type.id,
    view.id,
    view.index.id,
    session.caller.principalId,
    JSON.stringify(params),
  ];
  const cursors = cursorsOf(query, session.runtime);
  const backwards = request.before !== undefined;
  const place = cursors.open(request.before ?? request.cursor);
  const scope = { ...surroundings(session), params };
  const branches = await branchesOf(session, view, scope);
  const itemsSuffice = canDecideByItems(session, view);
  const records: RecordAnswer[] = [];
  const places: string[] = [];
  let characters = 0;
  const { environment } = session.published;
  const descending = (view.definition.sort?.descending ?? false) !== backwards;
  const { first, after, more } = await mergeBranches<StoredIndexEntry>({
    branches: branches.length,
    descending,
    // Backwards one more tells whether the page is the first one.
    limit: request.limit + (backwards ? 1 : 0),
    after: place,
    read(at, page) {
      const branch = branches[at] as ListBranch;
      const address = { environment, app: type.app.id, recordType: type.id, view: view.id, ...branch };
      return session.runtime.store.queryIndex(address, { ...page, descending });
    },
    async examine(entry) {
      const answer = await answerEntry(session, view, entry, { scope, itemsSuffice });
      if (!answer) return false;
      records.push(answer);
      places.push(entry.place);
      characters += charactersIn(answer.values);
      return characters < PAGE_CHARACTERS || 'last';
    },
  });
  if (backwards && !more && records.length <= request.limit) {
    const { before: _, ...fromTheBeginning } = request;
    return openView(session, fromTheBeginning);
  }
  const from = records.length > request.limit ? places[request.limit - 1] : after;
  const shown = backwards ? records.slice(0, request.limit).reverse() : records;
  const { definition } = type.app;
  return {
    app: definition.id,
    appName: definition.name,
    recordType: type.id,
    view: { id: view.id, name: view.definition.name },
    columns: visibleColumns(session, type, view, shown),
    records: shown,
    ...cursors.sealed(backwards ? first : more ? after : undefined),
    ...withPrevious(cursors.sealed(backwards ? from : place && first)),
  };
}

function withPrevious({ cursor }: { cursor?: string }): Pick<ViewPage, 'previous'> {
  return cursor === undefined ? {} : { previous: cursor };
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

/** How much text there is in a record's values. */
function charactersIn(values: Values): number {
  let count = 0;
  for (const value of Object.values(values)) {
    for (const text of Array.isArray(value) ? value : [value])
      if (typeof text === 'string') count += text.length;
  }
  return count;
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
