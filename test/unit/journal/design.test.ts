import { createHmac, createSecretKey } from 'node:crypto';
import {
  accountValues,
  type DesignEvent,
  designEvent,
  sealedAs,
  verifyDesignEvents,
} from '../../../core/journal/design-event.ts';
import { canonicalJson } from '../../../core/journal/event.ts';
import { readDesignJournal } from '../../../core/journal/read-design.ts';
import { accountChange, type PeopleSession } from '../../../core/people/session.ts';
import { OWNER } from '../../../core/policy/built-in.ts';
import type { Caller } from '../../../core/ports.ts';
import type { Principal } from '../../../core/principals.ts';
import type { Keyring } from '../../../core/tokens/keyring.ts';

const KEY = createSecretKey(Buffer.alloc(32, 'j'));
const journal: Keyring = { active: '0001', key: (id) => (id === '0001' ? KEY : undefined) };
const NO_KEY: Keyring = { active: '0002', key: () => undefined };

const OLGA: Caller = {
  outcome: 'ok',
  principalId: 'olga',
  type: 'user',
  name: 'Olga Owner',
  roles: [OWNER],
  profiles: [],
  channel: 'api',
};

const signing = (keys = journal) => ({
  caller: OLGA,
  now: Date.UTC(2027, 2, 10, 12),
  runtime: { journal: keys, newId: () => 'e1' },
});

const SUBJECT = { type: 'role', id: 'clerk', name: 'Clerk' } as const;

function eventOf(id: string, more: Partial<DesignEvent> = {}): DesignEvent {
  const { mac: _, ...made } = designEvent(
    { ...signing(), runtime: { journal, newId: () => id } },
    { action: 'change', subject: SUBJECT, ...more },
  );
  return signed({ ...made, ...more });
}

/** Signed by who has the key and knows how. */
function signed(content: Omit<DesignEvent, 'mac'>): DesignEvent {
  const mac = createHmac('sha256', Buffer.alloc(32, 'j')).update(`design\n${canonicalJson(content)}`);
  return { ...content, mac: mac.digest('base64url') };
}

describe('a change of the site in the journal', () => {
  it('[D12] says who, when, what, and only what differs', () => {
    const via = { environment: 'test', app: 'people', operation: 'add' } as const;
    const written = designEvent(signing(), {
      action: 'change',
      subject: SUBJECT,
      before: { name: 'Clerk', environments: ['test'], accounts: { read: true }, design: {} },
      after: { name: 'Clerk', environments: ['test', 'production'], accounts: { read: true }, flows: [] },
      via,
    });
    expect(written).toEqual(
      signed({
        action: 'change',
        subject: SUBJECT,
        via,
        before: { environments: ['test'], design: {} },
        after: { environments: ['test', 'production'], flows: [] },
        id: 'e1',
        at: '2027-03-10T12:00:00.000Z',
        actor: { id: 'olga', type: 'user', name: 'Olga Owner' },
        keyId: '0001',
      }),
    );
  });

  it('[D12] keeps all of what is new, and all of what is gone', () => {
    const values = { name: 'Clerk', environments: [] };
    const created = designEvent(signing(), { action: 'create', subject: SUBJECT, after: values });
    expect([created.before, created.after]).toEqual([undefined, values]);
    const deleted = designEvent(signing(), { action: 'delete', subject: SUBJECT, before: values });
    expect([deleted.before, deleted.after]).toEqual([values, undefined]);
  });

  it('is none without a key to sign it with', () => {
    const make = () => designEvent(signing(NO_KEY), { action: 'create', subject: SUBJECT });
    expect(make).toThrow('the journal has no active key');
  });

  it('[D12] of an account keeps who it is and what it holds, and nothing besides', () => {
    const ann: Principal = {
      id: 'ann',
      type: 'user',
      name: 'Ann Other',
      firstName: 'Ann',
      lastName: 'Other',
      email: 'ann@abc.example',
      roles: ['clerk'],
      profiles: ['p'],
      level: 'guest',
      createdAt: '2027-01-01T00:00:00.000Z',
      version: 3,
      keysMade: 2,
    };
    const { email: _, ...robot } = { ...ann, type: 'robot' as const, apps: ['jobs'] };
    const values = { name: 'Ann Other', email: 'ann@abc.example', roles: ['clerk'] };
    expect(accountValues(ann)).toEqual(values);
    expect(accountValues(robot)).toEqual({ name: 'Ann Other', roles: ['clerk'], apps: ['jobs'] });
    const subject = { type: 'user', id: 'ann', name: 'Ann Other' };
    const renamed = { ...ann, name: 'Ann Changed' };
    expect(accountChange(undefined, ann)).toEqual({ action: 'create', subject, after: values });
    expect(accountChange(ann, undefined)).toEqual({ action: 'delete', subject, before: values });
    expect(accountChange(ann, renamed)).toEqual({
      action: 'change',
      subject: { ...subject, name: 'Ann Changed' },
      before: values,
      after: { ...values, name: 'Ann Changed' },
    });
  });

  it('[D12] is found where it is not what was written, or nobody can tell', () => {
    const [one, two, three] = ['e1', 'e2', 'e3'].map((id) => eventOf(id)) as [
      DesignEvent,
      DesignEvent,
      DesignEvent,
    ];
    expect(verifyDesignEvents([one, two, three], journal)).toEqual([]);
    const altered = [{ ...one, actor: { ...one.actor, name: 'Somebody' } }, two, { ...three, keyId: '0009' }];
    expect(verifyDesignEvents(altered, journal)).toEqual([
      { place: 'site e1', message: 'the event is not what was written' },
      { place: 'site e3', message: 'was signed with the key 0009, which is not listed' },
    ]);
    expect(sealedAs(one)).toEqual({ recordId: 'e1', number: 1, mac: one.mac });
  });
});

describe('the journal of the site', () => {
  /** Changes newest first, of which the store gives as many at once as it is asked for. */
  function sessionOf(events: readonly DesignEvent[], asked: number[] = []): PeopleSession {
    const readDesignEvents = async ({ limit, after }: { limit: number; after?: string }) => {
      asked.push(limit);
      const from = after === undefined ? 0 : events.findIndex(({ id }) => id === after) + 1;
      const page = events.slice(from, from + limit).map((event) => ({ ...event, place: event.id }));
      const last = from + limit < events.length ? page.at(-1)?.place : undefined;
      return { events: page, ...(last !== undefined && { last }) };
    };
    const keyring: Keyring = { active: '0001', key: () => KEY };
    return {
      caller: OLGA,
      now: 0,
      runtime: { store: { readDesignEvents }, keyring, siteId: 'site' },
    } as unknown as PeopleSession;
  }

  async function pages(session: PeopleSession, limit: number, subject?: string): Promise<string[][]> {
    const found: string[][] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await readDesignJournal(session, {
        limit,
        ...(cursor !== undefined && { cursor }),
        ...(subject !== undefined && { subject }),
      });
      found.push(page.items.map(({ id }) => id));
      cursor = page.cursor;
      if (cursor === undefined) return found;
    }
  }

  const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => `e${from + at}`);

  it.each<[changes: number, limit: number, pages: string[][]]>([
    [0, 3, [[]]],
    [2, 3, [ids(1, 2)]],
    [3, 3, [ids(1, 3)]],
    [4, 3, [ids(1, 3), ['e4']]],
    [6, 3, [ids(1, 3), ids(4, 6)]],
  ])(
    '[D12] of %d changes is read %d a page, each once, without an empty page at the end',
    async (count, limit, expected) => {
      const events = ids(1, count).map((id) => eventOf(id));
      expect(await pages(sessionOf(events), limit)).toEqual(expected);
    },
  );

  it('[D12] answers what was written, without what it is signed with', async () => {
    const event = eventOf('e1', { before: { a: 1 }, after: { a: 2 } });
    const { keyId: _, mac: __, ...shown } = event;
    expect(await readDesignJournal(sessionOf([event]), { limit: 1 })).toEqual({ items: [shown] });
  });

  it('[D12] of one subject, or of one kind, finds it among all others', async () => {
    const role = (id: string, of: string) => eventOf(id, { subject: { type: 'role', id: of, name: of } });
    const user = (id: string) => eventOf(id, { subject: { type: 'user', id: 'clerk', name: 'Clerk' } });
    const events = [role('e1', 'clerk'), user('e2'), role('e3', 'porter'), role('e4', 'clerk'), user('e5')];
    expect(await pages(sessionOf(events), 10, 'role/clerk')).toEqual([['e1', 'e4']]);
    expect(await pages(sessionOf(events), 2, 'role/clerk')).toEqual([['e1', 'e4'], []]);
    expect(await pages(sessionOf(events), 10, 'role')).toEqual([['e1', 'e3', 'e4']]);
    expect(await pages(sessionOf(events), 10, 'user/clerk')).toEqual([['e2', 'e5']]);
    expect(await pages(sessionOf(events), 10, 'app')).toEqual([[]]);
  });

  it('[D12] reads on for a rare subject, and stops after two thousand with a cursor behind the last of them', async () => {
    const events = ids(1, 2102).map((id) => ({ ...eventOf('e'), id }));
    const rare = { type: 'app', id: 'jobs', name: 'Jobs' } as const;
    events[2000] = { ...(events[2000] as DesignEvent), subject: rare };
    const asked: number[] = [];
    expect(await pages(sessionOf(events, asked), 5, 'app/jobs')).toEqual([[], ['e2001']]);
    expect(asked).toEqual(Array(22).fill(100));
  });

  it('[D12] gives a cursor to one reader and for one subject', async () => {
    const session = sessionOf(ids(1, 4).map((id) => eventOf(id)));
    const { cursor = '' } = await readDesignJournal(session, { limit: 2 });
    const others = [
      readDesignJournal({ ...session, caller: { ...OLGA, principalId: 'mina' } }, { limit: 2, cursor }),
      readDesignJournal(session, { limit: 2, cursor, subject: 'role' }),
    ];
    for (const other of others) await expect(other).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('[D12] is for those who read all of the site', async () => {
    const session = sessionOf([eventOf('e1')]);
    const developer = { ...session, caller: { ...OLGA, roles: ['Developer'] } };
    await expect(readDesignJournal(developer, { limit: 1 })).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });
});
