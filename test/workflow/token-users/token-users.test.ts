import { parseTokenReference, type TokenReference } from '../../../core/tokens/token.ts';
import type { System } from '../../../local/system.ts';
import type { Answer, Visitor } from '../../../local/visitor.ts';
import {
  addWorkOrder,
  CONTRACTORS,
  DISPATCHER,
  type RecordJson,
  readRecord,
  startPropertyManagement,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { signedToken, siteRuntime, staffSession } from '../../support/site-runtime.ts';

interface Form {
  fields: {
    id: string;
    type: string;
    required: boolean;
    choices?: { value: string; label: string }[];
    readOnly: boolean;
    value: unknown;
  }[];
}
interface Problems {
  code: string;
  problems: { path: string; message: string }[];
}

let system: System;
let dispatcher: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
}, 120_000);

afterAll(() => system?.stop());

const CARLA = { name: 'Carla Plumbing', email: 'carla@plumbing.example' };

function add(values: Record<string, unknown>): Promise<Answer> {
  return dispatcher.json('POST', `${CONTRACTORS}/records`, { operation: 'add-user', values });
}

async function added(values: Record<string, unknown>): Promise<RecordJson> {
  const answer = await add(values);
  expect([answer.status, answer.text]).toEqual([201, answer.text]);
  return answer.json as RecordJson;
}

function run(record: RecordJson, operation: string, values: Record<string, unknown> = {}): Promise<Answer> {
  return dispatcher.json('POST', `/production/records/${record.id}/operations/${operation}`, { values });
}

const pathsOf = (answer: Answer) =>
  (answer.json as Problems).problems?.map(({ path }) => path) ?? answer.text;

describe('staff manage token users by hand', () => {
  it('[F20] the form offers the custom roles it is limited to, with the calculated one chosen', async () => {
    const form = (await dispatcher.get(`${CONTRACTORS}/forms/add-user`)).json as Form;
    const roles = form.fields.find(({ id }) => id === 'roles');

    expect(form.fields.map(({ id }) => id)).toEqual(['name', 'email', 'roles']);
    expect(roles?.choices).toEqual([{ value: 'property-contractors', label: 'Property Contractors' }]);
    expect(roles?.value).toEqual(['property-contractors']);
  });

  it('[F20] another role is refused', async () => {
    const refused = await add({ ...CARLA, roles: ['dispatcher'] });
    expect([refused.status, pathsOf(refused)]).toEqual([422, ['/values/roles']]);
  });

  it('[F8, F9] Add User creates the token user with a unique token', async () => {
    const [first, second] = [await added(CARLA), await added(CARLA)];
    const runtime = await siteRuntime(system);

    expect(first.values.roles).toEqual(['property-contractors']);
    expect(first.values.token).not.toEqual(second.values.token);
    expect(await runtime.store.readPrincipal(String(first.values.self))).toMatchObject({
      type: 'tokenUser',
      name: CARLA.name,
      roles: ['property-contractors'],
      environment: 'production',
    });
  });

  it.each(['token', 'self'])('[F10] nobody writes %s, in whatever operation', async (field) => {
    const record = await added(CARLA);
    const tries = [
      await add({ ...CARLA, [field]: record.values[field] }),
      await run(record, 'edit-user', { name: 'Carla', [field]: 'x' }),
      await run(record, 'edit-user', { [field]: null }),
    ];

    expect(tries.map(({ status }) => status)).toEqual([422, 422, 422]);
    expect(tries.map(pathsOf)).toEqual(Array(3).fill([`/values/${field}`]));
    expect((await readRecord(dispatcher, record.id)).values).toEqual(record.values);
  });

  it('[F11] View User only shows: nothing can be submitted to it', async () => {
    const record = await added(CARLA);
    const refused = await run(record, 'view-user', { name: 'Mallory' });

    expect(refused.status).toBe(404);
    expect((await readRecord(dispatcher, record.id)).values.name).toBe(CARLA.name);
  });

  it('[F12] Edit User changes details, of the entry and of the token user, and never the token', async () => {
    const record = await added(CARLA);
    const edited = await run(record, 'edit-user', { name: 'Carla Pipes', email: 'pipes@plumbing.example' });
    const runtime = await siteRuntime(system);

    expect(edited.status).toBe(200);
    expect((edited.json as RecordJson).values).toEqual({
      ...record.values,
      name: 'Carla Pipes',
      email: 'pipes@plumbing.example',
    });
    expect(await runtime.store.readPrincipal(String(record.values.self))).toMatchObject({
      name: 'Carla Pipes',
      email: 'pipes@plumbing.example',
    });
    const refused = await run(record, 'edit-user', { roles: ['property-contractors'] });
    expect([refused.status, pathsOf(refused)]).toEqual([422, ['/values/roles']]);
  });

  it('[F13] Delete User removes the entry and the token user together', async () => {
    const record = await added(CARLA);
    const runtime = await siteRuntime(system);
    const deleted = await run(record, 'delete-user');

    expect(deleted.status).toBe(204);
    expect((await dispatcher.get(`/production/records/${record.id}`)).status).toBe(404);
    expect(await runtime.store.readPrincipal(String(record.values.self))).toBeUndefined();
  });

  it('[F33] By Token finds the entry by its reference', async () => {
    const record = await added(CARLA);
    const view = `${CONTRACTORS}/views/by-token`;
    const found = await dispatcher.get(
      `${view}?param.token=${encodeURIComponent(String(record.values.token))}`,
    );

    expect((found.json as { records: RecordJson[] }).records.map(({ id }) => id)).toEqual([record.id]);
    const other = await dispatcher.get(`${view}?param.token=nothing`);
    expect((other.json as { records: RecordJson[] }).records ?? []).toEqual([]);
  });

  it('[F33] and by a pasted token; without its parameter it lists nobody', async () => {
    const record = await added(CARLA);
    const runtime = await siteRuntime(system);
    const reference = parseTokenReference(String(record.values.token)) as TokenReference;
    const token = signedToken(runtime, { kind: 'access', environment: 'production', ...reference });
    const list = async (query: string) =>
      ((await dispatcher.get(`${CONTRACTORS}/views/by-token${query}`)).json as { records: RecordJson[] })
        .records;

    expect((await list(`?param.token=${token}`)).map(({ id }) => id)).toEqual([record.id]);
    expect(await list('')).toEqual([]);
  });
});

describe('the form of a work order', () => {
  it('[F16] has checkboxes “External contractor” with the option Yes', async () => {
    const form = (await dispatcher.get(`${WORK_ORDERS}/forms/add`)).json as Form;
    expect(form.fields.find(({ id }) => id === 'externalContractor')).toMatchObject({
      label: 'External contractor',
      type: 'choices',
      choices: [{ value: 'Yes', label: 'Yes' }],
    });
  });

  it('[F17] contractor fields are neither taken nor required nor shown unless Yes is ticked', async () => {
    const hidden = await dispatcher.json('POST', `${WORK_ORDERS}/records`, {
      operation: 'add',
      values: { ...workOrder(), contractorName: CARLA.name },
    });
    expect([hidden.status, pathsOf(hidden)]).toEqual([422, ['/values/contractorName']]);

    const record = await addWorkOrder(dispatcher, workOrder());
    expect(Object.keys(record.values)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^contractor/)]),
    );
  });

  it('[F17] and required and checked once it is', async () => {
    const post = (values: Record<string, unknown>) =>
      dispatcher.json('POST', `${WORK_ORDERS}/records`, {
        operation: 'add',
        values: { ...workOrder(), externalContractor: ['Yes'], ...values },
      });

    const missing = await post({});
    expect([missing.status, pathsOf(missing)]).toEqual([
      422,
      ['/values/contractorName', '/values/contractorEmail'],
    ]);
    const wrong = await post({ contractorName: 'Carla', contractorEmail: 'carla' });
    expect([wrong.status, pathsOf(wrong)]).toEqual([422, ['/values/contractorEmail']]);
  });

  it('[F18] Contractor Token is not editable on it', async () => {
    const form = (await dispatcher.get(`${WORK_ORDERS}/forms/add`)).json as Form;
    expect(form.fields.filter(({ readOnly }) => !readOnly).map(({ id }) => id)).not.toContain(
      'contractorToken',
    );

    const refused = await dispatcher.json('POST', `${WORK_ORDERS}/records`, {
      operation: 'add',
      values: { ...workOrder(CARLA), contractorToken: 'x' },
    });
    expect([refused.status, pathsOf(refused)]).toEqual([422, ['/values/contractorToken']]);
  });
});
