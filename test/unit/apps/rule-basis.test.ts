import { requireValidApp } from '../../../core/apps/check.ts';
import type { AppDefinition, Permission, RecordType } from '../../../core/apps/definition.ts';
import { changedPlacesOf } from '../../../core/apps/design-places.ts';
import { pointerOf } from '../../../core/apps/problems.ts';
import { exampleNames } from '../../fixtures/property-management.ts';

const CASE: RecordType = {
  id: 'case',
  name: 'Case',
  plural: 'Cases',
  titleField: 'title',
  fields: [
    { id: 'title', label: 'Title', type: 'string' },
    { id: 'salary', label: 'Salary', type: 'number' },
    { id: 'rank', label: 'Rank', type: 'number', readOnly: true },
    { id: 'account', label: 'Account', type: 'string' },
    { id: 'sum', label: 'Sum', type: 'formula', formula: 'record.salary + 1.0' },
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
    { id: 'shut', name: 'Shut', kind: 'transition', from: ['Active'], to: 'Closed' },
    { id: 'reopen', name: 'Reopen', kind: 'transition', from: ['Closed'], to: 'Active' },
  ],
  views: [
    { id: 'all', name: 'All', columns: ['title'] },
    { id: 'export', name: 'Export', columns: ['title'] },
  ],
};

const may = (operations: string[], more: Partial<Permission> = {}): Permission => ({
  role: 'dispatcher',
  recordType: 'case',
  operations,
  ...more,
});

/** An app of one record type, or of two, with these permissions and what else is said. */
function appOf(permissions: Permission[], edit: Edit = () => undefined): AppDefinition {
  const app: AppDefinition = {
    id: 'cases',
    name: 'Cases',
    kind: 'records',
    accessModel: 'roles',
    robot: 'work-order-robot',
    recordTypes: [structuredClone(CASE), { ...structuredClone(CASE), id: 'other' }],
    tasks: [],
    notifications: [],
    permissions,
  };
  edit(typeIn(app), app);
  return app;
}
const typeIn = (app: AppDefinition, at = 0) => app.recordTypes[at] as RecordType;
type Edit = (type: RecordType, app: AppDefinition) => unknown;

/** What an edit changes: place and rights. */
function changes(before: AppDefinition, edit: Edit): string[] {
  const after = structuredClone(before);
  edit(typeIn(after), after);
  return changedPlacesOf(before, requireValidApp(after, exampleNames()))
    .map(({ path, needs }) => `${pointerOf(path)} ${needs.join('+')}`)
    .sort();
}

const set = (target: unknown, values: object) => Object.assign(target as object, values);
const list =
  (view: object): Edit =>
  ({ views }) =>
    set(views[0], view);
const field =
  (at: number, values: object): Edit =>
  ({ fields }) =>
    set(fields[at], values);
const operation =
  (at: number, values: object): Edit =>
  ({ operations }) =>
    set(operations[at], values);

const T = '/recordTypes/0';
const SHAPE = 'edit';
const RULES = 'changePermissions';
const BOTH = 'edit+changePermissions';
const RUN = [may(['add', 'view', 'edit', 'close'])];
/** Who opens the list sees the title alone. */
const NARROW = [may(['view'], { fields: { view: ['title'] }, views: ['all'] })];
const DOING = { id: 'do', name: 'Do', recordType: 'case' };
const SERVED = { id: 'serve', name: 'Serve', recordType: 'case', view: 'export' };
const WIDEN = {
  id: 'widen',
  kind: 'updateUserAccount',
  user: 'record.account',
  addRoles: '["dispatcher"]',
} as const;
const TELL = {
  id: 'tell',
  kind: 'sendEmail',
  to: 'record.account',
  subject: '"Hello"',
  body: '"Hello"',
} as const;

type Row = [what: string, before: AppDefinition, edit: Edit, places: string[]];

describe('what a permission names', () => {
  it.each<Row>([
    [
      'is what its operation is',
      appOf(RUN),
      operation(3, { kind: 'edit', to: undefined }),
      [`${T}/operations/3/kind ${RULES}`, `${T}/operations/3/to ${BOTH}`],
    ],
    [
      'is no operation that it does not name',
      appOf(RUN),
      operation(4, { kind: 'edit' }),
      [`${T}/operations/4/kind ${SHAPE}`],
    ],
    [
      'is an operation that is denied',
      appOf([may(['archive'], { effect: 'deny' })]),
      operation(4, { kind: 'edit' }),
      [`${T}/operations/4/kind ${RULES}`],
    ],
    [
      'is an operation that a service runs',
      appOf([], (_, app) => set(app, { services: [{ ...DOING, operation: 'archive' }] })),
      operation(4, { kind: 'edit' }),
      [`${T}/operations/4/kind ${RULES}`],
    ],
    [
      'is no operation of another record type that a service runs',
      appOf([], (_, app) =>
        set(app, { services: [{ ...DOING, recordType: 'other', operation: 'archive' }] }),
      ),
      operation(4, { kind: 'edit' }),
      [`${T}/operations/4/kind ${SHAPE}`],
    ],
    [
      'is an operation of its own record type',
      appOf([may(['archive'], { recordType: 'other' })]),
      operation(4, { kind: 'edit' }),
      [`${T}/operations/4/kind ${SHAPE}`],
    ],
    [
      'is what was named before, and what is named now',
      appOf([may(['close'])]),
      ({ operations }, app) => {
        app.permissions = [may(['archive'])];
        set(operations[3], { from: ['Closed'] });
        set(operations[4], { from: ['Closed'] });
      },
      [`/permissions/0 ${RULES}`, `${T}/operations/3/from/0 ${BOTH}`, `${T}/operations/4/from ${BOTH}`],
    ],
    [
      'is the state in which its records begin',
      appOf([may(['add'])]),
      (type) => set(type, { initialState: 'Closed' }),
      [`${T}/initialState ${BOTH}`],
    ],
    [
      'is no state of records that nobody may add',
      appOf([may(['edit'])]),
      (type) => set(type, { initialState: 'Closed' }),
      [`${T}/initialState ${SHAPE}`],
    ],
    [
      'is every operation that adds',
      appOf([may(['import'])], ({ operations }) =>
        operations.push({ id: 'import', name: 'Import', kind: 'add' }),
      ),
      (type) => set(type, { initialState: 'Closed' }),
      [`${T}/initialState ${BOTH}`],
    ],
  ])('%s', (_, before, edit, places) => {
    expect(changes(before, edit)).toEqual(places);
  });
});

describe('what a permitted operation writes', () => {
  const limited = (fields: string[]) => [may(['edit'], { fields: { edit: fields } })];
  it.each<Row>([
    [
      'grows with its form',
      appOf(RUN),
      operation(3, { fields: ['account'] }),
      [`${T}/operations/3/fields ${BOTH}`],
    ],
    [
      'does not grow where nobody may run it',
      appOf(RUN),
      operation(5, { fields: ['account'] }),
      [`${T}/operations/5/fields ${SHAPE}`],
    ],
    [
      'does not grow where the form gets shorter',
      appOf(RUN),
      operation(2, { fields: ['title'] }),
      [`${T}/operations/2/fields ${SHAPE}`],
    ],
    [
      'does not grow by what is only shown',
      appOf(RUN),
      operation(3, { fields: ['rank', 'sum'] }),
      [`${T}/operations/3/fields ${SHAPE}`],
    ],
    [
      'does not grow past what the permission names',
      appOf([may(['close'], { fields: { close: ['title'] } })]),
      operation(3, { fields: ['account'] }),
      [`${T}/operations/3/fields ${SHAPE}`],
    ],
    [
      'does not grow where it is denied',
      appOf([may(['close'], { effect: 'deny' })]),
      operation(3, { fields: ['account'] }),
      [`${T}/operations/3/fields ${SHAPE}`],
    ],
    [
      'grows by what a service takes',
      appOf([], (_, app) => set(app, { services: [{ ...DOING, operation: 'close', fields: ['account'] }] })),
      operation(3, { fields: ['account', 'title'] }),
      [`${T}/operations/3/fields ${BOTH}`],
    ],
    [
      'does not grow past what a service takes',
      appOf([], (type, app) => {
        set(app, { services: [{ ...DOING, operation: 'close', fields: ['title'] }] });
        operation(3, { fields: ['title'] })(type, app);
      }),
      operation(3, { fields: ['title', 'account'] }),
      [`${T}/operations/3/fields/1 ${SHAPE}`],
    ],
    [
      'does not grow by a field that is new',
      appOf(RUN),
      ({ fields, operations }) => {
        fields.push({ id: 'floor', label: 'Floor', type: 'string' });
        set(operations[3], { fields: ['floor'] });
      },
      [`${T}/fields/5 ${SHAPE}`, `${T}/operations/3/fields ${SHAPE}`],
    ],
    [
      'grows by a field that may be written now',
      appOf(RUN),
      field(2, { readOnly: undefined }),
      [`${T}/fields/2/readOnly ${BOTH}`],
    ],
    [
      'does not grow by one that the permission does not name',
      appOf(limited(['title'])),
      field(2, { readOnly: undefined }),
      [`${T}/fields/2/readOnly ${SHAPE}`],
    ],
    [
      'grows by one that the permission names',
      appOf(limited(['rank'])),
      field(2, { readOnly: undefined }),
      [`${T}/fields/2/readOnly ${BOTH}`],
    ],
    [
      'grows by a formula that becomes a field',
      appOf(RUN),
      field(4, { type: 'number', formula: undefined }),
      [`${T}/fields/4/formula ${BOTH}`, `${T}/fields/4/type ${BOTH}`],
    ],
    [
      'grows by a field that may be written now, also by who only adds',
      appOf([may(['add'])]),
      field(2, { readOnly: undefined }),
      [`${T}/fields/2/readOnly ${BOTH}`],
    ],
    [
      'does not grow by a field for who only closes',
      appOf([may(['close'])]),
      field(2, { readOnly: undefined }),
      [`${T}/fields/2/readOnly ${SHAPE}`],
    ],
    [
      'does not grow where nobody may edit',
      appOf([may(['view'])]),
      field(4, { type: 'number', formula: undefined }),
      [`${T}/fields/4/formula ${SHAPE}`, `${T}/fields/4/type ${SHAPE}`],
    ],
  ])('%s', (_, before, edit, places) => {
    expect(changes(before, edit)).toEqual(places);
  });
});

describe('what a permitted operation does with accounts', () => {
  const acting = (at: number, ...actions: object[]) => appOf(RUN, operation(at, { actions }));
  it.each<Row>([
    [
      'is a rule',
      acting(2, WIDEN),
      operation(2, { actions: [{ ...WIDEN, addRoles: '["technician"]' }] }),
      [`${T}/operations/2/actions/0/addRoles ${BOTH}`],
    ],
    [
      'is none where nobody may run it',
      acting(4, WIDEN),
      operation(4, { actions: [{ ...WIDEN, addRoles: '["technician"]' }] }),
      [`${T}/operations/4/actions/0/addRoles ${SHAPE}`],
    ],
    [
      'is none where it only sends mails',
      acting(2, TELL),
      operation(2, { actions: [{ ...TELL, to: '"a@b.example"' }] }),
      [`${T}/operations/2/actions/0/to ${SHAPE}`],
    ],
    [
      'rests on the fields that it reads',
      acting(2, WIDEN),
      field(3, { default: 'me.id' }),
      [`${T}/fields/3/default ${BOTH}`],
    ],
    [
      'rests on no field that a mail reads',
      acting(2, TELL),
      field(3, { default: 'me.id' }),
      [`${T}/fields/3/default ${SHAPE}`],
    ],
    [
      'rests on no field where nobody may run it',
      acting(4, WIDEN),
      field(3, { default: 'me.id' }),
      [`${T}/fields/3/default ${SHAPE}`],
    ],
    [
      'rests on all of its actions',
      acting(2, TELL, WIDEN),
      field(3, { default: 'me.id' }),
      [`${T}/fields/3/default ${BOTH}`],
    ],
  ])('%s', (_, before, edit, places) => {
    expect(changes(before, edit)).toEqual(places);
  });
});

describe('the operation that views, and the one that edits', () => {
  const more = (kind: 'view' | 'edit'): RecordType['operations'][number] => ({
    id: 'more',
    name: 'More',
    kind,
  });
  it.each<Row>([
    [
      'are the first of their kind',
      appOf(RUN),
      ({ operations }) => operations.unshift(more('edit')),
      [`${T}/operations/0 ${BOTH}`],
    ],
    [
      'are not the second',
      appOf(RUN),
      ({ operations }) => operations.push(more('edit'), { ...more('view'), id: 'peek' }),
      [`${T}/operations/7 ${SHAPE}`, `${T}/operations/8 ${SHAPE}`],
    ],
    [
      'are others when the first is gone',
      appOf([may(['more'])], ({ operations }) => operations.push(more('edit'))),
      ({ operations }) => operations.splice(2, 1),
      [`${T}/operations ${BOTH}`],
    ],
    [
      'are others when it has become something else',
      appOf([may(['more'])], ({ operations }) => operations.push(more('edit'))),
      operation(2, { kind: 'delete' }),
      [`${T}/operations/2/kind ${BOTH}`],
    ],
    [
      'are none where there was none',
      appOf([may(['close'])], ({ operations }) => operations.splice(2, 1)),
      ({ operations }) => operations.unshift(more('edit')),
      [`${T}/operations/0 ${SHAPE}`],
    ],
    [
      'stay what they are in another order',
      appOf(RUN),
      ({ operations }) => operations.reverse(),
      [`${T}/operations ${SHAPE}`],
    ],
    [
      'have other words without being others',
      appOf(RUN, ({ operations }) => operations.unshift(more('edit'))),
      operation(0, { name: 'Other' }),
      [`${T}/operations/0/name ${SHAPE}`],
    ],
  ])('%s', (_, before, edit, places) => {
    expect(changes(before, edit)).toEqual(places);
  });
});

describe('a list', () => {
  const byRank = { filter: 'record.rank > 1.0', boundedScan: true };
  const CHOSEN = (rights: string) =>
    ['boundedScan', 'filter'].map((part) => `${T}/views/0/${part} ${rights}`);
  it.each<Row>([
    [
      'tells of what it is filtered by',
      appOf(NARROW, list(byRank)),
      list({ filter: 'record.rank > 2.0' }),
      [`${T}/views/0/filter ${BOTH}`],
    ],
    [
      'tells of what lies in a field that was filled from another one',
      appOf(
        [may(['view'], { fields: { view: ['title', 'rank'] }, views: ['all'] })],
        field(2, { default: 'record.salary' }),
      ),
      list(byRank),
      CHOSEN(BOTH),
    ],
    [
      'tells nobody of what they may view',
      appOf([may(['view'], { fields: { view: ['title', 'rank'] }, views: ['all'] })]),
      list(byRank),
      CHOSEN(SHAPE),
    ],
    [
      'tells nobody who may view everything',
      appOf([may(['view'], { views: ['all'] })]),
      list(byRank),
      CHOSEN(SHAPE),
    ],
    [
      'tells nobody where nobody opens it',
      appOf([may(['view'], { fields: { view: ['title'] } })]),
      list(byRank),
      CHOSEN(SHAPE),
    ],
    [
      'tells nobody to whom it is denied',
      appOf([
        may(['view'], { fields: { view: ['title'] } }),
        may([], { effect: 'deny', operations: undefined, views: ['all'] } as never),
      ]),
      list(byRank),
      CHOSEN(SHAPE),
    ],
    [
      'tells one of those who open it',
      appOf([...NARROW, may(['view'], { role: 'technician', views: ['all'] })]),
      list(byRank),
      CHOSEN(BOTH),
    ],
    [
      'tells nobody who may view it by another permission',
      appOf([...NARROW, may(['view'], { fields: { view: ['rank'] } })]),
      list(byRank),
      CHOSEN(SHAPE),
    ],
    [
      'tells an account what only a role of that name may view',
      appOf([
        may(['view'], {
          role: undefined,
          subject: 'dispatcher',
          fields: { view: ['title'] },
          views: ['all'],
        } as never),
        may(['view']),
      ]),
      list(byRank),
      CHOSEN(BOTH),
    ],
    [
      'is only called otherwise by other words',
      appOf(NARROW, list(byRank)),
      list({ name: 'Every', columns: ['title', 'account'] }),
      [`${T}/views/0/columns/1 ${SHAPE}`, `${T}/views/0/name ${SHAPE}`],
    ],
    [
      'that tells of a field rests on what that holds',
      appOf(NARROW, list(byRank)),
      field(2, { default: '1.0' }),
      [`${T}/fields/2/default ${BOTH}`],
    ],
    [
      'that tells of nothing rests on none',
      appOf([may(['view'], { views: ['all'] })], list(byRank)),
      field(2, { default: '1.0' }),
      [`${T}/fields/2/default ${SHAPE}`],
    ],
    [
      'of another record type tells of nothing',
      appOf(NARROW.map((each) => ({ ...each, recordType: 'other' }))),
      list(byRank),
      CHOSEN(SHAPE),
    ],
  ])('%s', (_, before, edit, places) => {
    expect(changes(before, edit)).toEqual(places);
  });
});

describe('what a service answers', () => {
  const served = (service: object, edit: Edit = () => undefined) =>
    appOf([], (type, app) => {
      set(app, { services: [service] });
      edit(type, app);
    });
  const exported =
    (view: object): Edit =>
    ({ views }) =>
      set(views[1], view);
  it.each<Row>([
    [
      'is its list',
      served(SERVED),
      exported({ columns: ['title', 'rank'] }),
      [`${T}/views/1/columns/1 ${BOTH}`],
    ],
    [
      'is no other list',
      served(SERVED),
      list({ columns: ['title', 'rank'] }),
      [`${T}/views/0/columns/1 ${SHAPE}`],
    ],
    [
      'is no list of another record type',
      served({ ...SERVED, recordType: 'other' }),
      exported({ columns: ['title', 'rank'] }),
      [`${T}/views/1/columns/1 ${SHAPE}`],
    ],
    [
      'is its list also when it goes with it',
      served(SERVED),
      ({ views }, app) => {
        app.services = [];
        views[1]?.columns.push('rank');
      },
      [`${T}/views/1/columns/1 ${BOTH}`, `/services ${RULES}`].sort(),
    ],
    [
      'rests on the fields of its list',
      served(SERVED, exported({ columns: ['rank'] })),
      field(2, { default: '1.0' }),
      [`${T}/fields/2/default ${BOTH}`],
    ],
    [
      'rests on the fields by which that is chosen',
      served(SERVED, exported({ filter: 'record.rank > 1.0', boundedScan: true })),
      field(2, { default: '1.0' }),
      [`${T}/fields/2/default ${BOTH}`],
    ],
    [
      'rests on the fields that it names',
      served({ ...DOING, operation: 'close', returns: ['rank'] }),
      field(2, { default: '1.0' }),
      [`${T}/fields/2/default ${BOTH}`],
    ],
    [
      'rests on no other field',
      served({ ...DOING, operation: 'close', returns: ['title'] }),
      field(2, { default: '1.0' }),
      [`${T}/fields/2/default ${SHAPE}`],
    ],
    [
      'rests on what its formulas read',
      served(SERVED, exported({ columns: ['sum'] })),
      field(1, { default: '1.0' }),
      [`${T}/fields/1/default ${BOTH}`],
    ],
    [
      'rests on the fields by which that is ordered',
      served(SERVED, exported({ sort: { field: 'rank' } })),
      field(2, { default: '1.0' }),
      [`${T}/fields/2/default ${BOTH}`],
    ],
  ])('%s', (_, before, edit, places) => {
    expect(changes(before, edit)).toEqual(places);
  });
});

describe('a field', () => {
  const view = (fields: string[]) => [may(['view'], { fields: { view: fields } })];
  const TO = {
    id: 'to',
    label: 'To',
    type: 'reference',
    target: { app: 'cases', recordType: 'case' },
  } as const;
  it.each<Row>([
    [
      'that a permission shows is what it was',
      appOf(view(['rank'])),
      field(2, { default: '1.0' }),
      [`${T}/fields/2/default ${BOTH}`],
    ],
    [
      'that the rules name by itself is taken away',
      appOf(view(['owner', 'title']), ({ fields }) =>
        fields.push({ id: 'owner', label: 'Owner', type: 'string' }),
      ),
      ({ fields }) => fields.splice(5, 1),
      [`${T}/fields ${BOTH}`],
    ],
    [
      'that a permission shows refers to other records',
      appOf(view(['to']), ({ fields }) => fields.push({ ...TO })),
      field(5, { target: { app: 'cases', recordType: 'other' } }),
      [`${T}/fields/5/target/recordType ${BOTH}`],
    ],
    [
      'that no permission shows refers to other records',
      appOf(view(['title']), ({ fields }) => fields.push({ ...TO })),
      field(5, { target: { app: 'cases', recordType: 'other' } }),
      [`${T}/fields/5/target/recordType ${SHAPE}`],
    ],
    [
      'that no permission shows is gone',
      appOf(view(['title'])),
      ({ fields }) => fields.splice(2, 1),
      [`${T}/fields ${SHAPE}`],
    ],
    [
      'that a permission lets be written is not shown by it',
      appOf([may(['edit'], { fields: { edit: ['rank'] } })]),
      field(2, { default: '1.0' }),
      [`${T}/fields/2/default ${SHAPE}`],
    ],
    [
      'that a permission of another type shows is another one',
      appOf([may(['view'], { recordType: 'other', fields: { view: ['rank'] } })]),
      field(2, { default: '1.0' }),
      [`${T}/fields/2/default ${SHAPE}`],
    ],
    [
      'has other words and stays what it is',
      appOf(view(['rank'])),
      field(2, { label: 'Grade', help: 'From 1', maxLength: undefined }),
      [`${T}/fields/2/help ${SHAPE}`, `${T}/fields/2/label ${SHAPE}`],
    ],
    [
      'of roles is given by rule',
      appOf([], ({ fields }) => fields.push({ id: 'roles', label: 'Roles', type: 'roles' })),
      field(5, { default: '["dispatcher"]', rolesFrom: ['dispatcher'] }),
      [`${T}/fields/5/default ${RULES}`, `${T}/fields/5/rolesFrom ${RULES}`],
    ],
    [
      'that was one of roles is so still',
      appOf([], ({ fields }) => fields.push({ id: 'roles', label: 'Roles', type: 'roles' })),
      field(5, { type: 'choices', choices: ['dispatcher'], default: '["dispatcher"]' }),
      [`${T}/fields/5/choices ${SHAPE}`, `${T}/fields/5/default ${RULES}`, `${T}/fields/5/type ${SHAPE}`],
    ],
  ])('%s', (_, before, edit, places) => {
    expect(changes(before, edit)).toEqual(places);
  });
});

describe('a mail without the link of a pass', () => {
  const MAIL = {
    id: 'mail',
    name: 'Mail',
    recordType: 'case',
    to: '"a@b.example"',
    subject: '"Hello"',
    fields: ['title'],
  };
  it.each<Row>([
    [
      'may go to anybody',
      appOf([], (_, app) => app.notifications.push({ ...MAIL })),
      (_, app) => set(app.notifications[0], { to: 'record.account', fields: ['rank'] }),
      [`/notifications/0/fields/0 ${SHAPE}`, `/notifications/0/to ${SHAPE}`],
    ],
    ['may be new', appOf([]), (_, app) => app.notifications.push({ ...MAIL }), [`/notifications/0 ${SHAPE}`]],
    [
      'rests on nothing',
      appOf([], (_, app) => app.notifications.push({ ...MAIL, to: 'record.account' })),
      field(3, { default: '"a@b.example"' }),
      [`${T}/fields/3/default ${SHAPE}`],
    ],
  ])('%s', (_, before, edit, places) => {
    expect(changes(before, edit)).toEqual(places);
  });
});
