import { OWNER, TENANT_ADMINISTRATOR } from '../../core/policy/built-in.ts';
import type { System } from '../../local/system.ts';
import { type Answer, Visitor } from '../../local/visitor.ts';
import { plantCredential, staffSession } from './site-runtime.ts';

/** An account as the API answers it. */
export interface Account {
  id: string;
  name: string;
  email: string;
  roles: string[];
  environments: string[];
  version: number;
}

export interface ProblemJson {
  code: string;
  detail?: string;
  problems?: { path: string; message: string }[];
}

/** Somebody with these roles, signed in on a browser of their own. */
export async function somebody(system: System, ...roles: string[]): Promise<Visitor & { id: string }> {
  const { token, principalId } = await plantCredential(system, { type: 'user', kind: 'session', roles });
  const visitor = new Visitor(system.url);
  visitor.setCookie('dp_session', token);
  return Object.assign(visitor, { id: principalId });
}

/** As the first-owner command leaves one. */
export const firstOwner = (system: System) => somebody(system, OWNER, TENANT_ADMINISTRATOR);

let count = 0;
export const freshEmail = (start = 'person') => `${start}${++count}@people.example`;

export async function createUser(
  by: Visitor,
  given: { email?: string; firstName?: string; lastName?: string; roles?: string[] } = {},
): Promise<Account> {
  const answer = await postUser(by, given);
  if (answer.status !== 201) throw new Error(`Creating a user answered ${answer.status}: ${answer.text}`);
  return answer.json as Account;
}

export function postUser(by: Visitor, given: Record<string, unknown> = {}): Promise<Answer> {
  const names = { firstName: 'Pat', lastName: 'Person', email: freshEmail() };
  return by.json('POST', '/admin/users', { ...names, ...given });
}

export async function readUser(by: Visitor, id: string): Promise<Account> {
  return (await by.get(`/admin/users/${id}`)).json as Account;
}

/** Changes a user as they are now. */
export async function patchUser(by: Visitor, id: string, set: object): Promise<Answer> {
  const { version } = await readUser(by, id);
  return by.json('PATCH', `/admin/users/${id}`, set, { 'if-match': `"${version}"` });
}

export const codeOf = ({ status, json }: Answer): [number, string | undefined] => [
  status,
  (json as ProblemJson | undefined)?.code,
];

export const problemsOf = ({ json }: Answer) => (json as ProblemJson).problems ?? [];

export { staffSession };
