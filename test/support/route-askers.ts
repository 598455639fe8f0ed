import { signPurpose } from '../../core/tokens/signed.ts';
import type { Route } from '../../lambdas/shared/routes/route.ts';
import type { System } from '../../local/system.ts';
import { type Answer, Visitor } from '../../local/visitor.ts';
import { addressOf } from './route-requests.ts';
import { COMMON_VALUES, type Sample } from './route-samples.ts';
import { plantCredential, siteRuntime } from './site-runtime.ts';

/** Who asks: a visitor, what goes with each request, and the form token of their pages. */
export interface Asker {
  visitor: Visitor;
  headers: Record<string, string>;
  formToken: string;
}

/** Somebody who holds these roles and nothing else, signed in on a browser of their own. */
export async function askerWith(system: System, roles: string[]): Promise<Asker> {
  const { token, principalId } = await plantCredential(system, { type: 'user', kind: 'session', roles });
  const visitor = new Visitor(system.url);
  visitor.setCookie('dp_session', token);
  return { visitor, headers: {}, formToken: await formTokenFor(system, principalId) };
}

export const formTokenFor = async (system: System, principalId: string) =>
  signPurpose('form', '', principalId, await siteRuntime(system));

/** Sends the sample of a route as somebody. @param values for names in the path, before those of the sample */
export function ask(route: Route, sample: Sample, asker: Asker, values = {}): Promise<Answer> {
  const path = addressOf(route, { ...COMMON_VALUES, ...sample.values, ...values }) + (sample.query ?? '');
  const headers = { ...asker.headers, ...sample.headers };
  if (!route.body) return asker.visitor.send(route.method, path, { headers });
  const page = route.answers === 'page';
  const fields = page ? { formToken: asker.formToken, ...sample.body } : sample.body;
  return asker.visitor.send(route.method, path, {
    headers: { ...headers, 'content-type': page ? FORM : 'application/json' },
    body: page ? new URLSearchParams(fields as Record<string, string>).toString() : JSON.stringify(fields),
  });
}

const FORM = 'application/x-www-form-urlencoded';
