import type { Route } from './api-definition.ts';

export interface RouteMatch {
  route: Route;
  /** Decoded. */
  pathParameters: Record<string, string>;
}

/** Finds the route of a request as an HTTP API does, undefined for none. `path` is not decoded. */
export type FindRoute = (method: string, path: string) => RouteMatch | undefined;

interface Candidate {
  route: Route;
  segments: string[];
  greedy: boolean;
}

const isVariable = (segment = '') => segment.startsWith('{');

/**
 * API Gateway's priority: routes that name the whole path (a literal segment before a variable), then greedy ones
 * (the longest first), then `$default`; for the same path, the request's method before ANY.
 */
export function createRouteTable(routes: Route[]): FindRoute {
  const candidates: Candidate[] = routes
    .filter(({ key }) => key !== '$default')
    .map((route) => {
      const segments = route.path.split('/').slice(1);
      return { route, segments, greedy: segments.at(-1)?.endsWith('+}') ?? false };
    })
    .sort(bySpecificity);
  const fallback = routes.find(({ key }) => key === '$default');

  return (method, path) => {
    const segments = path.split('/').slice(1);
    for (const candidate of candidates) {
      if (candidate.route.method !== 'ANY' && candidate.route.method !== method) continue;
      const pathParameters = match(candidate, segments);
      if (pathParameters) return { route: candidate.route, pathParameters };
    }
    return fallback && { route: fallback, pathParameters: {} };
  };
}

function bySpecificity(a: Candidate, b: Candidate): number {
  if (a.greedy !== b.greedy) return a.greedy ? 1 : -1;
  for (let i = 0; i < Math.max(a.segments.length, b.segments.length); i++) {
    const difference = Number(isVariable(a.segments[i])) - Number(isVariable(b.segments[i]));
    if (difference) return difference;
  }
  if (a.segments.length !== b.segments.length) return b.segments.length - a.segments.length;
  return Number(a.route.method === 'ANY') - Number(b.route.method === 'ANY');
}

function match(
  { segments: pattern, greedy }: Candidate,
  segments: string[],
): Record<string, string> | undefined {
  if (greedy ? segments.length < pattern.length : segments.length !== pattern.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [i, expected] of pattern.entries()) {
    const last = greedy && i === pattern.length - 1;
    const actual = last ? segments.slice(i).join('/') : (segments[i] ?? '');
    if (!isVariable(expected)) {
      if (expected !== actual) return undefined;
    } else {
      if (actual === '') return undefined;
      parameters[expected.replace(/[{}+]/g, '')] = decode(actual);
    }
  }
  return parameters;
}

/** Percent-decodes; what is not properly encoded stays as it is. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
