import { decideFor, decideView, operationOfKind, recordResource } from '../access.ts';
import type { LinkedRecordType } from '../apps/published.ts';
import { cursorsOf } from '../cursors.ts';
import { DaypassError } from '../errors.ts';
import type { Decision } from '../policy/types.ts';
import { visibleText, visibleTitle } from '../records/answer.ts';
import type { StoredRecord } from '../records/record.ts';
import type { Session } from '../runtime.ts';
import type { PageOf } from '../store.ts';
import { isLiveBeyond } from './end-by-system.ts';
import type { Grant } from './grant.ts';

/** A live pass as staff see it: who, for what, until when, last used; of persons and records what they may view. */
export interface LivePass {
  id: string;
  status: string;
  person?: string;
  email?: string;
  /** No title where the record is not for the caller to see. */
  record: { id: string; app: string; recordType: string; title?: string };
  issuedAt: string;
  expiresAt?: string;
  lastUsedAt?: string;
  /** For users who may view the record. */
  trouble?: string;
  can: { extend: boolean; resend: boolean; revoke: boolean };
}

/** Passes looked up at once, and at most for one page: most of them can be those of others. */
const AT_ONCE = 25;
const MOST_EXAMINED = 1000;

/** What one answer holds of all passes: their file is written within ten seconds. */
export const MOST_AT_ONCE = 2000;

/**
 * A page of the passes that let somebody in now, soonest end first; only those whose token user the caller may view.
 * Staff's rights on passes are their rights on the token users' records: viewing, editing (extend, resend), deleting
 * (revoke). A page that had to look at very many can hold fewer than were asked for; the cursor goes on after the last
 * one examined.
 * @throws DaypassError REQUEST_INVALID for a cursor of another list
 */
export async function listLivePasses(
  session: Session,
  page: { limit: number; cursor?: string },
): Promise<PageOf<LivePass>> {
  const { runtime, published, caller } = session;
  const cursors = cursorsOf(['live passes', published.environment, caller.principalId], runtime);
  const after = cursors.open(page.cursor);
  const grants = (await runtime.store.listOpenGrants(published.environment)).filter(
    (grant) => after === undefined || placeOf(grant) > after,
  );
  const items: LivePass[] = [];
  let examined = 0;
  for await (const { grant, pass } of lookedUp(session, grants)) {
    examined += 1;
    if (pass) items.push(pass);
    const full = items.length === page.limit || examined === MOST_EXAMINED;
    if (full && examined < grants.length) return { items, ...cursors.sealed(placeOf(grant)) };
  }
  return { items };
}

/**
 * Every live pass whose token user the caller may view, soonest end first: what a review of access starts from.
 * @throws DaypassError LIMIT_EXCEEDED where the environment has more than `MOST_AT_ONCE`: a part would pass for the whole
 */
export async function listAllLivePasses(session: Session): Promise<LivePass[]> {
  const { runtime, published } = session;
  const grants = await runtime.store.listOpenGrants(published.environment);
  if (grants.length > MOST_AT_ONCE) {
    throw new DaypassError(
      'LIMIT_EXCEEDED',
      `There are ${grants.length} passes, and one file holds ${MOST_AT_ONCE} at most. GET /admin/tokens/${published.environment} lists them in pages.`,
    );
  }
  const passes: LivePass[] = [];
  for await (const { pass } of lookedUp(session, grants)) if (pass) passes.push(pass);
  return passes;
}

/**
 * Looks grants up, some at once, in their order; no pass for those of which the caller may not know. The list of open
 * grants can be a moment behind, so each is read once more: what has just been ended is never listed.
 */
async function* lookedUp(session: Session, grants: readonly Grant[]) {
  for (let at = 0; at < grants.length; at += AT_ONCE) {
    const some = grants.slice(at, at + AT_ONCE);
    const passes = await Promise.all(some.map(({ id }) => readPass(session, id)));
    for (const [index, grant] of some.entries()) yield { grant, pass: passes[index] };
  }
}

/**
 * Those of the named passes that let somebody in now and whose token user the caller may view, in the order in which they
 * are named; of others nothing is said.
 * @param grantIds few
 */
export async function readPasses(session: Session, grantIds: readonly string[]): Promise<LivePass[]> {
  const passes = await Promise.all([...new Set(grantIds)].map((id) => readPass(session, id)));
  return passes.filter((pass) => pass !== undefined);
}

async function readPass(session: Session, id: string): Promise<LivePass | undefined> {
  const { runtime, published, now } = session;
  const grant = await runtime.store.readGrant(published.environment, id);
  return grant && isLiveBeyond(grant, now) ? livePass(session, grant) : undefined;
}

/** Orders grants as the store lists them, as text. */
function placeOf({ dueAt, id }: Grant): string {
  return `${String(dueAt).padStart(16, '0')}#${id}`;
}

async function livePass(session: Session, grant: Grant): Promise<LivePass | undefined> {
  const { store } = session.runtime;
  const held = await tokenRecordOf(session, grant);
  const view = held && decideView(session, held.type, held.record);
  if (!held || !view?.decision) return undefined;
  const [record, credential] = await Promise.all([
    store.readRecord(grant.environment, grant.recordId),
    grant.principalId && grant.credentialId
      ? store.readCredential(grant.principalId, grant.credentialId)
      : undefined,
  ]);
  const about = record && shownOf(session, record);
  return {
    id: grant.id,
    status: grant.status,
    ...personOf(session, held, view),
    record: {
      id: grant.recordId,
      app: grant.app,
      recordType: grant.recordType,
      ...(about && { title: about.title }),
    },
    issuedAt: grant.createdAt,
    ...(grant.expiresAt !== undefined && { expiresAt: new Date(grant.expiresAt).toISOString() }),
    ...(credential?.lastUsedAt && { lastUsedAt: credential.lastUsedAt }),
    ...(about?.trouble && { trouble: about.trouble }),
    can: {
      extend: may(session, held, 'edit'),
      resend: may(session, held, 'edit'),
      revoke: may(session, held, 'delete'),
    },
  };
}

function personOf(session: Session, { type, record }: Held, { fields }: Decision) {
  const person = visibleText(session, type, record, fields, 'name');
  const email = visibleText(session, type, record, fields, 'email');
  return { ...(person && { person }), ...(email && { email }) };
}

/** What the list tells of a pass's record, under that record's own rights; undefined where it is not the caller's to see. */
function shownOf(session: Session, record: StoredRecord): { title: string; trouble?: string } | undefined {
  const type = session.published.site.recordType(record.app, record.recordType);
  const view = type && decideView(session, type, record);
  if (!type || !view?.decision) return undefined;
  const title = visibleTitle(session, type, record, view.fields);
  const trouble = session.caller.type === 'user' ? record.trouble?.message : undefined;
  return { title, ...(trouble && { trouble }) };
}

/** The record of a pass's token user: rights on it are rights on the pass. */
export interface Held {
  record: StoredRecord;
  type: LinkedRecordType;
}

/** Undefined when there is none yet, or no more. */
export async function tokenRecordOf(session: Session, grant: Grant): Promise<Held | undefined> {
  if (!grant.tokenRecord) return undefined;
  const record = await session.runtime.store.readRecord(grant.environment, grant.tokenRecord.id);
  const type = record && session.published.site.recordType(record.app, record.recordType);
  return record && type && { record, type };
}

export function may(session: Session, { record, type }: Held, kind: 'view' | 'edit' | 'delete'): boolean {
  const operation = operationOfKind(type, kind);
  return operation !== undefined && decideFor(session, operation, recordResource(type, record)).decision;
}
