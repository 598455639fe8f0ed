import fc from 'fast-check';
import { createStore } from '../../../lambdas/shared/table/store.ts';
import { type LocalTables, startLocalTables } from '../../support/local-table.ts';
import { ListDesk, publish } from './list-desk.ts';
import { content, params, reader, site } from './random-site.ts';
import { event, Records, walk, walkBack } from './records.ts';

let tables: LocalTables;

beforeAll(async () => {
  tables = await startLocalTables();
}, 60_000);

afterAll(() => tables?.stop());

const scenario = fc.record({
  site,
  reader,
  params,
  records: fc.array(content, { maxLength: 18 }),
  events: fc.array(event, { maxLength: 12 }),
  limit: fc.integer({ min: 1, max: 7 }),
});

it('every walk through a list, and back, gives what deciding each record gives, in order, once, while others come and go', async () => {
  let opened = 0;
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const store = createStore(tables.client, await tables.create());
      const desk = new ListDesk(store, publish(given.site), given.reader, given.params);
      if (!desk.mayOpen) return;
      opened += 1;
      const records = new Records(desk);
      await Promise.all(given.records.map((each) => records.add(each, false)));
      const events = [...given.events];
      const seen = await walk(desk, given.limit, async () => {
        const next = events.shift();
        if (next) await records.happen(next);
      });

      const stayed = (ids: string[]) => ids.filter((id) => records.untouched.has(id));
      expect(stayed(seen)).toEqual(stayed(desk.expected(records.all.values())));
      expect(await walk(desk, 100)).toEqual(desk.expected(records.all.values()));
      expect(await walkBack(desk, given.limit)).toEqual(desk.expected(records.all.values()));
    }),
    { seed: 20_260_101, numRuns: 40 },
  );
  expect(opened).toBeGreaterThan(15);
});
