import fc from 'fast-check';
import { newRebuild } from '../../../core/lists/rebuild.ts';
import { beginRebuild, rebuildPage } from '../../../core/lists/rebuild-records.ts';
import type { Runtime } from '../../../core/runtime.ts';
import type { Store } from '../../../core/store.ts';
import { createStore } from '../../../lambdas/shared/table/store.ts';
import { type LocalTables, startLocalTables } from '../../support/local-table.ts';
import { ListDesk, publish } from './list-desk.ts';
import { content, params, reader, START, site } from './random-site.ts';
import { event, Records, walk } from './records.ts';

let tables: LocalTables;

beforeAll(async () => {
  tables = await startLocalTables();
}, 60_000);

afterAll(() => tables?.stop());

const TYPE = { environment: 'production', app: 'desk', recordType: 'job' } as const;
const at = new Date(START).toISOString();

/** Goes through all records with what is published now; somebody writes behind every few reads of it. */
async function rebuild(store: Store, desk: ListDesk, meanwhile: () => Promise<void>) {
  const requested = newRebuild(TYPE, { mode: 'outdated', since: 2, at, by: 'test', published: at });
  await store.commit([{ kind: 'requestRebuild', rebuild: requested }]);
  const disturbed: Store = {
    ...store,
    async readRecord(environment, id) {
      const record = await store.readRecord(environment, id);
      await meanwhile();
      return record;
    },
  };
  const { published } = desk.session;
  const runtime = {
    store: disturbed,
    published: async () => published,
    now: () => START,
  } as unknown as Runtime;
  const ref = { ...TYPE, rebuildId: requested.id };
  let progress = await beginRebuild(runtime, ref);
  while (!progress.finished) progress = { ...progress, ...(await rebuildPage(runtime, ref, progress)) };
  return store.readRebuild(TYPE);
}

const scenario = fc.record({
  before: site,
  after: site,
  reader,
  params,
  records: fc.array(content, { maxLength: 12 }),
  events: fc.array(event, { maxLength: 10 }),
});

it('after another definition was published, a rebuild makes lists what they would be, whatever is written meanwhile', async () => {
  let opened = 0;
  await fc.assert(
    fc.asyncProperty(scenario, async (given) => {
      const store = createStore(tables.client, await tables.create());
      const old = new ListDesk(store, publish(given.before), given.reader, given.params);
      const desk = new ListDesk(store, publish(given.after), given.reader, given.params);
      if (!desk.mayOpen) return;
      opened += 1;
      const records = new Records(old);
      await Promise.all(given.records.map((each) => records.add(each)));

      records.desk = desk;
      const events = [...given.events];
      const done = await rebuild(store, desk, async () => {
        const next = events.shift();
        if (next) await records.happen(next);
      });

      expect(done).toMatchObject({ status: 'finished', built: 2 });
      expect(await walk(desk, 100)).toEqual(desk.expected(records.all.values()));
    }),
    { seed: 20_260_102, numRuns: 25 },
  );
  expect(opened).toBeGreaterThan(8);
});
