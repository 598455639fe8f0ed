import { createSecretKey } from 'node:crypto';
import { missingSeals, sealedDays } from '../../../bin/journal-verification/seals.ts';
import { verifyEnvironment, verifySite } from '../../../bin/journal-verification/verify-part.ts';
import { type DesignEvent, designEvent, sealedAs } from '../../../core/journal/design-event.ts';
import type { RecordEvent } from '../../../core/journal/event.ts';
import { type DaySeal, type JournalPart, sealDay } from '../../../core/journal/verify.ts';
import { recordEvent } from '../../../core/journal/write.ts';
import type { Caller } from '../../../core/ports.ts';
import type { StoredRecord } from '../../../core/records/record.ts';
import type { Session } from '../../../core/runtime.ts';
import type { Keyring } from '../../../core/tokens/keyring.ts';
import type { Journal } from '../../../lambdas/shared/table/journal.ts';

const KEY = createSecretKey(Buffer.alloc(32, 'j'));
const keys: Keyring = { active: '0001', key: (id) => (id === '0001' ? KEY : undefined) };
const NOW = Date.UTC(2027, 2, 10, 12);
const on = (day: number) => Date.UTC(2027, 2, day, 9);
const DANA: Caller = {
  outcome: 'ok',
  principalId: 'dana',
  type: 'user',
  name: 'Dana',
  roles: [],
  profiles: [],
  channel: 'api',
};

/** A journal in memory, in which days can be written and sealed. */
class Written {
  readonly events: RecordEvent[] = [];
  readonly changes: DesignEvent[] = [];
  readonly heads = new Map<string, StoredRecord>();
  readonly kept: DaySeal[] = [];

  /** A record that is added, or edited, on a day of March 2027. */
  write(id: string, day: number, environment: 'test' | 'production' = 'production'): RecordEvent {
    const before = this.heads.get(id);
    const after = { environment, app: 'jobs', recordType: 'job', id, state: 'Active', values: { day } };
    const session = { caller: DANA, now: on(day), runtime: { journal: keys } } as unknown as Session;
    const written = recordEvent(session, {
      operation: before ? 'edit' : 'add',
      ...(before && { before }),
      after: after as unknown as StoredRecord,
    });
    this.heads.set(id, after as unknown as StoredRecord);
    this.events.push(written);
    return written;
  }

  change(id: string, day: number): void {
    const runtime = { journal: keys, newId: () => id };
    const subject = { type: 'role', id: 'clerk', name: 'Clerk' } as const;
    this.changes.push(designEvent({ caller: DANA, now: on(day), runtime }, { action: 'change', subject }));
  }

  /** Seals days in a row, each after the one before. */
  seal(part: JournalPart, ...days: number[]): void {
    for (const number of days) {
      const day = new Date(on(number)).toISOString().slice(0, 10);
      const events = part === 'site' ? this.#changesOf(day).map(sealedAs) : this.#eventsOf(part, day);
      const previous = this.kept.findLast(({ environment }) => environment === part)?.mac ?? '';
      this.kept.push(sealDay(part, day, events, previous, keys));
    }
  }

  #eventsOf = (part: JournalPart, day: string) =>
    this.events.filter(({ environment, at }) => environment === part && at.startsWith(day));
  #changesOf = (day: string) => this.changes.filter(({ at }) => at.startsWith(day));

  get journal(): Journal {
    return {
      eventsOf: async (part: JournalPart, day: string) => this.#eventsOf(part, day),
      designEventsOf: async (day: string) => this.#changesOf(day),
      recordEvents: async (part: JournalPart, id: string) =>
        this.events.filter(({ environment, recordId }) => environment === part && recordId === id),
      head: async (_: JournalPart, id: string) => this.heads.get(id),
      seals: async (part: JournalPart) => this.kept.filter(({ environment }) => environment === part),
    } as unknown as Journal;
  }
}

let written: Written;
beforeEach(() => {
  written = new Written();
});

const production = (since?: string, now = NOW) =>
  verifyEnvironment(written.journal, 'production', keys, { since, now });
const site = (since?: string) => verifySite(written.journal, keys, { since, now: NOW });

describe('the journal of an environment', () => {
  it('[D12] is read from the first sealed day to today, each record once and whole', async () => {
    for (const day of [5, 6, 8, 10]) written.write('r1', day);
    written.write('r2', 7);
    written.write('r3', 10);
    written.write('other', 6, 'test');
    written.seal('production', 5, 6, 7, 8, 9);
    written.seal('test', 6);
    const { seals, ...found } = await production();
    expect(found).toEqual({ findings: [], events: 6, records: 3 });
    expect(seals.map(({ environment, day }) => `${environment} ${day}`)).toEqual(
      [5, 6, 7, 8, 9].map((day) => `production 2027-03-0${day}`),
    );
    expect(sealedDays(seals)).toBe(`5 sealed days, the newest production/2027-03-09/${seals.at(-1)?.mac}`);
    expect(sealedDays([])).toBe('no sealed day');
  });

  it('[D12] that was never sealed is read for 31 days, or from the day that is given', async () => {
    const early = new Date(NOW - 31 * 86_400_000);
    expect(early.toISOString().slice(0, 10)).toBe('2027-02-07');
    written.write('r1', -21);
    written.write('r2', -22);
    written.write('r3', 10);
    const days = async (since?: string) => {
      const { findings, events, records } = await production(since);
      return [events, records, findings.map(({ place }) => place)];
    };
    expect(await days()).toEqual([2, 2, ['production 2027-02-07 to 2027-03-08']]);
    expect(await days('2027-02-01')).toEqual([3, 3, ['production 2027-02-06 to 2027-03-08']]);
    expect(await days('2027-03-10')).toEqual([1, 1, []]);
    expect(await days('2027-03-11')).toEqual([0, 0, []]);
  });

  it('[D12] is read whole where it is sealed, whatever day is given: records of sealed days are verified', async () => {
    const first = written.write('r1', 5);
    written.write('r2', 9);
    written.seal('production', 5, 6, 7, 8);
    Object.assign(first, { operation: 'x' });
    const { findings, events } = await production('2027-03-09');
    expect([findings, events]).toEqual([
      [{ place: 'r1', message: 'event 1 is not what was written, or not in its place' }],
      2,
    ]);
  });

  it('[D12] tells of all that is wrong: seals, days without one, and records', async () => {
    for (const day of [4, 5, 6, 7]) written.write('r1', day);
    written.write('r2', 5);
    written.seal('production', 4, 5, 6, 7);
    written.kept.splice(2, 1);
    written.heads.delete('r2');
    written.events.splice(
      written.events.findIndex(({ at }) => at.startsWith('2027-03-05')),
      1,
    );
    const { findings } = await production();
    expect(findings).toEqual([
      { place: 'production 2027-03-05', message: '2 events were sealed; 1 are there' },
      {
        place: 'production 2027-03-07',
        message: 'the seal is not what was written, or does not follow the one before',
      },
      { place: 'production 2027-03-06', message: 'is not sealed: seals were removed, or never made' },
      { place: 'production 2027-03-08', message: 'is not sealed: seals were removed, or never made' },
      { place: 'r1', message: 'event 2 is missing: event 3 stands in its place' },
      { place: 'r2', message: 'the record is gone, and no event says who deleted it' },
    ]);
  });
});

describe('the journal of the site', () => {
  it('[D12] is read from the first sealed day to today', async () => {
    written.change('e1', 7);
    written.change('e2', 7);
    written.change('e3', 10);
    written.seal('site', 7, 8, 9);
    const { seals, ...found } = await site();
    expect([found, seals.length]).toEqual([{ findings: [], events: 3 }, 3]);
  });

  it('[D12] tells of changes that were altered, of seals that do not fit, and of days without one', async () => {
    written.change('e1', 6);
    written.change('e2', 7);
    written.seal('site', 6, 7);
    Object.assign(written.changes[1] as DesignEvent, { action: 'delete' });
    written.changes.shift();
    expect((await site()).findings).toEqual([
      { place: 'site 2027-03-06', message: '1 events were sealed; 0 are there' },
      { place: 'site e2', message: 'the event is not what was written' },
      { place: 'site 2027-03-08', message: 'is not sealed: seals were removed, or never made' },
    ]);
  });

  it('[D12] that was never sealed is due from its first change on', async () => {
    written.change('e1', 4);
    written.change('e2', 6);
    expect((await site()).findings.map(({ place }) => place)).toEqual(['site 2027-03-04 to 2027-03-08']);
    expect((await site('2027-03-05')).findings.map(({ place }) => place)).toEqual([
      'site 2027-03-06 to 2027-03-08',
    ]);
    expect((await site('2027-03-05')).events).toBe(1);
  });
});

describe('a seal that somebody kept', () => {
  it('[D12] is missed where it is gone, where another is in its place, and where it is of another part', () => {
    written.seal('production', 8, 9);
    const names = written.kept.map(({ environment, day, mac }) => `${environment}/${day}/${mac}`);
    const [eighth = '', ninth = ''] = names;
    const wrong = [`${ninth}x`, eighth.replace('production', 'site'), eighth.replace('08', '07')];
    expect(missingSeals(names, written.kept)).toEqual([]);
    expect(missingSeals([eighth, ...wrong], written.kept)).toEqual(
      wrong.map((place) => ({ place, message: 'this seal is not there any more' })),
    );
  });
});
