import { request } from 'node:http';
import { jest } from '@jest/globals';
import { createSignInLink } from '../../../core/sign-in/sign-in.ts';
import type { System } from '../../../local/system.ts';
import { Visitor } from '../../../local/visitor.ts';
import { DISPATCHER, startPropertyManagement } from '../../support/property-management.ts';
import { plantCredential, siteRuntime } from '../../support/site-runtime.ts';

jest.setTimeout(120_000);

const QUARTER = 15 * 60_000;

let system: System;

beforeAll(async () => {
  system = await startPropertyManagement();
}, 120_000);

afterAll(() => system?.stop());

/** The same request from another network address of this machine. */
function from(localAddress: string, path: string): Promise<number> {
  const { hostname, port } = new URL(system.url);
  return new Promise((resolve, reject) => {
    request(
      { hostname: hostname === 'localhost' ? '127.0.0.1' : hostname, port, path, localAddress },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    )
      .on('error', reject)
      .end();
  });
}

async function signInLink(): Promise<string> {
  const runtime = await siteRuntime(system);
  const user = await runtime.store.readUserByEmail(DISPATCHER);
  if (!user) throw new Error(`Nobody has the address ${DISPATCHER}`);
  return new URL(await createSignInLink(runtime, user)).searchParams.get('token') ?? '';
}

it('links that let nobody in are few from one network, and good ones are let through all the same', async () => {
  const { token } = await plantCredential(system, {
    type: 'tokenUser',
    kind: 'access',
    roles: [],
    environment: 'production',
  });
  // A quarter of an hour of its own: limits count by them.
  await system.clock.moveTo(Math.ceil((system.clock.now() + 1) / QUARTER) * QUARTER);
  const visitor = new Visitor(system.url);
  const forged = `${token.slice(0, -4)}0000`;
  const used = await signInLink();
  expect((await new Visitor(system.url).form('/sign-in/link', { token: used })).status).toBe(303);

  const failures: number[] = [];
  for (let times = 0; times < 20; times++) {
    failures.push((await visitor.get(`/?token=${forged}`)).status);
    failures.push((await visitor.form('/', { token: 'guessed' })).status);
    failures.push((await visitor.form('/sign-in/link', { token: used })).status);
  }
  expect([...new Set(failures)].sort()).toEqual([404, 410]);
  const refused = [
    await visitor.get(`/?token=${forged}`),
    await visitor.form('/', { token: 'guessed' }),
    await visitor.form('/sign-in/link', { token: used }),
  ];
  expect(refused.map(({ status }) => status)).toEqual([429, 429, 429]);
  expect(refused[0]?.headers.get('retry-after')).toBe('60');

  // Whoever shares the network and holds a good link notices nothing of it.
  const contractor = new Visitor(system.url);
  for (let times = 0; times < 3; times++) {
    expect((await contractor.get(`/?token=${token}`)).status).toBe(303);
  }
  expect((await contractor.follow(`/?token=${token}`)).status).toBe(200);
  const staff = await new Visitor(system.url).form('/sign-in/link', { token: await signInLink() });
  expect([staff.status, staff.headers.get('location')]).toEqual([303, '/']);
  // Nor do other networks.
  expect(await from('127.0.0.2', `/?token=${forged}`)).toBe(404);

  await system.clock.advance(QUARTER);
  expect((await visitor.get(`/?token=${forged}`)).status).toBe(404);
});
