import { jest } from '@jest/globals';
import { ENVIRONMENTS } from '../../../core/environments.ts';
import type { ErrorCode } from '../../../core/errors.ts';
import {
  BUILT_IN_ROLES,
  DEVELOPER,
  MAINTAINER,
  OWNER,
  PUBLIC_SITE_ADMINISTRATOR,
  PUBLISHER,
  TENANT_ADMINISTRATOR,
} from '../../../core/policy/built-in.ts';
import { documentedOf, ERRORS_ANYWHERE, errorsOf } from '../../../lambdas/shared/reference/index.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import type { Route } from '../../../lambdas/shared/routes/route.ts';
import { FUNCTION_NAMES } from '../../../lib/names.ts';
import { PROPERTY_MANAGEMENT, seedDefinitions } from '../../../local/seed.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import { readable } from '../../support/page-forms.ts';
import { addWorkOrder, arrive, DISPATCHER, workOrder } from '../../support/property-management.ts';
import { type Asker, ask, askerWith, formTokenFor } from '../../support/route-askers.ts';
import { isPost, type Sample, samplesOf } from '../../support/route-samples.ts';
import { plantCredential, staffSession } from '../../support/site-runtime.ts';
import { startSystem } from '../../support/system.ts';
import { readsSoFar } from '../../support/witness.ts';
import {
  builtInRolesInDocs,
  designRequests,
  openedBy,
  rightsInDocs,
  rightsInSchema,
} from './design-rights.ts';
import { formsOfPages, sendEachForm } from './each-form.ts';
import { OPENED_BY } from './opened-by-rights.ts';
import { MATRIX, RUNTIME_MATRIX } from './route-matrix.ts';

jest.setTimeout(300_000);

let system: System;
let people: Record<string, Asker>;
let samples: Record<string, Sample>;
/** What does not fit what the reference says of a route, found while everybody asks everything. */
const undocumented = new Set<string>();
const compared = new Set<string>();

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
    now: system.clock.now(),
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

const signedIn = (roles: string[]) => askerWith(system, roles);

const bearing = (token: string): Asker => ({
  visitor: new Visitor(system.url),
  headers: { authorization: `Bearer ${token}` },
  formToken: '',
});

/** A token names its principal: see the token's format. */
const passToken = (token: string) => formTokenFor(system, token.slice(9, 31));

/** A success must be what is documented, member by member; a refusal must be among the documented ones. */
function compare(route: Route, { status, json, text }: Answer): void {
  if (status < 300) {
    compared.add(route.id);
    const schema = documentedOf(route)?.answer?.();
    const problems = schema
      ? schema.safeParse(json).error?.issues
      : text === ''
        ? []
        : [{ path: [], message: text }];
    for (const { path, message } of problems ?? [])
      undocumented.add(`${route.id} /${path.join('/')}: ${message}`);
    return;
  }
  const { code } = json as { code: ErrorCode };
  if (![...errorsOf(route), ...ERRORS_ANYWHERE].includes(code))
    undocumented.add(`${route.id} may answer ${code}`);
}

/** Somebody who may sign in to production and holds a role with these design rights alone. */
async function holderOf(name: string, design: object): Promise<Asker> {
  const role = { id: `right-${name}`, name: `Right ${name}`, environments: ['production'], design };
  const made = await (people.owner as Asker).visitor.json('POST', '/admin/roles', role);
  expect([design, made.status, made.text]).toEqual([design, 201, made.text]);
  return signedIn([role.id]);
}

/** What somebody is answered wherever something is designed or administered, and where others are asked about. */
async function answersTo(right: string, asker: Asker): Promise<Record<string, number>> {
  const answers: Record<string, number> = {};
  for (const [name, route, sample] of designRequests(samples, right))
    answers[name] = (await ask(route, sample, asker)).status;
  return answers;
}

/** Writes that succeed, one after the other; each answer is compared with the reference. */
async function eachWrite(): Promise<[string, number][]> {
  const done: [string, number][] = [];
  const write = async (id: string, who: string, sample: Sample, version?: number) => {
    const route = ROUTES.find((each) => each.id === id) as Route;
    const headers = version === undefined ? {} : { 'if-match': `"${version}"` };
    const answer = await ask(route, { ...sample, headers }, people[who] as Asker);
    compare(route, answer);
    done.push([id, answer.status]);
    return answer.json as { id: string; version: number; definition: Record<string, unknown> };
  };
  const person = { firstName: 'Mia', lastName: 'Writer', email: 'mia@abc.example', roles: [] };
  const mia = await write('createUser', 'owner', { body: person });
  await write('updateUser', 'owner', { values: { user: mia.id }, body: { firstName: 'Mira' } }, mia.version);
  await write('signOutUser', 'owner', { values: { user: mia.id } });
  const role = await write('createRole', 'owner', {
    body: { id: 'reader', name: 'Reader', environments: [] },
  });
  const changed = { name: 'Readers', environments: ['test'] };
  await write('changeRole', 'owner', { values: { role: 'reader' }, body: changed }, role.version);
  const account = await write('createServiceAccount', 'owner', { body: { name: 'Robot arm', roles: [] } });
  const values = { account: account.id };
  await write('updateServiceAccount', 'owner', { values, body: { name: 'Arm' } }, account.version);
  const expiresAt = new Date(system.clock.now() + 86_400_000).toISOString();
  await write('createKey', 'owner', { values, body: { name: 'Key', environment: 'test', expiresAt } });
  const read = async (who: string, path: string) => (await (people[who] as Asker).visitor.get(path)).json;
  const { version } = (await read('owner', '/admin/environments/test/settings')) as { version: number };
  await write('changeEnvironmentSettings', 'owner', { values: { target: 'test' }, body: {} }, version);
  const draft = await write('createApp', 'owner', { body: { id: 'empty', name: 'Empty' } });
  await write(
    'saveDraft',
    'owner',
    { values: { app: 'empty' }, body: { ...draft.definition, name: 'Still empty' } },
    draft.version,
  );
  await write('publish', 'owner', { values: { target: 'test' }, body: { apps: ['empty'] } });
  const indexes = { app: 'contractor-tokens', recordType: 'contractor' };
  await write('rebuildIndexes', 'owner', { values: { target: 'production' }, body: indexes });
  const email = 'writes@contractor.example';
  const job = await write('addRecord', 'dispatcher', {
    body: { operation: 'add', values: workOrder({ name: 'Writes', email }) },
  });
  const run = { values: { record: job.id, operation: 'edit' }, body: { values: { building: 'Tower' } } };
  await write('runOperation', 'dispatcher', run);
  await arrive(system, email);
  await system.settled();
  const { passes } = (await read('dispatcher', '/admin/tokens/production')) as {
    passes: { id: string; email?: string }[];
  };
  const grant = passes.find((pass) => pass.email === email)?.id ?? '';
  await write('extendPass', 'dispatcher', { values: { grant }, body: { until: expiresAt } });
  await write('resendPass', 'dispatcher', { values: { grant } });
  await write('revokePasses', 'dispatcher', { body: { passes: [grant] } });
  return done;
}

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
        const answer = await ask(route, sample, person);
        const { status } = answer;
        if (route.answers === 'json') compare(route, answer);
        for (const [name, value] of kept) person.visitor.setCookie(name, value);
        statuses.push(status);
      }
      seen[route.id] = statuses.join(' ');
    }
    expect(seen).toEqual(MATRIX.rows);
  });

  it('[P7] each success and each refusal of the API is as the reference describes it', async () => {
    const writes = await eachWrite();
    expect(writes.filter(([, status]) => status >= 300)).toEqual([]);
    expect([...undocumented]).toEqual([]);
    const api = ROUTES.filter(({ answers }) => answers === 'json').map(({ id }) => id);
    // Services are compared where an app has some (services.test.ts), and a pass that is over takes a workflow (runbook).
    // Signing oneself out, and the last steps of removals, have empty answers.
    const empty = [
      'callService',
      'runTaskAgain',
      'endSession',
      'endSessions',
      'deleteUser',
      'removeRole',
      'deleteServiceAccount',
      'revokeKey',
    ];
    expect(api.filter((id) => !compared.has(id))).toEqual(empty.filter((id) => !compared.has(id)));
  });

  it('each form of a page that does what it was sent for leads to a page that can be loaded again, and says once what was done', async () => {
    // A page that asks before anything is done: sending it again asks again.
    const asking = ['changePasses revoke'];
    const { owner, dispatcher } = people as Record<'owner' | 'dispatcher', Asker>;
    const sent = await sendEachForm(system, owner, dispatcher);
    expect(sent.map(({ what }) => what).sort()).toEqual(formsOfPages().sort());
    for (const { what, answer, loaded } of sent) {
      const answered = [what, answer.status, asking.includes(what) ? '' : readable(answer.text)];
      expect(answered).toEqual([what, asking.includes(what) ? 200 : 303, '']);
      expect([what, answer.headers.get('location')]).not.toEqual([what, expect.stringContaining('dp_')]);
      const [shown, again] = loaded;
      // The page of a pass that has ended thanks once, and says then that it has ended.
      expect([what, shown?.status]).toEqual([what, asking.includes(what) ? undefined : 200]);
      expect([what, again?.status]).toEqual([what, what === 'passRun' ? 410 : shown?.status]);
      expect([what, again?.text.includes('class="done"') ?? false]).toEqual([what, false]);
    }
  });

  it('[A10, A12] each right of the design plane is a row of the administrator’s table, and opens exactly what it says', async () => {
    const rights = rightsInSchema();
    expect(rights.length).toBeGreaterThan(10);
    expect(rightsInDocs()).toEqual(rights);
    const holders: [string, Asker][] = [['nothing', await holderOf('nothing', {})]];
    for (const right of rights) {
      const [kind = '', action = ''] = right.split(': ');
      for (const granted of action === 'read' ? [['read']] : [[action], ['read', action]]) {
        const design = { [kind]: kind === 'apps' ? { '*': granted } : granted };
        holders.push([`${kind}: ${granted.join(', ')}`, await holderOf(holders.length.toString(), design)]);
      }
    }
    for (const publish of ['production', 'test']) {
      const design = { apps: { '*': ['read', 'publish'] }, publish: [publish] };
      holders.push([`apps: read, publish into ${publish}`, await holderOf(publish, design)]);
    }
    expect(builtInRolesInDocs()).toEqual([...BUILT_IN_ROLES].sort());
    // The others are columns of the matrix.
    holders.push([PUBLIC_SITE_ADMINISTRATOR, await signedIn([PUBLIC_SITE_ADMINISTRATOR])]);
    const answered = Object.fromEntries(
      await Promise.all(holders.map(async ([name, asker]) => [name, await answersTo(name, asker)] as const)),
    );
    expect(openedBy(answered)).toEqual(OPENED_BY);
  });

  it('[A40] built-in roles count in the runtime plane in development only; a tenant administrator everywhere', async () => {
    const route = ROUTES.find(({ id }) => id === 'openView') as Route;
    const seen: Record<string, string> = {};
    for (const environment of ENVIRONMENTS) {
      const statuses: number[] = [];
      for (const name of RUNTIME_MATRIX.columns) {
        const { status } = await ask(route, {}, people[name] as Asker, { environment });
        statuses.push(status);
      }
      seen[environment] = statuses.join(' ');
    }
    expect(seen).toEqual(RUNTIME_MATRIX.rows);
  });

  it('was decided by what the table held at that moment: no read of any function may lag behind a write', async () => {
    for (const schedule of ['sweepOutbox', 'reapGrants', 'sealJournal']) system.fireSchedule(schedule);
    const mail = await system.mail.waitFor(({ to }) => to.includes('matrix@contractor.example'));
    system.mail.happen('Bounce', mail.messageId);
    await system.settled();
    const { readers, stale } = readsSoFar(system);

    expect([...readers].sort()).toEqual([...FUNCTION_NAMES].sort());
    expect(stale).toEqual([]);
  });

  it('none of the answers that they have to give is a failure of ours', () => {
    const statuses = Object.values(MATRIX.rows).flatMap((row) => row.split(' ').map(Number));
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    expect(ROUTES.filter(isPost).length).toBeGreaterThan(20);
  });
});
