import { ROUTES } from '../../lambdas/shared/routes/index.ts';
import type { Route } from '../../lambdas/shared/routes/route.ts';
import type { Answer } from '../../local/visitor.ts';
import { addressOf, type PathValues } from '../support/route-requests.ts';
import type { Deed } from './judge-records.ts';
import type { Stored } from './stored.ts';
import type { Trier, World } from './world.ts';

/** One request that somebody tries. */
export interface Attempt extends Deed {
  route: string;
  values?: PathValues;
  query?: string;
  body?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** What it is after, for whoever reads a finding. */
  aim?: string;
}

/** Makes an attempt from what is stored by then; undefined where there is nothing to try. */
export type Try = (scene: Scene) => Attempt | undefined;

/** Attempts that belong together, one after the other. */
export interface Plan {
  tries: Try[];
  /** Whether some right of the trier leads near it: that is where something can slip through. */
  near: boolean;
}

/** What attempts are made from: as it lies in the table when the attempt is made. */
export interface Scene {
  world: World;
  stored: Stored;
  trier: Trier;
}

export const routeOf = (id: string): Route => {
  const route = ROUTES.find((each) => each.id === id);
  if (!route) throw new Error(`there is no route ${id}`);
  return route;
};

export const ifMatch = (version: number | undefined) => ({ 'if-match': `"${version ?? 1}"` });

/** Sends an attempt as its trier. */
export function send({ trier }: Pick<Scene, 'trier'>, attempt: Attempt): Promise<Answer> {
  const route = routeOf(attempt.route);
  const path = addressOf(route, attempt.values ?? {}) + (attempt.query ?? '');
  const headers = { ...trier.headers, ...attempt.headers };
  if (!route.body) return trier.visitor.send(route.method, path, { headers });
  const isPage = route.answers === 'page';
  return trier.visitor.send(route.method, path, {
    headers: {
      ...headers,
      'content-type': isPage ? 'application/x-www-form-urlencoded' : 'application/json',
    },
    body: isPage ? form({ formToken: trier.formToken, ...attempt.body }) : JSON.stringify(attempt.body ?? {}),
  });
}

function form(fields: Record<string, unknown>): string {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const one of [value].flat()) if (one !== undefined && one !== null) body.append(name, String(one));
  return body.toString();
}
