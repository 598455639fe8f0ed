import { readEnvironment } from '../shared/environment.ts';
import { createHandler } from '../shared/http/create-handler.ts';
import { createMailer } from '../shared/mailer.ts';
import { createWiring } from '../shared/wiring.ts';
import { adminHandlers } from './handlers.ts';
import { passHandlers } from './pass-handlers.ts';

const environment = readEnvironment('admin');
const wiring = createWiring(environment);
const mailer = createMailer({
  sender: environment.SENDER_ADDRESS,
  replyTo: environment.REPLY_TO,
  configurationSet: environment.CONFIGURATION_SET,
});

/** The design plane over HTTP. */
export const handler = createHandler({
  functionName: 'admin',
  siteUrl: environment.SITE_URL,
  signing: wiring.runtime,
  handlers: { ...adminHandlers(wiring), ...passHandlers(wiring, mailer) },
});
