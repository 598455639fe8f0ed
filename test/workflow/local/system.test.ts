import { get } from 'node:http';
import { PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { AwsError } from '../../../local/aws-endpoint/aws-call.ts';
import type { System } from '../../../local/system.ts';
import { fixtureAssembly } from '../../fixtures/local-stack/fixture.ts';
import { startSystem } from '../../support/system.ts';

let system: System;

beforeAll(async () => {
  system = await startSystem({ cdkOut: await fixtureAssembly() });
}, 120_000);
afterAll(() => system?.stop());
afterEach(() => system.faults.clear());

const post = (body: object, headers: Record<string, string> = {}) =>
  fetch(`${system.url}/items`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

async function itemsOf(id: string): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await system.dynamodb.client.send(
    new QueryCommand({
      TableName: system.dynamodb.tableName(),
      KeyConditionExpression: 'PK = :id',
      ExpressionAttributeValues: { ':id': id },
      ConsistentRead: true,
    }),
  );
  return Items;
}

const deliveredAt = async (id: string) => (await itemsOf(id)).find(({ SK }) => SK === 'outbox')?.deliveredAt;
const itemsCalls = (operation: string) =>
  system.dynamodb.calls().filter((call) => call.caller.includes('Items') && call.operation === operation);

describe('a request through the whole system', () => {
  it('goes from HTTP through the function, the table and its stream to the mailbox', async () => {
    const answer = await post({ id: 'first' });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toEqual({ id: 'first', link: `${system.url}/items/first` });
    const mail = await system.mail.waitFor(({ subject }) => subject === 'Delivered first – ✓');
    expect(mail).toMatchObject({ to: ['one@example.com', 'two@example.com'], text: 'key k1 of 40' });
    await system.waitFor('the outbox item marked', () => deliveredAt('first'));
    expect(system.logs('Items')).toContain('added first');
  });

  it('counts what each function reads and writes', async () => {
    await post({ id: 'counted' });
    await system.waitFor('delivery', () => deliveredAt('counted'));
    system.dynamodb.reset();
    await fetch(`${system.url}/items/counted`);
    const [read] = system.dynamodb.reads().filter(({ operation }) => operation === 'GetItem');
    expect(read).toMatchObject({ calls: 1, readUnits: 1 });
    expect(system.dynamodb.calls().find(({ operation }) => operation === 'GetItem')?.keys).toEqual([
      'counted|item',
    ]);
  });

  it('answers 404 where no route leads, and 403 where the authorizer says no', async () => {
    expect((await fetch(`${system.url}/nowhere`)).status).toBe(404);
    const refused = await post({ id: 'refused' }, { 'x-deny': 'yes' });
    expect([refused.status, await refused.json()]).toEqual([403, { message: 'Forbidden' }]);
  });

  it('hands cookies, query and path over in payload format 2.0 and sets cookies', async () => {
    const answer = await fetch(`${system.url}/files/a/b%20c?x=1&x=2`, {
      headers: { cookie: 'one=1; two=2' },
    });
    expect(answer.headers.getSetCookie()).toEqual(['a=1; Path=/', 'b=2']);
    expect(await answer.json()).toMatchObject({
      routeKey: 'ANY /files/{proxy+}',
      rawPath: '/files/a/b c',
      rawQueryString: 'x=1&x=2',
      pathParameters: { proxy: 'a/b c' },
      cookies: ['one=1', 'two=2'],
    });
  });

  it('refuses a body over ten megabytes', async () => {
    const answer = await fetch(`${system.url}/files/big`, {
      method: 'POST',
      body: 'x'.repeat(11 * 1024 * 1024),
    });
    expect(answer.status).toBe(413);
  });

  it("ends a function that takes longer than its timeout, in Lambda's words", async () => {
    const { error } = await system.invoke('Slow', {});
    expect(error).toMatchObject({ errorType: 'Sandbox.Timedout' });
    expect(error?.errorMessage).toMatch(/Task timed out after 1\.00 seconds$/);
    expect((await fetch(`${system.url}/slow`)).status).toBe(500);
  });
});

describe('what the template does not permit', () => {
  it("is refused on this machine too, in AWS's words, and nothing is written", async () => {
    expect((await post({ id: 'scanner', action: 'scan' })).status).toBe(500);
    const [refusal] = system.logs('local').filter((line) => line.includes('dynamodb:Scan'));
    expect(refusal).toContain('is not authorized to perform: dynamodb:Scan on resource: arn:aws:dynamodb:');
    expect(await itemsOf('scanner')).toEqual([]);
  });

  it('counts the parts of a transaction', async () => {
    expect((await post({ id: 'deleter', action: 'delete' })).status).toBe(500);
    expect(system.logs('local').join('\n')).toContain('not authorized to perform: dynamodb:DeleteItem');
  });

  it('reaches a service that the local endpoint does not have nowhere', async () => {
    const response = await fetch(system.awsEndpointUrl, {
      method: 'POST',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=A/20260101/eu-central-1/kinesis/aws4_request' },
    });
    expect(await response.json()).toMatchObject({ __type: 'NotAvailableLocally' });
    expect(system.logs('local').at(-1)).toContain('does not have the service kinesis');
  });
});

describe('a system with one permission taken out', () => {
  it('refuses exactly what was taken, and runs beside another one', async () => {
    const poorer = await startSystem({
      cdkOut: await fixtureAssembly(),
      denyActions: ['DeliverServiceRole*:ses:SendEmail', 'MachineRole*:lambda:InvokeFunction'],
    });
    try {
      expect((await fetch(`${poorer.url}/items`, { method: 'POST', body: '{"id":"poor"}' })).status).toBe(
        201,
      );
      await poorer.waitFor('the refusal in the log', () =>
        poorer.logs('local').some((line) => line.includes("not authorized to perform `ses:SendEmail'")),
      );
      await poorer.waitFor('the dead letter', () => poorer.queue('DeadLetters').length === 1);
      expect(await poorer.mail.messages()).toEqual([]);

      await poorer.executions.start('fixture-machine', 'refused', { id: 'x' });
      await poorer.waitFor(
        'its end',
        async () => (await poorer.executions.describe('refused')).status === 'FAILED',
      );
      expect((await poorer.executions.describe('refused')).cause).toContain('lambda:InvokeFunction');
    } finally {
      await poorer.stop();
    }
  }, 60_000);
});

describe('executions, events and schedules', () => {
  it('runs a state machine that a function starts', async () => {
    expect((await post({ id: 'machine', action: 'execution', name: 'run-1' })).status).toBe(201);
    await system.waitFor(
      'success',
      async () => (await system.executions.describe('run-1')).status === 'SUCCEEDED',
    );
    expect(await system.executions.path('run-1')).toEqual(['Step']);
    expect((await itemsOf('machine')).map(({ SK }) => SK)).toContain('step');
  });

  it('tells a rule about an execution that failed', async () => {
    await system.executions.start('fixture-machine', 'run-2', { id: 'fails' });
    await system.waitFor('the rule', async () =>
      (await itemsOf('tick')).some(({ SK }) => SK === 'run-2 FAILED'),
    );
  });

  it("runs schedules on the system's clock, and functions see its time", async () => {
    const before = system.clock.now();
    await system.clock.advance(61 * 60_000);
    await system.waitFor('the hourly tick', async () =>
      (await itemsOf('tick')).some(({ SK }) => SK === 'hourly'),
    );
    const tick = (await itemsOf('tick')).find(({ SK }) => SK === 'hourly');
    expect(Date.parse(String(tick?.at))).toBeGreaterThanOrEqual(before + 3_600_000);
    expect(
      Math.abs(
        Date.parse((await fetch(system.awsEndpointUrl)).headers.get('date') ?? '') - system.clock.now(),
      ),
    ).toBeLessThan(60_000);
  });

  it('fires a schedule when a test asks for it', async () => {
    const at = async () => (await itemsOf('tick')).find(({ SK }) => SK === 'hourly')?.at;
    const earlier = await at();
    system.fireSchedule('Hourly');
    await system.waitFor('another tick', async () => (await at()) !== earlier);
    expect(() => system.fireSchedule('Yearly')).toThrow('there are Hourly');
  });

  it('deletes by TTL when asked, by its own clock', async () => {
    const TableName = system.dynamodb.tableName();
    const ttl = Math.floor(system.clock.now() / 1000) + 3600;
    await system.dynamodb.client.send(new PutCommand({ TableName, Item: { PK: 'old', SK: 'x', ttl } }));
    expect(await system.dynamodb.sweepExpired()).toBe(0);
    await system.clock.advance(2 * 3_600_000);
    expect(await system.dynamodb.sweepExpired()).toBe(1);
    expect(await itemsOf('old')).toEqual([]);
  });
});

describe('the stream', () => {
  it('retries, splits and gives up a poisoned record, and delivers the ones around it', async () => {
    const TableName = system.dynamodb.tableName();
    const put = (PK: string, action: string) =>
      system.dynamodb.client.send(
        new PutCommand({ TableName, Item: { PK, SK: 'outbox', kind: 'outbox', action } }),
      );
    const known = system.queue('DeadLetters').length;
    await Promise.all([put('s1', 'mail'), put('s2', 'poison'), put('s3', 'mail')]);
    await system.waitFor('both others', async () => (await deliveredAt('s1')) && (await deliveredAt('s3')));
    await system.waitFor('the dead letter', () => system.queue('DeadLetters').length === known + 1);
    expect(JSON.parse(system.queue('DeadLetters').at(-1)?.body ?? '')).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 3 },
      DDBStreamBatchInfo: { batchSize: 1 },
    });
  });

  it('does not bother the function with what its filter leaves out', async () => {
    await system.settled();
    const invocations = () =>
      system.calls().filter(({ service, caller }) => service === 'lambda' && caller === 'streams');
    const before = invocations().length;
    const TableName = system.dynamodb.tableName();
    await system.dynamodb.client.send(new PutCommand({ TableName, Item: { PK: 'quiet', SK: 'item' } }));
    await system.settled();
    expect(invocations().length).toBe(before);
  });
});

describe('faults', () => {
  it('throttles one attempt, which the SDK repeats', async () => {
    const fault = system.faults.inject({
      when: ({ operation, caller }) => operation === 'GetItem' && caller.includes('Items'),
      failure: 'throttle',
      times: 1,
      attempts: 1,
    });
    expect((await fetch(`${system.url}/items/any`)).status).toBe(200);
    expect(fault.struck).toBe(1);
  });

  it('conflicts a transaction for good', async () => {
    system.faults.inject({
      when: ({ operation }) => operation === 'TransactWriteItems',
      failure: 'conflict',
    });
    expect((await post({ id: 'conflict' })).status).toBe(500);
    expect(system.logs('Items').join('\n')).toContain('TransactionConflict');
    expect(await itemsOf('conflict')).toEqual([]);
  });

  it('loses the answer of a write that was made, and the repetition meets it', async () => {
    system.dynamodb.reset();
    system.faults.inject({
      when: ({ operation }) => operation === 'TransactWriteItems',
      failure: 'lose answer',
      times: 1,
      attempts: 1,
    });
    expect((await post({ id: 'lost' })).status).toBe(201);
    expect((await itemsOf('lost')).length).toBe(2);
    expect(itemsCalls('TransactWriteItems').map(({ outcome }) => outcome)).toEqual(['lose answer', 'ok']);
  });

  it('answers with any error of the service', async () => {
    system.faults.inject({
      when: ({ operation }) => operation === 'GetItem',
      failure: new AwsError('ResourceNotFoundException', 'gone'),
    });
    expect((await fetch(`${system.url}/items/any`)).status).toBe(500);
    expect(system.logs('Items').at(-1)).toContain('gone');
  });

  it('kills a function after its write, and the next event gets a new process', async () => {
    system.faults.inject({
      when: ({ operation }) => operation === 'TransactWriteItems',
      failure: 'kill after',
      times: 1,
    });
    expect((await post({ id: 'killed' })).status).toBe(500);
    expect((await itemsOf('killed')).length).toBe(2);
    expect((await post({ id: 'alive' })).status).toBe(201);
  });

  it('hangs a call until the function runs out of time', async () => {
    const fault = system.faults.inject({ when: ({ operation }) => operation === 'PutItem', failure: 'hang' });
    const answer = system.invoke('Tick', { reason: 'never' });
    await system.waitFor('the fault', () => fault.struck === 1);
    await system.clock.advance(6_000);
    expect((await answer).error?.errorType).toBe('Sandbox.Timedout');
  });

  it('fails an invocation, and its event comes again on the clock', async () => {
    const fault = system.faults.inject({
      when: ({ service, caller }) => service === 'lambda' && caller === 'events',
      failure: 'throttle',
      times: 1,
    });
    const at = async () => (await itemsOf('tick')).find(({ SK }) => SK === 'hourly')?.at;
    const earlier = await at();
    system.fireSchedule('Hourly');
    await system.waitFor('the fault', () => fault.struck === 1);
    await system.settled();
    expect(await at()).toBe(earlier);
    await system.clock.advance(90_000);
    await system.waitFor('the retry', async () => (await at()) !== earlier);
  });
});

describe('the dashboard', () => {
  const show = (path: string, headers: Record<string, string> = {}) =>
    fetch(system.dashboardUrl + path, { redirect: 'manual', headers });
  const textOf = async (path: string) => (await show(path)).text();
  const move = (fields: Record<string, string>, origin = system.dashboardUrl) =>
    fetch(`${system.dashboardUrl}/clock`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin },
      body: new URLSearchParams(fields),
    });

  it('shows executions, mails and logs', async () => {
    const overview = await textOf('/');
    expect(overview).toContain('run-1');
    expect(overview).toContain('Delivered first – ✓');
    const [execution] = await system.executions.list();
    const pages = [`/executions/${encodeURIComponent(execution?.executionArn ?? '')}`, '/logs/local'];
    for (const page of pages) expect((await show(page)).status).toBe(200);
    expect((await show('/nothing')).status).toBe(404);
  });

  it('has every mail: in a list that can be searched, in a frame that runs nothing, as text and as source', async () => {
    const all = await textOf('/mails');
    const [mail] = await system.mail.messages();
    const page = `/mails/${mail?.messageId}`;
    expect(all).toContain(`href="${page}"`);
    expect(await textOf('/mails?q=delivered+first')).toContain(`href="${page}"`);
    expect(await textOf('/mails?q=never+sent')).toContain('No mail matches “never sent”.');
    expect(await textOf(page)).toContain('one@example.com, two@example.com');
    expect(await textOf(`${page}?view=text`)).toContain('key k1 of 40');
    expect(await textOf(`${page}?view=source`)).toContain('\nSubject: =?UTF-8?Q?Delivered_first_');
    const frame = await show(`${page}/html`);
    expect(frame.headers.get('content-security-policy')).toContain('sandbox allow-popups');
    expect(frame.headers.get('content-security-policy')).not.toContain('script-src');
    expect((await show('/mails/no-such-mail')).status).toBe(404);
  });

  it('answers nobody who came under another name, and takes forms from its own pages only', async () => {
    // What DNS rebinding makes a browser send. (fetch does not let the header be set.)
    const status = await new Promise((resolve) => {
      get(system.dashboardUrl, { headers: { host: 'evil.example' } }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
    });
    expect(status).toBe(403);
    const before = system.clock.now();
    expect((await move({ by: 'day' }, 'https://evil.example')).status).toBe(403);
    expect((await move({ by: 'day' }, system.url)).status).toBe(403);
    expect(system.clock.now() - before).toBeLessThan(60_000);
    const elsewhere = await show('/as/dana', { 'sec-fetch-site': 'cross-site' });
    expect([elsewhere.status, elsewhere.headers.getSetCookie()]).toEqual([403, []]);
  });

  it('moves the clock and tells what happened on the way', async () => {
    const before = system.clock.now();
    const answer = await move({ by: 'day' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/#clock']);
    expect(system.clock.now() - before).toBeGreaterThanOrEqual(86_400_000);
    expect(await textOf('/')).toMatch(/The clock was moved from .*: \w+ mails? (was|were) sent, /);

    const to = new Date(system.clock.now() + 7_200_000).toISOString().slice(0, 16);
    expect((await move({ to })).status).toBe(303);
    expect(system.clock.now()).toBeGreaterThanOrEqual(Date.parse(`${to}Z`));
  });

  it.each([
    ['2020-01-01T10:00', 'Choose a time that is still to come: the clock only moves forward.'],
    ['9999-01-01T10:00', 'Choose a time within a year: the clock moves so far at once.'],
    ['soon', 'Enter a day and a time.'],
  ])('does not move the clock to %s, says why and keeps what was typed', async (to, why) => {
    const before = system.clock.now();
    const answer = await move({ to });
    expect(answer.status).toBe(422);
    const text = await answer.text();
    expect(text).toContain(why);
    expect(text).toContain(`value="${to}"`);
    expect(system.clock.now() - before).toBeLessThan(60_000);
  });
});
