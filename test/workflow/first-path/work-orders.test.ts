import type { LivePass } from '../../../core/grants/live-passes.ts';
import type { System } from '../../../local/system.ts';
import type { Answer, Visitor } from '../../../local/visitor.ts';
import {
  addWorkOrder,
  arrive,
  CONTRACTORS,
  changeDefinitions,
  DISPATCHER,
  finished,
  follow,
  livePassOf,
  type RecordJson,
  readRecord,
  signIn,
  startPropertyManagement,
  TECHNICIAN,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';

let system: System;
let dispatcher: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await signIn(system, DISPATCHER);
}, 120_000);

afterAll(() => system?.stop());

interface FormJson {
  fields: {
    id: string;
    visibleIf?: string;
    choices?: { value: string }[];
    required: boolean;
    value: unknown;
  }[];
}
interface ProblemJson {
  code: string;
  problems: { path: string; message: string }[];
}

const problems = (answer: Answer) =>
  Object.fromEntries((answer.json as ProblemJson).problems.map(({ path, message }) => [path, message]));

function add(values: Record<string, unknown>): Promise<Answer> {
  return dispatcher.json('POST', `${WORK_ORDERS}/records`, { operation: 'add', values });
}

async function contractorFor(name: string) {
  const email = `${name}@contractor.example`;
  const order = await addWorkOrder(dispatcher, workOrder({ name, email }));
  const contractor = await arrive(system, email);
  return { order, contractor, email };
}

describe('the form of a work order', () => {
  it('[F16] has the checkboxes “External contractor” with the option Yes', async () => {
    const form = (await dispatcher.get(`${WORK_ORDERS}/forms/add`)).json as FormJson;
    const field = form.fields.find(({ id }) => id === 'externalContractor');
    expect(field?.choices?.map(({ value }) => value)).toEqual(['Yes']);
  });

  it('[F17] shows the contractor fields only when Yes is ticked', async () => {
    const form = (await dispatcher.get(`${WORK_ORDERS}/forms/add`)).json as FormJson;
    const field = form.fields.find(({ id }) => id === 'contractorName');
    expect(field?.visibleIf).toBe('"Yes" in record.externalContractor');
  });

  it('[F17] requires and validates the contractor fields only when Yes is ticked', async () => {
    const without = await add(workOrder());
    expect(without.status).toBe(201);
    const incomplete = await add(
      workOrder(undefined, { externalContractor: ['Yes'], contractorEmail: 'no address' }),
    );
    expect(incomplete.status).toBe(422);
    expect(problems(incomplete)).toEqual({
      '/values/contractorName': 'is required',
      '/values/contractorEmail': 'must be an email address like name@example.org',
    });
  });

  it('[F17] refuses a value for a field that is hidden', async () => {
    const answer = await add(workOrder(undefined, { contractorName: 'Nobody' }));
    expect(answer.status).toBe(422);
    expect(Object.keys(problems(answer))).toEqual(['/values/contractorName']);
  });

  it('[F10, F18] offers no Contractor Token to write, and refuses one', async () => {
    const form = (await dispatcher.get(`${WORK_ORDERS}/forms/add`)).json as FormJson;
    expect(form.fields.map(({ id }) => id)).not.toContain('contractorToken');
    const answer = await add(workOrder({ name: 'A', email: 'a@x.example' }, { contractorToken: 'x' }));
    expect(problems(answer)).toEqual({ '/values/contractorToken': 'is read-only' });
  });
});

describe('a work order for staff', () => {
  it('[F14, F31] of a technician makes no token, starts no workflow and sends no mail', async () => {
    const before = (await system.executions.list()).length;
    const form = (await dispatcher.get(`${WORK_ORDERS}/forms/add`)).json as FormJson;
    const technician = form.fields
      .find(({ id }) => id === 'assignedTo')
      ?.choices?.map(({ value }) => value)
      .at(-1);
    await system.mail.clear();
    const order = await addWorkOrder(dispatcher, workOrder(undefined, { assignedTo: technician }));
    await system.settled();
    expect((await system.executions.list()).length).toBe(before);
    expect(await system.mail.messages()).toEqual([]);
    const runs = (await dispatcher.get(`/production/records/${order.id}/task-runs`)).json;
    expect(runs).toEqual({ taskRuns: [] });
    const contractors = (await dispatcher.get(`${CONTRACTORS}/views/all`)).json as { records: unknown[] };
    expect(contractors.records).toEqual([]);
  });

  it('[F22, F24] shows a technician their own work orders, to view and to complete', async () => {
    const technician = await signIn(system, TECHNICIAN);
    const { id } = (await technician.get('/me')).json as { id: string };
    const mine = await addWorkOrder(dispatcher, workOrder(undefined, { assignedTo: id }));
    const other = await addWorkOrder(dispatcher, workOrder());
    const view = (await technician.get(`${WORK_ORDERS}/views/assigned-to-me`)).json as {
      records: RecordJson[];
    };
    expect(view.records.map((record) => record.id)).toContain(mine.id);
    expect(view.records.map((record) => record.id)).not.toContain(other.id);
    const record = await readRecord(technician, mine.id);
    expect(record.can.operations.map((operation) => operation.id)).toEqual(['complete']);
    expect((await technician.get(`/production/records/${other.id}`)).status).toBe(404);
  });

  it('[F15] refuses to complete what is Closed already', async () => {
    const order = await addWorkOrder(dispatcher, workOrder());
    const path = `/production/records/${order.id}/operations/complete`;
    expect((await dispatcher.json('POST', path, {})).status).toBe(200);
    const again = await dispatcher.json('POST', path, {});
    expect([again.status, (again.json as ProblemJson).code]).toEqual([409, 'STATE_REFUSED']);
  });
});

describe('the contractor’s entry in the tokens app', () => {
  it('[F20] got the calculated default role, one of the roles that the field is limited to', async () => {
    await contractorFor('roles');
    const view = (await dispatcher.get(`${CONTRACTORS}/views/all`)).json as { records: RecordJson[] };
    const entry = view.records.find(({ values }) => values.name === 'roles');
    expect(entry?.values.roles).toEqual(['property-contractors']);
    const form = (await dispatcher.get(`${CONTRACTORS}/forms/add-user`)).json as FormJson;
    expect(form.fields.find(({ id }) => id === 'roles')?.choices?.map(({ value }) => value)).toEqual([
      'property-contractors',
    ]);
  });

  it('[F20] refuses a role that the field is not limited to', async () => {
    const answer = await dispatcher.json('POST', `${CONTRACTORS}/records`, {
      operation: 'add-user',
      values: { name: 'Eve', email: 'eve@x.example', roles: ['dispatcher'] },
    });
    expect(answer.status).toBe(422);
    expect(Object.keys(problems(answer))).toEqual(['/values/roles']);
  });

  it('[F25, F33] is found through the view By Token, by the reference and by the pasted token', async () => {
    const { order, contractor } = await contractorFor('by-token');
    const reference = String((await readRecord(dispatcher, order.id)).values.contractorToken);
    for (const parameter of [reference, contractor.token]) {
      const found = await dispatcher.get(
        `${CONTRACTORS}/views/by-token?param.token=${encodeURIComponent(parameter)}`,
      );
      expect((found.json as { records: RecordJson[] }).records.map(({ values }) => values.name)).toEqual([
        'by-token',
      ]);
    }
    const strange = await dispatcher.get(`${CONTRACTORS}/views/by-token?param.token=nothing`);
    expect((strange.json as { records: RecordJson[] }).records).toEqual([]);
  });

  it('[F11] View User takes no input: it only shows', async () => {
    const { entry } = await entryOf('view-only');
    const path = `/production/records/${entry.id}/operations/view-user`;
    expect((await dispatcher.json('POST', path, { values: { name: 'Other' } })).status).toBe(404);
    expect((await readRecord(dispatcher, entry.id)).values.name).toBe('view-only');
  });

  it('[F12] Edit User changes the person’s details and never the token', async () => {
    const { entry, contractor } = await entryOf('edited');
    const token = (await readRecord(dispatcher, entry.id)).values.token;
    const path = `/production/records/${entry.id}/operations/edit-user`;
    const edited = await dispatcher.json('POST', path, { values: { name: 'Renamed' } });
    expect([edited.status, (edited.json as RecordJson).values.name]).toEqual([200, 'Renamed']);
    expect((edited.json as RecordJson).values.token).toBe(token);
    const refused = await dispatcher.json('POST', path, { values: { token: 'x' } });
    expect(problems(refused)).toEqual({ '/values/token': 'is read-only' });
    expect((await follow(system, contractor.link)).landing.status).toBe(303);
    expect((await contractor.visitor.get(contractor.home)).status).toBe(200);
  });

  it('[F13] Delete User removes entry and token user together, and the work order’s workflow cleans up', async () => {
    const { entry, contractor, order } = await entryOf('deleted');
    const answer = await dispatcher.json(
      'POST',
      `/production/records/${entry.id}/operations/delete-user`,
      {},
    );
    expect(answer.status).toBe(204);
    expect((await contractor.visitor.get(contractor.home)).status).toBe(410);
    expect((await finished(system, order.id)).status).toBe('SUCCEEDED');
    expect((await dispatcher.get(`/production/records/${entry.id}`)).status).toBe(404);
    expect((await readRecord(dispatcher, order.id)).values.contractorToken).toBeUndefined();
  });

  async function entryOf(name: string) {
    const found = await contractorFor(name);
    const view = (await dispatcher.get(`${CONTRACTORS}/views/all?limit=100`)).json as {
      records: RecordJson[];
    };
    const entry = view.records.find(({ values }) => values.name === name) as RecordJson;
    return { ...found, entry };
  }
});

describe('staff’s handles on a pass', () => {
  const passOf = (recordId: string) => livePassOf(dispatcher, recordId);

  it('[D26] lists live passes: who, for what, until when, last used', async () => {
    const { order, contractor } = await contractorFor('listed');
    await contractor.visitor.get(contractor.home);
    const pass = await system.waitFor('the pass is listed with its last use', async () => {
      const found = await passOf(order.id);
      return found?.lastUsedAt ? found : undefined;
    });
    expect(pass).toMatchObject({ person: 'listed', record: { id: order.id, title: order.title } });
    expect(Date.parse(pass.expiresAt ?? '')).toBeGreaterThan(system.clock.now());
  });

  it('[D8, D26] revoking ends a pass at once', async () => {
    const { order, contractor } = await contractorFor('revoked');
    const pass = (await passOf(order.id)) as LivePass;
    const answer = await dispatcher.json('POST', '/admin/tokens/production/revoke', { passes: [pass.id] });
    expect([answer.status, answer.json]).toEqual([200, { revoked: 1, alreadyEnded: 0 }]);
    expect((await contractor.visitor.get(contractor.home)).status).toBe(410);
    expect((await finished(system, order.id)).status).toBe('SUCCEEDED');
    expect(await passOf(order.id)).toBeUndefined();
  });

  it('[D17] resending mails the same link', async () => {
    const { order, contractor, email } = await contractorFor('resent');
    await system.mail.clear();
    const pass = (await passOf(order.id)) as LivePass;
    const answer = await dispatcher.json('POST', `/admin/tokens/production/${pass.id}/resend`, {});
    expect([answer.status, answer.json]).toEqual([200, { sent: 1 }]);
    expect((await arrive(system, email)).link).toBe(contractor.link);
  });

  it('[D17] extending moves the end', async () => {
    const { order } = await contractorFor('extended');
    const pass = (await passOf(order.id)) as LivePass;
    const until = new Date(system.clock.now() + 200 * 86_400_000).toISOString();
    const answer = await dispatcher.json('POST', `/admin/tokens/production/${pass.id}/extend`, { until });
    expect([answer.status, answer.json]).toEqual([200, { expiresAt: until }]);
    await system.waitFor(
      'the list shows the new end',
      async () => (await passOf(order.id))?.expiresAt === until,
    );
    const tooFar = new Date(system.clock.now() + 400 * 86_400_000).toISOString();
    const refused = await dispatcher.json('POST', `/admin/tokens/production/${pass.id}/extend`, {
      until: tooFar,
    });
    expect(refused.status).toBe(400);
  });

  it('keeps passes from people without rights on the token users', async () => {
    await contractorFor('hidden');
    const technician = await signIn(system, TECHNICIAN);
    expect((await technician.get('/admin/tokens/production')).json).toEqual({ passes: [] });
  });
});

describe('what staff change on an open work order', () => {
  const edit = (id: string, values: Record<string, unknown>) =>
    dispatcher.json('POST', `/production/records/${id}/operations/edit`, { values });

  it('[D24] correcting the contractor’s email ends the old token and issues another', async () => {
    const { order, contractor } = await contractorFor('mistyped');
    expect((await edit(order.id, { contractorEmail: 'right@contractor.example' })).status).toBe(200);
    expect((await contractor.visitor.get(contractor.home)).status).toBe(410);
    const second = await arrive(system, 'right@contractor.example');
    expect(second.link).not.toBe(contractor.link);
    expect((await second.visitor.get(second.home)).status).toBe(200);
  });

  it('[D25] unticking ends the token, ticking again creates one', async () => {
    const { order, contractor } = await contractorFor('unticked');
    expect((await edit(order.id, { externalContractor: [] })).status).toBe(200);
    expect((await contractor.visitor.get(contractor.home)).status).toBe(410);
    await finished(system, order.id);
    await system.mail.clear();
    expect((await edit(order.id, { externalContractor: ['Yes'] })).status).toBe(200);
    const again = await arrive(system, 'unticked@contractor.example');
    expect((await again.visitor.get(again.home)).status).toBe(200);
  });

  it('[D25] reassigning it to somebody else ends the token', async () => {
    const { order, contractor } = await contractorFor('reassigned');
    const technician = (await (await signIn(system, TECHNICIAN)).get('/me')).json as { id: string };
    expect((await edit(order.id, { assignedTo: technician.id })).status).toBe(200);
    expect((await contractor.visitor.get(contractor.home)).status).toBe(410);
    expect((await finished(system, order.id)).status).toBe('SUCCEEDED');
    expect((await readRecord(dispatcher, order.id)).values.assignedTo).toBe(technician.id);
  });

  it('[D25] deleting it ends the token', async () => {
    const { order, contractor } = await contractorFor('gone');
    const answer = await dispatcher.json('POST', `/production/records/${order.id}/operations/delete`, {});
    expect(answer.status).toBe(204);
    expect((await contractor.visitor.get(contractor.home)).status).toBe(410);
    expect((await finished(system, order.id)).status).toBe('SUCCEEDED');
  });

  it('[D9] a contractor on two work orders keeps access to the one when the other ends', async () => {
    const both = { name: 'Both', email: 'both@contractor.example' };
    const [first, second] = [
      await addWorkOrder(dispatcher, workOrder(both)),
      await addWorkOrder(dispatcher, workOrder(both)),
    ];
    const mails = await system.waitFor('two mails', async () => {
      const found = (await system.mail.messages()).filter(({ to }) => to.includes(both.email));
      return found.length === 2 ? found : undefined;
    });
    const [one, other] = await Promise.all(
      mails.map((mail) => follow(system, /https?:\/\/\S+/.exec(mail.text)?.[0] ?? '')),
    );
    const orderOf = async (contractor: typeof one) =>
      (await contractor?.visitor.get(`/production/records/${first.id}`, contractor.pass))?.status === 200
        ? first
        : second;
    const ended = await orderOf(one);
    await one?.visitor.json('POST', `/production/records/${ended.id}/operations/complete`, {}, one.pass);
    expect((await one?.visitor.get(one.home))?.status).toBe(410);
    expect((await other?.visitor.get(other.home))?.status).toBe(200);
  });
});

describe('where a link leads', () => {
  const LANDINGS: [place: string, formula: string, path: (id: string) => RegExp, text: RegExp][] = [
    [
      'the record',
      '"&to=records/" + record.id',
      (id) => new RegExp(`/records/${id}$`),
      /Complete Work Order/,
    ],
    [
      "an operation's form",
      '"&to=records/" + record.id + "/operations/complete"',
      (id) => new RegExp(`/records/${id}/operations/complete$`),
      /<textarea[^>]+completionNotes/,
    ],
    ['a view', '"&to=views/my-work-orders"', () => /\?view=my-work-orders$/, /href="\/pass\/\w+\/records\//],
  ];

  it.each(LANDINGS)('[F47] straight to %s, as the formula says', async (place, formula, path, text) => {
    await changeDefinitions(system, (apps) => {
      const [type] = apps['work-orders']?.recordTypes ?? [];
      const link = type?.fields.find(({ id }) => id === 'contractorLink');
      if (link?.formula) link.formula += ` + ${formula}`;
    });
    const name = place.replace(/\W+/g, '-');
    const { order, contractor } = await contractorFor(name);
    const { pathname, search } = new URL(contractor.link);
    const answer = await contractor.visitor.get(pathname + search);
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      expect.stringMatching(path(order.id)),
    ]);
    const shown = await contractor.visitor.get(answer.headers.get('location') ?? '');
    expect([shown.status, shown.text]).toEqual([200, expect.stringMatching(text)]);
  });

  it('[F47] nowhere but into the pass: another place is its first view', async () => {
    const { contractor } = await contractorFor('elsewhere');
    const home = contractor.home.split('?')[0]?.split('/').slice(0, 3).join('/');
    for (const to of ['records/../../x', 'views/', '//evil.example', 'https://evil.example/', 'admin']) {
      const link = `/?${new URLSearchParams({ token: contractor.token, to })}`;
      const answer = await contractor.visitor.get(link);
      expect([to, answer.headers.get('location')]).toEqual([to, home]);
    }
  });
});
