import type { StoredRecord } from '../../core/records/record.ts';
import type { Plan, Scene, Try } from './attempt.ts';
import { holderOf } from './holders.ts';
import { mayDo } from './reach.ts';
import { APPS, RUNNING } from './site.ts';

/** Values that go beyond conditions, or to fields that are for few. */
function valuesToTry({ world, trier }: Scene): Record<string, unknown>[] {
  const other = world.ids[world.dice.pick(world.drawn.users)];
  return [
    {},
    { notes: 'tried' },
    { owner: other },
    { amount: 5_000_000, owner: other },
    { amount: 1 },
    { owner: trier.id },
    { secret: 'tried', title: 'tried' },
  ];
}

const asForm = (values: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(values).map(([field, value]) => [`field.${field}`, String(value)]));

/** Requests that change records: operations, by the API and by forms, and services. */
export function* recordAttempts(scene: Scene): Generator<Plan> {
  const { world, stored, trier } = scene;
  const { dice } = world;
  const held = holderOf(stored, trier);
  for (const environment of RUNNING) {
    for (const [name, app] of stored.running.get(environment) ?? []) {
      if (!APPS.includes(name)) continue;
      const may = (operation: string, record?: StoredRecord) =>
        mayDo({ environment, app }, held, operation, record) !== undefined;
      yield* adding(scene, { environment, app: name, recordType: 'thing', operation: 'add' }, may('add'));
      const records = [...stored.records.values()].filter(
        (record) => record.environment === environment && record.app === name,
      );
      for (const record of records) yield* onRecord(scene, record, may);
    }
    for (const service of SERVICES) {
      const record = dice.pick([...stored.records.keys()]);
      const values = { environment, service };
      const edit = { record, values: { notes: 'tried' } };
      yield {
        tries: [
          () => ({ route: 'callService', values, body: {}, service }),
          () => ({ route: 'callService', values, body: edit, service }),
        ],
        near: false,
      };
    }
  }
}

const SERVICES = ['export-alpha', 'export-beta', 'file-beta', 'access', 'edit-alpha', 'edit-beta'];

function* adding(scene: Scene, values: Record<string, string>, near: boolean): Generator<Plan> {
  for (const given of scene.world.dice.some(valuesToTry(scene), 0.4)) {
    const body = { operation: 'add', values: given };
    yield { tries: [() => ({ route: 'addRecord', values, body, operation: 'add' })], near };
    yield {
      tries: [() => ({ route: 'addRun', values, body: asForm(given), operation: 'add' })],
      near: false,
    };
  }
}

function* onRecord(
  scene: Scene,
  record: StoredRecord,
  may: (operation: string, record: StoredRecord) => boolean,
): Generator<Plan> {
  const { dice } = scene.world;
  const { id, environment } = record;
  for (const operation of ['shut', 'hand', 'edit', ...(dice.chance(0.2) ? ['delete'] : [])]) {
    const near = may(operation, record);
    const values = { environment, record: id, operation };
    for (const written of dice.some(valuesToTry(scene), 0.5)) {
      const aim = `writes ${Object.keys(written).join(', ') || 'nothing'}`;
      const run: Try = () => ({ route: 'runOperation', values, body: { values: written }, operation, aim });
      yield { tries: [run], near };
    }
    const typed = asForm(dice.pick(valuesToTry(scene)));
    const send: Try = ({ stored }) => ({
      route: 'formRun',
      values,
      body: { version: String(stored.records.get(id)?.version ?? 1), ...typed },
      operation,
    });
    yield { tries: [send], near: near && dice.chance(0.3) };
  }
  const again = { environment, record: id };
  yield {
    tries: [
      () => ({ route: 'runTaskAgain', values: again }),
      () => ({ route: 'runAgain', values: again, body: {} }),
    ],
    near: false,
  };
}
