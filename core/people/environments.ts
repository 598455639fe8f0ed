import type { EnvironmentSettings } from '../apps/definition.ts';
import { requireDesign } from '../apps/design-access.ts';
import { changeSettings, readSettings } from '../apps/settings.ts';
import { ENVIRONMENTS, type Environment } from '../environments.ts';
import type { DesignChange } from '../journal/design-event.ts';
import type { AccountSettings } from '../policy/sources/accounts.ts';
import type { SiteSettings } from '../runtime.ts';
import { accountSettings, welcomeText } from './environment-settings.ts';
import type { PeopleSession } from './session.ts';

/** An environment's settings with what counts by default, and the version of the site's settings. */
export interface EnvironmentAnswer {
  environment: Environment;
  accounts: AccountSettings;
  welcomeMail: { subject: string; body: string };
  version: number;
}

/** @throws DaypassError FORBIDDEN */
export async function listEnvironments(session: PeopleSession): Promise<EnvironmentAnswer[]> {
  requireDesign(session, 'design:read', { type: 'environment' });
  const { version, settings } = await readSettings(session);
  return ENVIRONMENTS.map((environment) => answer(environment, settings, version));
}

/** @throws DaypassError FORBIDDEN */
export async function readEnvironmentSettings(
  session: PeopleSession,
  environment: Environment,
): Promise<EnvironmentAnswer> {
  requireDesign(session, 'design:read', { type: 'environment', id: environment });
  const { version, settings } = await readSettings(session);
  return answer(environment, settings, version);
}

/**
 * Says what apps may do with user accounts in an environment, and what its welcome mail says; left out = by default.
 * @throws DaypassError FORBIDDEN, VERSION_MISMATCH
 */
export async function changeEnvironmentSettings(
  session: PeopleSession,
  environment: Environment,
  set: EnvironmentSettings,
  expectedVersion: number,
): Promise<EnvironmentAnswer> {
  requireDesign(session, 'design:configure', { type: 'environment', id: environment });
  const { version, settings } = await changeSettings(
    session,
    ({ settings: before }) => ({
      ...before,
      environments: { ...before.environments, [environment]: set },
    }),
    {
      expectedVersion,
      note: (before, after) => environmentChange(before, after, environment),
    },
  );
  return answer(environment, settings, version);
}

/** What the journal keeps of it. */
export function environmentChange(
  before: SiteSettings,
  after: SiteSettings,
  environment: Environment,
): DesignChange {
  return {
    action: 'change',
    subject: { type: 'environment', id: environment, name: environment },
    before: settingsIn(before, environment),
    after: settingsIn(after, environment),
  };
}

const settingsIn = (settings: SiteSettings, environment: Environment) => ({
  accounts: accountSettings(settings, environment),
  welcomeMail: welcomeText(settings, environment),
});

function answer(environment: Environment, settings: SiteSettings, version: number): EnvironmentAnswer {
  return {
    environment,
    accounts: accountSettings(settings, environment),
    welcomeMail: welcomeText(settings, environment),
    version,
  };
}
