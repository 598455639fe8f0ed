import { sealedAs } from '../../../core/journal/design-event.ts';
import { type DaySeal, type JournalPart, sealDay, verifyDay } from '../../../core/journal/verify.ts';
import { sealJournal } from '../../../lambdas/housekeeping/seal-journal.ts';
import { journalPartition, sealKey, sealPartition } from '../../../lambdas/shared/table/keys.ts';
import { DAY_MS, iso, NOON, PassDesk } from '../../fixtures/pass-desk.ts';

const PARTS = ['development', 'test', 'staging', 'production', 'site'] as const;
const day = (ago: number) => iso(NOON - ago * DAY_MS).slice(0, 10);

/** A journal in which the days of each part are sealed up to the one given; what is sealed now, and what is logged. */
function journal(sealed: Partial<Record<JournalPart, string[]>>, events: Record<string, object[]> = {}) {
  const { runtime } = new PassDesk();
  const put: { Item: DaySeal; ConditionExpression?: string; TableName: string }[] = [];
  const logged: unknown[] = [];
  const seals = (part: JournalPart) =>
    (sealed[part] ?? []).map((each) => sealDay(part, each, [], 'before', runtime.journal));
  const client = {
    async send({ input }: { input: Record<string, unknown> }) {
      if ('Item' in input) return void put.push(input as never);
      const { ':pk': pk = '' } = input.ExpressionAttributeValues as Record<string, string>;
      const part = PARTS.find((each) => sealPartition(each) === pk);
      return { Items: part ? seals(part) : (events[pk] ?? []) };
    },
  };
  const logger = { info: (text: string, about: object) => void logged.push([text, about]) };
  return { runtime, put, logged, last: (part: JournalPart) => seals(part).at(-1)?.mac ?? '', client, logger };
}

async function sealedBy(desk: ReturnType<typeof journal>, now = NOON) {
  const { client, logger, runtime } = desk;
  await sealJournal({ ...runtime, now: () => now }, { client, table: 'T', logger } as never);
  const days: Partial<Record<JournalPart, string[]>> = {};
  for (const { Item } of desk.put) days[Item.environment] = [...(days[Item.environment] ?? []), Item.day];
  return days;
}

const everywhere = (...days: string[]) => Object.fromEntries(PARTS.map((part) => [part, days]));

describe('[D12] the days of the journal that are over are sealed', () => {
  it.each<[string, string[], number, string[]]>([
    ['yesterday, where none was before', [], NOON, [day(1)]],
    ['yesterday, where the day before was', [day(2)], NOON, [day(1)]],
    ['all that were missed', [day(5), day(4)], NOON, [day(3), day(2), day(1)]],
    ['none twice', [day(1)], NOON, []],
    [
      'none that is not over, a millisecond before midnight',
      [day(1)],
      Date.parse(`${day(-1)}T00:00:00Z`) - 1,
      [],
    ],
    ['but at midnight', [day(1)], Date.parse(`${day(-1)}T00:00:00Z`), [day(0)]],
    [
      '31 at most: of a longer break the others stay missing, which verifying tells',
      [day(40)],
      NOON,
      Array.from({ length: 31 }, (_, at) => day(31 - at)),
    ],
  ])('in each environment, and of the site: %s', async (_, before, now, expected) => {
    const found = await sealedBy(journal(everywhere(...before)), now);
    expect(found).toEqual(expected.length > 0 ? everywhere(...expected) : {});
  });

  it('each part by itself, each day chained to the one before, over its own events', async () => {
    const event = (id: string, mac: string) => ({ recordId: id, number: 2, mac, PK: 'p', SK: 's' });
    const design = (id: string, mac: string) => ({ id, mac, PK: 'p', SK: 's' });
    const events = {
      [journalPartition('production', day(2), 0)]: [event('r1', 'm1')],
      [journalPartition('production', day(2), 7)]: [event('r2', 'm2')],
      [journalPartition('test', day(1), 3)]: [event('r3', 'm3')],
      [journalPartition('site', day(1), 5)]: [design('d1', 'm4')],
    };
    const desk = journal(
      { ...everywhere(day(1)), production: [day(3)], test: [day(2)], site: [day(2)] },
      events,
    );

    expect(await sealedBy(desk)).toEqual({ production: [day(2), day(1)], test: [day(1)], site: [day(1)] });

    const of = (part: JournalPart) => desk.put.filter(({ Item }) => Item.environment === part);
    const plain = ({ Item }: { Item: DaySeal }) => {
      const { PK: _pk, SK: _sk, ...seal } = Item as DaySeal & { PK: string; SK: string };
      return seal;
    };
    const [first, second] = of('production').map(plain) as [DaySeal, DaySeal];
    const { journal: keys } = desk.runtime;
    const listed = [event('r1', 'm1'), event('r2', 'm2')];
    expect(verifyDay(first, listed, desk.last('production'), keys)).toEqual([]);
    expect(verifyDay(second, [], first.mac, keys)).toEqual([]);
    expect(
      of('test').map((seal) => verifyDay(plain(seal), [event('r3', 'm3')], desk.last('test'), keys)),
    ).toEqual([[]]);
    const site = of('site').map(plain)[0] as DaySeal;
    expect(verifyDay(site, [sealedAs({ id: 'd1', mac: 'm4' } as never)], desk.last('site'), keys)).toEqual(
      [],
    );
    // A day is sealed once, and the log keeps its seal, too.
    for (const { Item, ConditionExpression, TableName } of desk.put) {
      expect([ConditionExpression, TableName]).toEqual(['attribute_not_exists(PK)', 'T']);
      expect(Item).toMatchObject(sealKey(Item.environment, Item.day));
    }
    expect(desk.logged).toEqual(
      desk.put.map(({ Item }) => [
        'sealed',
        { environment: Item.environment, day: Item.day, events: Item.events, mac: Item.mac },
      ]),
    );
  });
});
