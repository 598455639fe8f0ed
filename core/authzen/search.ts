import { cursorsOf } from '../cursors.ts';
import type { Caller } from '../ports.ts';
import { type AccountPart, readAccounts } from '../reach/candidates.ts';
import { requireAskAboutOthers } from '../reach/permission.ts';
import { ANONYMOUS, readHolders } from '../reach/subjects.ts';
import type { Session } from '../runtime.ts';
import { decideTarget } from './evaluate.ts';
import type { ActionSearch, SubjectSearch } from './question.ts';
import { isWhatIf, resolveResource } from './resources.ts';
import { isOwnQuestion, resolveSubject } from './subjects.ts';

/** One page of what was found. An empty token says that it is the last one. */
export interface Found<Of> {
  results: Of[];
  page: { next_token: string; count: number };
}

export const DEFAULT_LIMIT = 50;
/** Reads of the directory for one page; one that had to look at very many can hold fewer results than asked for. */
const MOST_READS = 10;
const AT_ONCE = 100;

const PART_OF: ReadonlyMap<string, AccountPart> = new Map([
  ['user', 'users'],
  ['serviceAccount', 'machines'],
  ['robot', 'machines'],
]);

/**
 * The subjects of a type that may do something with a resource.
 * @throws DaypassError FORBIDDEN, REQUEST_INVALID for a token of another search
 */
export async function searchSubjects(
  session: Session,
  search: SubjectSearch,
): Promise<Found<{ type: string; id: string }>> {
  requireAskAboutOthers(session);
  const { subject, action, resource, page } = search;
  const tokens = pageTokensOf(session, ['subject', subject.type, action, resource]);
  const after = tokens.open(page?.token);
  const target = await resolveResource(session, resource, action.name);
  if (!target) return found([]);
  const may = (caller: Caller) => decideTarget(session, caller, target, action).decision;
  const entity = ({ type, principalId }: Caller) => ({ type, id: principalId });
  const part = PART_OF.get(subject.type);
  if (part === undefined) {
    const all = await others(session, subject.type);
    return found(all.filter(may).map(entity));
  }
  const limit = page?.limit ?? DEFAULT_LIMIT;
  const results: { type: string; id: string }[] = [];
  let place = after;
  for (let read = 0; read < MOST_READS; read++) {
    const { accounts, last } = await readAccounts(session, part, {
      limit: AT_ONCE,
      ...(place !== undefined && { after: place }),
    });
    for (const [at, account] of accounts.entries()) {
      place = account.place;
      if (account.caller.type === subject.type && may(account.caller)) results.push(entity(account.caller));
      const more = at < accounts.length - 1 || last !== undefined;
      if (results.length === limit) return found(results, more ? tokens.seal(place) : '');
    }
    if (last === undefined) return found(results);
    place = last;
  }
  return found(results, tokens.seal(place ?? ''));
}

/** All token users with a live pass; and whoever has not signed in. */
async function others(session: Session, type: string): Promise<Caller[]> {
  if (type === 'anonymous') return [ANONYMOUS];
  if (type !== 'tokenUser') return [];
  const open = await session.runtime.store.listOpenGrants(session.published.environment);
  return (await readHolders(session, open)).map(({ caller }) => caller);
}

/**
 * The actions that a subject may do with a resource.
 * @throws DaypassError FORBIDDEN
 */
export async function searchActions(
  session: Session,
  search: ActionSearch,
): Promise<Found<{ name: string }>> {
  const { subject, resource } = search;
  if (!isOwnQuestion(session, subject) || isWhatIf(session, resource)) requireAskAboutOthers(session);
  const [caller, target] = await Promise.all([
    resolveSubject(session, subject),
    resolveResource(session, resource),
  ]);
  if (!caller || !target) return found([]);
  const allowed = target.actions.filter((name) => decideTarget(session, caller, target, { name }).decision);
  return found(allowed.map((name) => ({ name })));
}

export function found<Of>(results: Of[], next = ''): Found<Of> {
  return { results, page: { next_token: next, count: results.length } };
}

/** Page tokens: of use only to the caller and for the search that they were given for; the last page has an empty one. */
export function pageTokensOf({ caller, published, runtime }: Session, query: readonly unknown[]) {
  const search = ['access', caller.principalId, published.environment, JSON.stringify(query)];
  const cursors = cursorsOf(search, runtime, '/page/token');
  return {
    seal: (place: string) => cursors.sealed(place).cursor ?? '',
    /** @throws DaypassError REQUEST_INVALID */
    open: (token: string | undefined) => cursors.open(token === '' ? undefined : token),
  };
}
