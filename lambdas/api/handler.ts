import { readEnvironment } from '../shared/environment.ts';
import { createHandler } from '../shared/http/create-handler.ts';
import { createWiring } from '../shared/wiring.ts';
import { runtimeHandlers } from './handlers.ts';

const environment = readEnvironment('api');
const wiring = createWiring(environment);

/** The runtime plane over HTTP. */
export const handler = createHandler({
  functionName: 'api',
  siteUrl: environment.SITE_URL,
  signing: wiring.runtime,
  handlers: runtimeHandlers(wiring),
});
