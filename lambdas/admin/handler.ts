import { readEnvironment } from '../shared/environment.ts';
import { createHandler } from '../shared/http/create-handler.ts';
import { createWiring } from '../shared/wiring.ts';
import { adminHandlers } from './handlers.ts';

const environment = readEnvironment('admin');
const wiring = createWiring(environment);

/** The design plane over HTTP. */
export const handler = createHandler({
  functionName: 'admin',
  siteUrl: environment.SITE_URL,
  signing: wiring.runtime,
  handlers: adminHandlers(wiring),
});
