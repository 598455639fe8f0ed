import type { AppDefinition, Permission, RoleDefinition } from '../../core/apps/definition.ts';
import { ENVIRONMENTS, type Environment } from '../../core/environments.ts';
import type { StoredRecord } from '../../core/records/record.ts';
import { type Asked, asksNoMore, holds } from './conditions.ts';
import type { Stored } from './stored.ts';

/**
 * Who may do what, computed from what is stored by walking over all of it: no index, no compiler, no word of the
 * product's own decision function. It is the second opinion that the product is held against.
 */
export interface Holder {
  id: string;
  type: string;
  roles: readonly string[];
}

const DESIGN_ALL = ['read', 'create', 'edit', 'delete', 'changePermissions', 'changeAccessLists'];
const MANAGE = ['read', 'create', 'edit', 'delete'];
const onApps = (actions: readonly string[]) => actions.map((action) => `design:app:*:${action}`);
const on = (type: string, actions: readonly string[]) => actions.map((action) => `design:${type}:${action}`);
/** Over what others may do, without holding it oneself. */
const authority = (...kinds: readonly string[]) => kinds.map((kind) => `authority:${kind}`);
const everyEnvironment = (names: readonly string[]) => names.map((name) => `publish:*:${name}`);

/** What the documentation's table says of the built-in roles. */
const BUILT_IN: Readonly<Record<string, readonly string[]>> = {
  Owner: [
    ...onApps(DESIGN_ALL),
    ...everyEnvironment(ENVIRONMENTS),
    ...on('role', MANAGE),
    ...on('account', MANAGE),
    ...on('environment', ['read', 'configure']),
    ...on('site', ['read']),
    ...authority('signIn', 'account', 'assign', 'service'),
    'signIn:development',
    'builtIn:Owner',
    'builtIn:designer',
  ],
  Maintainer: [
    ...onApps(DESIGN_ALL),
    ...authority('signIn', 'account', 'assign', 'service'),
    ...everyEnvironment(ENVIRONMENTS),
    ...on('role', MANAGE),
    ...on('account', MANAGE),
    ...on('environment', ['read', 'configure']),
    'signIn:development',
    'builtIn:designer',
  ],
  Developer: [
    ...onApps(DESIGN_ALL),
    ...authority('service'),
    ...everyEnvironment(ENVIRONMENTS),
    ...on('role', ['read']),
    ...on('account', ['read']),
    ...on('environment', ['read']),
    'signIn:development',
    'builtIn:designer',
  ],
  Publisher: [...onApps(['read', 'changeAccessLists']), 'signIn:development'],
  TenantAdministrator: [
    ...onApps(['read']),
    ...authority('signIn', 'account', 'assign', 'service'),
    ...on('role', MANAGE),
    ...on('account', MANAGE),
    ...on('environment', ['read', 'configure']),
    ...on('site', ['read', 'configure']),
    ...ENVIRONMENTS.map((name) => `signIn:${name}`),
    'builtIn:exempt',
  ],
  PublicSiteAdministrator: [...on('site', ['activateTokens', 'deactivateTokens'])],
};

/** What a holder has that is no app's permission: sign-in, accounts, services, design rights, each by a name. */
export function rightsOf(stored: Stored, { roles }: Pick<Holder, 'roles'>): ReadonlySet<string> {
  const rights = roles.flatMap((id) => {
    const role = stored.roles.get(id);
    return role ? rightsIn(role) : (BUILT_IN[id] ?? []);
  });
  return new Set(rights);
}

function rightsIn({ environments, accounts = {}, design = {}, services = [] }: RoleDefinition): string[] {
  const { publish = ENVIRONMENTS } = design;
  const apps = Object.entries(design.apps ?? {}).flatMap(([app, actions]) => [
    ...actions.filter((action) => action !== 'publish').map((action) => `design:app:${app}:${action}`),
    ...(actions.includes('publish') ? publish.map((name) => `publish:${app}:${name}`) : []),
  ]);
  return [
    ...environments.map((name) => `signIn:${name}`),
    ...(['create', 'update', 'delete'] as const).flatMap((action) =>
      accounts[action] ? [`account:${action}`] : [],
    ),
    ...(accounts.assign ?? []).map((role) => `assign:${role}`),
    ...services.map((service) => `service:${service}`),
    ...apps,
    ...on('role', design.roles ?? []),
    ...on('account', design.accounts ?? []),
    ...on('environment', design.environments ?? []),
  ];
}

/** Whether a right is among others; what is held of all apps is held of each. */
export function hasRight(rights: ReadonlySet<string>, right: string): boolean {
  const [plane, second, third, ...rest] = right.split(':');
  if (rights.has(right)) return true;
  if (plane === 'publish') return rights.has(`publish:*:${third}`);
  return plane === 'design' && second === 'app' && rights.has(['design', 'app', '*', ...rest].join(':'));
}

/** Whether somebody could give a right to others, or take it from them: they hold it, or are the authority over it. */
export function couldGive(rights: ReadonlySet<string>, right: string): boolean {
  return hasRight(rights, right) || rights.has(`authority:${right.split(':')[0]}`);
}

/** Where something is asked: an app as it runs somewhere. */
export interface Place {
  environment: Environment;
  app: AppDefinition;
}

/** A permission that concerns a holder, with how early it is asked. */
interface Concerning {
  tier: number;
  permission: Permission;
}

/** The permissions of an app that name a holder for an operation or, with `open:`, for a view. */
function concerning({ app }: Place, holder: Holder, operation: string): Concerning[] {
  const system = holder.type === 'anonymous' ? 'NonAuthenticatedUser' : 'AuthenticatedUser';
  const named = ({ role, subject }: Permission): number | undefined => {
    if (subject !== undefined) return subject === holder.id ? 1 : undefined;
    if (holder.roles.includes(role ?? '')) return 2;
    return role === system && ['user', 'serviceAccount', 'anonymous'].includes(holder.type) ? 4 : undefined;
  };
  const view = operation.startsWith('open:') ? operation.slice(5) : undefined;
  return app.permissions.flatMap((permission) => {
    const tier = named(permission);
    const names =
      view === undefined ? permission.operations?.includes(operation) : permission.views?.includes(view);
    return tier !== undefined && names ? [{ tier, permission }] : [];
  });
}

/** Exempt from what apps say: tenant administrators everywhere, who designs in development. */
export function isExempt({ roles }: Holder, environment: Environment): boolean {
  if (roles.includes('TenantAdministrator')) return true;
  return (
    environment === 'development' && ['Owner', 'Maintainer', 'Developer'].some((role) => roles.includes(role))
  );
}

/** The fields that somebody may see or write by an operation; undefined: they may not run it at all. */
export type Fields = ReadonlySet<string>;

/**
 * What somebody may do with a record, sign-in aside.
 * @param saved how it would be saved; absent where nothing is written
 */
export function mayDo(
  place: Place,
  holder: Holder,
  operation: string,
  stored: Pick<StoredRecord, 'values' | 'state'> | undefined,
  saved?: Pick<StoredRecord, 'values' | 'state'>,
): Fields | undefined {
  const taken = fieldsOf(place.app, operation);
  if (isExempt(holder, place.environment)) return new Set(taken);
  const asked = (record: Pick<StoredRecord, 'values' | 'state'>, state = record.state): Asked => ({
    values: record.values,
    state,
    me: holder.id,
  });
  const allows = ({ when, check }: Concerning['permission']) => {
    const before = stored === undefined || holds(when, asked(stored)) === true;
    if (!saved || !before) return before;
    if (check !== undefined) return holds(check, asked(saved)) === true;
    return holds(when, asked(saved, stored?.state ?? saved.state)) === true;
  };
  const denies = ({ when }: Concerning['permission']) =>
    [stored, saved].some(
      (record) => record && holds(when, asked(record, stored?.state ?? record.state)) !== false,
    );
  const fields = new Set<string>();
  let allowed = false;
  for (const tier of [1, 2, 4]) {
    const here = concerning(place, holder, operation).filter((each) => each.tier === tier);
    if (here.some(({ permission }) => permission.effect === 'deny' && denies(permission))) break;
    for (const { permission } of here) {
      if (permission.effect === 'deny' || !allows(permission)) continue;
      allowed = true;
      for (const field of fieldsGiven(place.app, operation, permission)) fields.add(field);
    }
  }
  return allowed ? fields : undefined;
}

/** What an operation shows or takes at most: fields, and beside them what else it does, so that this counts as well. */
function fieldsOf(app: AppDefinition, operation: string): string[] {
  const all = app.recordTypes.flatMap(({ fields }) => fields.map(({ id }) => id));
  const found = app.recordTypes.flatMap(({ operations }) => operations).find(({ id }) => id === operation);
  if (!found) return operation.startsWith('open:') ? all : [];
  if (found.kind === 'view') return all;
  return [
    ...(found.fields ?? (['add', 'edit'].includes(found.kind) ? all : [])),
    ...effectsOf(app, operation),
  ];
}

function effectsOf(app: AppDefinition, operation: string): string[] {
  const found = app.recordTypes.flatMap(({ operations }) => operations).find(({ id }) => id === operation);
  if (!found) return [];
  const { kind, from = [], to } = found;
  return [`is ${kind}`, ...from.map((state) => `from ${state}`), ...(to ? [`to ${to}`] : [])];
}

/**
 * Whether somebody could grant what another one was given by a permission: an allow of their own that reaches as far,
 * and that none of their denials stands before.
 */
export function couldGrant(
  held: Place,
  granter: Holder,
  operation: string,
  given: { app: AppDefinition; permission: Concerning['permission'] },
): boolean {
  if (isExempt(granter, held.environment)) return true;
  const own = concerning(held, granter, operation);
  const denied = Math.min(
    ...own.filter(({ permission }) => permission.effect === 'deny').map(({ tier }) => tier),
  );
  const wanted = fieldsGiven(given.app, operation, given.permission);
  return own.some(({ tier, permission }) => {
    if (tier >= denied || permission.effect === 'deny') return false;
    const has = new Set(fieldsGiven(held.app, operation, permission));
    const { when, check } = given.permission;
    return (
      wanted.every((field) => has.has(field)) &&
      asksNoMore(permission.when, when) &&
      asksNoMore(permission.check ?? permission.when, check ?? when)
    );
  });
}

function fieldsGiven(app: AppDefinition, operation: string, { fields }: Permission): readonly string[] {
  const named = fields?.[operation];
  if (named === undefined || named === '*') return fieldsOf(app, operation);
  return [...named, ...effectsOf(app, operation)];
}

/** The permissions and denials that are about somebody and an operation, as they are written. */
export function rulesFor(place: Place, holder: Holder, operation: string): Permission[] {
  return concerning(place, holder, operation).map(({ permission }) => permission);
}
