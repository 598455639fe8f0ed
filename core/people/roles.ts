import type { RoleDefinition } from '../apps/definition.ts';
import { mayDesign, requireDesign } from '../apps/design-access.ts';
import type { DesignSession } from '../apps/drafts.ts';
import { changeSettings, readSettings, type SettingsState } from '../apps/settings.ts';
import { DaypassError, type Problem } from '../errors.ts';
import type { DesignChange } from '../journal/design-event.ts';
import { BUILT_IN_ROLES } from '../policy/built-in.ts';
import type { SiteSettings } from '../runtime.ts';
import { requireGrantable } from './granted.ts';
import { roleUsage, type UsageSources } from './role-usage.ts';
import type { PeopleSession } from './session.ts';

/** What a site has at most. */
export const MOST_ROLES = 200;

/** A role with the version of the site's settings, which `If-Match` compares. */
export interface RoleAnswer extends RoleDefinition {
  version: number;
}

/** Built-in roles come with the site: they are held, and never changed. */
export interface RoleList {
  version: number;
  roles: readonly RoleDefinition[];
  builtIn: readonly string[];
}

/** @throws DaypassError FORBIDDEN */
export async function listRoles(session: PeopleSession): Promise<RoleList> {
  requireDesign(session, 'design:read', { type: 'role' });
  const { version, settings } = await readSettings(session);
  return { version, roles: settings.roles, builtIn: [...BUILT_IN_ROLES] };
}

/** @throws DaypassError FORBIDDEN, NOT_FOUND */
export async function readRole(session: PeopleSession, id: string): Promise<RoleAnswer> {
  requireDesign(session, 'design:read', { type: 'role' });
  const { version, settings } = await readSettings(session);
  return { ...findRole(settings, id), version };
}

/**
 * A new role permits nothing that is not said here; apps name it in their permissions afterwards.
 * @throws DaypassError FORBIDDEN, ALREADY_EXISTS (also for the id of a role that was removed), ROLE_UNKNOWN, LIMIT_EXCEEDED
 */
export async function createRole(session: PeopleSession, role: RoleDefinition): Promise<RoleAnswer> {
  requireDesign(session, 'design:create', { type: 'role' });
  const { version } = await changeSettings(
    session,
    (state) => {
      const { settings } = state;
      requireUnused(settings, role);
      if (settings.roles.length >= MOST_ROLES)
        throw new DaypassError('LIMIT_EXCEEDED', `a site has at most ${MOST_ROLES} roles`);
      requireGrantable(session, state, undefined, role);
      return { ...settings, roles: [...settings.roles, role] };
    },
    { note: (before, after) => roleChange(before, after, role.id) },
  );
  return { ...role, version };
}

/**
 * Changes what a role is called and permits; its id stays. Whoever adds a part or takes one away must be able to grant it.
 * @throws DaypassError FORBIDDEN, NOT_FOUND, VERSION_MISMATCH, ALREADY_EXISTS, ROLE_UNKNOWN
 */
export async function changeRole(
  session: PeopleSession,
  id: string,
  set: Omit<RoleDefinition, 'id'>,
  expectedVersion: number,
): Promise<RoleAnswer> {
  requireDesign(session, 'design:edit', { type: 'role' });
  const role = { ...set, id };
  const { version } = await changeSettings(
    session,
    (state) => {
      const { settings } = state;
      const before = findRole(settings, id);
      if (settings.roles.some((other) => other.id !== id && other.name === role.name)) {
        const taken = nameTaken(role);
        throw new DaypassError('ALREADY_EXISTS', taken.message, [taken]);
      }
      requireGrantable(session, state, before, role);
      return { ...settings, roles: settings.roles.map((other) => (other.id === id ? role : other)) };
    },
    { expectedVersion, note: (before, after) => roleChange(before, after, id) },
  );
  return { ...role, version };
}

/**
 * Removes a role that nobody and nothing uses. Whoever does must be able to grant all that it permits.
 * @returns what it was called
 * @throws DaypassError FORBIDDEN, NOT_FOUND, VERSION_MISMATCH; ROLE_IN_USE saying where
 */
export async function removeRole(
  session: PeopleSession,
  id: string,
  expectedVersion?: number,
): Promise<{ name: string }> {
  requireDesign(session, 'design:delete', { type: 'role' });
  // Who holds it is told to those who may read accounts.
  const readable = mayDesign(session, 'design:read', { type: 'account' });
  return retireRole(session, id, {
    ...(expectedVersion !== undefined && { expectedVersion }),
    require: (state, role) => requireGrantable(session, state, role, undefined),
    names: ({ path }) => readable || !/^\/(users|service-accounts)\//.test(path),
  });
}

/**
 * Takes a role off the site for whoever may: only while nobody and nothing uses it, and for good. No other role takes
 * its id; the journal keeps what it was.
 * @param options `require` refuses what this caller may not take away; `names` says of which places they may know
 * @throws DaypassError NOT_FOUND, VERSION_MISMATCH; ROLE_IN_USE saying where
 */
export async function retireRole(
  session: DesignSession & UsageSources,
  id: string,
  options: {
    expectedVersion?: number;
    require?: (state: SettingsState, role: RoleDefinition) => void;
    names?: (place: Problem) => boolean;
  } = {},
): Promise<{ name: string }> {
  const { expectedVersion, require, names = () => true } = options;
  let name = '';
  await changeSettings(
    session,
    async (state) => {
      const { settings } = state;
      const role = findRole(settings, id);
      name = role.name;
      require?.(state, role);
      const usage = await roleUsage(session, state, id);
      if (usage.length > 0) {
        const where = usage.length === 1 ? 'one place' : `${usage.length} places`;
        throw new DaypassError('ROLE_IN_USE', `“${id}” is in use in ${where}`, usage.filter(names));
      }
      return {
        ...settings,
        roles: settings.roles.filter((role) => role.id !== id),
        formerRoles: [...(settings.formerRoles ?? []), id],
      };
    },
    {
      removedRole: id,
      note: (before, after) => roleChange(before, after, id),
      ...(expectedVersion !== undefined && { expectedVersion }),
    },
  );
  return { name };
}

/** @throws DaypassError ALREADY_EXISTS for an id or a name that a role has, or an id that one has had */
export function requireUnused(settings: SiteSettings, role: RoleDefinition): void {
  const others = settings.roles;
  const problems = [
    ...(others.some(({ id }) => id === role.id)
      ? [{ path: '/id', message: `“${role.id}” is another role’s id already` }]
      : []),
    ...(settings.formerRoles?.includes(role.id)
      ? [
          {
            path: '/id',
            message: `“${role.id}” was the id of a role that was removed, and a new one must not take its place; choose another`,
          },
        ]
      : []),
    ...(others.some(({ name }) => name === role.name) ? [nameTaken(role)] : []),
  ];
  const [first] = problems;
  if (first) throw new DaypassError('ALREADY_EXISTS', first.message, problems);
}

const nameTaken = ({ name }: Pick<RoleDefinition, 'name'>) => ({
  path: '/name',
  message: `Another role is called “${name}” already`,
});

/** What the journal keeps of a role: the whole of it, as it was and as it is. */
export function roleChange(before: SiteSettings, after: SiteSettings, id: string): DesignChange {
  const [was, is] = [before, after].map(({ roles }) => roles.find((role) => role.id === id));
  return {
    action: was && is ? 'change' : is ? 'create' : 'delete',
    subject: { type: 'role', id, name: (is ?? was)?.name ?? id },
    ...(was && { before: { ...was } }),
    ...(is && { after: { ...is } }),
  };
}

function findRole(settings: SiteSettings, id: string): RoleDefinition {
  const role = settings.roles.find((each) => each.id === id);
  if (!role) throw new DaypassError('NOT_FOUND');
  return role;
}
