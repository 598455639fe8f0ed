import { checkApp } from '../../../core/apps/check.ts';
import type { AppDefinition, Field } from '../../../core/apps/definition.ts';
import { BUILT_IN_FIELDS, newApp } from '../../../core/apps/ready-form.ts';
import { exampleNames } from '../../fixtures/property-management.ts';

const names = exampleNames();
const fresh = (kind: 'users' | 'tokens'): AppDefinition => newApp({ id: 'people', name: 'People', kind });
const formOf = (app: AppDefinition) => app.recordTypes[0] as AppDefinition['recordTypes'][number];
const problemsOf = (app: AppDefinition) => checkApp(app, names).problems;

/** A value that each property does not have in any built-in field. */
const CHANGED: Partial<Field> = {
  type: 'text',
  required: false,
  readOnly: true,
  runtimeOnly: true,
  builtIn: false,
  visibleIf: 'has(record.email)',
};

describe('a new tokens app', () => {
  const form = formOf(fresh('tokens'));

  it('comes with the required fields name, email, roles, token and self user', () => {
    expect(form.fields.map(({ id, type, required }) => [id, type, required])).toEqual([
      ['name', 'string', true],
      ['email', 'email', true],
      ['roles', 'roles', true],
      ['token', 'token', true],
      ['self', 'user', true],
    ]);
  });

  it('comes with Add User, View User, Edit User and Delete User, of which none writes the token', () => {
    expect(form.operations.map(({ name, kind, fields }) => [name, kind, fields])).toEqual([
      ['Add User', 'add', ['name', 'email', 'roles']],
      ['View User', 'view', undefined],
      ['Edit User', 'edit', ['name', 'email']],
      ['Delete User', 'delete', undefined],
    ]);
  });

  it('grants nothing to anybody', () => {
    expect(fresh('tokens').permissions).toEqual([]);
  });

  it('may limit the roles, calculate a default role, and have further fields', () => {
    const app = fresh('tokens');
    const roles = formOf(app).fields.find(({ id }) => id === 'roles');
    Object.assign(roles as Field, { rolesFrom: ['technician'], default: '["technician"]', label: 'Rôles' });
    formOf(app).fields.push({ id: 'phone', label: 'Telephone', type: 'phone' });

    expect(problemsOf(app)).toEqual([]);
  });

  it('refuses a default role that may not be chosen', () => {
    const app = fresh('tokens');
    const roles = formOf(app).fields.find(({ id }) => id === 'roles');
    Object.assign(roles as Field, { rolesFrom: ['technician'], default: '["dispatcher"]' });

    expect(problemsOf(app)).toEqual([
      {
        path: '/recordTypes/0/fields/2/default',
        message: 'there is no role that may be chosen "dispatcher". There is "technician".',
      },
    ]);
  });
});

describe.each(['users', 'tokens'] as const)('in an app of kind %s', (kind) => {
  it.each(BUILT_IN_FIELDS[kind].map(({ id }) => id))('the built-in field %s cannot be removed', (id) => {
    const app = fresh(kind);
    const form = formOf(app);
    form.fields = form.fields.filter((field) => field.id !== id);

    expect(problemsOf(app)).toContainEqual({
      path: '/recordTypes/0/fields',
      message: expect.stringContaining(`the built-in field "${id}" cannot be removed; put it back: {`),
    });
  });

  const cases = BUILT_IN_FIELDS[kind].flatMap((field, at) =>
    Object.entries(CHANGED)
      .filter(([property, value]) => field[property as keyof Field] !== value)
      .map(([property, value]) => ({ id: field.id, at, property, value })),
  );
  it.each(cases)('$property of the built-in field $id is locked', ({ id, at, property, value }) => {
    const app = fresh(kind);
    Object.assign(formOf(app).fields[at] as Field, { [property]: value });

    const messages = problemsOf(app).map(({ path, message }) => `${path}: ${message}`);
    expect(messages).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `^/recordTypes/0/fields/${at}(/${property})?: "${property}" of the built-in field "${id}" is locked`,
        ),
      ),
    );
  });

  it.each(['label', 'help'])('%s of every built-in field can be changed', (property) => {
    const app = fresh(kind);
    for (const field of formOf(app).fields) Object.assign(field, { [property]: 'Other words' });

    expect(problemsOf(app)).toEqual([]);
  });

  it('built-in fields can stand in another order', () => {
    const app = fresh(kind);
    formOf(app).fields.reverse();

    expect(problemsOf(app)).toEqual([]);
  });

  it('there is one record type with one state, and no other kind of operation', () => {
    const app = fresh(kind);
    const form = formOf(app);
    app.recordTypes.push({ ...structuredClone(form), id: 'second' });
    form.states.push({ id: 'Gone', name: 'Gone' });
    form.operations.push({ id: 'leave', name: 'Leave', kind: 'transition', from: ['Active'], to: 'Gone' });

    expect(problemsOf(app).map(({ path }) => path)).toEqual([
      '/recordTypes/1',
      '/recordTypes/0/states/1',
      '/recordTypes/0/operations/4/kind',
    ]);
  });

  it('an edit never takes what was fixed when the user was added', () => {
    const app = fresh(kind);
    const edit = formOf(app).operations.find((operation) => operation.kind === 'edit');
    edit?.fields?.push('roles');

    expect(problemsOf(app)).toEqual([
      {
        path: '/recordTypes/0/operations/2/fields/2',
        message: '"roles" is given when the user is added and cannot be edited; remove it',
      },
    ]);
  });
});

it('a field of a records app cannot pass for a built-in one', () => {
  const app = newApp({ id: 'notes', name: 'Notes', kind: 'records' });
  Object.assign(formOf(app).fields[0] as Field, { builtIn: true });

  expect(problemsOf(app)).toEqual([
    {
      path: '/recordTypes/0/fields/0/builtIn',
      message: 'no field "title" comes with an app of kind records; remove "builtIn"',
    },
  ]);
});

describe('an app of accounts is refused with its place and what to do:', () => {
  // biome-ignore lint/suspicious/noExplicitAny: the point is to write what does not fit
  type Loose = any;
  it.each<{
    of: string;
    kind: 'users' | 'tokens';
    change: (form: Loose, app: Loose) => void;
    problems: string[][];
  }>([
    {
      of: 'properties of built-in fields that are others, or too many',
      kind: 'users',
      change: (form) => {
        form.fields[0].required = false;
        form.fields[2].default = '"a@b.example"';
        delete form.fields[4].readOnly;
      },
      problems: [
        [
          '/recordTypes/0/operations/0/fields',
          '"user" is required and not on this form: add it here, give it a default, or make it optional',
        ],
        [
          '/recordTypes/0/fields/0/required',
          '"required" of the built-in field "firstName" is locked: write true',
        ],
        ['/recordTypes/0/fields/2/default', '"default" of the built-in field "email" is locked: remove it'],
        ['/recordTypes/0/fields/4', '"readOnly" of the built-in field "user" is locked: write true'],
      ],
    },
    {
      of: 'a second operation of a kind',
      kind: 'tokens',
      change: (form) => form.operations.push({ id: 'see', name: 'See', kind: 'view' }),
      problems: [
        ['/recordTypes/0/operations/4/kind', 'there is an operation of kind view already; remove one'],
      ],
    },
    {
      of: 'an edit that does not say of what',
      kind: 'tokens',
      change: (form) => delete form.operations[2].fields,
      problems: [
        [
          '/recordTypes/0/operations/2',
          'name the fields that can be edited in "fields": not every detail of a user can',
        ],
      ],
    },
    {
      of: "an edit of a user's address and roles",
      kind: 'users',
      change: (form) => form.operations[2].fields.push('email', 'roles'),
      problems: [
        [
          '/recordTypes/0/operations/2/fields/2',
          '"email" is given when the user is added and cannot be edited; remove it',
        ],
        [
          '/recordTypes/0/operations/2/fields/3',
          '"roles" is given when the user is added and cannot be edited; remove it',
        ],
      ],
    },
    {
      of: 'a token besides its own that is of no app',
      kind: 'tokens',
      change: (form) => form.fields.push({ id: 'second', label: 'S', type: 'token' }),
      problems: [['/recordTypes/0/fields/5', 'a field of type token needs "target"; add it']],
    },
    {
      of: 'actions, which work on accounts by themselves there',
      kind: 'users',
      change: (form) => {
        form.operations[2].actions = [
          { id: 'tell', kind: 'sendEmail', to: 'record.email', subject: '"S"', body: '"B"' },
        ];
      },
      problems: [
        [
          '/recordTypes/0/operations/2/actions',
          'the operations of an app of kind users work on accounts by themselves; remove them',
        ],
      ],
    },
    {
      of: 'mails, which nothing would send',
      kind: 'users',
      change: (form, app) => {
        const mail = {
          id: 'hello',
          name: 'H',
          recordType: 'user',
          to: 'record.email',
          subject: '"S"',
          fields: [],
        };
        app.notifications.push(mail);
        form.operations[0].notifications = ['hello'];
      },
      problems: [
        [
          '/recordTypes/0/operations/0',
          'operations of an app of kind users set off nothing; attach tasks and mails where they are submitted',
        ],
      ],
    },
  ])('$of', ({ kind, change, problems }) => {
    const app = fresh(kind);
    change(formOf(app), app);

    expect(problemsOf(app).map(({ path, message }) => [path, message])).toEqual(problems);
  });
});

describe('a new app', () => {
  const state = [{ id: 'Active', name: 'Active' }];
  const app = (kind: string, type: object) => ({
    id: 'new',
    name: 'New',
    kind,
    accessModel: 'roles',
    recordTypes: [{ ...type, states: state, initialState: 'Active' }],
    tasks: [],
    notifications: [],
    permissions: [],
  });
  const own = (id: string, label: string, type: string, more: object = {}) => ({
    id,
    label,
    type,
    required: true,
    builtIn: true,
    ...more,
  });
  const operations = (fields: string[], details: string[]) => [
    { id: 'add-user', name: 'Add User', kind: 'add', fields },
    { id: 'view-user', name: 'View User', kind: 'view' },
    { id: 'edit-user', name: 'Edit User', kind: 'edit', fields: details },
    { id: 'delete-user', name: 'Delete User', kind: 'delete', confirm: 'Delete User' },
  ];

  it('of records has one field, one state, four operations and one list', () => {
    expect(newApp({ id: 'new', name: 'New', kind: 'records' })).toEqual(
      app('records', {
        id: 'record',
        name: 'Record',
        plural: 'Records',
        titleField: 'title',
        fields: [{ id: 'title', label: 'Title', type: 'string', required: true, maxLength: 200 }],
        operations: [
          { id: 'add', name: 'Add', kind: 'add' },
          { id: 'view', name: 'View', kind: 'view' },
          { id: 'edit', name: 'Edit', kind: 'edit' },
          { id: 'delete', name: 'Delete', kind: 'delete' },
        ],
        views: [{ id: 'all', name: 'All', columns: ['title', 'createdAt'], sort: { field: 'createdAt' } }],
      }),
    );
  });

  it('of users has who they are, what they may do, and one list by last name', () => {
    const fields = ['firstName', 'lastName', 'email', 'roles'];
    expect(newApp({ id: 'new', name: 'New', kind: 'users' })).toEqual(
      app('users', {
        id: 'user',
        name: 'User',
        plural: 'Users',
        titleField: 'lastName',
        fields: [
          own('firstName', 'First name', 'string'),
          own('lastName', 'Last name', 'string'),
          own('email', 'Email', 'email'),
          own('roles', 'Roles', 'roles'),
          own('user', 'User', 'user', { readOnly: true }),
        ],
        operations: operations(fields, ['firstName', 'lastName']),
        views: [{ id: 'all', name: 'All', columns: fields, sort: { field: 'lastName' } }],
      }),
    );
  });

  it('of tokens has who they are, their token, a list by name and one that finds a token', () => {
    const fields = ['name', 'email', 'roles'];
    expect(newApp({ id: 'new', name: 'New', kind: 'tokens' })).toEqual(
      app('tokens', {
        id: 'token-user',
        name: 'Token User',
        plural: 'Token Users',
        titleField: 'name',
        fields: [
          own('name', 'Name', 'string'),
          own('email', 'Email', 'email'),
          own('roles', 'Roles', 'roles'),
          own('token', 'Token', 'token', { readOnly: true }),
          own('self', 'Self', 'user', { readOnly: true }),
        ],
        operations: operations(fields, ['name', 'email']),
        views: [
          { id: 'all', name: 'All', columns: fields, sort: { field: 'name' } },
          {
            id: 'by-token',
            name: 'By Token',
            columns: [...fields, 'token', 'self'],
            filter: 'record.token == params.token',
            parameters: [{ id: 'token', label: 'Token', type: 'token' }],
          },
        ],
      }),
    );
  });
});
