import { PutCommand } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { jest } from '@jest/globals';
import { outboxKey } from '../../../lambdas/shared/table/keys.ts';
import type { AwsCall } from '../../../local/aws-endpoint/aws-call.ts';
import { seedDefinitions } from '../../../local/seed.ts';
import type { System } from '../../../local/system.ts';
import type { Visitor } from '../../../local/visitor.ts';
import { PERSON_DIRECTORY } from '../../support/directory.ts';
import { freshEmail } from '../../support/people.ts';
import { staffSession } from '../../support/site-runtime.ts';
import { startSystem } from '../../support/system.ts';
import { countedAs, readsSoFar, wholeTable } from '../../support/witness.ts';

/** Mails that apps send: whatever goes wrong, a person gets two at most, nothing is tried for ever, and somebody knows. */
jest.setTimeout(120_000);

const MINUTE = 60_000;

let system: System;
let dora: Visitor;

beforeAll(async () => {
  system = await startSystem();
  await seedDefinitions(system, PERSON_DIRECTORY);
  dora = await staffSession(system, 'dora@harbour.example');
}, 180_000);

afterEach(() => system.faults.clear());
afterAll(() => system?.stop());

const byMail = ({ service }: AwsCall) => service === 'ses';

/** Adds a person, who is sent a welcome. */
async function welcome(): Promise<string> {
  const email = freshEmail('pia');
  const added = await dora.json('POST', '/production/apps/directory/record-types/person/records', {
    operation: 'add',
    values: { firstName: 'Pia', lastName: 'Person', company: 'Harbour', email },
  });
  expect([added.status, added.text]).toEqual([201, expect.any(String)]);
  await system.clock.settled();
  return email;
}

/** Minute by minute, as the sweeper works. */
async function minutes(count: number): Promise<void> {
  for (let minute = 0; minute < count; minute++) {
    await system.clock.advance(MINUTE);
    await system.clock.settled();
  }
}

const mailsTo = async (email: string) =>
  (await system.mail.messages()).filter(({ to }) => to.includes(email)).length;
const pending = async () =>
  (await wholeTable(system)).filter(({ PK }) => String(PK).startsWith('OUTBOX#')).length;
const told = (text: string) => system.logs().some((line) => line.includes(text));

it('a mail whose answers are all lost is sent twice, then given up, and that is to be seen', async () => {
  system.faults.inject({ when: byMail, failure: 'lose answer' });
  const email = await welcome();
  await minutes(6);
  expect([await mailsTo(email), await pending()]).toEqual([2, 0]);
  expect(told('handed over 2 times and never confirmed')).toBe(true);
  expect(system.queue('OutboxDeadLetters')).toHaveLength(1);
  system.faults.clear();
  await minutes(4);
  expect(await mailsTo(email)).toBe(2);
});

it('a mail during which the process dies each time is sent twice, then given up', async () => {
  system.faults.inject({ when: byMail, failure: 'kill after' });
  const email = await welcome();
  await minutes(8);
  expect([await mailsTo(email), await pending()]).toEqual([2, 0]);
});

it('a mail service that fails for a while is asked again, and the mail leaves once', async () => {
  system.faults.inject({ when: byMail, failure: 'fail', times: 7 });
  const email = await welcome();
  expect([await mailsTo(email), await pending()]).toEqual([0, 1]);
  const counted = countedAs('OutboxBacklog', system).length;
  await minutes(12);
  expect([await mailsTo(email), await pending()]).toEqual([1, 0]);
  // What was left waiting is counted at each sweep, as the alarm looks for it, until it is gone.
  const backlog = countedAs('OutboxBacklog', system).slice(counted);
  expect(new Set(backlog)).toEqual(
    new Set(['Daypass/local service=housekeeping 0', 'Daypass/local service=housekeeping 1']),
  );
  expect(backlog.at(-1)).toBe('Daypass/local service=housekeeping 0');
});

it('a mail service that has failed for a day is not asked any more, and that is to be seen', async () => {
  const failing = system.faults.inject({ when: byMail, failure: 'fail' });
  const email = freshEmail('late');
  const createdAt = new Date(system.clock.now() - 25 * 60 * MINUTE).toISOString();
  const mail = { to: email, subject: 'Hi', paragraphs: ['Hi'], siteName: 'Harbour', contact: 'us' };
  const entry = {
    id: 'late-mail',
    createdAt,
    action: { type: 'sendMail', environment: 'production', mail },
  };
  const Item = { ...outboxKey(entry.id, createdAt), ...entry };
  // Every path is closed but the sweeper's.
  system.faults.inject({
    when: ({ service, input }) => service === 'lambda' && input.FunctionName.endsWith('outbox'),
    failure: 'throttle',
  });
  await system.dynamodb.client.send(new PutCommand({ TableName: system.dynamodb.tableName(), Item }));
  await minutes(3);
  expect(failing.struck).toBe(1);
  expect([await mailsTo(email), await pending()]).toEqual([0, 0]);
  expect(told('has not taken it for a day')).toBe(true);
  expect(told('mails of apps were given up')).toBe(true);
});

it('a mail that the sweeper has sent is not sent again by a stream that lags', async () => {
  const batches: unknown[] = [];
  const lag = system.faults.inject({
    when({ service, input }) {
      const outbox = service === 'lambda' && input.FunctionName.endsWith('outbox');
      if (outbox) batches.push(input.Payload);
      return outbox;
    },
    failure: 'throttle',
  });
  const email = await welcome();
  await minutes(3);
  expect(await mailsTo(email)).toBe(1);
  lag.remove();
  expect(batches.length).toBeGreaterThan(0);
  expect(await system.invoke('outbox', batches[0])).toEqual({ payload: { batchItemFailures: [] } });
  await minutes(3);
  expect([await mailsTo(email), await pending()]).toEqual([1, 0]);
});

it('of a batch that the stream brings, that alone is tried again which failed: it is named by its place in the stream', async () => {
  const createdAt = new Date(system.clock.now()).toISOString();
  const brought = (at: number, action: object) => ({
    eventID: `event-${at}`,
    eventName: 'INSERT',
    dynamodb: {
      SequenceNumber: String(at).padStart(21, '1'),
      NewImage: marshall({ id: `brought-${at}`, createdAt, action }),
    },
  });
  const dropped = { type: 'noteMailDropped', environment: 'production' };
  const Records = [brought(1, dropped), brought(2, { type: 'dance' }), brought(3, dropped)];

  const { payload } = await system.invoke('outbox', { Records });

  const failed = Records[1]?.dynamodb.SequenceNumber;
  expect(payload).toEqual({ batchItemFailures: [{ itemIdentifier: failed }] });
});

it('whether a mail may leave was decided by what the table held at that moment', () => {
  const { readers, stale } = readsSoFar(system);
  expect([...readers]).toEqual(expect.arrayContaining(['outbox', 'housekeeping']));
  expect(stale).toEqual([]);
});
