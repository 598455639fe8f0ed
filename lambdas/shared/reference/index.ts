import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../../../core/errors.ts';
import { ACCESS_ROUTES, POLICY_ROUTES } from '../routes/access.ts';
import { ADMIN_ROUTES } from '../routes/admin.ts';
import { PEOPLE_ROUTES } from '../routes/people.ts';
import type { Route } from '../routes/route.ts';
import { RUNTIME_ROUTES } from '../routes/runtime.ts';
import { TOKEN_ROUTES } from '../routes/tokens.ts';
import { ACCESS_DOCUMENTS } from './access.ts';
import { DESIGN_DOCUMENTS } from './design.ts';
import type { Documented } from './documented.ts';
import { PEOPLE_DOCUMENTS } from './people.ts';
import { RECORD_DOCUMENTS } from './records.ts';

export { CALLERS } from './callers.ts';
export type { Documented } from './documented.ts';

/** Routes that one kind of reader needs together. */
export interface Group {
  id: string;
  title: string;
  text: string;
  holds(route: Route): boolean;
}

const among = (routes: readonly Route[]) => (route: Route) => routes.includes(route);
const isOwn = ({ path }: Route) => path.startsWith('/me');

/** In the order in which the reference shows them; a route that answers JSON is in exactly one. */
export const GROUPS: readonly Group[] = [
  {
    id: 'records',
    title: 'Records and views',
    text: 'The runtime plane: what people, other systems and holders of passes work with.',
    holds: (route) => among(RUNTIME_ROUTES)(route) && !isOwn(route),
  },
  { id: 'caller', title: 'The caller', text: 'Who one is, and where one is signed in.', holds: isOwn },
  {
    id: 'passes',
    title: 'Live passes',
    text: 'Staff’s handles on who can get in now.',
    holds: among(TOKEN_ROUTES),
  },
  {
    id: 'access',
    title: 'Decisions',
    text: 'Who may do what, for other systems (OpenID AuthZEN Authorization API 1.0) and for people who administer.',
    holds: among([...ACCESS_ROUTES, ...POLICY_ROUTES]),
  },
  {
    id: 'apps',
    title: 'Apps and publishing',
    text: 'The design plane: drafts, versions, and what each environment runs.',
    holds: among(ADMIN_ROUTES),
  },
  {
    id: 'people',
    title: 'People, roles and service accounts',
    text: 'The design plane: who there is, and what they hold.',
    holds: among(PEOPLE_ROUTES),
  },
  {
    id: 'documents',
    title: 'This description',
    text: 'The same as this page, for programs.',
    holds: ({ id }) => id === 'openApi',
  },
];

const DOCUMENTS: Readonly<Record<string, Documented>> = {
  ...RECORD_DOCUMENTS,
  ...ACCESS_DOCUMENTS,
  ...DESIGN_DOCUMENTS,
  ...PEOPLE_DOCUMENTS,
  openApi: {
    callers: 'anyone',
    answer: () => z.looseObject({ openapi: z.literal('3.1.0'), paths: z.looseObject({}) }),
  },
};

/** What is said of a route besides its line in the route table; undefined for pages. */
export function documentedOf(route: Route): Documented | undefined {
  return Object.hasOwn(DOCUMENTS, route.id) ? DOCUMENTS[route.id] : undefined;
}

/** What may go wrong anywhere: it is not repeated with every route. */
export const ERRORS_ANYWHERE: readonly ErrorCode[] = [
  'CREDENTIAL_INVALID',
  'REQUEST_INVALID',
  'RATE_LIMITED',
  'INTERNAL',
  'UNAVAILABLE',
];

/** The errors of a route: what its parts bring along, and its own, in order of their status. */
export function errorsOf(route: Route): ErrorCode[] {
  const { body, ifMatch, idempotent, method, path } = route;
  const brought: ErrorCode[] = [
    ...(route.anonymous ? [] : (['CREDENTIAL_MISSING'] as const)),
    ...(path.includes('{') ? (['NOT_FOUND'] as const) : []),
    ...(body ? (['REQUEST_MALFORMED', 'TOO_LARGE', 'MEDIA_TYPE'] as const) : []),
    ...(method === 'GET' ? [] : (['ORIGIN_REFUSED'] as const)),
    ...(ifMatch ? (['VERSION_MISMATCH'] as const) : []),
    ...(ifMatch === 'required' ? (['VERSION_REQUIRED'] as const) : []),
    ...(idempotent ? (['IDEMPOTENCY_MISMATCH'] as const) : []),
  ];
  const own = documentedOf(route)?.errors ?? [];
  return [...new Set([...brought, ...own])].sort((a, b) => ERRORS[a].status - ERRORS[b].status);
}
