import type { AppDefinitionInput } from '../../../core/apps/definition.ts';
import { linkDefinitions } from '../../../core/apps/link.ts';
import type { CheckedApp } from '../../../core/apps/published.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { sitePolicy } from '../../../core/policy/site-policy.ts';
import { readForm } from '../../../core/records/form.ts';
import { addRecord, readRecord } from '../../../core/records/operation.ts';
import type { FormAnswer, FormField, StoredRecord, Values } from '../../../core/records/record.ts';
import type { Session } from '../../../core/runtime.ts';
import { exampleApps, exampleSite } from '../../fixtures/property-management.ts';
import { RepairSite } from '../../fixtures/repairs.ts';

/** Somebody who opens a form of an app that gives adding to anybody, as apps of earlier versions could. */
function sessionOf(type: 'anonymous' | 'user'): Session {
  const { roles } = exampleSite();
  const apps: CheckedApp[] = exampleApps();
  for (const { definition } of apps) {
    if (definition.id !== 'work-orders') continue;
    for (const role of ['NonAuthenticatedUser', 'AuthenticatedUser'])
      definition.permissions.push({ role, recordType: 'work-order', operations: ['add'] });
  }
  const role = type === 'user' ? 'AuthenticatedUser' : 'NonAuthenticatedUser';
  return {
    runtime: {
      siteUrl: 'https://passes.example',
      store: { listUsers: async () => [{ id: 'dana', name: 'Dana Dispatcher' }] },
    },
    published: {
      environment: 'production',
      site: linkDefinitions(apps),
      policy: loadPolicy(sitePolicy({ roles, apps })),
      settings: { name: 'ABC', contact: '', roles },
    },
    caller: {
      type,
      principalId: type,
      name: '',
      roles: [role, 'dispatcher'],
      profiles: [],
      channel: 'browser',
    },
    now: 0,
  } as unknown as Session;
}

describe('a form for anybody, published before such forms were refused,', () => {
  const people = async (type: 'anonymous' | 'user') => {
    const asked = { app: 'work-orders', recordType: 'work-order', operation: 'add' };
    const { fields } = await readForm(sessionOf(type), asked);
    return fields.find(({ id }) => id === 'assignedTo')?.choices;
  };

  it('lists nobody who works here; for whoever signs in it does', async () => {
    expect(await people('anonymous')).toEqual([]);
    expect(await people('user')).toEqual([{ value: 'dana', label: 'Dana Dispatcher' }]);
  });
});

const formOf = (session: Session, operation: string, recordId?: string, recordType = 'job') =>
  readForm(session, { app: 'repairs', recordType, operation, ...(recordId && { recordId }) });
const fieldOf = ({ fields }: FormAnswer, id: string) => fields.find((field) => field.id === id) as FormField;

const PEOPLE = [
  { value: 'ann', label: 'Ann' },
  { value: 'bob', label: 'Bob' },
  { value: 'cid', label: 'Cid' },
];
const plain = { required: false, readOnly: false };

describe('a form', () => {
  it('to add has every field with what to start from, and says which shows when', async () => {
    expect(await formOf(new RepairSite().as('ann'), 'add')).toEqual({
      app: 'repairs',
      appName: 'Repairs',
      recordType: 'job',
      operation: { id: 'add', name: 'Add Job', kind: 'add', confirm: 'Add it' },
      fields: [
        {
          id: 'title',
          label: 'Title',
          help: 'In a few words',
          type: 'string',
          required: true,
          readOnly: false,
          maxLength: 30,
          value: null,
        },
        { id: 'hours', label: 'Hours', type: 'number', ...plain, value: null },
        { id: 'urgent', label: 'Urgent', type: 'boolean', ...plain, value: null },
        {
          id: 'kind',
          label: 'Kind',
          type: 'choice',
          ...plain,
          choices: [
            { value: 'Roof', label: 'Roof' },
            { value: 'Lift', label: 'Lift' },
          ],
          value: null,
        },
        {
          id: 'tools',
          label: 'Tools',
          type: 'choices',
          ...plain,
          choices: [
            { value: 'Rope', label: 'Rope' },
            { value: 'Saw', label: 'Saw' },
          ],
          value: null,
        },
        { id: 'day', label: 'Day', type: 'date', ...plain, value: '2027-03-10' },
        { id: 'worker', label: 'Worker', type: 'user', ...plain, choices: PEOPLE, value: null },
        { id: 'helper', label: 'Helper', type: 'user', ...plain, choices: PEOPLE, value: null },
        { id: 'house', label: 'House', type: 'reference', ...plain, value: null },
        {
          id: 'why',
          label: 'Why',
          type: 'text',
          required: true,
          readOnly: false,
          visibleIf: 'record.urgent == true',
          visibleWhen: { fields: ['urgent'], combinations: [[['true']]] },
          value: null,
        },
        { id: 'secret', label: 'Secret', type: 'string', ...plain, value: null },
        { id: 'word', label: 'Word', type: 'string', ...plain, value: null },
      ],
    });
  });

  it('to change starts from the record, and hides from whoever may write a field and not view it', async () => {
    const site = new RepairSite();
    await site.job({ title: 'Mend', hours: 2, worker: 'bob', secret: 'x', helper: 'cid' });

    expect(await formOf(site.as('bob'), 'change', 'r1')).toEqual({
      app: 'repairs',
      appName: 'Repairs',
      recordType: 'job',
      operation: { id: 'change', name: 'Change', kind: 'edit' },
      record: { id: 'r1', version: 1, title: 'Mend' },
      fields: [
        { id: 'hours', label: 'Hours', type: 'number', ...plain, value: 2 },
        {
          id: 'helper',
          label: 'Helper',
          type: 'user',
          ...plain,
          choices: PEOPLE,
          hidden: true,
          value: null,
        },
        { id: 'secret', label: 'Secret', type: 'string', ...plain, hidden: true, value: null },
      ],
    });
    const chief = await formOf(site.as('ann'), 'change', 'r1');
    expect(chief.fields.map(({ id, value, hidden }) => [id, value, hidden])).toEqual([
      ['title', 'Mend', undefined],
      ['hours', 2, undefined],
      ['urgent', null, undefined],
      ['kind', null, undefined],
      ['worker', 'bob', undefined],
      ['helper', 'cid', undefined],
      ['why', null, undefined],
      ['secret', 'x', undefined],
      ['word', null, undefined],
    ]);
  });

  it('gives no default where there is a record, and says nothing of being required where it says nothing at all', async () => {
    const site = new RepairSite(({ recordTypes: [, job] }) => {
      Object.assign(job?.fields.find(({ id }) => id === 'secret') ?? {}, {
        required: true,
        default: '"new"',
      });
      job?.operations.find(({ id }) => id === 'change')?.fields?.push('day');
    });
    await site.job({ title: 'Mend', worker: 'bob', secret: 'x' });
    const record = site.store.records.get('r1') as StoredRecord;
    site.store.records.set('r1', { ...record, values: { title: 'Mend', worker: 'bob' } });
    const forChief = await formOf(site.as('ann'), 'change', 'r1');

    expect([fieldOf(forChief, 'day').value, fieldOf(forChief, 'secret').value]).toEqual([null, null]);
    expect(fieldOf(forChief, 'secret').required).toBe(true);
    expect(fieldOf(await formOf(site.as('bob'), 'change', 'r1'), 'secret').required).toBe(false);
    expect(fieldOf(await formOf(site.as('ann'), 'add'), 'secret').value).toBe('new');
  });

  it('hides nothing of what is not there yet, and what follows a field that is hidden', async () => {
    const site = new RepairSite(({ recordTypes: [, job], permissions }) => {
      const ofUser = { field: 'helper', property: 'firstName' } as const;
      job?.fields.push(
        { id: 'called', label: 'Called', type: 'string', runtimeOnly: true, ofUser },
        { id: 'later', label: 'Later', type: 'string', visibleIf: 'record.createdOn < now' },
      );
      job?.operations.find(({ id }) => id === 'change')?.fields?.push('called', 'later');
      for (const each of permissions ?? [])
        if (each.role === 'worker' && each.recordType === 'job')
          Object.assign(each.fields ?? {}, { change: ['called', 'later'] });
        else if (each.role === 'machine' && each.recordType === 'job')
          Object.assign(each, { fields: { look: ['title', 'hours'] } });
    });
    Object.assign(site.store.principals.get('cid') ?? {}, { firstName: 'Cidney' });
    await site.job({ title: 'Mend', worker: 'bob', helper: 'cid' });
    const change = await formOf(site.as('bob'), 'change', 'r1');

    expect(fieldOf(await formOf(site.as('fixer'), 'add'), 'secret').hidden).toBeUndefined();
    expect(fieldOf(change, 'called')).toMatchObject({ hidden: true, value: null });
    expect(fieldOf(change, 'later').visibleWhen).toEqual({ fields: [], combinations: [] });
  });

  it('keeps whoever is named and not listed to choose, first, by the name that the record kept', async () => {
    const site = new RepairSite();
    await site.job({ title: 'Mend', worker: 'bob', helper: 'cid' });
    site.store.principals.delete('cid');
    const { choices } = fieldOf(await formOf(site.as('ann'), 'change', 'r1'), 'helper');
    expect(choices).toEqual([{ value: 'cid', label: 'Cid' }, ...PEOPLE.slice(0, 2)]);

    const record = site.store.records.get('r1') as StoredRecord;
    site.store.records.set('r1', { ...record, names: {} });
    expect(fieldOf(await formOf(site.as('ann'), 'change', 'r1'), 'helper').choices?.[0]).toEqual({
      value: 'cid',
      label: 'Somebody whose name is not kept',
    });
  });

  it('lists to the holder of a pass nobody who works here', async () => {
    const site = new RepairSite();
    await site.job({ title: 'Mend', worker: 'bob', helper: 'cid' });
    expect(fieldOf(await formOf(site.pass('bob'), 'change', 'r1'), 'helper').choices).toEqual([]);
  });

  it.each<[string, [who: string, operation: string, recordId?: string, recordType?: string], string]>([
    ['that adds has none of a record', ['ann', 'add', 'r1'], 'NOT_FOUND'],
    ['that changes has none without a record', ['ann', 'change'], 'NOT_FOUND'],
    ['there is none to view', ['ann', 'look', 'r1'], 'NOT_FOUND'],
    ['there is none of what there is none of', ['ann', 'other', 'r1'], 'NOT_FOUND'],
    ['is of the record’s type', ['ann', 'edit', 'r1', 'house'], 'NOT_FOUND'],
    ['is nobody’s who does not see the record', ['cid', 'change', 'r1'], 'NOT_FOUND'],
    ['is nobody’s who may not do it', ['bob', 'remove', 'r1'], 'FORBIDDEN'],
    ['of adding is nobody’s who may not add', ['bob', 'add'], 'NOT_FOUND'],
    ['is there only in its states', ['bob', 'finish', 'r2'], 'STATE_REFUSED'],
  ])('%s', async (_, [who, ...asked], code) => {
    const site = new RepairSite();
    await site.job({ title: 'Mend', worker: 'bob' });
    await site.job({ title: 'Done', worker: 'bob' });
    const done = site.store.records.get('r2') as StoredRecord;
    site.store.records.set('r2', { ...done, state: 'Done' });
    await expect(formOf(site.as(who), ...asked)).rejects.toMatchObject({ code });
  });
});

describe('when a field of a form shows', () => {
  /** The job's form with one more field that shows under this condition. */
  async function visibleWhen(visibleIf: string, { record = {} as Values, more = [] as object[] } = {}) {
    const site = new RepairSite(({ recordTypes: [, job] }) => {
      job?.fields.push(...(more as never[]), { id: 'extra', label: 'Extra', type: 'string', visibleIf });
      for (const operation of job?.operations ?? [])
        if (['add', 'change'].includes(operation.id))
          operation.fields?.push('extra', ...more.map((field) => (field as { id: string }).id));
    });
    if (Object.keys(record).length === 0)
      return fieldOf(await formOf(site.as('ann'), 'add'), 'extra').visibleWhen;
    await site.job({ title: 'Mend', ...record });
    return fieldOf(await formOf(site.as('ann'), 'change', 'r1'), 'extra').visibleWhen;
  }

  it.each<[string, string, FormField['visibleWhen']]>([
    ['a choice', 'record.kind != "Roof"', { fields: ['kind'], combinations: [[['Lift']]] }],
    [
      'a box that was never ticked has no value',
      'record.urgent == false',
      { fields: ['urgent'], combinations: [] },
    ],
    [
      'several choices',
      '"Saw" in record.tools',
      { fields: ['tools'], combinations: [[['Saw']], [['Rope', 'Saw']]] },
    ],
    [
      'two fields, in the form’s order',
      'record.kind == "Lift" && record["urgent"] == true',
      { fields: ['urgent', 'kind'], combinations: [[['true'], ['Lift']]] },
    ],
    ['nothing on the form', 'me.name == "Ann"', { fields: [], combinations: [[]] }],
    ['nothing on the form, and not for this caller', 'me.name == "Bob"', { fields: [], combinations: [] }],
    ['a field whose values cannot be listed', 'record.title == "x"', undefined],
  ])('depends on %s', async (_, visibleIf, expected) => {
    expect(await visibleWhen(visibleIf)).toEqual(expected);
  });

  it('follows a box that was unticked, and fields that the form lacks as the record has them', async () => {
    const when = { fields: ['urgent'], combinations: [[[]]] };
    expect(await visibleWhen('record.urgent == false', { record: { urgent: false } })).toEqual(when);
    const tools = (record: Values) =>
      visibleWhen('"Saw" in record.tools && record.urgent == true', { record });
    expect(await tools({ tools: ['Saw'] })).toEqual({ fields: ['urgent'], combinations: [[['true']]] });
    expect(await tools({ tools: ['Rope'] })).toEqual({ fields: ['urgent'], combinations: [] });
  });

  it('is a table of at most 64 lines', async () => {
    const choicesOf = (count: number) => ({
      id: 'many',
      label: 'Many',
      type: 'choices',
      choices: Array.from({ length: count }, (_, at) => `c${at}`),
    });
    const lines = async (condition: string, count: number) =>
      (await visibleWhen(condition, { more: [choicesOf(count)] }))?.combinations.length;

    expect(await lines('!("c0" in record.many && "c1" in record.many)', 6)).toBe(47);
    expect(await lines('"c0" in record.many', 7)).toBeUndefined();
    expect(await lines('"c0" in record.many && record.urgent == true', 5)).toBe(16);
    expect(await lines('"c0" in record.many && record.urgent == true', 6)).toBeUndefined();
  });
});

describe('a form that follows a user', () => {
  const ACCOUNTS: AppDefinitionInput = {
    id: 'accounts',
    name: 'Accounts',
    kind: 'users',
    recordTypes: [
      {
        id: 'user',
        name: 'User',
        plural: 'Users',
        titleField: 'lastName',
        fields: [
          { id: 'firstName', label: 'First name', type: 'string', required: true, builtIn: true },
          { id: 'lastName', label: 'Last name', type: 'string', required: true, builtIn: true },
          { id: 'email', label: 'Email', type: 'email', required: true, builtIn: true },
          {
            id: 'roles',
            label: 'Roles',
            type: 'roles',
            required: true,
            builtIn: true,
            default: '["worker"]',
          },
          { id: 'user', label: 'User', type: 'user', required: true, readOnly: true, builtIn: true },
          { id: 'note', label: 'Note', type: 'string' },
        ],
        states: [{ id: 'Active', name: 'Active' }],
        initialState: 'Active',
        operations: [
          {
            id: 'add',
            name: 'Add',
            kind: 'add',
            fields: ['firstName', 'lastName', 'email', 'roles', 'note'],
          },
          { id: 'view', name: 'View', kind: 'view' },
          { id: 'edit', name: 'Edit', kind: 'edit', fields: ['firstName', 'lastName', 'note'] },
        ],
        views: [],
      },
    ],
    permissions: [
      { role: 'chief', recordType: 'user', operations: ['add', 'view', 'edit'] },
      { role: 'worker', recordType: 'user', operations: ['view'], fields: { view: ['lastName', 'email'] } },
    ],
  };

  /** A site of accounts with an entry that was saved when Bob was called otherwise. */
  function siteWith(values: Values): RepairSite {
    const site = new RepairSite(undefined, [ACCOUNTS]);
    const bob = site.store.principals.get('bob');
    Object.assign(bob ?? {}, {
      name: 'Robert Roofer',
      firstName: 'Robert',
      lastName: 'Roofer',
      email: 'bob@example.org',
      roles: ['worker', 'Owner'],
    });
    const at = '2027-01-01T00:00:00.000Z';
    site.store.records.set('r1', {
      id: 'r1',
      environment: 'production',
      app: 'accounts',
      recordType: 'user',
      definitionVersion: 1,
      version: 1,
      state: 'Active',
      values: { firstName: 'Bob', lastName: 'Builder', roles: ['chief'], note: 'n', ...values },
      names: { bob: 'Bob Builder' },
      createdAt: at,
      createdBy: 'ann',
      updatedAt: at,
      updatedBy: 'ann',
      eventCount: 1,
      eventMac: '',
    });
    return site;
  }

  it('of accounts starts from the account as it is, and from the record where there is none', async () => {
    const valuesOf = async (site: RepairSite) => {
      const { fields } = await readForm(site.as('ann'), {
        app: 'accounts',
        recordType: 'user',
        operation: 'edit',
        recordId: 'r1',
      });
      return fields.map(({ id, value }) => [id, value]);
    };
    expect(await valuesOf(siteWith({ user: 'bob' }))).toEqual([
      ['firstName', 'Robert'],
      ['lastName', 'Roofer'],
      ['note', 'n'],
    ]);
    for (const user of ['gone', 'fixer', null])
      expect(await valuesOf(siteWith({ user }))).toEqual([
        ['firstName', 'Bob'],
        ['lastName', 'Builder'],
        ['note', 'n'],
      ]);
  });

  it('stands for what the record shows: names, title and roles of the account, built-in roles left out', async () => {
    const shown = async (who: string, values: Values) => {
      const { title, values: live, names } = await readRecord(siteWith(values).as(who), 'r1');
      return { title, values: live, names };
    };
    const live = { firstName: 'Robert', lastName: 'Roofer', roles: ['worker'] };
    const saved = { firstName: 'Bob', lastName: 'Builder', roles: ['chief'], note: 'n' };

    expect(await shown('ann', { user: 'bob' })).toEqual({
      title: 'Roofer',
      values: { ...saved, ...live, user: 'bob' },
      names: { bob: 'Robert Roofer' },
    });
    // Found by the address where it names no account yet.
    expect(await shown('ann', { email: 'Bob@Example.org' })).toEqual({
      title: 'Roofer',
      values: { ...saved, ...live, email: 'Bob@Example.org' },
      names: {},
    });
    for (const values of [
      { user: 'gone', email: 'bob@example.org' },
      { user: 'fixer' },
      { email: 'x@example.org' },
    ])
      expect(await shown('ann', values)).toMatchObject({ title: 'Builder', values: saved });
    // Whoever sees less is told no more for it.
    expect(await shown('cid', { user: 'bob', email: 'bob@example.org' })).toEqual({
      title: 'Roofer',
      values: { lastName: 'Roofer', email: 'bob@example.org' },
      names: {},
    });
  });

  it('of a user that another field names starts from what is known of them', async () => {
    const site = new RepairSite(({ recordTypes: [, job] }) => {
      job?.fields.push({
        id: 'called',
        label: 'Called',
        type: 'string',
        runtimeOnly: true,
        ofUser: { field: 'helper', property: 'firstName' },
      });
      job?.operations.find(({ id }) => id === 'change')?.fields?.push('called');
    });
    Object.assign(site.store.principals.get('cid') ?? {}, { firstName: 'Cidney' });
    const { record } = await addRecord(site.as('ann'), {
      app: 'repairs',
      recordType: 'job',
      operation: 'add',
      values: { title: 'Mend', worker: 'bob', helper: 'cid' },
    });
    const called = async (id = '') => fieldOf(await formOf(site.as('ann'), 'change', id), 'called').value;

    expect(await called(record?.id)).toBe('Cidney');
    await site.job({ title: 'Alone', worker: 'cid' });
    expect(await called('r2')).toBeNull();
  });
});
