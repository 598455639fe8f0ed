import { principalIdOf } from '../../bin/site-files/apply-person.ts';
import { ENVIRONMENTS } from '../../core/environments.ts';
import { DaypassError } from '../../core/errors.ts';
import { TENANT_ADMINISTRATOR } from '../../core/policy/built-in.ts';
import type { Principal } from '../../core/principals.ts';
import type { Runtime } from '../../core/runtime.ts';
import { createSignInLink } from '../../core/sign-in/sign-in.ts';
import { readToken } from '../../core/tokens/token.ts';
import type { Mail, Mailbox } from '../mailbox/mailbox.ts';
import { recordTitle } from './record-title.ts';
import type { Site } from './site.ts';

/** Somebody whom one can be at one click. */
export interface Person {
  /** What the address of the click says: `/as/<id>`. */
  id: string;
  name: string;
  /** “dispatcher”, “contractor for WO-2001”. */
  what: string;
}

/** Where a browser goes to be somebody, and the cookies that it takes along. */
export interface Entrance {
  location: string;
  cookies: string[];
}

export interface People {
  /** Who has a live pass, soonest end first; then who can sign in, in order of name. */
  list(): Promise<Person[]>;
  /**
   * Lets a browser be somebody, as they get in themselves: a user by a fresh sign-in link, a contractor by the link of
   * their mail.
   * @param id of a person in the site's files, of a principal, or `contractor`: whoever was mailed a pass first
   */
  enter(id: string): Promise<Entrance | undefined>;
}

/** Stands for whoever was mailed a pass first. */
export const FIRST_CONTRACTOR = 'contractor';
const MOST_USERS = 100;

/** The people of the site that runs here. */
export function createPeople(site: Site, mailbox: Mailbox): People {
  return {
    async list() {
      const runtime = site();
      const passes = await Promise.all(
        ENVIRONMENTS.toReversed().map((environment) => runtime.store.listOpenGrants(environment)),
      );
      const contractors: Person[] = [];
      for (const { environment, recordId, principalId, status } of passes.flat()) {
        const principal = principalId && (await runtime.store.readPrincipal(principalId));
        if (!principal || status !== 'live') continue;
        const title = await recordTitle(runtime, environment, recordId);
        contractors.push({ id: principal.id, name: principal.name, what: `contractor for ${title}` });
      }
      const roleNames = await roleNamesOf(runtime);
      const { entries } = await runtime.store.listDirectory('users', { limit: MOST_USERS });
      return [
        ...contractors,
        ...entries.map(({ id, name, roles }) => ({ id, name, what: whatTheyAre(roles, roleNames) })),
      ];
    },

    async enter(id) {
      const runtime = site();
      const { store, siteId } = runtime;
      const person =
        (await store.readPrincipal(principalIdOf(siteId, { id, kind: 'user' }))) ??
        (await store.readPrincipal(id));
      if (person?.type === 'user') return signedIn(runtime, person);
      const link = passLinkOf(id, await mailbox.messages(), runtime);
      return link === undefined ? undefined : { location: link, cookies: [] };
    },
  };
}

/** “administrator”, “dispatcher, technician”: what somebody's roles make of them. */
export function whatTheyAre(roles: readonly string[], roleNames: ReadonlyMap<string, string>): string {
  if (roles.includes(TENANT_ADMINISTRATOR)) return 'administrator';
  return roles.map((role) => (roleNames.get(role) ?? role).toLowerCase()).join(', ') || 'no role';
}

/** Names of the site's own roles, as the first environment says in which something is published. */
async function roleNamesOf({ published }: Runtime): Promise<Map<string, string>> {
  for (const environment of ENVIRONMENTS.toReversed()) {
    try {
      const { settings } = await published(environment);
      return new Map(settings.roles.map(({ id, name }) => [id, name]));
    } catch (error) {
      if (!(error instanceof DaypassError) || error.code !== 'NOT_FOUND') throw error;
    }
  }
  return new Map();
}

/** Presses the button of a fresh sign-in link, and hands on what the site answers to that. */
async function signedIn(runtime: Runtime, user: Principal): Promise<Entrance> {
  const { siteUrl } = runtime;
  const token = new URL(await createSignInLink(runtime, user)).searchParams.get('token') ?? '';
  const answer = await fetch(new URL('/sign-in/link', siteUrl), {
    method: 'POST',
    redirect: 'manual',
    headers: { origin: new URL(siteUrl).origin },
    body: new URLSearchParams({ token }),
  });
  if (answer.status !== 303) throw new Error(`Signing in as ${user.name} answered ${answer.status}.`);
  const location = new URL(answer.headers.get('location') ?? '/', siteUrl).href;
  return { location, cookies: answer.headers.getSetCookie() };
}

const TOKEN = /[?#&]token=(\w+)/;

/** The link of the last mail with a pass of that token user; of anybody's first pass for `contractor`. */
function passLinkOf(id: string, mails: readonly Mail[], runtime: Runtime): string | undefined {
  const inOrder = id === FIRST_CONTRACTOR ? mails : mails.toReversed();
  for (const { text } of inOrder) {
    for (const link of text.match(/https?:\/\/\S+/g) ?? []) {
      const token = readToken(TOKEN.exec(link)?.[1] ?? '', runtime.keyring, runtime.siteId);
      if (token?.kind !== 'access') continue;
      if (id === FIRST_CONTRACTOR || token.principalId === id) return link;
    }
  }
  return undefined;
}
