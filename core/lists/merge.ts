import { compareKeys } from './key-text.ts';

/** How many rounds one request reads on when the caller may not see what it finds. */
export const READ_ON = 5;

/** Whatever lies in an index, with its place there. */
export interface Placed {
  readonly place: string;
  readonly recordId: string;
}

export interface MergeInput<Entry extends Placed> {
  /** How many branches there are. */
  readonly branches: number;
  readonly descending: boolean;
  /** How many records are wanted. */
  readonly limit: number;
  /** The place that was examined last, by an earlier request. */
  readonly after?: string | undefined;
  /** Reads a branch in order, behind a place; `last` is there if it may go on. */
  read(
    branch: number,
    page: { limit: number; after?: string },
  ): Promise<{ entries: readonly Entry[]; last?: string }>;
  /** Whether the record goes into the list; `last` when it does, and no other one has room beside it. */
  examine(entry: Entry): boolean | 'last' | Promise<boolean | 'last'>;
}

interface Branch<Entry> {
  readonly at: number;
  waiting: Entry[];
  after: string | undefined;
  done: boolean;
}

/**
 * Reads branches side by side and examines what they hold in one order, each record once. All branches have one
 * frontier: what lies up to it was examined in every one of them, so one place leads on in all.
 * @returns the first and the last place that was examined, and whether there may be more
 */
export async function mergeBranches<Entry extends Placed>(
  input: MergeInput<Entry>,
): Promise<{ first: string | undefined; after: string | undefined; more: boolean }> {
  const { limit, examine } = input;
  const branches = Array.from(
    { length: input.branches },
    (_, at): Branch<Entry> => ({ at, waiting: [], after: input.after, done: false }),
  );
  const seen = new Set<string>();
  let first: string | undefined;
  let after = input.after;
  let taken = 0;
  for (let round = 0; round < READ_ON && taken < limit; round++) {
    await Promise.all(branches.map((branch) => refill(branch, limit - taken, input)));
    while (taken < limit && branches.every(isReady)) {
      const entry = nextOf(branches, input.descending);
      if (!entry) return { first, after, more: false };
      first ??= entry.place;
      after = entry.place;
      if (seen.has(entry.recordId)) continue;
      seen.add(entry.recordId);
      const found = await examine(entry);
      if (found === 'last') return { first, after, more: mayGoOn(branches) };
      if (found) taken += 1;
    }
  }
  return { first, after, more: mayGoOn(branches) };
}

function mayGoOn(branches: readonly Branch<unknown>[]): boolean {
  return branches.some(({ waiting, done }) => waiting.length > 0 || !done);
}

/** A branch of which nothing is known may hold what comes next. */
function isReady({ waiting, done }: Branch<unknown>): boolean {
  return done || waiting.length > 0;
}

async function refill<Entry extends Placed>(
  branch: Branch<Entry>,
  limit: number,
  { read }: MergeInput<Entry>,
): Promise<void> {
  if (isReady(branch)) return;
  const { after } = branch;
  const { entries, last } = await read(branch.at, { limit, ...(after !== undefined && { after }) });
  branch.waiting = [...entries];
  branch.after = last;
  branch.done = last === undefined;
}

function nextOf<Entry extends Placed>(
  branches: readonly Branch<Entry>[],
  descending: boolean,
): Entry | undefined {
  let first: Branch<Entry> | undefined;
  for (const branch of branches) {
    const [entry] = branch.waiting;
    const [best] = first?.waiting ?? [];
    if (!entry) continue;
    const order = best ? compareKeys(entry.place, best.place) : -1;
    if (descending ? !best || order > 0 : order < 0) first = branch;
  }
  return first?.waiting.shift();
}
