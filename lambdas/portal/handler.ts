import { readEnvironment, readIssuerSettings } from '../shared/environment.ts';
import { cookieNames } from '../shared/http/cookies.ts';
import { createHandler } from '../shared/http/create-handler.ts';
import { createMailer } from '../shared/mailer.ts';
import { createLogger } from '../shared/observability.ts';
import { openPeople } from '../shared/people-session.ts';
import { createWiring } from '../shared/wiring.ts';
import { pageAssets, readAsset } from './assets.ts';
import { errorPage } from './error-page.tsx';
import { homeHandlers } from './handlers/home.tsx';
import { issuerHandlers } from './handlers/issuer.ts';
import { livePassHandlers } from './handlers/live-passes.tsx';
import { manageEnvironmentHandlers } from './handlers/manage-environments.tsx';
import { manageJournalHandlers } from './handlers/manage-journal.tsx';
import { manageListHandlers } from './handlers/manage-lists.tsx';
import { manageMachineHandlers } from './handlers/manage-machines.tsx';
import { manageRoleHandlers } from './handlers/manage-roles.tsx';
import { manageUserHandlers } from './handlers/manage-users.tsx';
import { passHandlers } from './handlers/pass.tsx';
import { signInHandlers } from './handlers/sign-in.tsx';
import { staffHandlers } from './handlers/staff.tsx';
import { createIssuer } from './issuer.ts';
import type { Portal } from './portal.ts';

const environment = readEnvironment('portal');
const wiring = createWiring(environment);
const logger = createLogger('portal');
const issuerSettings = readIssuerSettings();
const portal: Portal = {
  siteUrl: environment.SITE_URL,
  names: cookieNames(environment.SITE_URL),
  assets: pageAssets,
  mailer: createMailer({
    sender: environment.SENDER_ADDRESS,
    replyTo: environment.REPLY_TO,
    configurationSet: environment.CONFIGURATION_SET,
    // Nobody's mail leaves more than once for one click: whoever waits learns that no answer came.
    attempts: 1,
  }),
  ...(issuerSettings && { issuer: createIssuer(issuerSettings, environment.SITE_URL) }),
  logger,
  runtime: wiring.runtime,
  session: wiring.session,
  people: openPeople(wiring),
  readAsset,
};

/** The pages, and every address that is nowhere. */
export const handler = createHandler({
  functionName: 'portal',
  siteUrl: environment.SITE_URL,
  signing: wiring.runtime,
  errorPage: errorPage(portal),
  logger,
  handlers: {
    ...homeHandlers(portal),
    ...signInHandlers(portal),
    ...issuerHandlers(portal),
    ...passHandlers(portal),
    ...staffHandlers(portal),
    ...livePassHandlers(portal),
    ...manageUserHandlers(portal),
    ...manageRoleHandlers(portal),
    ...manageMachineHandlers(portal),
    ...manageEnvironmentHandlers(portal),
    ...manageJournalHandlers(portal),
    ...manageListHandlers(portal),
  },
});
