import { TENANT_ADMINISTRATOR } from '../../../core/policy/built-in.ts';
import type { System } from '../../../local/system.ts';
import type { Visitor } from '../../../local/visitor.ts';
import { somebody } from '../../support/people.ts';
import {
  addWorkOrder,
  DISPATCHER,
  startPropertyManagement,
  workOrder,
} from '../../support/property-management.ts';
import { staffSession } from '../../support/site-runtime.ts';

/** Whoever is exempt from the rules leaves a trace wherever the rules alone would have given less. */
let system: System;
let dispatcher: Visitor;
let administrator: Visitor & { id: string };
let id: string;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
  administrator = await somebody(system, TENANT_ADMINISTRATOR);
  ({ id } = await addWorkOrder(dispatcher, workOrder()));
}, 120_000);

afterAll(() => system?.stop());

const edit = (visitor: Visitor, building: string) =>
  visitor.json('POST', `/production/records/${id}/operations/edit`, { values: { building } });

/** The log lines of requests that one person has made. */
const requestsOf = ({ id: principalId }: { id: string }) =>
  system
    .logs()
    .filter((line) => line.includes('"message":"request"') && line.includes(principalId))
    .map((line) => JSON.parse(line) as { route: string; exemption?: string });

it('[V2] a tenant administrator writes and reads what no rule grants; the history and the log say so', async () => {
  expect((await edit(dispatcher, 'Mill House')).status).toBe(200);
  expect((await edit(administrator, 'Dock House')).status).toBe(200);
  expect((await administrator.get(`/production/records/${id}`)).status).toBe(200);

  const { items } = (await dispatcher.get(`/production/records/${id}/history`)).json as {
    items: { operation: string; exemption?: string }[];
  };
  expect(items.map(({ operation, exemption }) => [operation, exemption])).toEqual([
    ['edit', 'tenantAdministrator'],
    ['edit', undefined],
    ['add', undefined],
  ]);
  await system.settled();
  expect(requestsOf(administrator).map(({ route, exemption }) => [route, exemption])).toEqual([
    ['runOperation', 'tenantAdministrator'],
    ['readRecord', 'tenantAdministrator'],
  ]);
  const dana = (await dispatcher.get('/me')).json as { id: string };
  expect(requestsOf(dana).filter(({ exemption }) => exemption)).toEqual([]);

  const page = await dispatcher.get(`/app/production/records/${id}`);
  expect(page.text).toContain('exempt from the rules as tenant administrator');
});
