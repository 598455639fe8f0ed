import { jest } from '@jest/globals';
import { ENVIRONMENTS } from '../../../core/environments.ts';
import {
  DEVELOPER,
  MAINTAINER,
  OWNER,
  PUBLISHER,
  TENANT_ADMINISTRATOR,
} from '../../../core/policy/built-in.ts';
import { signPurpose } from '../../../core/tokens/signed.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import type { Route } from '../../../lambdas/shared/routes/route.ts';
import { PROPERTY_MANAGEMENT, seedDefinitions } from '../../../local/seed.ts';
import { type System, startSystem } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import { addWorkOrder, arrive, DISPATCHER, workOrder } from '../../support/property-management.ts';
import { addressOf } from '../../support/route-requests.ts';
import { COMMON_VALUES, isPost, type Sample, samplesOf } from '../../support/route-samples.ts';
import { plantCredential, siteRuntime, staffSession } from '../../support/site-runtime.ts';
import { MATRIX, RUNTIME_MATRIX } from './route-matrix.ts';

jest.setTimeout(300_000);

/** Who asks: a visitor, what goes with each request, and the form token of their pages. */
interface Person {
  visitor: Visitor;
  headers: Record<string, string>;
  formToken: string;
}

let system: System;
let people: Record<string, Person>;
let samples: Record<string, Sample>;

beforeAll(async () => {
  system = await startSystem();
  for (const environment of ENVIRONMENTS) {
    await seedDefinitions(system, { ...PROPERTY_MANAGEMENT, environment });
  }
  const dispatcher = await staffSession(system, DISPATCHER);
  const contractor = { name: 'Matrix Lifts', email: 'matrix@contractor.example' };
  const { id } = await addWorkOrder(dispatcher, workOrder(contractor));
  const pass = await arrive(system, contractor.email);
  await system.settled();
  const account = await plantCredential(system, {
    type: 'serviceAccount',
    kind: 'apiKey',
    roles: ['dispatcher'],
    environment: 'production',
  });
  const robot = await plantCredential(system, {
    type: 'robot',
    kind: 'apiKey',
    roles: ['robot'],
    environment: 'production',
  });
  const subject = await plantCredential(system, { type: 'user', kind: 'session', roles: [] });
  samples = samplesOf({
    record: id,
    pass: pass.pass['daypass-pass'] ?? '',
    grant: '',
    user: subject.principalId,
    account: account.principalId,
  });
  people = {
    anonymous: { visitor: new Visitor(system.url), headers: {}, formToken: '' },
    pass: { visitor: pass.visitor, headers: pass.pass, formToken: await passToken(pass.token) },
    'no role': await signedIn([]),
    dispatcher: await signedIn(['dispatcher']),
    publisher: await signedIn([PUBLISHER]),
    developer: await signedIn([DEVELOPER]),
    maintainer: await signedIn([MAINTAINER]),
    owner: await signedIn([OWNER]),
    tenantAdm: await signedIn([TENANT_ADMINISTRATOR]),
    service: bearing(account.token),
    robot: bearing(robot.token),
  };
}, 240_000);

afterAll(() => system?.stop());

async function signedIn(roles: string[]): Promise<Person> {
  const { token, principalId } = await plantCredential(system, { type: 'user', kind: 'session', roles });
  const visitor = new Visitor(system.url);
  visitor.setCookie('dp_session', token);
  return { visitor, headers: {}, formToken: await formTokenFor(principalId) };
}

const bearing = (token: string): Person => ({
  visitor: new Visitor(system.url),
  headers: { authorization: `Bearer ${token}` },
  formToken: '',
});

const formTokenFor = async (principalId: string) =>
  signPurpose('form', '', principalId, await siteRuntime(system));

/** A token names its principal: see the token's format. */
const passToken = (token: string) => formTokenFor(token.slice(9, 31));

function ask(route: Route, sample: Sample, person: Person, values = {}): Promise<Answer> {
  const path = addressOf(route, { ...COMMON_VALUES, ...sample.values, ...values }) + (sample.query ?? '');
  const headers = { ...person.headers, ...sample.headers };
  if (!route.body) return person.visitor.send(route.method, path, { headers });
  const page = route.answers === 'page';
  const fields = page ? { formToken: person.formToken, ...sample.body } : sample.body;
  return person.visitor.send(route.method, path, {
    headers: { ...headers, 'content-type': page ? FORM : 'application/json' },
    body: page ? new URLSearchParams(fields as Record<string, string>).toString() : JSON.stringify(fields),
  });
}

const FORM = 'application/x-www-form-urlencoded';

describe('every route and everybody', () => {
  it('has a sample and a line for each route of the table, and for no other', () => {
    const ids = ROUTES.map(({ id }) => id).sort();
    expect(Object.keys(samples).sort()).toEqual(ids);
    expect(Object.keys(MATRIX.rows).sort()).toEqual(ids);
    expect(MATRIX.columns).toEqual(Object.keys(people));
  });

  it('answers as the matrix says', async () => {
    const seen: Record<string, string> = {};
    for (const route of ROUTES) {
      const sample = samples[route.id];
      if (!sample) continue;
      const statuses: number[] = [];
      for (const person of Object.values(people)) {
        const kept = new Map(person.visitor.cookies);
        const { status } = await ask(route, sample, person);
        for (const [name, value] of kept) person.visitor.setCookie(name, value);
        statuses.push(status);
      }
      seen[route.id] = statuses.join(' ');
    }
    expect(seen).toEqual(MATRIX.rows);
  });

  it('[A40] built-in roles count in the runtime plane in development only; a tenant administrator everywhere', async () => {
    const route = ROUTES.find(({ id }) => id === 'openView') as Route;
    const seen: Record<string, string> = {};
    for (const environment of ENVIRONMENTS) {
      const statuses: number[] = [];
      for (const name of RUNTIME_MATRIX.columns) {
        const { status } = await ask(route, {}, people[name] as Person, { environment });
        statuses.push(status);
      }
      seen[environment] = statuses.join(' ');
    }
    expect(seen).toEqual(RUNTIME_MATRIX.rows);
  });

  it('no answer is a failure of ours, whoever asks and whatever is wrong', () => {
    const statuses = Object.values(MATRIX.rows).flatMap((row) => row.split(' ').map(Number));
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(ROUTES.filter(isPost).length).toBeGreaterThan(20);
  });
});
