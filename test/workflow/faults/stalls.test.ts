import { jest } from '@jest/globals';
import type { AwsCall } from '../../../local/aws-endpoint/aws-call.ts';
import type { System } from '../../../local/system.ts';
import type { Visitor } from '../../../local/visitor.ts';
import {
  DISPATCHER,
  startPropertyManagement,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { staffSession } from '../../support/site-runtime.ts';
import { countedAs } from '../../support/witness.ts';

jest.setTimeout(120_000);

/** Functions look at the secret again after five minutes. */
const REFRESHED_MS = 5 * 60_000 + 1000;

let system: System;
let dispatcher: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
}, 180_000);

afterEach(() => system.faults.clear());
afterAll(() => system?.stop());

const me = async () => {
  const { status, json } = await dispatcher.get('/me');
  return [status, (json as { name?: string; code?: string }).name ?? (json as { code?: string }).code];
};
const fetches = () => system.calls().filter(({ service }) => service === 'secretsmanager').length;

it('a Secrets Manager that never answers keeps nobody waiting while there are keys at hand', async () => {
  expect(await me()).toEqual([200, 'Dana Dispatcher']);
  const stall = system.faults.inject({
    when: ({ service }) => service === 'secretsmanager',
    failure: 'hang',
  });
  await system.clock.advance(REFRESHED_MS);
  const before = fetches();
  for (let times = 0; times < 4; times++) expect(await me()).toEqual([200, 'Dana Dispatcher']);
  expect(stall.struck).toBeGreaterThan(0);
  // One at a time, and not with every request: two functions with two kinds of keys, two tries each.
  expect(fetches() - before).toBeLessThanOrEqual(6);
  stall.remove();
});

it('a table that never answers is told as such, before the authorizer’s time is up', async () => {
  system.faults.inject({
    when: ({ service, caller }) => service === 'dynamodb' && caller.includes('authorizer'),
    failure: 'hang',
  });
  expect(await me()).toEqual([503, 'UNAVAILABLE']);
  // As the alarm looks for it: nobody gets in, and somebody is told.
  expect(countedAs('ResolveFailed', system)).toEqual(['Daypass/local service=authorizer 1']);
  system.faults.clear();
  expect(await me()).toEqual([200, 'Dana Dispatcher']);
});

it('a table that cannot write so much is asked again for some time, then told as such, and nothing is written', async () => {
  const raise = () =>
    dispatcher.json('POST', `${WORK_ORDERS}/records`, { operation: 'add', values: workOrder() });
  const tooMuch = {
    when: ({ operation, caller }: AwsCall) => operation === 'TransactWriteItems' && caller.endsWith('api'),
    failure: 'throttle',
  } as const;
  const short = system.faults.inject({ ...tooMuch, times: 2 });
  expect([(await raise()).status, short.struck]).toEqual([201, 2]);

  const long = system.faults.inject(tooMuch);
  const refused = await raise();
  expect([refused.status, refused.json, refused.headers.get('retry-after')]).toEqual([
    503,
    expect.objectContaining({ code: 'UNAVAILABLE' }),
    '2',
  ]);
  expect(long.struck).toBe(6);
});
