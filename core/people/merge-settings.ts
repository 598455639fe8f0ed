import type { SiteDefinition } from '../apps/definition.ts';
import { ENVIRONMENTS } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import type { DesignChange } from '../journal/design-event.ts';
import { canonicalJson } from '../journal/event.ts';
import type { SiteSettings } from '../runtime.ts';
import { requireKnownRoles } from './delegation.ts';
import { environmentChange } from './environments.ts';
import { MOST_ROLES, requireUnused, roleChange } from './roles.ts';

/**
 * A site's settings with what its files say: roles and environments that the files mention are as they say, and all
 * others stay as they are. Names of former roles are kept, and a role of the files takes none.
 * @throws DaypassError ALREADY_EXISTS, LIMIT_EXCEEDED, ROLE_UNKNOWN
 */
export function mergeSettings(before: SiteSettings, files: SiteDefinition): SiteSettings {
  const { name, contact, environments } = files;
  const mentioned = new Map(files.roles.map((role) => [role.id, role]));
  const stay = before.roles.filter(({ id }) => !mentioned.has(id));
  for (const role of files.roles) requireUnused({ ...before, roles: stay }, role);
  const known = new Set(before.roles.map(({ id }) => id));
  const roles = [
    ...before.roles.map((role) => mentioned.get(role.id) ?? role),
    ...files.roles.filter(({ id }) => !known.has(id)),
  ];
  if (roles.length > MOST_ROLES) {
    const kept = `${stay.length} of them are not in the files`;
    throw new DaypassError('LIMIT_EXCEEDED', `a site has at most ${MOST_ROLES} roles; ${kept}`);
  }
  for (const [at, { accounts }] of files.roles.entries()) {
    requireKnownRoles({ ...before, roles }, accounts?.assign ?? [], `/roles/${at}/accounts/assign`);
  }
  const set = { ...before.environments, ...environments };
  return {
    ...before,
    name,
    contact,
    roles,
    ...(Object.keys(set).length > 0 && { environments: set }),
  };
}

/** What differs between two settings of a site, role by role and environment by environment, for the journal. */
export function settingsChanges(before: SiteSettings, after: SiteSettings): DesignChange[] {
  const ids = new Set([...before.roles, ...after.roles].map(({ id }) => id));
  const differs = ({ before: was, after: is }: DesignChange) =>
    canonicalJson(was ?? null) !== canonicalJson(is ?? null);
  return [
    ...[...ids].map((id) => roleChange(before, after, id)),
    ...ENVIRONMENTS.map((environment) => environmentChange(before, after, environment)),
  ].filter(differs);
}
