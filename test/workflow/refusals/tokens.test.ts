import { jest } from '@jest/globals';
import { randomId } from '../../../core/tokens/base62.ts';
import { readKeyring } from '../../../core/tokens/keyring.ts';
import { formatToken, type TokenKind, type TokenParts } from '../../../core/tokens/token.ts';
import { PROPERTY_MANAGEMENT, seedDefinitions, siteIdOf } from '../../../local/seed.ts';
import type { System } from '../../../local/system.ts';
import { Visitor } from '../../../local/visitor.ts';
import {
  addWorkOrder,
  arrive,
  type Contractor,
  DISPATCHER,
  startPropertyManagement,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { plantCredential, signedToken, siteRuntime, staffSession } from '../../support/site-runtime.ts';
import { watchCalls } from '../../support/witness.ts';

jest.setTimeout(60_000);

const VIEW = `${WORK_ORDERS}/views/my-work-orders`;

let system: System;
let contractor: Contractor;
let parts: Omit<TokenParts, 'keyId'> & { environment: 'production' };

beforeAll(async () => {
  system = await startPropertyManagement();
  await seedDefinitions(system, { ...PROPERTY_MANAGEMENT, environment: 'test' });
  const dispatcher = await staffSession(system, DISPATCHER);
  await addWorkOrder(dispatcher, workOrder({ name: 'Lifts', email: 'lifts@contractor.example' }));
  contractor = await arrive(system, 'lifts@contractor.example');
  parts = {
    kind: 'access',
    environment: 'production',
    principalId: contractor.token.slice(9, 31),
    credentialId: contractor.token.slice(31, 53),
  };
  expect((await contractor.visitor.get(VIEW, contractor.pass)).status).toBe(200);
  await system.settled();
}, 120_000);

afterAll(() => system?.stop());

/** Comes with a token in a pass's cookie, asks the API, and says what was answered and read. */
async function asPass(token: string, path = VIEW, short = token.slice(31, 39)) {
  const visitor = new Visitor(system.url);
  visitor.setCookie(`dp_pass_${short}`, token);
  const watch = watchCalls(system);
  const { status } = await visitor.get(path, { 'daypass-pass': short });
  return { status, reads: watch.all().map(({ caller, operation }) => `${caller} ${operation}`) };
}

async function asSession(token: string) {
  const visitor = new Visitor(system.url);
  visitor.setCookie('dp_session', token);
  const watch = watchCalls(system);
  const { status, headers } = await visitor.get('/me');
  const dropped = headers
    .getSetCookie()
    .some((cookie) => /^dp_session=;.*Expires=Thu, 01 Jan 1970/.test(cookie));
  return { status, dropped, reads: watch.all().length };
}

async function asBearer(token: string) {
  const watch = watchCalls(system);
  const { status } = await new Visitor(system.url).get('/me', { authorization: `Bearer ${token}` });
  return { status, reads: watch.all().length };
}

/** Principals' items among what was read. */
const credentialsRead = (watch: ReturnType<typeof watchCalls>) =>
  watch.all().flatMap(({ keys = [] }) => keys.filter((key) => key.startsWith('PRINCIPAL#')));

describe('a token with one character changed', () => {
  const places = Array.from({ length: 93 }, (_, place) => place);

  it('is refused at every place, without a table read', async () => {
    const { token } = contractor;
    for (const place of places) {
      const other = token[place] === 'A' ? 'B' : 'A';
      const changed = token.slice(0, place) + other + token.slice(place + 1);
      // Under the name that it asks for, and under that of the live pass.
      for (const short of new Set([changed.slice(31, 39), token.slice(31, 39)])) {
        expect({ place, ...(await asPass(changed, VIEW, short)) }).toEqual({ place, status: 410, reads: [] });
      }
    }
  });

  it('is refused as a link at every place, without looking anybody up', async () => {
    const { token } = contractor;
    const watch = watchCalls(system);
    for (const place of places.filter((at) => at % 7 === 0 || at === 92)) {
      const other = token[place] === 'A' ? 'B' : 'A';
      const changed = token.slice(0, place) + other + token.slice(place + 1);
      const answer = await new Visitor(system.url).get(`/?token=${changed}`);
      expect([place, answer.status, answer.headers.getSetCookie()]).toEqual([place, 404, []]);
    }
    expect(credentialsRead(watch)).toEqual([]);
  });

  it('is refused when it is cut off, drawn out, or only looks the same', async () => {
    const { token } = contractor;
    const short = token.slice(31, 39);
    for (const changed of [
      token.slice(0, -1),
      `${token}0`,
      token.toLowerCase(),
      token.replace('dp_', 'DP_'),
      `${token.slice(0, 50)} ${token.slice(51)}`,
      `"${token}"`,
      encodeURIComponent(`${token.slice(0, 92)}é`),
      token.slice(0, 53),
      'dp_',
      '0',
    ]) {
      expect([changed, await asPass(changed, VIEW, short)]).toEqual([changed, { status: 410, reads: [] }]);
    }
  });
});

describe('a token that somebody else could have made', () => {
  it('is refused without a table read, whatever is right about it', async () => {
    const runtime = await siteRuntime(system);
    const other = readKeyring(JSON.stringify({ active: '0001', '0001': 'another key '.repeat(4) }));
    const forged = {
      'signed with another key under the same name': formatToken(parts, other, siteIdOf(system)),
      'signed for another site': formatToken(parts, runtime.keyring, 'daypass-elsewhere'),
      'signed under a key that is not listed': signedToken(runtime, parts).replace(/^(dp_..)0001/, '$10002'),
      'with the MAC of another token':
        contractor.token.slice(0, 53) +
        signedToken(runtime, { ...parts, credentialId: randomId() }).slice(53),
    };
    for (const [what, token] of Object.entries(forged)) {
      expect([what, await asPass(token)]).toEqual([what, { status: 410, reads: [] }]);
      expect([what, await asBearer(token)]).toEqual([what, { status: 401, reads: 0 }]);
    }
  });
});

describe('an authentic token in the wrong place', () => {
  it('of another environment is refused without a table read', async () => {
    const elsewhere = VIEW.replace('production', 'test');
    expect(await asPass(contractor.token, elsewhere)).toEqual({ status: 410, reads: [] });
    const planted = await plantCredential(system, {
      type: 'tokenUser',
      kind: 'access',
      environment: 'test',
      roles: ['property-contractors'],
      ceiling: { app: 'work-orders' },
    });
    expect((await asPass(planted.token, elsewhere)).status).toBe(200);
    expect(await asPass(planted.token)).toEqual({ status: 410, reads: [] });
  });

  it('of another pass is refused under this one’s name, without a table read', async () => {
    expect(await asPass(contractor.token, VIEW, '00000000')).toEqual({ status: 410, reads: [] });
  });

  it.each<[TokenKind, 'production' | undefined]>([
    ['access', 'production'],
    ['signIn', undefined],
    ['apiKey', 'production'],
  ])('of the kind %s is no session, and its cookie is dropped', async (kind, environment) => {
    const token = signedToken(await siteRuntime(system), { ...parts, kind, environment } as TokenParts);
    expect(await asSession(token)).toEqual({ status: 200, dropped: true, reads: 0 });
  });

  it.each<TokenKind>(['session', 'signIn', 'apiKey'])('of the kind %s is no pass', async (kind) => {
    const token = signedToken(await siteRuntime(system), { ...parts, kind });
    expect(await asPass(token)).toEqual({ status: 410, reads: [] });
    const watch = watchCalls(system);
    expect((await new Visitor(system.url).get(`/?token=${token}`)).status).toBe(404);
    expect(credentialsRead(watch)).toEqual([]);
  });

  it.each<TokenKind>(['access', 'session', 'signIn'])(
    '[F40] of the kind %s is no bearer credential, even on a route that anybody may use',
    async (kind) => {
      const token = signedToken(await siteRuntime(system), { ...parts, kind });
      expect(await asBearer(token)).toEqual({ status: 401, reads: 0 });
    },
  );

  it('signed rightly for a credential that does not exist lets nobody in', async () => {
    const token = signedToken(await siteRuntime(system), { ...parts, credentialId: randomId() });
    expect((await asPass(token)).status).toBe(410);
  });

  it('whose stored credential says another kind or environment lets nobody in', async () => {
    const runtime = await siteRuntime(system);
    const planted = await plantCredential(system, {
      type: 'tokenUser',
      kind: 'access',
      environment: 'production',
      roles: ['property-contractors'],
      ceiling: { app: 'work-orders' },
    });
    const { principalId, credentialId } = planted;
    const session = signedToken(runtime, { kind: 'session', principalId, credentialId });
    expect(await asSession(session)).toMatchObject({ dropped: true });
    const test = signedToken(runtime, { kind: 'access', environment: 'test', principalId, credentialId });
    expect((await asPass(test, VIEW.replace('production', 'test'))).status).toBe(410);
  });
});

describe('the Authorization header', () => {
  it.each([
    ['is empty', ''],
    ['names another scheme', 'Basic ZGFuYTpwYXNz'],
    ['holds nothing', 'Bearer '],
    ['holds two', 'Bearer one two'],
    ['holds nonsense', 'Bearer nonsense'],
  ])('%s: refused, and no cookie beside it helps', async (_what, authorization) => {
    const visitor = await staffSession(system, DISPATCHER);
    const answer = await visitor.get('/me', { authorization });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('Bearer');
  });
});
