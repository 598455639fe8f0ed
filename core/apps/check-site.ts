import { DaypassError, type Problem } from '../errors.ts';
import { BUILT_IN_ROLES } from '../policy/built-in.ts';
import { normaliseEmail } from '../principals.ts';
import { type SiteDefinition, siteSchema } from './definition.ts';
import { parseDocument } from './parse.ts';
import { collectProblems, type Report, suggestion } from './problems.ts';

/** A site is right, or it has problems: at least one, each with the JSON pointer of its place. */
export type SiteCheckResult =
  | { site: SiteDefinition; problems: readonly [] }
  | { site?: undefined; problems: readonly Problem[] };

/** Checks a site's document: its roles, and that its people hold roles that exist. Never throws. */
export function checkSite(document: unknown): SiteCheckResult {
  const { report, problems } = collectProblems(document);
  const site = parseDocument(siteSchema, document, report);
  if (!site) return { problems };
  requireDistinct(report, 'roles', site.roles, ({ id }) => id, 'id');
  requireDistinct(report, 'roles', site.roles, ({ name }) => name, 'name');
  requireDistinct(report, 'people', site.people, ({ id }) => id, 'id');
  requireDistinct(report, 'people', site.people, ({ email }) => email && normaliseEmail(email), 'email');
  checkPeople(site, report);
  return problems.length > 0 ? { problems } : { site, problems: [] };
}

/**
 * The checked site.
 * @throws DaypassError DEFINITION_INVALID with every problem
 */
export function requireValidSite(document: unknown): SiteDefinition {
  const { site, problems } = checkSite(document);
  if (site) return site;
  const first = problems[0];
  throw new DaypassError('DEFINITION_INVALID', first && `${first.path || '/'}: ${first.message}`, problems);
}

function requireDistinct<Item>(
  report: Report,
  list: string,
  items: readonly Item[],
  keyOf: (item: Item) => string | undefined,
  member: string,
): void {
  const seen = new Set<string>();
  for (const [at, item] of items.entries()) {
    const key = keyOf(item);
    if (key === undefined) continue;
    if (seen.has(key)) report([list, at, member], `"${key}" is there already; choose another ${member}`);
    seen.add(key);
  }
}

function checkPeople(site: SiteDefinition, report: Report): void {
  const custom = new Set(site.roles.map((role) => role.id));
  for (const [at, person] of site.people.entries()) {
    const path = ['people', at];
    if (person.kind === 'user' && person.email === undefined) {
      report(path, `"${person.id}" is a user and signs in by mail: add "email"`);
    }
    if (person.kind !== 'user' && person.email !== undefined) {
      report([...path, 'email'], `only users sign in; remove "email" from "${person.id}"`);
    }
    if (person.kind !== 'robot' && person.apps !== undefined) {
      report([...path, 'apps'], `only robots run tasks and services; remove "apps" from "${person.id}"`);
    }
    for (const [index, role] of person.roles.entries()) {
      const place = [...path, 'roles', index];
      if (BUILT_IN_ROLES.has(role)) {
        if (person.kind !== 'user')
          report(place, `"${role}" is for users; give "${person.id}" a custom role`);
      } else if (!custom.has(role)) {
        report(place, `there is no role "${role}".${suggestion(role, [...custom, ...BUILT_IN_ROLES])}`);
      }
    }
  }
}
