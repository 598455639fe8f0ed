import fc from 'fast-check';
import { DaypassError } from '../../../core/errors.ts';
import type { StoredRecord } from '../../../core/records/record.ts';
import type { ListDesk } from './list-desk.ts';
import { type Content, content, recordOf } from './random-site.ts';

/** What happens to records between two pages: to one of those that were there, or to one more. */
export const event = fc.oneof(
  fc.record({ kind: fc.constant('add' as const), content }),
  fc.record({ kind: fc.constant('change' as const), content, at: fc.nat(50) }),
  fc.record({ kind: fc.constant('remove' as const), at: fc.nat(50) }),
);
export type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never;

/** Records with what happens to them, and those that nothing has happened to. */
export class Records {
  /** By whose definition records are written. */
  desk: ListDesk;
  #made = 0;
  readonly all = new Map<string, StoredRecord>();
  readonly untouched = new Set<string>();

  constructor(desk: ListDesk) {
    this.desk = desk;
  }

  /** @param isNew whether a walk that is under way may miss it */
  async add(added: Content, isNew = true): Promise<void> {
    const at = this.#made++;
    // Ids are no order of their own: lists break ties by them.
    const id = `${(at * 7) % 10}-${at}`;
    this.all.set(id, await this.desk.add(recordOf(added, id, at % 5)));
    if (!isNew) this.untouched.add(id);
  }

  async happen(happening: Event): Promise<void> {
    if (happening.kind === 'add') return this.add(happening.content);
    const ids = [...this.all.keys()];
    const id = ids[happening.at % Math.max(ids.length, 1)];
    if (id === undefined) return;
    this.untouched.delete(id);
    await this.#write(id, async (before) => {
      if (happening.kind === 'remove') {
        await this.desk.remove(before);
        this.all.delete(id);
      } else {
        const { values, state } = happening.content;
        this.all.set(id, await this.desk.change(before, { ...before, values, state }));
      }
    });
  }

  /** As a request does it that was overtaken: it reads the record again and repeats, unless that is gone. */
  async #write(id: string, write: (before: StoredRecord) => Promise<void>): Promise<void> {
    let before = this.all.get(id);
    while (before) {
      try {
        await write(before);
        return;
      } catch (error) {
        if (!(error instanceof DaypassError) || error.code !== 'VERSION_MISMATCH') throw error;
        before = await this.desk.store.readRecord('production', id);
      }
    }
  }
}

/** Opens the list page by page; something happens between the pages. */
export async function walk(
  desk: ListDesk,
  limit: number,
  between: () => Promise<void> = async () => undefined,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < 300; pages++) {
    const page = await desk.page(limit, cursor === undefined ? {} : { cursor });
    expect(page.records.length).toBeLessThanOrEqual(limit);
    ids.push(...page.records.map(({ id }) => id));
    if (page.cursor === undefined) return ids;
    cursor = page.cursor;
    await between();
  }
  throw new Error('the list has no end');
}

/** Walks to the end of a list and back from there, page by page; ids in the list's order, as the way back had them. */
export async function walkBack(desk: ListDesk, limit: number): Promise<string[]> {
  let page = await desk.page(limit);
  while (page.cursor !== undefined) {
    const next = await desk.page(limit, { cursor: page.cursor });
    // An empty page at the end names nothing that lies before it.
    if (next.previous === undefined) break;
    page = next;
  }
  const ids = page.records.map(({ id }) => id);
  for (let pages = 0; page.previous !== undefined; pages++) {
    page = await desk.page(limit, { before: page.previous });
    expect([page.records.length <= limit, pages < 300]).toEqual([true, true]);
    ids.unshift(...page.records.map(({ id }) => id).filter((id) => !ids.includes(id)));
  }
  return ids;
}
