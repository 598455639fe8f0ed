import { ENVIRONMENTS } from '../../../core/environments.ts';
import { ACCESS_ROUTES, POLICY_ROUTES } from './access.ts';
import { ADMIN_ROUTES } from './admin.ts';
import { MANAGE_ROUTES } from './manage-pages.ts';
import { PAGE_ROUTES } from './pages.ts';
import { PEOPLE_ROUTES } from './people.ts';
import type { Route } from './route.ts';
import { RUNTIME_ROUTES } from './runtime.ts';
import { TOKEN_ROUTES } from './tokens.ts';

/** Every route with its own id, path and schemas, so that handlers can be typed by them. */
export type SiteRoute =
  | (typeof RUNTIME_ROUTES)[number]
  | (typeof ACCESS_ROUTES)[number]
  | (typeof POLICY_ROUTES)[number]
  | (typeof ADMIN_ROUTES)[number]
  | (typeof PEOPLE_ROUTES)[number]
  | (typeof TOKEN_ROUTES)[number]
  | (typeof PAGE_ROUTES)[number]
  | (typeof MANAGE_ROUTES)[number];

/** Every address of the site. Anything else reaches `$default`, which the portal answers (404, or 405 with Allow). */
export const ROUTES: readonly Route[] = [
  ...RUNTIME_ROUTES,
  ...ACCESS_ROUTES,
  ...POLICY_ROUTES,
  ...ADMIN_ROUTES,
  ...PEOPLE_ROUTES,
  ...TOKEN_ROUTES,
  ...PAGE_ROUTES,
  ...MANAGE_ROUTES,
];

/** API Gateway's route keys of a route: `{environment}` as the first segment becomes four literal prefixes. */
export function routeKeys(route: Route): string[] {
  return route.path.startsWith('/{environment}/')
    ? ENVIRONMENTS.map((name) => `${route.method} ${route.path.replace('{environment}', name)}`)
    : [`${route.method} ${route.path}`];
}
