import type { AppDefinition, AppKind, Field, Operation, RecordType, View } from './definition.ts';

/** The fields that come with an app of a kind: they cannot be removed, nor what they are be changed. */
export const BUILT_IN_FIELDS: Readonly<Record<AppKind, readonly Field[]>> = {
  records: [],
  tokens: [
    { id: 'name', label: 'Name', type: 'string', required: true, builtIn: true },
    { id: 'email', label: 'Email', type: 'email', required: true, builtIn: true },
    { id: 'roles', label: 'Roles', type: 'roles', required: true, builtIn: true },
    { id: 'token', label: 'Token', type: 'token', required: true, readOnly: true, builtIn: true },
    { id: 'self', label: 'Self', type: 'user', required: true, readOnly: true, builtIn: true },
  ],
  users: [
    { id: 'firstName', label: 'First name', type: 'string', required: true, builtIn: true },
    { id: 'lastName', label: 'Last name', type: 'string', required: true, builtIn: true },
    { id: 'email', label: 'Email', type: 'email', required: true, builtIn: true },
    { id: 'roles', label: 'Roles', type: 'roles', required: true, builtIn: true },
    { id: 'user', label: 'User', type: 'user', required: true, readOnly: true, builtIn: true },
  ],
};

/** What of a built-in field may be changed: how it is presented, and what it starts with. */
export const OPEN_PROPERTIES: ReadonlySet<string> = new Set(['label', 'help', 'maxLength', 'rolesFrom']);

/** Built-in fields whose default may be calculated: roles can be given by rule; a name or an address cannot. */
export const OPEN_DEFAULTS: ReadonlySet<string> = new Set(['roles']);

/** A new app of a kind, ready to be published as it is. */
export function newApp(given: { id: string; name: string; kind: AppKind }): AppDefinition {
  return {
    ...given,
    accessModel: 'roles',
    recordTypes: [given.kind === 'records' ? plainForm() : accountForm(given.kind)],
    tasks: [],
    notifications: [],
    permissions: [],
  };
}

function plainForm(): RecordType {
  return {
    id: 'record',
    name: 'Record',
    plural: 'Records',
    titleField: 'title',
    fields: [{ id: 'title', label: 'Title', type: 'string', required: true, maxLength: 200 }],
    states: [{ id: 'Active', name: 'Active' }],
    initialState: 'Active',
    operations: [
      { id: 'add', name: 'Add', kind: 'add' },
      { id: 'view', name: 'View', kind: 'view' },
      { id: 'edit', name: 'Edit', kind: 'edit' },
      { id: 'delete', name: 'Delete', kind: 'delete' },
    ],
    views: [{ id: 'all', name: 'All', columns: ['title', 'createdAt'], sort: { field: 'createdAt' } }],
  };
}

/** Users and token users have the same four operations; details that name a person can be edited, the rest cannot. */
function accountForm(kind: 'users' | 'tokens'): RecordType {
  const tokens = kind === 'tokens';
  const details = tokens ? ['name', 'email'] : ['firstName', 'lastName'];
  const taken = tokens ? ['name', 'email', 'roles'] : ['firstName', 'lastName', 'email', 'roles'];
  const operations: Operation[] = [
    { id: 'add-user', name: 'Add User', kind: 'add', fields: taken },
    { id: 'view-user', name: 'View User', kind: 'view' },
    { id: 'edit-user', name: 'Edit User', kind: 'edit', fields: details },
    { id: 'delete-user', name: 'Delete User', kind: 'delete', confirm: 'Delete User' },
  ];
  const all: View = {
    id: 'all',
    name: 'All',
    columns: taken,
    sort: { field: tokens ? 'name' : 'lastName' },
  };
  const byToken: View = {
    id: 'by-token',
    name: 'By Token',
    columns: [...taken, 'token', 'self'],
    filter: 'record.token == params.token',
    parameters: [{ id: 'token', label: 'Token', type: 'token' }],
  };
  return {
    id: tokens ? 'token-user' : 'user',
    name: tokens ? 'Token User' : 'User',
    plural: tokens ? 'Token Users' : 'Users',
    titleField: tokens ? 'name' : 'lastName',
    fields: BUILT_IN_FIELDS[kind].map((field) => ({ ...field })),
    states: [{ id: 'Active', name: 'Active' }],
    initialState: 'Active',
    operations,
    views: tokens ? [all, byToken] : [all],
  };
}
