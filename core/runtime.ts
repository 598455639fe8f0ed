import type { EnvironmentSettings, RoleDefinition } from './apps/definition.ts';
import type { LinkedSite } from './apps/published.ts';
import type { Environment } from './environments.ts';
import { DaypassError } from './errors.ts';
import type { RebuildNeeds } from './lists/rebuild-needs.ts';
import type { Policy } from './policy/load.ts';
import type { Caller, SiteContext } from './ports.ts';
import type { Store } from './store.ts';
import type { Keyring } from './tokens/keyring.ts';

/** Everything that a runtime use case works with. Built once per process by the edge, and by tests. */
export interface Runtime extends SiteContext {
  store: Store;
  /** What is published in an environment now; cached by content, looked up at every request. */
  published(environment: Environment): Promise<Published>;
  /** The keys that chain the journal; the active one writes, any listed one verifies. */
  journal: Keyring;
}

/** The definitions and the policy of one environment, as of one publication. */
export interface Published {
  environment: Environment;
  site: LinkedSite;
  policy: Policy;
  settings: SiteSettings;
  /** Indexes that lists cannot use before they were rebuilt, by `app/recordType`. */
  rebuilds?: RebuildNeeds;
}

/** The site's own words and defaults. */
export interface SiteSettings {
  name: string;
  /** Whom people can ask when a pass has ended or a link is broken. */
  contact: string;
  roles: readonly RoleDefinition[];
  /** Ids of roles that were removed: whoever still holds one must not come into a new role of that name. */
  formerRoles?: readonly string[];
  /** What differs from an environment's defaults. */
  environments?: Partial<Record<Environment, EnvironmentSettings>>;
}

/** A use case's caller together with what is published where they ask. */
export interface Session {
  runtime: Runtime;
  published: Published;
  caller: Caller;
  /** One time for the whole request, epoch milliseconds. */
  now: number;
  /** Set where a robot does what a service was called for: which, and by whom. */
  service?: { id: string; calledBy: Caller };
}

/**
 * Opens a session: looks up what is published and fixes the time.
 * @throws DaypassError NOT_FOUND when nothing is published there, or the credential belongs to another environment
 */
export async function openSession(
  runtime: Runtime,
  caller: Caller,
  environment: Environment,
): Promise<Session> {
  const bound = caller.credential?.environment;
  if (bound && bound !== environment) throw new DaypassError('NOT_FOUND');
  return { runtime, published: await runtime.published(environment), caller, now: runtime.now() };
}
