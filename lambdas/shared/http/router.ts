import { ENVIRONMENTS, isEnvironment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import { ROUTES, routeKeys } from '../routes/index.ts';
import type { FunctionName, Route } from '../routes/route.ts';
import { MethodNotAllowed } from './problem.ts';

export interface Match {
  route: Route;
  params: Record<string, string>;
}

/** What ids and file names in addresses are made of; anything else is nowhere. */
const SEGMENT = /^[0-9A-Za-z][\w.-]{0,99}$/;

const byKey = new Map(ROUTES.flatMap((route) => routeKeys(route).map((key) => [key, route] as const)));
const variables = ({ path }: Route) => path.split('{').length;
/** A literal segment goes before a variable one, as API Gateway has it. */
const patterns = [...ROUTES]
  .sort((one, other) => variables(one) - variables(other))
  .map((route) => ({
    route,
    pattern: new RegExp(
      `^${route.path.replace('{environment}', `(?<environment>${ENVIRONMENTS.join('|')})`).replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`,
    ),
  }));

/**
 * The route that API Gateway has chosen. What no route key fits arrives at the portal as `$default`: a HEAD request
 * there is answered like its GET, a wrong method gets the right ones, and everything else is not found.
 * @throws DaypassError NOT_FOUND, METHOD_NOT_ALLOWED
 */
export function matchRoute(
  functionName: FunctionName,
  event: {
    routeKey: string;
    rawPath: string;
    method: string;
    pathParameters?: Record<string, string | undefined>;
  },
): Match {
  const chosen = byKey.get(event.routeKey);
  if (chosen?.function === functionName) {
    const [, first = ''] = event.rawPath.split('/');
    const environment = chosen.path.startsWith('/{environment}/') ? { environment: first } : {};
    return checked({
      route: chosen,
      params: { ...(event.pathParameters as Record<string, string>), ...environment },
    });
  }
  const fitting = patterns.flatMap(({ route, pattern }): Match[] => {
    const found = pattern.exec(event.rawPath);
    return found ? [{ route, params: { ...found.groups } }] : [];
  });
  const methods = [...new Set(fitting.map(({ route }): string => route.method))].sort();
  if (methods.length === 0 || methods.includes(event.method)) throw new DaypassError('NOT_FOUND');
  const same = fitting.find(({ route }) => event.method === 'HEAD' && route.method === 'GET');
  if (same?.route.function === functionName) return checked(same);
  throw new MethodNotAllowed(methods);
}

/** Whether somebody at this address expects a problem document rather than a page. */
export function expectsDocument(rawPath: string): boolean {
  const [, first = ''] = rawPath.split('/');
  return isEnvironment(first) || ['admin', 'access', '.well-known', 'me', 'openapi.json'].includes(first);
}

function checked(match: Match): Match {
  for (const [name, value] of Object.entries(match.params)) {
    if (!SEGMENT.test(value)) throw new DaypassError('NOT_FOUND');
    if (name === 'environment' && !isEnvironment(value)) throw new DaypassError('NOT_FOUND');
  }
  return match;
}
