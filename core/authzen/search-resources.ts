import type { LinkedRecordType, LinkedView } from '../apps/published.ts';
import type { Caller } from '../ports.ts';
import { requireAskAboutOthers } from '../reach/permission.ts';
import { sessionAs } from '../reach/subjects.ts';
import { mayOpen, openView } from '../records/list.ts';
import type { StoredRecord } from '../records/record.ts';
import { recordScope } from '../records/scope.ts';
import type { Session } from '../runtime.ts';
import { decideTarget } from './evaluate.ts';
import type { ResourceSearch } from './question.ts';
import { isAdd, OTHER_TYPES, recordTypeNamed, resolveResource, targetOf } from './resources.ts';
import { DEFAULT_LIMIT, type Found, found, pageTokensOf } from './search.ts';
import { isOwnQuestion, resolveSubject } from './subjects.ts';

/** Pages of views read for one page of results. */
const MOST_READS = 10;

interface ResourceId {
  type: string;
  id: string;
}

/**
 * The resources of a type on which a subject may do something. Records are looked for where the subject would find them:
 * in the views that it may open and that ask for no parameters. What no view lists is not found, and for an action that
 * adds a record nothing is.
 * @throws DaypassError FORBIDDEN, REQUEST_INVALID for a token of another search
 */
export async function searchResources(session: Session, search: ResourceSearch): Promise<Found<ResourceId>> {
  const { subject, action, resource, page } = search;
  const isOwn = isOwnQuestion(session, subject) && resource.properties === undefined;
  if (!isOwn) requireAskAboutOthers(session);
  const tokens = pageTokensOf(session, ['resource', subject, action, resource]);
  const place = tokens.open(page?.token);
  const caller = await resolveSubject(session, subject);
  const type = recordTypeNamed(session, resource.type);
  if (!caller) return found([]);
  if (!type) return found(await otherResources(session, caller, search));
  if (isAdd(type, action.name)) return found([]);
  const walk = new ViewWalk(session, caller, type, place);
  const limit = page?.limit ?? DEFAULT_LIMIT;
  const results: ResourceId[] = [];
  for (let reads = 0; reads < MOST_READS && results.length < limit && !walk.isOver; reads++) {
    for (const record of await walk.next(limit - results.length)) {
      const target = targetOf(type, record, resource.properties);
      if (decideTarget(session, caller, target, action).decision) {
        results.push({ type: resource.type, id: record.id });
      }
    }
  }
  return found(results, walk.isOver ? '' : tokens.seal(walk.place));
}

/** Views and apps are as many as are published: all of them are looked at. */
async function otherResources(
  session: Session,
  caller: Caller,
  { action, resource }: ResourceSearch,
): Promise<ResourceId[]> {
  if (!OTHER_TYPES.has(resource.type)) return [];
  const apps = [...session.published.site.apps.values()];
  const views = apps.flatMap((app) =>
    [...app.recordTypes.values()].flatMap((type) =>
      [...type.views.keys()].map((view) => `${app.id}/${type.id}/${view}`),
    ),
  );
  const ids = resource.type === 'app' ? apps.map(({ id }) => id) : resource.type === 'view' ? views : [];
  const results: ResourceId[] = [];
  for (const id of ids) {
    const target = await resolveResource(session, { type: resource.type, id });
    if (target && decideTarget(session, caller, target, action).decision) {
      results.push({ type: resource.type, id });
    }
  }
  return results;
}

/** Goes through the views of a record type as a subject would, one after the other. */
class ViewWalk {
  readonly #session: Session;
  readonly #type: LinkedRecordType;
  readonly #views: readonly LinkedView[];
  #at = 0;
  #cursor: string | undefined;

  constructor(session: Session, caller: Caller, type: LinkedRecordType, place: string | undefined) {
    this.#session = sessionAs(session, caller);
    this.#type = type;
    this.#views = [...type.views.values()].filter(
      (view) => (view.definition.parameters ?? []).length === 0 && mayOpen(this.#session, view),
    );
    if (place === undefined) return;
    const [view, cursor] = JSON.parse(place) as [string, string | null];
    const at = this.#views.findIndex(({ id }) => id === view);
    // A view that the subject may not open any more ends the search: what follows was not promised.
    this.#at = at < 0 ? this.#views.length : at;
    this.#cursor = cursor ?? undefined;
  }

  get isOver(): boolean {
    return this.#at >= this.#views.length;
  }

  /** Where to go on. */
  get place(): string {
    return JSON.stringify([this.#views[this.#at]?.id, this.#cursor ?? null]);
  }

  /** The records of the next page of a view, without those that an earlier view has shown. */
  async next(limit: number): Promise<StoredRecord[]> {
    const view = this.#views[this.#at];
    if (!view) return [];
    const page = await openView(this.#session, {
      app: this.#type.app.id,
      recordType: this.#type.id,
      view: view.id,
      params: {},
      limit,
      ...(this.#cursor !== undefined && { cursor: this.#cursor }),
    });
    this.#cursor = page.cursor;
    const before = this.#views.slice(0, this.#at);
    if (page.cursor === undefined) this.#at += 1;
    const { store } = this.#session.runtime;
    const { environment } = this.#session.published;
    const records = await Promise.all(page.records.map(({ id }) => store.readRecord(environment, id)));
    return records.filter(
      (record): record is StoredRecord =>
        record !== undefined && !before.some((earlier) => this.#shows(earlier, record)),
    );
  }

  #shows(view: LinkedView, record: StoredRecord): boolean {
    return view.filter?.(recordScope(this.#session, record)) ?? true;
  }
}
