import { createSecretKey } from 'node:crypto';
import fc from 'fast-check';
import { chainMac, headMac, type RecordEvent } from '../../../core/journal/event.ts';
import { type RecordHead, verifyRecord, verifySpan } from '../../../core/journal/verify.ts';
import type { Keyring } from '../../../core/tokens/keyring.ts';

const KEYS = new Map(['j1', 'j2'].map((id) => [id, createSecretKey(Buffer.alloc(32, id))]));
const keys: Keyring = { active: 'j1', key: (id) => KEYS.get(id) };
const keyOf = (id: string) => KEYS.get(id) as NonNullable<ReturnType<typeof KEYS.get>>;

/** A record that was added and then edited as often as `notes` says, each time chained with the key at hand. */
function chainOf(notes: readonly string[], keyIds: readonly string[] = []) {
  const events: RecordEvent[] = [];
  const heads: RecordHead[] = [];
  let eventMac = '';
  for (const [at, note] of ['', ...notes].entries()) {
    const keyId = keyIds[at] ?? 'j1';
    const event: Omit<RecordEvent, 'mac'> = {
      environment: 'production',
      recordId: 'r1',
      number: at + 1,
      at: new Date(Date.UTC(2027, 0, 1) + at * 60_000).toISOString(),
      app: 'jobs',
      recordType: 'job',
      operation: at === 0 ? 'add' : 'edit',
      actor: { id: 'dana', type: 'user', name: 'Dana' },
      ...(at > 0 && { stateBefore: 'Open' }),
      stateAfter: 'Open',
      before: at > 1 ? { note: notes[at - 2] ?? null } : {},
      after: at > 0 ? { note } : {},
      keyId,
    };
    const mac = chainMac(event, eventMac, keyOf(keyId));
    eventMac = headMac(mac, keyOf(keyId));
    events.push({ ...event, mac });
    heads.push({ eventCount: at + 1, eventMac });
  }
  return { events, heads, head: heads.at(-1) as RecordHead };
}

const chains = fc
  .record({
    notes: fc.array(fc.string(), { minLength: 1, maxLength: 8 }),
    keyIds: fc.array(fc.constantFrom('j1', 'j2')),
  })
  .map(({ notes, keyIds }) => chainOf(notes, keyIds));

describe('a record’s chain of events', () => {
  it('is whole as it was written, also across a change of keys', () => {
    fc.assert(
      fc.property(chains, ({ events, head }) => {
        expect(verifyRecord('r1', events, head, keys)).toEqual([]);
      }),
    );
  });

  it.each<[string, (event: RecordEvent) => Partial<RecordEvent>]>([
    ['who did it', ({ actor }) => ({ actor: { ...actor, name: `${actor.name}!` } })],
    ['when', ({ at }) => ({ at: at.replace('2027', '2026') })],
    ['what it was before', ({ before }) => ({ before: { ...before, note: 'something else altogether' } })],
    ['what it was afterwards', ({ after }) => ({ after: { ...after, note: 'something else altogether' } })],
    ['which operation', () => ({ operation: 'complete' })],
    ['the state it led to', () => ({ stateAfter: 'Closed' })],
    ['the service that was called', () => ({ service: 'sync' })],
    ['its MAC', ({ mac }) => ({ mac: `${mac.startsWith('A') ? 'B' : 'A'}${mac.slice(1)}` })],
    ['the key it names', ({ keyId }) => ({ keyId: keyId === 'j1' ? 'j2' : 'j1' })],
  ])('shows that %s was altered', (_, alter) => {
    fc.assert(
      fc.property(chains, fc.nat(), ({ events, head }, pick) => {
        const at = pick % events.length;
        const event = events[at] as RecordEvent;
        const findings = verifyRecord('r1', events.with(at, { ...event, ...alter(event) }), head, keys);
        expect(findings[0]?.message).toContain(`event ${at + 1} is not what was written`);
      }),
    );
  });

  it('shows that an event was taken out, and that two changed places', () => {
    fc.assert(
      fc.property(chains, fc.nat(), ({ events, head }, pick) => {
        const at = pick % (events.length - 1);
        expect(verifyRecord('r1', events.toSpliced(at, 1), head, keys)).not.toEqual([]);
        const [one, other] = [events[at] as RecordEvent, events[at + 1] as RecordEvent];
        const swapped = events.toSpliced(at, 2, { ...other, number: at + 1 }, { ...one, number: at + 2 });
        expect(verifyRecord('r1', swapped, head, keys)).not.toEqual([]);
      }),
    );
  });

  it('shows that the last events were cut off, whatever of the table is written into the head', () => {
    fc.assert(
      fc.property(chains, fc.nat(), ({ events, head }, pick) => {
        const left = events.slice(0, 1 + (pick % (events.length - 1)));
        const macs = events.map(({ mac }) => mac);
        for (const eventMac of [...macs, head.eventMac, '']) {
          const forged = { eventCount: left.length, eventMac };
          expect(verifyRecord('r1', left, forged, keys)).not.toEqual([]);
        }
      }),
    );
  });

  it('needs the record, or an event that says who deleted it', () => {
    const { events } = chainOf(['a']);
    expect(verifyRecord('r1', events, undefined, keys)).toEqual([
      { place: 'r1', message: 'the record is gone, and no event says who deleted it' },
    ]);
  });

  it('says which key is missing', () => {
    const { events, head } = chainOf(['a']);
    const none: Keyring = { active: 'j3', key: () => undefined };
    expect(verifyRecord('r1', events, head, none)[0]?.message).toContain(
      'with the key j1, which is not listed',
    );
  });
});

describe('the days of a part', () => {
  const NOON = Date.UTC(2027, 2, 10, 12);
  const seals = (...days: number[]) => days.map((day) => ({ day: `2027-03-0${day}` }));
  const places = (...args: Parameters<typeof verifySpan>) => verifySpan(...args).map(({ place }) => place);

  it('are sealed without a gap, up to the day before yesterday', () => {
    expect(places('production', seals(5, 6, 7, 8), undefined, NOON)).toEqual([]);
    expect(places('production', seals(5, 6, 7, 8, 9), undefined, NOON)).toEqual([]);
  });

  it('are named where a seal is missing in between, or at the end', () => {
    expect(places('production', seals(3, 5, 8), undefined, NOON)).toEqual([
      'production 2027-03-04',
      'production 2027-03-06 to 2027-03-07',
    ]);
    expect(places('site', seals(3, 4, 5), undefined, NOON)).toEqual(['site 2027-03-06 to 2027-03-08']);
  });

  it('of a part that was never sealed count from its first event on', () => {
    expect(places('production', [], '2027-03-02', NOON)).toEqual(['production 2027-03-02 to 2027-03-08']);
    expect(places('production', [], '2027-03-09', NOON)).toEqual([]);
    expect(places('production', [], undefined, NOON)).toEqual([]);
  });
});
