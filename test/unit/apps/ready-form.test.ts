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
