import { z } from 'zod';
import { ROUTES } from '../../lambdas/shared/routes/index.ts';
import type { Route } from '../../lambdas/shared/routes/route.ts';

/** What stands for the names between braces in a path. */
export type PathValues = Record<string, string>;

/** An id of the right shape that nothing has. */
export const NOTHING = '0'.repeat(22);

/** The address of a route, filled in. */
export function addressOf(route: Route, values: PathValues): string {
  return route.path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? NOTHING);
}

/** Methods that are no route at this address, as far as clients send them. */
export function wrongMethods(route: Route): string[] {
  const right = ROUTES.filter(({ path }) => shape(path) === shape(route.path)).map(({ method }) => method);
  return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].filter(
    (method) => !(right as string[]).includes(method),
  );
}

const shape = (path: string) => path.replace(/\{\w+\}/g, '{}');

/** The members that a route's body declares, each with its schema. */
export function bodyMembers(route: Route): [name: string, schema: z.ZodType][] {
  return route.body instanceof z.ZodObject
    ? Object.entries(route.body.shape as Record<string, z.ZodType>)
    : [];
}

/** Whether the body refuses members that it does not declare. */
export function refusesUnknown(route: Route): boolean {
  return route.body instanceof z.ZodObject && route.body.def.catchall?._zod.def.type === 'never';
}

/** A text that no declared text is long enough for. */
export const ENDLESS = 'x'.repeat(30_000);

/** A value of a type that no declared member takes. */
export const ODD = [[{ odd: true }]];
