import type { LinkedRecordType } from '../apps/published.ts';
import { DaypassError } from '../errors.ts';
import { indexChanges } from '../records/index-entries.ts';
import type { Runtime } from '../runtime.ts';
import { layoutOf } from './layout.ts';
import type { Rebuild, TypeRef } from './rebuild.ts';

/** Records that one state of the workflow goes through. */
const PER_STATE = 500;
const PER_READ = 100;
/** Transactions that are under way at a time. */
const AT_ONCE = 10;
/** How often a record is read anew because somebody else wrote it in between. */
const ATTEMPTS = 5;

/** What a rebuild's workflow hands from state to state: where it goes on. */
export interface RebuildProgress {
  /** The shard of the register, and the last record of it that was gone through; empty = none yet. */
  shard: number;
  after: string;
  done: number;
  finished: boolean;
}

/** Which rebuild a state of the workflow belongs to. */
export interface RebuildRef extends TypeRef {
  rebuildId: string;
}

/**
 * Counts what there is to do.
 * @returns where to begin, and before when not to
 */
export async function beginRebuild(
  runtime: Runtime,
  ref: RebuildRef,
): Promise<RebuildProgress & { notBefore: string }> {
  const { store } = runtime;
  const rebuild = await store.readRebuild(ref);
  const start = { shard: 0, after: '', done: 0 };
  const isOurs = rebuild?.id === ref.rebuildId;
  const notBefore = rebuild?.notBefore ?? new Date(runtime.now()).toISOString();
  if (!isOurs) return { ...start, notBefore, finished: true };
  const known = await store.countRegister(ref);
  await note(runtime, ref, { status: 'running', known });
  return { ...start, notBefore, finished: false };
}

/**
 * Goes through the next records of a type and writes their index items anew where they are outdated. Doing it again is
 * harmless, and whoever writes a record meanwhile comes first: a record is written only as it was read.
 * @returns where to go on; `finished` also where a later rebuild has taken over
 */
export async function rebuildPage(
  runtime: Runtime,
  ref: RebuildRef,
  from: RebuildProgress,
): Promise<RebuildProgress> {
  const rebuild = await runtime.store.readRebuild(ref);
  if (rebuild?.id !== ref.rebuildId) return { ...from, finished: true };
  const type = (await runtime.published(ref.environment)).site.recordType(ref.app, ref.recordType);
  if (!type) return finish(runtime, ref, rebuild, from);
  const { shards } = runtime.store;
  let at = from;
  while (at.done - from.done < PER_STATE && at.shard < shards) {
    const { ids, last } = await runtime.store.listRegister(ref, at.shard, {
      limit: PER_READ,
      ...(at.after && { after: at.after }),
    });
    for (let first = 0; first < ids.length; first += AT_ONCE) {
      const some = ids.slice(first, first + AT_ONCE);
      await Promise.all(some.map((id) => reindex(runtime, ref, type, rebuild.mode, id)));
    }
    const done = at.done + ids.length;
    at = last === undefined ? { ...at, shard: at.shard + 1, after: '', done } : { ...at, after: last, done };
  }
  if (at.shard >= shards) return finish(runtime, ref, rebuild, at);
  await note(runtime, ref, { status: 'running', done: at.done });
  return at;
}

/** The workflow was stopped or has failed: it can be redriven, or started again. */
export async function failRebuild(runtime: Runtime, ref: RebuildRef): Promise<void> {
  await note(runtime, ref, { status: 'failed' });
}

async function finish(
  runtime: Runtime,
  ref: RebuildRef,
  { since }: Rebuild,
  at: RebuildProgress,
): Promise<RebuildProgress> {
  const finishedAt = new Date(runtime.now()).toISOString();
  await note(runtime, ref, { status: 'finished', done: at.done, built: since, finishedAt });
  return { ...at, finished: true };
}

async function note(runtime: Runtime, ref: RebuildRef, set: Partial<Rebuild>): Promise<void> {
  const updatedAt = new Date(runtime.now()).toISOString();
  await runtime.store.changeRebuild(ref, ref.rebuildId, { ...set, updatedAt });
}

async function reindex(
  { store }: Runtime,
  { environment }: TypeRef,
  type: LinkedRecordType,
  mode: Rebuild['mode'],
  id: string,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const record = await store.readRecord(environment, id);
    if (!record || (mode === 'outdated' && record.layout === layoutOf(type))) return;
    try {
      await store.commit([{ kind: 'reindexRecord', ...indexChanges(type, record, record) }]);
      return;
    } catch (error) {
      const others = error instanceof DaypassError && error.code === 'VERSION_MISMATCH';
      if (!others || attempt === ATTEMPTS) throw error;
    }
  }
}
