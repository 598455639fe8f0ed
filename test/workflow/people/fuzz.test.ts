import { jest } from '@jest/globals';
import { ENVIRONMENTS } from '../../../core/environments.ts';
import { ERRORS, type ErrorCode } from '../../../core/errors.ts';
import { OWNER, TENANT_ADMINISTRATOR } from '../../../core/policy/built-in.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import { somebody } from '../../support/people.ts';
import {
  addWorkOrder,
  DISPATCHER,
  startPropertyManagement,
  workOrder,
} from '../../support/property-management.ts';
import { COMMON_VALUES } from '../../support/route-samples.ts';
import { drawValue, randomFrom } from '../../support/schema-values.ts';
import { staffSession } from '../../support/site-runtime.ts';

jest.setTimeout(300_000);

/** Requests per operation and caller. */
const ROUNDS = 6;

interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { content: { 'application/json': { schema: object } } };
  responses: Record<string, unknown>;
}

let system: System;
let callers: [name: string, visitor: Visitor, likewise: () => Promise<Visitor>][];
let operations: [method: string, path: string, operation: Operation][];
let record: string;

beforeAll(async () => {
  system = await startPropertyManagement();
  const dispatcher = await staffSession(system, DISPATCHER);
  record = (await addWorkOrder(dispatcher, workOrder())).id;
  callers = [
    ['owner', await anOwner(), anOwner],
    ['dispatcher', dispatcher, () => somebody(system, 'dispatcher')],
    ['anonymous', new Visitor(system.url), async () => new Visitor(system.url)],
  ];
  const document = (await new Visitor(system.url).get('/openapi.json')).json as {
    paths: Record<string, Record<string, Operation>>;
  };
  operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, string, Operation] => [
      method.toUpperCase(),
      path,
      operation,
    ]),
  );
}, 120_000);

afterAll(() => system?.stop());

const anOwner = () => somebody(system, OWNER, TENANT_ADMINISTRATOR);

const KNOWN: Record<string, string> = { ...COMMON_VALUES };

/** What is wrong with an answer, by the document; nothing if it is one that the document foresees. */
function wrongWith({ status, headers, json }: Answer, operation: Operation): string | undefined {
  if (status >= 500) return `answered ${status}`;
  if (status < 400) return operation.responses[status] ? undefined : `answered ${status}, undocumented`;
  const type = headers.get('content-type') ?? '';
  if (!type.startsWith('application/problem+json')) return `refused with ${type || 'no content type'}`;
  const { code } = json as { code: ErrorCode };
  return ERRORS[code]?.status === status ? undefined : `refused with ${status} and the code ${code}`;
}

it('whatever is sent to any operation of the OpenAPI document, the answer is one that it foresees', async () => {
  const random = randomFrom(20_260_115);
  const wrong: string[] = [];
  for (const [method, path, operation] of operations) {
    for (const [name, visitor, likewise] of callers) {
      for (let round = 0; round < ROUNDS; round++) {
        const request = draw(path, operation, random);
        // It ends the sessions of whoever asks: somebody of the same kind does so in their place.
        const asker = operation.operationId === 'endSessions' ? await likewise() : visitor;
        const answer = await asker.send(method, request.path, request);
        const problem = wrongWith(answer, operation);
        if (problem) wrong.push(`${name}: ${method} ${request.path} ${request.body ?? ''} → ${problem}`);
      }
    }
  }
  expect(wrong).toEqual([]);
});

function draw(path: string, operation: Operation, random: () => number) {
  const address = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    if (name === 'environment') return ENVIRONMENTS[Math.floor(random() * 4)] ?? '';
    if (name === 'record') return random() < 0.7 ? record : 'nothing';
    return random() < 0.8 && KNOWN[name] ? KNOWN[name] : '0'.repeat(22);
  });
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  for (const parameter of operation.parameters ?? []) {
    if (parameter.in === 'path' || (!parameter.required && random() < 0.5)) continue;
    const value = String(drawValue(parameter.schema, random));
    if (parameter.in === 'query') query.append(parameter.name, value);
    else headers[parameter.name] = random() < 0.7 ? '"1"' : asHeader(value);
  }
  const schema = operation.requestBody?.content['application/json'].schema;
  return {
    path: `${address}${query.size > 0 ? `?${query}` : ''}`,
    headers: { ...headers, ...(schema && { 'content-type': 'application/json' }) },
    ...(schema && { body: JSON.stringify(drawValue(schema, random)) }),
  };
}

/** What HTTP clients can send at all in a header. */
const asHeader = (value: string) => value.replace(/[^\x20-\x7e]/g, '?').slice(0, 200);
