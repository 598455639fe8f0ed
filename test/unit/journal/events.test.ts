import { createHash, createHmac, createSecretKey } from 'node:crypto';
import { canonicalJson, chainMac, headMac, type RecordEvent } from '../../../core/journal/event.ts';
import { type DaySeal, sealDay, verifyDay, verifyRecord } from '../../../core/journal/verify.ts';
import { recordEvent } from '../../../core/journal/write.ts';
import type { Caller } from '../../../core/ports.ts';
import type { StoredRecord } from '../../../core/records/record.ts';
import type { Session } from '../../../core/runtime.ts';
import type { Keyring } from '../../../core/tokens/keyring.ts';

const KEYS = new Map(['0001', '0002'].map((id) => [id, createSecretKey(Buffer.alloc(32, id))]));
const journal: Keyring = { active: '0002', key: (id) => KEYS.get(id) };
const NO_KEY: Keyring = { active: '0003', key: () => undefined };
/** What somebody would compute who has the key and reads how it is described, with none of the product's code. */
const hmac = (id: string, text: string) =>
  createHmac('sha256', Buffer.alloc(32, id)).update(text).digest('base64url');
const keyOf = (id: string) => KEYS.get(id) as NonNullable<ReturnType<typeof KEYS.get>>;

function caller(id: string, type: Caller['type'], name: string): Caller {
  return { outcome: 'ok', principalId: id, type, name, roles: [], profiles: [], channel: 'api' };
}

const DANA = caller('dana', 'user', 'Dana Dispatcher');

function sessionOf(by: Caller, more: Partial<Session> = {}, keys = journal): Session {
  return {
    caller: by,
    now: Date.UTC(2027, 2, 10, 12),
    runtime: { journal: keys },
    ...more,
  } as unknown as Session;
}

function record(more: Partial<StoredRecord> = {}): StoredRecord {
  return {
    environment: 'staging',
    app: 'jobs',
    recordType: 'job',
    id: 'r1',
    state: 'Active',
    values: {},
    version: 1,
    createdAt: '2027-03-01T00:00:00.000Z',
    updatedAt: '2027-03-01T00:00:00.000Z',
    ...more,
  } as unknown as StoredRecord;
}

describe('what is signed of an event', () => {
  it.each<[value: unknown, text: string]>([
    [{ b: 1, a: 2 }, '{"a":2,"b":1}'],
    // Code points, and not what a language sorts by.
    [{ ä: 1, z: 2, Z: 3 }, '{"Z":3,"z":2,"ä":1}'],
    [{ a: undefined, b: null }, '{"b":null}'],
    [[2, undefined, { b: [], a: {} }], '[2,null,{"a":{},"b":[]}]'],
    ['a "quoted" text', '"a \\"quoted\\" text"'],
    [undefined, 'null'],
    [false, 'false'],
  ])('%j is the same text whatever order it came in', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('stays what it was: events and heads of years ago are verified by the same text', () => {
    const event = { recordId: 'r1', number: 2, actor: { name: 'Dana', id: 'dana' } };
    const chained = chainMac(event as unknown as RecordEvent, 'the head before', keyOf('0001'));
    const text = '{"actor":{"id":"dana","name":"Dana"},"number":2,"recordId":"r1"}';
    expect(chained).toBe(hmac('0001', `the head before\n${text}`));
    expect(headMac(chained, keyOf('0001'))).toBe(hmac('0001', `head\n${chained}`));
  });
});

describe('the event of a write', () => {
  it('[D12] says all of it: who, when, what, which state, and only the fields that changed', () => {
    const before = record({
      eventCount: 4,
      eventMac: 'of the fourth',
      values: { title: 'Lift', floor: 2, note: null, tags: ['a'] },
    });
    const after = record({
      state: 'Closed',
      values: { title: 'Lift', floor: 3, tags: ['a'], agent: 'ann' },
    });
    const content = {
      environment: 'staging',
      recordId: 'r1',
      number: 5,
      at: '2027-03-10T12:00:00.000Z',
      app: 'jobs',
      recordType: 'job',
      operation: 'complete',
      actor: { id: 'dana', type: 'user', name: 'Dana Dispatcher' },
      grantId: 'g1',
      pass: { endBefore: '2027-03-11T00:00:00.000Z' },
      exemption: 'tenantAdministrator',
      stateBefore: 'Active',
      stateAfter: 'Closed',
      before: { floor: 2 },
      after: { agent: 'ann', floor: 3 },
      keyId: '0002',
    };
    const written = recordEvent(sessionOf(DANA), {
      operation: 'complete',
      before,
      after,
      grantId: 'g1',
      pass: { endBefore: '2027-03-11T00:00:00.000Z' },
      exemption: 'tenantAdministrator' as never,
    });
    expect(written).toEqual({ ...content, mac: hmac('0002', `of the fourth\n${canonicalJson(content)}`) });
    expect(Object.keys(written.after)).toEqual(['agent', 'floor']);
    expect([after.eventCount, after.eventMac]).toEqual([5, hmac('0002', `head\n${written.mac}`)]);
    expect([before.eventCount, before.eventMac]).toEqual([4, 'of the fourth']);
  });

  it('[D12] that adds a record begins its chain, and says nothing of before', () => {
    const after = record({ values: { title: 'Lift', note: null } });
    const { mac, ...written } = recordEvent(sessionOf(DANA), { operation: 'add', after });
    expect(written).toEqual({
      environment: 'staging',
      recordId: 'r1',
      number: 1,
      at: '2027-03-10T12:00:00.000Z',
      app: 'jobs',
      recordType: 'job',
      operation: 'add',
      actor: { id: 'dana', type: 'user', name: 'Dana Dispatcher' },
      stateAfter: 'Active',
      before: {},
      after: { title: 'Lift' },
      keyId: '0002',
    });
    expect(mac).toBe(hmac('0002', `\n${canonicalJson(written)}`));
  });

  it('[D12] that deletes a record keeps what it was, and leads to no state', () => {
    const before = record({ eventCount: 1, eventMac: 'first', values: { title: 'Lift', floor: 2 } });
    const written = recordEvent(sessionOf(DANA), {
      operation: 'delete',
      before,
      after: { ...before },
      removed: true,
    });
    expect(written).toMatchObject({ stateBefore: 'Active', before: { title: 'Lift', floor: 2 }, after: {} });
    expect('stateAfter' in written).toBe(false);
  });

  it('[D12] of a service is of whoever called it, and names the service', () => {
    const robot = caller('robot', 'robot', 'Robot');
    const service = { id: 'sync', calledBy: caller('ledger', 'serviceAccount', 'Ledger') };
    const write = () => ({ operation: 'add', after: record() });
    expect(recordEvent(sessionOf(robot, { service }), write())).toMatchObject({
      service: 'sync',
      actor: { id: 'ledger', type: 'serviceAccount', name: 'Ledger' },
    });
    expect(recordEvent(sessionOf(robot), write())).toMatchObject({
      actor: { id: 'robot', type: 'robot', name: 'Robot' },
    });
  });

  it('is none without a key to sign it with', () => {
    const write = () => recordEvent(sessionOf(DANA, {}, NO_KEY), { operation: 'add', after: record() });
    expect(write).toThrow('the journal has no active key');
  });
});

describe('a record’s events', () => {
  /** Added, edited and deleted, with what its head kept after each. */
  function lifeOf() {
    const session = sessionOf(DANA);
    const first = record({ values: { title: 'A' } });
    const added = recordEvent(session, { operation: 'add', after: first });
    const second = record({ values: { title: 'B' } });
    const edited = recordEvent(session, { operation: 'edit', before: first, after: second });
    const last = record({ values: { title: 'B' } });
    const deleted = recordEvent(session, {
      operation: 'delete',
      before: second,
      after: last,
      removed: true,
    });
    return { events: [added, edited, deleted], head: second };
  }
  const headOf = ({ eventCount = 0, eventMac = '' }: StoredRecord) => ({ eventCount, eventMac });

  it('[D12] are whole where they are as written, also of a record that somebody deleted', () => {
    const { events, head } = lifeOf();
    expect(verifyRecord('r1', events.slice(0, 2), headOf(head), journal)).toEqual([]);
    expect(verifyRecord('r1', events, undefined, journal)).toEqual([]);
    expect(verifyRecord('r1', [], undefined, journal)).toEqual([]);
  });

  it('[D12] that are not are told of in one sentence each', () => {
    const { events, head } = lifeOf();
    const [added, edited] = events as [RecordEvent, RecordEvent];
    const found = (...given: Parameters<typeof verifyRecord>) => verifyRecord(...given);
    const place = 'r1';
    expect(found('r1', [edited], headOf(head), journal)).toEqual([
      { place, message: 'event 1 is missing: event 2 stands in its place' },
    ]);
    expect(found('r1', [added, { ...edited, operation: 'x' }], headOf(head), journal)).toEqual([
      { place, message: 'event 2 is not what was written, or not in its place' },
    ]);
    expect(found('r1', [added], headOf(head), journal)).toEqual([
      { place, message: 'the record counts 2 events; 1 are there' },
    ]);
    expect(found('r1', [added, edited], { ...headOf(head), eventMac: edited.mac }, journal)).toEqual([
      { place, message: 'the record’s last event is not the one that it was written with' },
    ]);
    expect(found('r1', [added, edited], undefined, journal)).toEqual([
      { place, message: 'the record is gone, and no event says who deleted it' },
    ]);
    // Every event whose key is missing is named, and so is what no key can vouch for.
    expect(found('r1', [added, edited], headOf(head), NO_KEY)).toEqual([
      { place, message: 'event 1 was chained with the key 0002, which is not listed' },
      { place, message: 'event 2 was chained with the key 0002, which is not listed' },
      { place, message: 'the record’s last event is not the one that it was written with' },
    ]);
  });
});

describe('a sealed day', () => {
  const EVENTS = [
    { recordId: 'r2', number: 10, mac: 'c' },
    { recordId: 'r1', number: 2, mac: 'b' },
    { recordId: 'r1', number: 1, mac: 'a' },
  ];
  const DIGEST = createHash('sha256')
    .update('r1 00000001 a\nr1 00000002 b\nr2 00000010 c')
    .digest('base64url');
  const CONTENT = { day: '2027-03-09', digest: DIGEST, environment: 'staging', events: 3, keyId: '0002' };
  const seal = () => sealDay('staging', '2027-03-09', EVENTS, 'the day before', journal);

  it('[D12] holds how many events there were and a digest of them, signed with the day before', () => {
    expect(seal()).toEqual({
      ...CONTENT,
      mac: hmac('0002', `seal\nthe day before\n${canonicalJson(CONTENT)}`),
    });
  });

  it('[D12] fits its events, in whatever order they are read', () => {
    expect(verifyDay(seal(), EVENTS.toReversed(), 'the day before', journal)).toEqual([]);
    const empty = sealDay('site', '2027-03-09', [], '', journal);
    expect(verifyDay(empty, [], '', journal)).toEqual([]);
  });

  it.each<[what: string, alter: Partial<DaySeal>, events: typeof EVENTS, previous: string, says: string]>([
    [
      'a seal that was altered',
      { digest: 'x' },
      EVENTS,
      'the day before',
      'the seal is not what was written, or does not follow the one before',
    ],
    [
      'a seal after another one',
      {},
      EVENTS,
      'another',
      'the seal is not what was written, or does not follow the one before',
    ],
    ['an event that is gone', {}, EVENTS.slice(1), 'the day before', '3 events were sealed; 2 are there'],
    [
      'another event in the place of one',
      {},
      EVENTS.with(0, { recordId: 'r2', number: 10, mac: 'd' }),
      'the day before',
      'the events are not those that were sealed',
    ],
    [
      'a key that is gone',
      { keyId: '0009' },
      EVENTS,
      'the day before',
      'was sealed with the key 0009, which is not listed',
    ],
  ])('[D12] tells of %s', (_, alter, events, previous, message) => {
    const findings = verifyDay({ ...seal(), ...alter }, events, previous, journal);
    expect(findings).toEqual([{ place: 'staging 2027-03-09', message }]);
  });
});
