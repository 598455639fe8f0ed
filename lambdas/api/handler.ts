import { readEnvironment } from '../shared/environment.ts';
import { createHandler } from '../shared/http/create-handler.ts';
import { createWiring } from '../shared/wiring.ts';
import { accessHandlers } from './access-handlers.ts';
import { runtimeHandlers } from './handlers.ts';

const environment = readEnvironment('api');
const wiring = createWiring(environment);

/** The runtime plane over HTTP, and questions about who may do what. */
export const handler = createHandler({
  functionName: 'api',
  siteUrl: environment.SITE_URL,
  signing: wiring.runtime,
  handlers: { ...runtimeHandlers(wiring), ...accessHandlers(wiring, environment.SITE_URL) },
});
