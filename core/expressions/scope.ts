import type { Fields, FieldType, Scope, ValueType } from './types.ts';

/** The caller, as `me`. */
export const ME: Fields = {
  id: 'string',
  type: 'string',
  name: 'string',
  firstName: 'string',
  lastName: 'string',
  email: 'string',
  roles: 'list<string>',
  profiles: 'list<string>',
  level: 'string',
  manager: 'string',
};

/** The site, as `site`. */
export const SITE: Fields = { url: 'string', name: 'string' };

/** Properties that every record has, read as `record.<name>`; a field of the same name hides them. */
export const RECORD_META: Fields = {
  id: 'string',
  state: 'string',
  lifecycle: 'string',
  owner: 'string',
  createdAt: 'timestamp',
  createdOn: 'timestamp',
  createdBy: 'string',
  updatedAt: 'timestamp',
  updatedBy: 'string',
};

/** Names that no path may hold: on a JavaScript object they would not be data. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** The scope with the standard fields filled in. */
export function completeScope(scope: Scope): Scope {
  return {
    ...scope,
    ...(scope.record ? { meta: scope.meta ?? RECORD_META } : {}),
    me: scope.me ?? ME,
    site: scope.site ?? SITE,
  };
}

/** The value type of a field: a reference by itself is an id. */
export function valueTypeOf(field: FieldType): ValueType {
  return typeof field === 'string' ? field : 'string';
}
