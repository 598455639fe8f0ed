import { ENVIRONMENTS, type Environment } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import { BUILT_IN_ROLES, TENANT_ADMINISTRATOR } from '../policy/built-in.ts';
import type { Principal } from '../principals.ts';
import type { SiteSettings } from '../runtime.ts';

/** A new user. Names come without space around them; each role counts once. */
export function newUser(given: {
  id: string;
  firstName: string;
  lastName: string;
  email: string;
  roles: readonly string[];
  at: number;
}): Principal {
  const { id, email, at } = given;
  return {
    id,
    type: 'user',
    ...namesOf(given.firstName, given.lastName),
    email,
    roles: distinct(given.roles),
    profiles: [],
    createdAt: new Date(at).toISOString(),
    version: 1,
  };
}

/** First and last name, and both together. */
export function namesOf(firstName: string, lastName: string) {
  const [first, last] = [onOneLine(firstName), onOneLine(lastName)];
  return { firstName: first, lastName: last, name: `${first} ${last}`.trim() };
}

/**
 * First and last name as far as they are known. Of somebody who was entered by their whole name the last word is taken for
 * the last name: a guess, to be shown and corrected.
 */
export function partsOfName(user: Pick<Principal, 'name' | 'firstName' | 'lastName'>): {
  firstName: string;
  lastName: string;
  guessed: boolean;
} {
  const { name, firstName, lastName } = user;
  if (firstName !== undefined || lastName !== undefined) {
    return { firstName: firstName ?? '', lastName: lastName ?? '', guessed: false };
  }
  const words = onOneLine(name).split(/\s+/);
  const last = words.length > 1 ? (words.pop() ?? '') : '';
  return { firstName: words.join(' '), lastName: last, guessed: true };
}

/** A name stands in lines of lists, pages and mails. */
const onOneLine = (name: string) => name.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim();

/** The same account with changed members, one version on. */
export function changed(before: Principal, set: Partial<Principal>): Principal {
  return { ...before, ...set, version: (before.version ?? 1) + 1 };
}

export const distinct = (roles: readonly string[]): string[] => [...new Set(roles)].sort();

/**
 * Roles that one list has and the other has not, either way. What is no role of the site any more permits nothing: it
 * is taken away freely, and given never.
 */
export function rolesMoved(
  before: readonly string[],
  after: readonly string[],
  { roles }: SiteSettings,
): string[] {
  const isRole = (id: string) => BUILT_IN_ROLES.has(id) || roles.some((role) => role.id === id);
  return [
    ...after.filter((role) => !before.includes(role)),
    ...before.filter((role) => !after.includes(role) && isRole(role)),
  ];
}

/** Where roles let somebody sign in, in the order of the environments. */
export function signInEnvironments(roles: readonly string[], settings: SiteSettings): Environment[] {
  if (roles.includes(TENANT_ADMINISTRATOR)) return [...ENVIRONMENTS];
  const found = new Set<Environment>(
    settings.roles.filter(({ id }) => roles.includes(id)).flatMap(({ environments }) => environments),
  );
  if (roles.some((role) => BUILT_IN_ROLES.has(role))) found.add('development');
  return ENVIRONMENTS.filter((environment) => found.has(environment));
}

/**
 * An account is the site's: where it is in use elsewhere, whoever deletes it has to name these environments.
 * @param elsewhere environments that the person can sign in to besides the one in which they are deleted
 * @throws DaypassError CONFIRMATION_NEEDED naming them
 */
export function requireConfirmed(elsewhere: readonly Environment[], confirmed: readonly string[]): void {
  const open = elsewhere.filter((environment) => !confirmed.includes(environment));
  if (open.length === 0) return;
  throw new DaypassError(
    'CONFIRMATION_NEEDED',
    `The account is also in use in ${elsewhere.join(', ')}, and ends there too`,
    open.map((environment) => ({ path: '/confirm', message: `name ${environment} to confirm` })),
  );
}
