import { jest } from '@jest/globals';
import type { System } from '../../../local/system.ts';
import { linkIn, Visitor } from '../../../local/visitor.ts';
import { ApiKeys } from '../../support/api-keys.ts';
import { firstOwner } from '../../support/people.ts';
import {
  addWorkOrder,
  arrive,
  CONTRACTORS,
  DISPATCHER,
  finished,
  readRecord,
  startPropertyManagement,
  workOrder,
} from '../../support/property-management.ts';
import { wholeTable } from '../../support/witness.ts';

jest.setTimeout(120_000);

let system: System;
/** What each place holds after the scenario, as text. */
let places: Record<string, string>;
/** Texts that let somebody in, or that would complete what is stored to such a text. */
const canaries: Record<string, string> = {};

function remember(name: string, token: string): void {
  expect([name, token]).toEqual([name, expect.stringMatching(/^dp_[0-9A-Za-z]{90}$/)]);
  canaries[name] = token;
  canaries[`the signature of ${name}`] = token.slice(53);
}

beforeAll(async () => {
  system = await startPropertyManagement();
  const dispatcher = new Visitor(system.url);
  await dispatcher.form('/sign-in', { email: DISPATCHER });
  const signInMail = await system.mail.waitFor(({ to }) => to.includes(DISPATCHER));
  const signInLink = new URL(linkIn(signInMail.text));
  remember('the sign-in link', signInLink.searchParams.get('token') ?? '');
  await dispatcher.get(signInLink.pathname + signInLink.search);
  await dispatcher.form('/sign-in/link', { token: canaries['the sign-in link'] as string });
  remember('the session', dispatcher.cookies.get('dp_session') ?? '');

  const keys = new ApiKeys(system, await firstOwner(system));
  const account = await keys.account('dispatcher');
  const { key, machine } = await keys.make(account.id, { environment: 'production' });
  remember('the API key', key);
  expect((await machine.get(`${CONTRACTORS}/views/all`)).status).toBe(200);

  const order = await addWorkOrder(
    dispatcher,
    workOrder({ name: 'Lifts', email: 'lifts@contractor.example' }),
  );
  const contractor = await arrive(system, 'lifts@contractor.example');
  const { visitor, home, pass, token, link } = contractor;
  remember('the pass', token);
  await visitor.get(home);
  await visitor.get(`/production/records/${order.id}`, pass);
  await readRecord(dispatcher, order.id);
  await dispatcher.get(`/app/production/records/${order.id}`);
  await dispatcher.get(`/production/records/${order.id}/history`);

  await badly(token, link);
  await badly(key, `${system.url}/?token=${key}`);
  const failing = system.faults.inject({
    when: ({ caller, service }) => /api|portal/.test(caller) && service === 'dynamodb',
    failure: 'fail',
  });
  expect((await visitor.get(`/production/records/${order.id}`, pass)).status).toBeGreaterThanOrEqual(500);
  expect((await visitor.get(home)).status).toBeGreaterThanOrEqual(500);
  await visitor.get(`/?token=${token}`);
  failing.remove();

  const path = `/production/records/${order.id}/operations/complete`;
  expect((await visitor.json('POST', path, { values: { completionNotes: 'Oiled.' } }, pass)).status).toBe(
    200,
  );
  await visitor.get(home);
  await visitor.get(`/?token=${token}`);
  await dispatcher.form('/sign-in/link', { token: canaries['the sign-in link'] as string });
  await finished(system, order.id);

  const failed = await addWorkOrder(
    dispatcher,
    workOrder({ name: 'Bounces', email: 'bounce@contractor.example' }),
  );
  const bounced = await system.mail.waitFor(({ to }) => to.includes('bounce@contractor.example'));
  remember('the pass whose mail came back', new URL(linkIn(bounced.text)).searchParams.get('token') ?? '');
  system.mail.happen('Bounce', bounced.messageId);
  await system.waitFor(
    'the record tells of the bounce',
    async () => ((await readRecord(dispatcher, failed.id)).trouble ? true : undefined),
    { timeout: 45_000 },
  );
  const { executionArn } = (await system.executions.list()).find(({ name }) => name.includes(failed.id)) as {
    executionArn: string;
  };
  await system.executions.stop(executionArn, 'by hand');
  await system.settled();
  places = await everywhere();
}, 180_000);

afterAll(() => system?.stop());

/** The mistakes that people and programs make with a token. */
async function badly(token: string, link: string): Promise<void> {
  const stranger = new Visitor(system.url);
  const query = new URL(link).search;
  await stranger.get('/me', { authorization: `Bearer ${token}` });
  await stranger.get(`/production/apps${query}`);
  await stranger.get(`/sign-in${query}`);
  await stranger.get(`/sign-in/link${query}`);
  await stranger.get(`/nowhere${query}`);
  await stranger.get(`/?token=${token.slice(0, -1)}`);
  await stranger.get('/me', { referer: link, 'user-agent': token });
  await stranger.form('/sign-in', { email: token });
  await stranger.form('/sign-in/link', { token });
  await stranger.json('POST', `${CONTRACTORS}/records`, { operation: token, values: { [token]: token } });
  await stranger.send('POST', `${CONTRACTORS}/records`, {
    body: `{"operation": "${token}"`,
    headers: { 'content-type': 'application/json' },
  });
  await stranger.get(`${CONTRACTORS}/views/by-token?param.token=${token}`);
  stranger.setCookie('dp_session', token);
  await stranger.get('/app/production');
}

async function everywhere(): Promise<Record<string, string>> {
  const executions = await system.executions.list();
  const described = await Promise.all(
    executions.map(async ({ executionArn }) => [
      await system.executions.describe(executionArn),
      await system.executions.history(executionArn),
    ]),
  );
  const table = await wholeTable(system);
  const events = table.filter(({ SK }) => String(SK).startsWith('EVENT#'));
  return {
    'the table': JSON.stringify(table),
    'the journal': JSON.stringify(events),
    'the logs of the functions': system.logs('daypass').join('\n'),
    'the access log': system.logs('access').join('\n'),
    'all logs': system.logs().join('\n'),
    'inputs, outputs and histories of executions': JSON.stringify(described),
  };
}

describe('after contractors have come, worked and gone, with mistakes and failures on the way', () => {
  it('every place holds what it is there for', () => {
    expect(places['the table']).toContain('completionNotes');
    expect(places['the journal']).toContain('"operation":"complete"');
    for (const service of ['api', 'portal', 'robot', 'outbox', 'mail-events', 'housekeeping'])
      expect(places['the logs of the functions']).toContain(`"service":"${service}"`);
    expect(places['the logs of the functions']).toContain('"level":"ERROR"');
    expect(places['the access log']).toContain('"routeKey":"GET /"');
    expect(places['inputs, outputs and histories of executions']).toContain('TaskStateEntered');
  });

  it.each([
    'the table',
    'the journal',
    'the logs of the functions',
    'the access log',
    'all logs',
    'inputs, outputs and histories of executions',
  ])('[D11, P8] nothing in %s can be used to get in', (place) => {
    const text = places[place] as string;
    const found = Object.entries(canaries).filter(([, canary]) => text.includes(canary));
    expect(found.map(([name]) => name)).toEqual([]);
    // Nor any other text of the shape of a token.
    expect(text.match(/dp_[asnk][dtspx][0-9A-Za-z]{40,}/g)).toBeNull();
  });

  it('[D11] the ids that are stored make no token without the key', async () => {
    const [, ids] = /"contractorToken":"([0-9A-Za-z.]+)"/.exec(places['the table'] as string) ?? [];
    const [principalId = '', credentialId = '', keyId = ''] = (ids ?? '').split('.');
    expect(credentialId).toMatch(/^[0-9A-Za-z]{22}$/);
    const visitor = new Visitor(system.url);
    for (const made of [
      `dp_ap${keyId}${principalId}${credentialId}`,
      `dp_ap${keyId}${principalId}${credentialId}${'0'.repeat(40)}`,
      ids as string,
    ]) {
      expect((await visitor.get(`/?token=${encodeURIComponent(made)}`)).status).toBe(404);
      expect((await visitor.get('/me', { authorization: `Bearer ${made}` })).status).toBe(401);
    }
  });
});
