import { readEnvironment } from '../shared/environment.ts';
import { createHandler } from '../shared/http/create-handler.ts';
import { createMailer } from '../shared/mailer.ts';
import { openPeople } from '../shared/people-session.ts';
import { createWiring } from '../shared/wiring.ts';
import { adminHandlers } from './handlers.ts';
import { passHandlers } from './pass-handlers.ts';
import { peopleHandlers } from './people-handlers.ts';
import { policyHandlers } from './policy-handlers.ts';
import { serviceAccountHandlers } from './service-account-handlers.ts';

const environment = readEnvironment('admin');
const wiring = createWiring(environment);
const open = openPeople(wiring);
const mailer = createMailer({
  sender: environment.SENDER_ADDRESS,
  replyTo: environment.REPLY_TO,
  configurationSet: environment.CONFIGURATION_SET,
  // Nobody's mail leaves more than once for one click: whoever waits learns that no answer came.
  attempts: 1,
});

/** The design plane over HTTP. */
export const handler = createHandler({
  functionName: 'admin',
  siteUrl: environment.SITE_URL,
  signing: wiring.runtime,
  handlers: {
    ...adminHandlers(wiring),
    ...peopleHandlers(open),
    ...serviceAccountHandlers(open),
    ...passHandlers(wiring, mailer),
    ...policyHandlers(open),
  },
});
