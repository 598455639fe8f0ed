import type { Environment } from '../environments.ts';
import type { AccountSettings } from '../policy/sources/accounts.ts';
import type { SiteSettings } from '../runtime.ts';

/** Apps may change user accounts in production; elsewhere it has to be switched on. */
export function accountSettings(settings: SiteSettings, environment: Environment): AccountSettings {
  const byDefault = environment === 'production';
  return settings.environments?.[environment]?.accounts ?? { manipulation: byDefault, deletion: byDefault };
}

/** What a welcome mail says unless the environment says otherwise. */
export const USUAL_WELCOME = {
  subject: 'Welcome',
  body: 'You have an account now. Sign in with this email address: a link is mailed to you whenever you ask for one.',
};

/** The welcome mail's text in an environment. */
export function welcomeText(settings: SiteSettings, environment: Environment) {
  return settings.environments?.[environment]?.welcomeMail ?? USUAL_WELCOME;
}
