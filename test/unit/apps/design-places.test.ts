import { requireValidApp } from '../../../core/apps/check.ts';
import type { AppDefinition } from '../../../core/apps/definition.ts';
import { changedPlacesOf } from '../../../core/apps/design-places.ts';
import { pointerOf } from '../../../core/apps/problems.ts';
import { exampleApps, exampleNames } from '../../fixtures/property-management.ts';

/** An app in which a role sees one of two fields and another one reports; nobody may run `archive`. */
const APP: AppDefinition = {
  id: 'cases',
  name: 'Cases',
  kind: 'records',
  accessModel: 'roles',
  robot: 'work-order-robot',
  recordTypes: [
    {
      id: 'case',
      name: 'Case',
      plural: 'Cases',
      titleField: 'title',
      fields: [
        { id: 'title', label: 'Title', type: 'string' },
        { id: 'salary', label: 'Salary', type: 'number' },
        { id: 'mine', label: 'Mine', type: 'formula', formula: 'record.holder' },
        { id: 'holder', label: 'Holder', type: 'string' },
        { id: 'sum', label: 'Sum', type: 'formula', formula: 'record.salary' },
        { id: 'rank', label: 'Rank', type: 'number', readOnly: true },
      ],
      states: [
        { id: 'Active', name: 'Active' },
        { id: 'Closed', name: 'Closed' },
      ],
      initialState: 'Active',
      operations: [
        { id: 'add', name: 'Add', kind: 'add' },
        { id: 'view', name: 'View', kind: 'view' },
        { id: 'edit', name: 'Edit', kind: 'edit' },
        { id: 'close', name: 'Close', kind: 'transition', from: ['Active'], to: 'Closed' },
        { id: 'archive', name: 'Archive', kind: 'delete' },
      ],
      views: [
        { id: 'all', name: 'All', columns: ['title'] },
        { id: 'export', name: 'Export', columns: ['title'] },
      ],
    },
  ],
  tasks: [],
  notifications: [],
  permissions: [
    {
      role: 'technician',
      recordType: 'case',
      operations: ['view', 'edit', 'close'],
      when: 'record.holder == me.id',
      fields: { view: ['title', 'mine', 'owner'] },
      views: ['all'],
    },
    { role: 'dispatcher', recordType: 'case', operations: ['add', 'view'], views: ['all'] },
    { role: 'dispatcher', recordType: 'case', operations: ['edit'], check: 'record.salary < 1000.0' },
  ],
  services: [{ id: 'export-cases', name: 'Export', recordType: 'case', view: 'export' }],
};

type Edit = (type: AppDefinition['recordTypes'][number], app: AppDefinition) => unknown;

/** What an edit of the app changes: place and rights. */
function changes(edit: Edit, before = APP): string[] {
  const after = structuredClone(before);
  edit(after.recordTypes[0] as AppDefinition['recordTypes'][number], after);
  return changedPlacesOf(before, requireValidApp(after, exampleNames()))
    .map(({ path, needs }) => `${pointerOf(path)} ${needs.join('+')}`)
    .sort();
}

const TYPE = '/recordTypes/0';
const BOTH = 'edit+changePermissions';
const set = (target: unknown, values: object) => Object.assign(target as object, values);

describe('a draft’s change needs', () => {
  it.each<[title: string, edit: Edit, places: string[]]>([
    ['nothing where nothing has changed', () => undefined, []],
    ['“edit” for a name', (_, app) => set(app, { name: 'Files' }), ['/name edit']],
    [
      '“edit” for a new field, although a role may view every field and edit every one',
      ({ fields }) => fields.push({ id: 'floor', label: 'Floor', type: 'string' }),
      [`${TYPE}/fields/6 edit`],
    ],
    [
      '“edit” for a new operation: nobody may run it yet',
      ({ operations }) => operations.push({ id: 'purge', name: 'Purge', kind: 'delete' }),
      [`${TYPE}/operations/5 edit`],
    ],
    [
      '“edit” for a new record type, whoever its records’ owners are',
      (type, app) =>
        app.recordTypes.push({
          ...type,
          id: 'file',
          fields: [
            { id: 'title', label: 'Title', type: 'string' },
            { id: 'by', label: 'By', type: 'user' },
          ],
          ownerField: 'by',
          views: [],
        }),
      ['/recordTypes/1 edit'],
    ],
    [
      '“edit” for what an operation does that nobody may run',
      ({ operations }) => set(operations[4], { kind: 'edit' }),
      [`${TYPE}/operations/4/kind edit`],
    ],
    ['“edit” for the order of fields', ({ fields }) => fields.reverse(), [`${TYPE}/fields edit`]],
    [
      '“edit” for a formula that only those see who see all that it reads',
      ({ fields }) => set(fields[4], { formula: 'record.salary + 1.0' }),
      [`${TYPE}/fields/4/formula edit`],
    ],
    [
      '“edit” for a filter by what all may view who open the list',
      ({ views }) => set(views[0], { filter: 'record.title == "A"' }),
      [`${TYPE}/views/0/filter edit`],
    ],
    [
      '“changePermissions” for the model, the robot, permissions and services',
      (_, app) => {
        set(app, { accessModel: 'lists' });
        delete app.robot;
        set(app.permissions[1], { views: ['all', 'export'] });
        app.services?.push({ id: 'add-case', name: 'Add', recordType: 'case', operation: 'add' });
      },
      ['/accessModel', '/permissions/1', '/robot', '/services/1'].map((path) => `${path} changePermissions`),
    ],
    [
      'both for a formula that may be viewed',
      ({ fields }) => set(fields[2], { formula: 'record.title' }),
      [`${TYPE}/fields/2/formula ${BOTH}`],
    ],
    [
      'both for what a field starts with that a condition reads',
      ({ fields }) => set(fields[3], { default: 'me.id' }),
      [`${TYPE}/fields/3/default ${BOTH}`],
    ],
    [
      'both for what a field starts with that a check reads',
      ({ fields }) => set(fields[1], { default: '1.0' }),
      [`${TYPE}/fields/1/default ${BOTH}`],
    ],
    [
      'both for another field under an id that may be viewed, copied from what may not',
      ({ fields }) => set(fields[0], { default: 'string(record.salary)' }),
      [`${TYPE}/fields/0/default ${BOTH}`],
    ],
    [
      'both for a new field of a name that may be viewed',
      ({ fields }) => fields.push({ id: 'owner', label: 'Owner', type: 'formula', formula: 'record.salary' }),
      [`${TYPE}/fields/6 ${BOTH}`],
    ],
    [
      'both for a field that becomes writable where somebody may edit every field',
      ({ fields }) => set(fields[5], { readOnly: false }),
      [`${TYPE}/fields/5/readOnly ${BOTH}`],
    ],
    [
      'both for a field more that a permitted operation writes',
      ({ operations }) => set(operations[3], { fields: ['holder'] }),
      [`${TYPE}/operations/3/fields ${BOTH}`],
    ],
    [
      'both for the state to which a permitted operation leads, and in which records begin',
      (type) => {
        set(type, { initialState: 'Closed' });
        set(type.operations[3], { from: ['Closed'], to: 'Active' });
      },
      [
        `${TYPE}/initialState ${BOTH}`,
        `${TYPE}/operations/3/from/0 ${BOTH}`,
        `${TYPE}/operations/3/to ${BOTH}`,
      ],
    ],
    [
      'both for accounts that a permitted operation makes',
      ({ operations }) =>
        set(operations[2], {
          actions: [
            { id: 'widen', kind: 'updateUserAccount', user: 'record.holder', addRoles: '["dispatcher"]' },
          ],
        }),
      [`${TYPE}/operations/2/actions ${BOTH}`],
    ],
    [
      '“edit” for a mail that it sends',
      ({ operations }) =>
        set(operations[2], {
          actions: [
            { id: 'tell', kind: 'sendEmail', to: '"a@example.org"', subject: '"Hello"', body: '"Hello"' },
          ],
        }),
      [`${TYPE}/operations/2/actions edit`],
    ],
    [
      'both for what a service reads with the robot’s rights',
      ({ views }) => views[1]?.columns.push('salary'),
      [`${TYPE}/views/1/columns/1 ${BOTH}`],
    ],
    [
      'both for a list that is chosen by what somebody who opens it may not view',
      ({ views }) => set(views[0], { filter: 'record.salary > 1000.0', boundedScan: true }),
      [`${TYPE}/views/0/boundedScan ${BOTH}`, `${TYPE}/views/0/filter ${BOTH}`],
    ],
  ])('%s', (_, edit, places) => {
    expect(changes(edit)).toEqual(places);
  });

  it('both for what lies in a field that a service answers', () => {
    const close = {
      id: 'close-case',
      name: 'Close',
      recordType: 'case',
      operation: 'close',
      returns: ['rank'],
    };
    const before = { ...APP, services: [close] };
    expect(changes(({ fields }) => set(fields[5], { default: 'record.salary' }), before)).toEqual([
      `${TYPE}/fields/5/default ${BOTH}`,
    ]);
  });

  it('both for who is mailed the link of a pass, by what it says and by what its address reads', () => {
    const [tokens, orders] = exampleApps();
    const after = structuredClone(orders?.definition as AppDefinition);
    const [mail] = after.notifications;
    set(mail, { name: 'Order', body: 'Follow it.' });
    after.notifications.push({ ...(mail as object), id: 'copy', to: '"a@b.example"' } as never);
    set(after.recordTypes[0]?.fields[8], { default: '"a@b.example"', label: 'Mail' });
    const names = exampleNames(tokens ? [tokens.definition] : []);
    expect(
      changedPlacesOf(orders?.definition, requireValidApp(after, names))
        .map(({ path, needs }) => `${pointerOf(path)} ${needs.join('+')}`)
        .sort(),
    ).toEqual([
      '/notifications/0/body edit',
      '/notifications/0/name edit',
      `/notifications/1 ${BOTH}`,
      `${TYPE}/fields/8/default ${BOTH}`,
      `${TYPE}/fields/8/label edit`,
    ]);
  });

  it('both for whom a task gives roles: another operation that adds is somebody else’s', () => {
    const [tokens, orders] = structuredClone(exampleApps());
    const passes = tokens?.definition as AppDefinition;
    passes.recordTypes[0]?.operations.push({ id: 'add-guest', name: 'Add Guest', kind: 'add' });
    const before = orders?.definition as AppDefinition;
    set(before.tasks[0]?.actions[0]?.fields, { roles: '["property-contractors"]' });
    const after = structuredClone(before);
    set(after.tasks[0]?.actions[0]?.target, { operation: 'add-guest' });
    set(after.tasks[0], { title: 'Create a guest' });
    expect(
      changedPlacesOf(before, requireValidApp(after, exampleNames([passes])))
        .map(({ path, needs }) => `${pointerOf(path)} ${needs.join('+')}`)
        .sort(),
    ).toEqual([`/tasks/0/actions/0/target/operation ${BOTH}`, `/tasks/0/title ${BOTH}`]);
  });

  it('“edit” for another token: it is no link until something shows it as one', () => {
    const [tokens, orders] = exampleApps();
    const after = structuredClone(orders?.definition as AppDefinition);
    after.recordTypes[0]?.fields.push({
      id: 'second',
      label: 'Second',
      type: 'token',
      target: { app: 'contractor-tokens' },
    });
    const names = exampleNames(tokens ? [tokens.definition] : []);
    expect(
      changedPlacesOf(orders?.definition, requireValidApp(after, names)).map(({ needs }) => needs),
    ).toEqual([['edit']]);
  });

  it('both for a mail that comes to carry the link of a pass, to whomever it went before', () => {
    const [tokens, orders] = exampleApps();
    const before = structuredClone(orders?.definition as AppDefinition);
    set(before.notifications[0], { fields: ['description'] });
    const after = structuredClone(before);
    set(after.notifications[0], { fields: ['description', 'contractorLink'] });
    const names = exampleNames(tokens ? [tokens.definition] : []);
    expect(
      changedPlacesOf(before, requireValidApp(after, names)).map(
        ({ path, needs }) => `${pointerOf(path)} ${needs.join('+')}`,
      ),
    ).toEqual([`/notifications/0/fields/1 ${BOTH}`]);
  });

  it('both for a mail with the link of a pass that comes to be about other records', () => {
    const [tokens, orders] = structuredClone(exampleApps());
    const before = orders?.definition as AppDefinition;
    const [type] = before.recordTypes as [AppDefinition['recordTypes'][number]];
    for (const operation of type.operations) delete operation.notifications;
    const operations = structuredClone(type.operations).map(({ tasks: _, ...rest }) => rest);
    before.recordTypes.push({ ...structuredClone(type), id: 'second', operations });
    const after = structuredClone(before);
    set(after.notifications[0], { recordType: 'second' });
    const names = exampleNames(tokens ? [tokens.definition] : []);
    expect(
      changedPlacesOf(before, requireValidApp(after, names)).map(
        ({ path, needs }) => `${pointerOf(path)} ${needs.join('+')}`,
      ),
    ).toEqual([`/notifications/0/recordType ${BOTH}`]);
  });

  it('“changePermissions” for all that a new app permits, and none for the rest of it', () => {
    const places = changedPlacesOf(undefined, requireValidApp(structuredClone(APP), exampleNames()));
    expect(
      places
        .filter(({ needs }) => needs.includes('changePermissions'))
        .map(({ path }) => pointerOf(path))
        .sort(),
    ).toEqual(['/permissions/0', '/permissions/1', '/permissions/2', '/robot', '/services']);
  });
});
