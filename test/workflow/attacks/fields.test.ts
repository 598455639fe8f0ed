import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { AppDefinition, Permission, SiteDefinition } from '../../../core/apps/definition.ts';
import type { LivePass } from '../../../core/grants/live-passes.ts';
import type { RecordAccess } from '../../../core/reach/record-access.ts';
import type { FormAnswer } from '../../../core/records/record.ts';
import { PROPERTY_MANAGEMENT } from '../../../local/seed.ts';
import type { System } from '../../../local/system.ts';
import { Visitor } from '../../../local/visitor.ts';
import { fieldsOf, readable, submit } from '../../support/page-forms.ts';
import { firstOwner, patchUser, somebody } from '../../support/people.ts';
import {
  addWorkOrder,
  arrive,
  CONTRACTORS,
  changeDefinitions,
  DISPATCHER,
  type RecordJson,
  readRecord,
  startPropertyManagement,
  TECHNICIAN,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { staffSession, staffSessionToken } from '../../support/site-runtime.ts';
import { watchCalls } from '../../support/witness.ts';

jest.setTimeout(120_000);

/** Fields that a scribe and the contractor write and do not view, of every kind that a form shows in its own way. */
const UNSEEN = ['remark', 'urgent', 'grade', 'flags', 'inspector'];

const app = JSON.parse(
  readFileSync(join(PROPERTY_MANAGEMENT.folder, 'apps', 'work-orders.json'), 'utf8'),
) as AppDefinition;
addInspection(app);
const [type] = app.recordTypes;
const fields = (type?.fields ?? []).map(({ id }) => id);
/** Nobody's input, and what only the server keeps. */
const HIDDEN = [
  'id',
  'state',
  'version',
  'createdAt',
  'createdBy',
  'grantId',
  'names',
  'trouble',
  'deletedAt',
];

/** The example with an inspection of the work, and a scribe who takes down what they are not shown. */
function addInspection(orders: AppDefinition, site?: SiteDefinition): void {
  site?.roles.push({ id: 'scribe', name: 'Scribe', environments: ['production'] });
  const [workOrders] = orders.recordTypes;
  workOrders?.fields.push(
    { id: 'remark', label: 'Remark', type: 'text' },
    { id: 'urgent', label: 'Urgent', type: 'boolean' },
    { id: 'grade', label: 'Grade', type: 'choice', choices: ['mark-grade', 'Poor'] },
    { id: 'flags', label: 'Flags', type: 'choices', choices: ['mark-flag', 'Wet'] },
    { id: 'inspector', label: 'Inspector', type: 'user' },
    { id: 'repairs', label: 'Repairs', type: 'string', visibleIf: 'record.grade == "mark-grade"' },
  );
  for (const { id, fields: form } of workOrders?.operations ?? [])
    if (id === 'add' || id === 'edit') form?.push(...UNSEEN, 'repairs');
  orders.permissions.push(
    {
      role: 'scribe',
      recordType: 'work-order',
      operations: ['view', 'edit', 'complete'],
      fields: {
        view: ['building', 'repairs'],
        edit: ['number', 'building', 'contractorName', ...UNSEEN, 'repairs'],
        complete: ['completionNotes'],
      },
    },
    {
      role: 'property-contractors',
      recordType: 'work-order',
      operations: ['edit'],
      when: 'record.assignedTo == me.id && record.state == "Active"',
      fields: { edit: [...UNSEEN, 'completionNotes'] },
    },
  );
}

/** The fields that the definition's text lists for a role and an operation: read off it without the engine. */
function listed(role: string, operation: string): string[] {
  const permissions = app.permissions.filter(
    (permission: Permission) => permission.role === role && permission.operations?.includes(operation),
  );
  return fields.filter((field) =>
    permissions.some((permission) => {
      const own = permission.fields?.[operation];
      return own === undefined || own === '*' || own.includes(field);
    }),
  );
}

/** Of those, the ones that the operation's form takes and that people may write. */
function writable(role: string, operation: string): string[] {
  const form = type?.operations.find(({ id }) => id === operation)?.fields ?? [];
  const readOnly = (type?.fields ?? []).filter((field) => field.readOnly || field.type === 'formula');
  return listed(role, operation).filter(
    (field) => form.includes(field) && !readOnly.some(({ id }) => id === field),
  );
}

/** What each field holds in the records under attack; each text is found nowhere else. */
const MARKS: Record<string, string> = {
  number: 'mark-number',
  building: 'mark-building',
  description: 'mark-description',
  contractorName: 'mark-name',
  contractorEmail: 'mark-email@contractor.example',
  completionNotes: 'mark-notes',
  contractorLink: '/?token=dp_',
  remark: 'mark-remark',
};

const INSPECTED = { remark: MARKS.remark, urgent: true, grade: 'mark-grade', flags: ['mark-flag'] };

let system: System;
let dispatcher: Visitor;
let technician: Visitor;
let technicianId: string;
const roles: Record<
  string,
  { visitor: Visitor; headers: Record<string, string>; record: string; pages: string }
> = {};

beforeAll(async () => {
  system = await startPropertyManagement();
  await publish();
  dispatcher = await staffSession(system, DISPATCHER);
  technician = await staffSession(system, TECHNICIAN);
  technicianId = (await staffSessionToken(system, TECHNICIAN)).principalId;

  const contracted = await addMarked('one', {});
  const contractor = await arrive(system, `one-${MARKS.contractorEmail}`);
  await note(contracted, contractor.visitor, contractor.pass);
  // A work order that a contractor had begun before it was given to the technician.
  const reassigned = await addMarked('two', {});
  const former = await arrive(system, `two-${MARKS.contractorEmail}`);
  await note(reassigned, former.visitor, former.pass);
  await system.settled();
  const given = await dispatcher.json('POST', `/production/records/${reassigned.id}/operations/edit`, {
    // The name is told before and after: a history has both.
    values: { assignedTo: technicianId, contractorName: `two-${MARKS.contractorName} and sons` },
  });
  expect(given.status).toBe(200);
  await system.settled();

  roles.dispatcher = { visitor: dispatcher, headers: {}, record: contracted.id, pages: '/app/production' };
  roles.technician = { visitor: technician, headers: {}, record: reassigned.id, pages: '/app/production' };
  const scribe = await somebody(system, 'scribe');
  roles.scribe = { visitor: scribe, headers: {}, record: contracted.id, pages: '/app/production' };
  roles['property-contractors'] = {
    visitor: contractor.visitor,
    headers: contractor.pass,
    record: contracted.id,
    pages: contractor.home,
  };
}, 180_000);

afterAll(() => system?.stop());

/** Publishes the example with the inspection, and with what else a test needs. */
function publish(change: Parameters<typeof changeDefinitions>[1] = () => undefined): Promise<void> {
  return changeDefinitions(system, (apps, site) => {
    addInspection(apps['work-orders'] as AppDefinition, site);
    change(apps, site);
  });
}

function addMarked(prefix: string, more: Record<string, unknown>): Promise<RecordJson> {
  return addWorkOrder(dispatcher, {
    number: `${prefix}-${MARKS.number}`,
    building: MARKS.building,
    category: 'Maintenance',
    description: MARKS.description,
    dueDate: '2099-03-31',
    externalContractor: ['Yes'],
    contractorName: `${prefix}-${MARKS.contractorName}`,
    contractorEmail: `${prefix}-${MARKS.contractorEmail}`,
    ...INSPECTED,
    inspector: technicianId,
    ...more,
  });
}

async function note({ id }: RecordJson, visitor: Visitor, headers: Record<string, string>): Promise<void> {
  const path = `/production/records/${id}/operations/edit`;
  const answer = await visitor.json(
    'POST',
    path,
    { values: { completionNotes: MARKS.completionNotes } },
    headers,
  );
  expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
}

/**
 * Without the names of people, where they stand for who it was and not for a field: the actors of a history and who is
 * or was in a field of a user, and one's own name and address.
 */
function withoutPeople(text: string, address: string): string {
  const names = /\b(one|two)-mark-(name|email@contractor\.example)/g;
  if (address === '/me' || address.startsWith('/pass/')) return text.replace(names, '(me)');
  if (address.endsWith('/history')) return text.replace(/"(actor|names)":\{[^}]*\}/g, '"$1":{}');
  return address.startsWith('/app/') ? text.replace(/(by |<bdi>)(one|two)-mark-name/g, '$1(actor)') : text;
}

const ROLES = ['dispatcher', 'technician', 'property-contractors', 'scribe'];

/** Of the addresses below, those that a role does not get at all. No form of adding or viewing stands on a record. */
const CLOSED: Record<string, string[]> = {
  dispatcher: ['forms/add', 'forms/view'],
  technician: [
    ...['forms/add', 'forms/edit', 'forms/delete', 'forms/view'],
    ...['views/all', 'views/my-work-orders', 'views/all', 'views/by-token'],
    ...['operations/edit', 'operations/delete', 'production/contractor-tokens'],
  ],
  'property-contractors': [
    ...['(record)/history', '(record)/task-runs', 'forms/add', 'forms/delete', 'forms/view'],
    ...['views/all', 'views/assigned-to-me', 'views/all', 'views/by-token'],
    ...['(record)/access', 'passes/production', 'production/live-passes.csv', 'operations/delete'],
  ],
  scribe: [
    ...['forms/add', 'forms/delete', 'forms/view', 'views/all', 'views/assigned-to-me'],
    ...['views/my-work-orders', 'views/all', 'views/by-token', 'operations/delete'],
    ...['production/work-orders', 'production/contractor-tokens'],
  ],
};

/** The last two parts of an address. */
const lastOf = (address: string, record: string) =>
  address.replace(record, '(record)').split('?')[0]?.split('/').slice(-2).join('/') ?? '';

describe('reading more than a role may view', () => {
  it.each(ROLES)('[F12, F23] no answer or page shows a %s a field beyond the role', async (role) => {
    const { visitor, headers, record, pages } = roles[role] as (typeof roles)[string];
    const may = listed(role, 'view');
    const addresses = [
      `/production/records/${record}`,
      `/production/records/${record}/history`,
      `/production/records/${record}/task-runs`,
      ...['add', 'edit', 'complete', 'delete', 'view'].map(
        (id) => `${WORK_ORDERS}/forms/${id}?record=${record}`,
      ),
      ...['all', 'assigned-to-me', 'my-work-orders'].map((id) => `${WORK_ORDERS}/views/${id}`),
      ...['all', 'by-token?param.token=x'].map((id) => `${CONTRACTORS}/views/${id}`),
      `/production/records/${record}/access`,
      '/admin/tokens/production',
      '/passes/production',
      '/passes/production/live-passes.csv',
      '/production/apps',
      '/me',
      pages,
      `${pages}/records/${record}`,
      ...['edit', 'complete', 'delete'].map((id) => `${pages}/records/${record}/operations/${id}`),
      ...(role === 'property-contractors' ? [] : [`${pages}/work-orders`, `${pages}/contractor-tokens`]),
    ];
    let shown = 0;
    const closed: string[] = [];
    for (const address of addresses) {
      const answer = await visitor.get(address, headers);
      const { status } = answer;
      if (status !== 200) closed.push(lastOf(address, record));
      const text = withoutPeople(answer.text, address);
      const seen = Object.entries(MARKS).flatMap(([field, mark]) => (text.includes(mark) ? [field] : []));
      expect([address, status, seen.filter((field) => !may.includes(field))]).toEqual([address, status, []]);
      shown += seen.length;
    }
    // That the marks are found at all where they may be is what makes their absence say something.
    expect(shown).toBeGreaterThan(3);
    // What is closed shows nothing, of course: it must be no more than what the role has no part in.
    expect(closed).toEqual(CLOSED[role]);
  });

  it('an anonymous caller is shown none of them anywhere', async () => {
    const stranger = new Visitor(system.url);
    const { record } = roles.dispatcher as (typeof roles)[string];
    for (const address of [
      `/production/records/${record}`,
      `${WORK_ORDERS}/views/all`,
      '/app/production',
      '/',
    ]) {
      const { text } = await stranger.get(address);
      expect([address, Object.values(MARKS).filter((mark) => text.includes(mark))]).toEqual([address, []]);
    }
  });
});

describe('a record that is open to anybody', () => {
  it('[F23, D13] is shown to them without its history and task runs, which name who works here, on its page either', async () => {
    await publish(({ 'work-orders': orders }) => {
      const open = { recordType: 'work-order', operations: ['view'], fields: { view: ['building'] } };
      orders?.permissions.push({ role: 'NonAuthenticatedUser', ...open });
    });
    const { record } = roles.dispatcher as (typeof roles)[string];
    const stranger = new Visitor(system.url);
    const page = `/app/production/records/${record}`;
    const addresses = [`/production/records/${record}`, page, `${page}?history=x`];
    for (const address of addresses) {
      const { status, text } = await stranger.get(address);
      const said = [MARKS.building as string, 'Dana', 'id="access"', 'Link created', 'History'].filter(
        (part) => text.includes(part),
      );
      expect([address, status, said]).toEqual([address, 200, [MARKS.building]]);
    }
    for (const part of ['history', 'task-runs'])
      expect((await stranger.get(`/production/records/${record}/${part}`)).status).toBe(401);
    const staff = await dispatcher.get(page);
    for (const part of ['Dana', 'id="access"', 'Link created', 'History']) expect(staff.text).toContain(part);
    await publish();
  });
});

/** Another value that the field would take from somebody who may write it. */
const OTHERS: Record<string, unknown> = {
  number: 'other-number',
  building: 'other-building',
  category: 'Cleaning',
  description: 'other-description',
  dueDate: '2098-01-01',
  externalContractor: ['Yes'],
  contractorName: 'other-name',
  contractorEmail: 'other@contractor.example',
  contractorToken: 'A'.repeat(22),
  contractorLink: 'https://evil.example',
  completionNotes: 'other-notes',
  remark: 'other-remark',
  urgent: false,
  grade: 'Poor',
  flags: ['Wet'],
  repairs: 'other-repairs',
};

describe('writing more than a role may write', () => {
  const cases = ROLES.flatMap((role) =>
    ['edit', 'complete'].flatMap((operation) =>
      [...fields, ...HIDDEN].map((field) => [role, operation, field]),
    ),
  ) as [string, string, string][];
  const refused = cases.filter(([role, operation, field]) => !writable(role, operation).includes(field));

  it('covers every field of the definition', () => {
    expect(Object.keys({ ...OTHERS, assignedTo: '', inspector: '' }).sort()).toEqual([...fields].sort());
    expect(refused.length).toBeGreaterThan(60);
  });

  it.each(ROLES)(
    '[F10, F18, F21] a %s writes no field beyond the role, one by one or together',
    async (role) => {
      const { visitor, headers, record } = roles[role] as (typeof roles)[string];
      const before = await readRecord(dispatcher, record);
      for (const [, operation, field] of refused.filter(([whose]) => whose === role)) {
        const person = field === 'assignedTo' || field === 'inspector';
        const value = person ? technicianId : (OTHERS[field] ?? 'other');
        for (const beside of [{}, { completionNotes: 'carried along' }]) {
          const watch = watchCalls(system);
          const answer = await visitor.json(
            'POST',
            `/production/records/${record}/operations/${operation}`,
            { values: { ...beside, [field]: value } },
            headers,
          );
          expect([operation, field, [403, 422].includes(answer.status), watch.written().length]).toEqual([
            operation,
            field,
            true,
            0,
          ]);
        }
      }
      const all = Object.fromEntries(
        [...fields, ...HIDDEN].map((field) => [field, OTHERS[field] ?? 'other']),
      );
      await visitor.json('POST', `/production/records/${record}/operations/edit`, { values: all }, headers);
      expect(await readRecord(dispatcher, record)).toEqual(before);
    },
  );

  it('[F10] neither do forms of pages: what the form does not show is not taken', async () => {
    const plain = await addWorkOrder(dispatcher, workOrder());
    const { visitor, record, pages } = roles['property-contractors'] as (typeof roles)[string];
    for (const [who, role, id, base] of [
      [visitor, 'property-contractors', record, pages],
      [dispatcher, 'dispatcher', plain.id, '/app/production'],
    ] as const) {
      const before = await readRecord(dispatcher, id);
      const path = `${base}/records/${id}/operations/complete`;
      const [, formToken = ''] = /name="formToken" value="([^"]+)"/.exec((await who.get(path)).text) ?? [];
      const strangers = [...fields, ...HIDDEN].filter((field) => !writable(role, 'edit').includes(field));
      // Who is in a field that they may not view, a holder of a pass does not name either.
      const sent = writable(role, 'edit').filter(
        (id) => id !== 'inspector' || listed(role, 'view').includes(id),
      );
      const kept = Object.entries(pick(before.values, sent));
      const answer = await who.form(path.replace('complete', 'edit'), {
        formToken,
        version: String(before.version),
        ...Object.fromEntries(kept.map(([field, value]) => [`field.${field}`, String(value)])),
        ...Object.fromEntries(strangers.map((field) => [`field.${field}`, String(OTHERS[field] ?? 'other')])),
      });
      expect([role, answer.status]).toEqual([role, 303]);
      const { values, state } = await readRecord(dispatcher, id);
      expect([role, values, state]).toEqual([role, before.values, before.state]);
    }
  });

  it.each(['technician', 'property-contractors'])('[F21] a %s adds nothing anywhere', async (role) => {
    const { visitor, headers } = roles[role] as (typeof roles)[string];
    for (const [address, operation] of [
      [WORK_ORDERS, 'add'],
      [CONTRACTORS, 'add-user'],
    ]) {
      const watch = watchCalls(system);
      const values = { name: 'Evil', email: 'evil@contractor.example', roles: ['dispatcher'] };
      const answer = await visitor.json('POST', `${address}/records`, { operation, values }, headers);
      expect([address, answer.status, watch.written()]).toEqual([address, 404, []]);
    }
  });
});

describe('passes seen by a role that may view no more than the roles of their holders', () => {
  let warden: Visitor;
  let keeper: Visitor;
  let id: string;
  let title: string;
  const TROUBLE = 'The mail came back';

  beforeAll(async () => {
    await publish(({ 'work-orders': orders, 'contractor-tokens': tokens }, site) => {
      for (const role of ['warden', 'keeper']) {
        site.roles.push({ id: role, name: role, environments: ['production'] });
        tokens?.permissions.push({
          role,
          recordType: 'contractor',
          operations: ['view-user', 'delete-user'],
          fields: { 'view-user': ['roles'] },
        });
      }
      const fields = { view: ['building'] };
      orders?.permissions.push({ role: 'keeper', recordType: 'work-order', operations: ['view'], fields });
    });
    warden = await somebody(system, 'warden');
    keeper = await somebody(system, 'keeper');
    const order = await readRecord(dispatcher, roles.dispatcher?.record ?? '');
    [id, title] = [order.id, order.title];
    const mail = await system.mail.waitFor(({ to }) => to.includes(`one-${MARKS.contractorEmail}`));
    system.mail.happen('Bounce', mail.messageId);
    await system.settled();
  }, 60_000);

  const passesOf = async (visitor: Visitor) =>
    ((await visitor.get('/admin/tokens/production')).json as { passes: LivePass[] }).passes.filter(
      ({ record }) => record.id === id,
    );
  const shownIn = (text: string) =>
    [...Object.values(MARKS), title, TROUBLE].filter((mark) => text.includes(mark));

  it('[F12, F23, D26] are listed without name, address, title and trouble, and can be ended', async () => {
    const [whole] = await passesOf(dispatcher);
    expect(whole).toMatchObject({ person: expect.any(String), email: expect.any(String), record: { title } });
    expect(whole?.trouble).toContain(TROUBLE);

    const [pass] = await passesOf(warden);
    expect(pass?.record).toEqual({ id, app: 'work-orders', recordType: 'work-order' });
    expect(pass?.can.revoke).toBe(true);
    const page = await warden.get('/passes/production');
    const form = { ...fieldsOf(page.text), action: 'revoke', grant: pass?.id ?? '' };
    const asked = await warden.form('/passes/production', form);
    expect(readable(asked.text)).toContain('End this pass?');
    for (const { text } of [page, asked]) {
      expect(readable(text)).toMatch(/Somebody ?,? for a record that you may not see/i);
      expect(text).not.toContain(`/records/${id}`);
    }
    const file = await warden.get('/passes/production/live-passes.csv');
    const [row] = parse(file.text, { bom: true, columns: true });
    expect(row).toMatchObject({ Person: '', Email: '', For: '', Record: '', Trouble: '', Pass: pass?.id });
    for (const text of [JSON.stringify(pass), page.text, asked.text, file.text])
      expect(shownIn(text)).toEqual([]);
  });

  it('[F12, F23, D26] show the trouble of a record that may be viewed, and a title only if that field may be', async () => {
    const [pass] = await passesOf(keeper);
    expect(pass?.record.title).toBe('Work Order');
    expect(pass?.trouble).toContain(TROUBLE);
    expect(shownIn(JSON.stringify(pass))).toEqual([TROUBLE]);
    expect(shownIn((await keeper.get('/passes/production')).text)).toEqual([TROUBLE]);
  });

  it('[F12, F23, D20] are among those who reach the record, without the name of the holder', async () => {
    const { text, json } = await keeper.get(`/production/records/${id}/access`);
    const holders = (json as RecordAccess).subjects.filter((subject) => subject.type === 'tokenUser');
    expect(holders).toHaveLength(1);
    expect(holders[0]).not.toHaveProperty('name');
    expect(shownIn(text)).toEqual([]);
  });
});

describe('a token user’s own record', () => {
  const of = async () => {
    const view = (await dispatcher.get(`${CONTRACTORS}/views/all`)).json as { records: RecordJson[] };
    return view.records[0] as RecordJson;
  };

  it('[F10, F12] takes a new name and email, and never another token, person or role', async () => {
    const { id } = await of();
    const before = await readRecord(dispatcher, id);
    const path = `/production/records/${id}/operations/edit-user`;
    for (const [field, value] of Object.entries({
      token: `${'A'.repeat(22)}.${'B'.repeat(22)}.0001`,
      self: technicianId,
      roles: ['property-contractors'],
    })) {
      for (const beside of [{}, { name: 'Carried Along' }]) {
        const answer = await dispatcher.json('POST', path, { values: { ...beside, [field]: value } });
        expect([field, answer.status]).toEqual([field, 422]);
      }
    }
    expect(await readRecord(dispatcher, id)).toEqual(before);
    expect((await dispatcher.json('POST', path, { values: { name: 'Other Name' } })).status).toBe(200);
    const after = await readRecord(dispatcher, id);
    expect(pick(after.values, ['name', 'token', 'self', 'roles'])).toEqual({
      ...pick(before.values, ['token', 'self', 'roles']),
      name: 'Other Name',
    });
  });

  it('[F10, F20] cannot be made with a token, a person or a role of one’s own choice', async () => {
    const base = { name: 'Chosen', email: 'chosen@contractor.example' };
    for (const more of [
      { token: `${'A'.repeat(22)}.${'B'.repeat(22)}.0001` },
      { self: technicianId },
      { roles: ['dispatcher'] },
      { roles: ['property-contractors', 'dispatcher'] },
      { roles: ['Owner'] },
      { roles: ['AuthenticatedUser'] },
    ]) {
      const watch = watchCalls(system);
      const answer = await dispatcher.json('POST', `${CONTRACTORS}/records`, {
        operation: 'add-user',
        values: { ...base, ...more },
      });
      const [field] = Object.keys(more);
      expect([more, answer.status, watch.written()]).toEqual([more, 422, []]);
      expect(answer.text).toContain(`/values/${field}`);
    }
  });
});

describe('a form with fields that may be written and not viewed', () => {
  const SAID = 'You may change this field, but not see what is in it. Left empty it stays as it is.';
  const editOf = (id: string) => `${WORK_ORDERS}/forms/edit?record=${id}`;
  const formOf = async ({ visitor, headers, record }: (typeof roles)[string], operation = 'edit') => {
    const { status, json } = await visitor.get(`${WORK_ORDERS}/forms/${operation}?record=${record}`, headers);
    expect(status).toBe(200);
    return json as FormAnswer;
  };
  const stored = async (id: string) => (await readRecord(dispatcher, id)).values;

  it.each(['scribe', 'property-contractors'])(
    '[F12, F23] says for a %s which these are, and nothing of what is in them',
    async (role) => {
      const somebodyElse = roles[role] as (typeof roles)[string];
      const form = await formOf(somebodyElse);
      const may = listed(role, 'view');
      const unseen = writable(role, 'edit').filter((field) => !may.includes(field));
      expect(unseen).toEqual(expect.arrayContaining(UNSEEN));
      expect(form.fields.filter(({ hidden }) => hidden).map(({ id }) => id)).toEqual(unseen);
      for (const field of form.fields.filter(({ hidden }) => hidden))
        expect(field).toMatchObject({ value: null, required: false });
      const inspectors = form.fields.find(({ id }) => id === 'inspector')?.choices ?? [];
      // Staff choose from the directory, in its order whoever is chosen; holders of passes are shown nobody of it.
      const names = inspectors.map(({ label }) => label);
      expect(names).toEqual(role === 'scribe' ? [...names].sort() : []);
      expect(names.includes('Theo Technician')).toBe(role === 'scribe');
      expect(form.record?.title).toBe(may.includes('number') ? `one-${MARKS.number}` : 'Work Order');
    },
  );

  it('[F12] applies its conditions to what may be viewed: a field that depends on another one is there', async () => {
    const { visitor, record } = roles.scribe as (typeof roles)[string];
    const about = async () => {
      const { fields: shown } = (await visitor.get(editOf(record))).json as FormAnswer;
      return shown.filter(({ id }) => id === 'repairs' || id === 'contractorName');
    };
    const before = await about();
    const path = `/production/records/${record}/operations/edit`;
    for (const grade of ['Poor', null, INSPECTED.grade]) {
      expect((await dispatcher.json('POST', path, { values: { grade } })).status).toBe(200);
      expect(await about()).toEqual(before);
    }
    expect(before.map(({ id, visibleWhen }) => [id, visibleWhen])).toEqual([
      ['contractorName', undefined],
      ['repairs', undefined],
    ]);
  });

  it.each(['scribe', 'property-contractors'])(
    '[F12, F18] comes empty on a page for a %s, and sent as it came it changes nothing',
    async (role) => {
      const { visitor, record, pages } = roles[role] as (typeof roles)[string];
      const path = `${pages}/records/${record}/operations/edit`;
      const page = await visitor.get(path);
      const count = writable(role, 'edit').filter((field) => !listed(role, 'view').includes(field)).length;
      expect(readable(page.text).split(SAID)).toHaveLength(count + 1);
      expect(fieldsOf(page.text)).toMatchObject({
        'field.remark': '',
        'field.urgent': '',
        'field.grade': '',
      });
      expect(page.text).not.toMatch(/ (checked|selected)[ =>][^>]*(mark-|true)/);
      const before = await stored(record);
      expect(before).toMatchObject({ ...INSPECTED, inspector: technicianId });

      expect((await submit(visitor, path, {})).status).toBe(303);
      expect(await stored(record)).toEqual(before);
    },
  );

  it('[F18] takes what is typed into them, on pages and by API; only the API can empty one', async () => {
    const { visitor, record, pages } = roles.scribe as (typeof roles)[string];
    const path = `${pages}/records/${record}/operations/edit`;
    const typed = { remark: 'new remark', urgent: 'false', grade: 'Poor', flags: ['Wet'] };
    expect((await submit(visitor, path, typed)).status).toBe(303);
    expect(await stored(record)).toMatchObject({ ...typed, urgent: false, inspector: technicianId });

    const send = (values: object) =>
      visitor.json('POST', `/production/records/${record}/operations/edit`, { values });
    const answer = await send({ remark: null, inspector: null });
    expect(answer.status).toBe(200);
    expect((answer.json as RecordJson).values).toEqual({ building: MARKS.building });
    const after = await stored(record);
    expect([after.remark, after.inspector, after.grade]).toEqual([undefined, undefined, 'Poor']);
    expect((await send({ ...INSPECTED, inspector: technicianId })).status).toBe(200);
  });

  it('[F12] tells nothing of them when it comes back: refused, or overtaken by somebody else', async () => {
    const { visitor, record, pages } = roles.scribe as (typeof roles)[string];
    const path = `${pages}/records/${record}/operations/edit`;
    const page = await visitor.get(path);
    const again = (values: Record<string, string>) =>
      visitor.form(path, { ...fieldsOf(page.text), ...values });
    const refused = await again({ 'field.building': '', 'field.remark': 'typed', 'field.grade': 'Poor' });
    const note = { values: { completionNotes: `${MARKS.completionNotes} again` } };
    await dispatcher.json('POST', `/production/records/${record}/operations/edit`, note);
    const overtaken = await again({ 'field.remark': 'typed', 'field.building': 'Elsewhere' });
    expect(readable(overtaken.text)).toContain(`is stored as “${MARKS.building}”`);
    for (const { status, text } of [refused, overtaken]) {
      expect(status).toBe(422);
      expect(text).toContain('typed');
      expect(text).not.toContain(MARKS.remark);
      expect(text).not.toContain(MARKS.number);
      expect(readable(text)).not.toContain('nothing”');
    }
  });

  it('[F12] starts from nothing that is worked out of them: no default, no name, no condition', async () => {
    const creator = (await staffSessionToken(system, DISPATCHER)).principalId;
    const names = { firstName: 'Theo', lastName: 'Technician' };
    expect((await patchUser(await firstOwner(system), technicianId, names)).status).toBe(200);
    await publish(({ 'work-orders': orders }) => {
      const [workOrders] = orders?.recordTypes ?? [];
      workOrders?.fields.push(
        { id: 'summary', label: 'Summary', type: 'string', default: '"again: " + record.remark' },
        {
          id: 'called',
          label: 'Called',
          type: 'string',
          runtimeOnly: true,
          ofUser: { field: 'inspector', property: 'firstName' },
        },
        { id: 'own', label: 'Own', type: 'string', visibleIf: `record.createdBy == "${creator}"` },
      );
      const added = ['summary', 'called', 'own'];
      workOrders?.operations.find(({ id }) => id === 'edit')?.fields?.push(...added);
      for (const { role, fields: of } of orders?.permissions ?? [])
        if (role === 'scribe')
          for (const list of [of?.view, of?.edit]) if (Array.isArray(list)) list.push(...added);
    });
    const about = async (visitor: Visitor, { record }: (typeof roles)[string]) => {
      const { fields: shown } = (await visitor.get(editOf(record))).json as FormAnswer;
      return ['summary', 'called', 'own'].map((name) => {
        const field = shown.find(({ id }) => id === name);
        return [name, field?.value, field?.visibleWhen];
      });
    };
    const scribe = roles.scribe as (typeof roles)[string];
    expect(await about(scribe.visitor, scribe)).toEqual([
      ['summary', null, undefined],
      ['called', null, undefined],
      ['own', null, undefined],
    ]);
    // Whoever may view what they come from is told.
    expect(await about(dispatcher, scribe)).toEqual([
      ['summary', null, undefined],
      ['called', 'Theo', undefined],
      ['own', null, { fields: [], combinations: [[]] }],
    ]);
  });

  /** Lets holders of passes view who inspects. */
  const showInspectors = () =>
    publish(({ 'work-orders': orders }) => {
      orders?.permissions.push({
        role: 'property-contractors',
        recordType: 'work-order',
        operations: ['view'],
        when: 'record.assignedTo == me.id',
        fields: { view: ['inspector'] },
      });
    });

  it('[F12, F23] shows a holder of a pass who is in a field that they view, and nobody else of the house', async () => {
    await showInspectors();
    const { visitor, record, pages } = roles['property-contractors'] as (typeof roles)[string];
    const form = await formOf(roles['property-contractors'] as (typeof roles)[string]);
    const inspector = form.fields.find(({ id }) => id === 'inspector');
    expect(inspector).toMatchObject({
      value: technicianId,
      choices: [{ value: technicianId, label: 'Theo Technician' }],
    });
    const { text } = await visitor.get(`${pages}/records/${record}/operations/edit`);
    expect(readable(text)).toContain('Theo Technician');
    expect(readable(text)).not.toContain('Dana Dispatcher');
  });

  it('[F12, F23] takes from a holder of a pass nobody else than who is in the field, or themselves', async () => {
    await showInspectors();
    const { visitor, headers, record } = roles['property-contractors'] as (typeof roles)[string];
    const name = async (inspector: string) => {
      const path = `/production/records/${record}/operations/edit`;
      const answer = await visitor.json('POST', path, { values: { inspector } }, headers);
      return [answer.status, readable(answer.text).includes('Dana'), answer.text.includes('does not exist')];
    };
    const before = (await stored(record)).inspector;
    const { principalId: dana } = await staffSessionToken(system, DISPATCHER);
    for (const other of [dana, 'nobody-of-that-name'])
      expect([other, await name(other)]).toEqual([other, [422, false, true]]);
    expect((await stored(record)).inspector).toBe(before);
    expect(await name(before as string)).toEqual([200, false, false]);
    const { values } = await readRecord(dispatcher, record);
    expect(await name(values.assignedTo as string)).toEqual([200, false, false]);
    expect(await name(before as string)).toEqual([422, false, true]);
  });

  it('[F12] asks who deletes under a title that they may view', async () => {
    await publish(({ 'work-orders': orders }) => {
      orders?.permissions.push({ role: 'scribe', recordType: 'work-order', operations: ['delete'] });
    });
    const { visitor, record, pages } = roles.scribe as (typeof roles)[string];
    const { text } = await visitor.get(`${pages}/records/${record}/operations/delete`);
    expect(readable(text)).toContain('Delete Work Order');
    expect(text).not.toContain(MARKS.number);
  });

  it('no form for anybody is saved that would list users or roles', async () => {
    const owner = await firstOwner(system);
    const draft = await owner.get('/admin/apps/work-orders/draft');
    const { definition } = draft.json as { definition: AppDefinition };
    const save = async (fields?: string[]) => {
      const anybody: Permission = {
        role: 'NonAuthenticatedUser',
        recordType: 'work-order',
        operations: ['add'],
        ...(fields && { fields: { add: fields } }),
      };
      const document = { ...definition, permissions: [...definition.permissions, anybody] };
      const match = { 'if-match': draft.headers.get('etag') ?? '' };
      return owner.json('PUT', '/admin/apps/work-orders/draft', document, match);
    };
    const refused = await save();
    expect([refused.status, refused.text]).toEqual([
      422,
      expect.stringContaining('anybody could read the names of all users'),
    ]);
    expect((await save(['number', 'building', 'category', 'description', 'dueDate'])).status).toBe(200);
  });
});

function pick(values: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => name in values).map((name) => [name, values[name]]));
}
