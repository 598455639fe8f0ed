import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { ExecutionAlreadyExists } from '@aws-sdk/client-sfn';
import type { OutboxEntry } from '../../../core/changes.ts';
import { type Mail, MailFailed, MailUncertain } from '../../../core/mail/mail.ts';
import { reapGrants } from '../../../lambdas/housekeeping/reap-grants.ts';
import { sweepOutbox } from '../../../lambdas/housekeeping/sweep-outbox.ts';
import { answerCallback, INTERRUPTED, interruptWait } from '../../../lambdas/shared/callback.ts';
import { described, dispatch } from '../../../lambdas/shared/dispatch.ts';
import { type MailEntry, sendQueuedMail } from '../../../lambdas/shared/queued-mail.ts';
import {
  grantKey,
  livePartition,
  outboxKey,
  outboxPartition,
  SHARDS,
} from '../../../lambdas/shared/table/keys.ts';
import { iso, NOON, PassDesk } from '../../fixtures/pass-desk.ts';

const MINUTE_MS = 60_000;
const GRANT = `${'order'.padEnd(22, '0')}-${'1'.padStart(22, '0')}`;
const ABOUT = { environment: 'production', grantId: GRANT } as const;
const MAIL = {
  to: 'pia@harbour.example',
  subject: 'Welcome',
  paragraphs: ['Hello Pia', 'Come in.'],
  button: { label: 'Open', href: 'https://passes.example/app' },
  siteName: 'Harbour',
  contact: 'us',
};

type Asked = { constructor: { name: string }; input: Record<string, unknown> };
type Sent = { command: string; input: Record<string, unknown> };

/**
 * Ports that keep what they are asked, in order. The table answers a Get with `item` and an Update as told; Step
 * Functions and the mail service fail as told.
 */
function ports(
  more: { item?: object; held?: boolean; tries?: object; failure?: Error; mishap?: Error } = {},
) {
  const sent: Sent[] = [];
  const mails: Mail[] = [];
  const logged: [level: string, text: string, about: Record<string, unknown>][] = [];
  const metrics: unknown[][] = [];
  const log = (level: string) => (text: string, about: Record<string, unknown>) =>
    void logged.push([level, text, about]);
  const pages = new Map<string, object[]>();
  const keep = (asked: Asked): Sent => {
    const command = asked.constructor.name.replace('Command', '');
    sent.push({ command, input: asked.input });
    return { command, input: asked.input };
  };
  return {
    sent,
    mails,
    logged,
    counted: metrics,
    pages,
    table: 'T',
    tokenAccessArn: 'arn:token-access',
    rebuildIndexesArn: 'arn:rebuild-indexes',
    client: {
      async send(asked: Asked) {
        const { command, input } = keep(asked);
        if (command === 'Get') return { Item: more.item };
        if (command === 'Query') {
          const { ':pk': pk } = input.ExpressionAttributeValues as Record<string, string>;
          return { Items: pages.get(String(pk)) ?? [] };
        }
        if (command !== 'Update' || !String(input.ConditionExpression).includes(':most')) return {};
        if (more.held) throw new ConditionalCheckFailedException({ message: 'held', $metadata: {} });
        return { Attributes: more.tries ?? { sendings: 1, tries: 1 } };
      },
    },
    stepFunctions: {
      async send(asked: Asked) {
        keep(asked);
        if (more.failure) throw more.failure;
      },
    },
    mailer: {
      async send(mail: Mail) {
        if (more.mishap) throw more.mishap;
        mails.push(mail);
      },
    },
    logger: { error: log('error'), warn: log('warn'), info: log('info') },
    metrics: { addMetric: (...metric: unknown[]) => void metrics.push(metric) },
  };
}

const asPorts = (fake: ReturnType<typeof ports>) => fake as never;
const entryOf = (action: object, createdAt = iso(NOON)) => ({ id: 'e1', createdAt, action }) as OutboxEntry;
const gone = { command: 'Delete', input: { TableName: 'T', Key: outboxKey('e1', iso(NOON)) } };
const read = {
  command: 'Get',
  input: { TableName: 'T', Key: grantKey('production', GRANT), ConsistentRead: true },
};
const named = (name: string) => Object.assign(new Error(name), { name });
const exists = new ExecutionAlreadyExists({ message: 'there', $metadata: {} });

describe('what an outbox entry asks for is done, then the entry goes:', () => {
  const start = { type: 'startGrant', ...ABOUT };
  const started = {
    command: 'StartExecution',
    input: {
      stateMachineArn: 'arn:token-access',
      name: `grant-${GRANT}`,
      input: JSON.stringify({ grantId: GRANT, environment: 'production' }),
    },
  };
  const rebuild = {
    type: 'startRebuild',
    environment: 'test',
    app: 'desk',
    recordType: 'case',
    rebuildId: 'r1',
  };
  const { type: _type, ...rebuildInput } = rebuild;
  const waiting = { callbackToken: 'c1', interruptible: true };
  const answered = { command: 'SendTaskSuccess', input: { taskToken: 'c1', output: '{}' } };
  const interrupted = { command: 'SendTaskFailure', input: { taskToken: 'c1', error: 'EndMoved' } };

  it.each<[string, object, Parameters<typeof ports>[0], Sent[]]>([
    ['a pass is started', start, {}, [started]],
    ['one that was started before is that one', start, { failure: exists }, [started]],
    [
      'a rebuild is started',
      rebuild,
      {},
      [
        {
          command: 'StartExecution',
          input: {
            stateMachineArn: 'arn:rebuild-indexes',
            name: 'rebuild-r1',
            input: JSON.stringify(rebuildInput),
          },
        },
      ],
    ],
    ['a workflow that waits is woken', { type: 'wakeGrant', ...ABOUT }, { item: waiting }, [read, answered]],
    [
      'also one that knows no interruptions',
      { type: 'wakeGrant', ...ABOUT },
      { item: { callbackToken: 'c1' } },
      [read, answered],
    ],
    [
      'one that waits is told to look again',
      { type: 'recheckGrant', ...ABOUT },
      { item: waiting },
      [read, interrupted],
    ],
    [
      'but not one that knows no interruptions',
      { type: 'recheckGrant', ...ABOUT },
      { item: { callbackToken: 'c1' } },
      [read],
    ],
    ['one that does not wait yet will see by itself', { type: 'wakeGrant', ...ABOUT }, { item: {} }, [read]],
    ['nor is there anything to tell without a grant', { type: 'recheckGrant', ...ABOUT }, {}, [read]],
    ...['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken'].map(
      (name): [string, object, Parameters<typeof ports>[0], Sent[]] => [
        `a callback of which nothing waits any more (${name}) is done`,
        { type: 'wakeGrant', ...ABOUT },
        { item: waiting, failure: named(name) },
        [read, answered],
      ],
    ),
  ])('%s', async (_, action, how, expected) => {
    const fake = ports(how);
    await dispatch(entryOf(action), asPorts(fake));
    expect(fake.sent).toEqual([...expected, gone]);
  });

  it.each<[string, object, Parameters<typeof ports>[0]]>([
    ['a pass that could not be started', start, { failure: named('Throttling') }],
    ['a rebuild that could not', rebuild, { failure: named('Throttling') }],
    [
      'a workflow that could not be told',
      { type: 'wakeGrant', ...ABOUT },
      { item: waiting, failure: named('Throttling') },
    ],
    ['something that nobody knows', { type: 'dance' }, {}],
    [
      'a mail that nobody took',
      { type: 'sendMail', environment: 'production', mail: MAIL },
      { mishap: named('Throttling') },
    ],
  ])('and stays for another try: %s', async (_, action, how) => {
    const fake = ports(how);
    await expect(dispatch(entryOf(action), asPorts(fake))).rejects.toThrow();
    expect(fake.sent.map(({ command }) => command)).not.toContain('Delete');
  });

  it('a mail that was left out is told in the log, by ids', async () => {
    const fake = ports();
    const action = { type: 'noteMailDropped', environment: 'production', recordId: 'r1', operation: 'add' };
    await dispatch(entryOf(action), asPorts(fake));
    expect(fake.logged).toEqual([['error', 'a mail of an app was dropped: there were too many', action]]);
    expect(fake.sent).toEqual([gone]);
  });

  it('a log names everything but what a mail holds', () => {
    expect(described(entryOf(start))).toEqual(start);
    expect(described(entryOf({ type: 'sendMail', environment: 'test', mail: MAIL }))).toEqual({
      type: 'sendMail',
      environment: 'test',
    });
  });

  it('callbacks are spelt as the workflow knows them, and other failures are not taken for stale ones', async () => {
    expect(INTERRUPTED).toBe('EndMoved');
    for (const tell of [answerCallback, interruptWait]) {
      const { stepFunctions } = ports({ failure: named('AccessDenied') });
      await expect(tell(stepFunctions as never, 'c1')).rejects.toThrow('AccessDenied');
    }
  });
});

describe('a mail that an app has queued', () => {
  const entry = (createdAt = iso(NOON)) =>
    entryOf({ type: 'sendMail', environment: 'production', mail: MAIL }, createdAt) as MailEntry;
  let now: number;
  let clock: () => number;

  beforeEach(() => {
    now = NOON;
    clock = Date.now;
    Date.now = () => now;
  });
  afterEach(() => {
    Date.now = clock;
  });

  it('is claimed for a minute before it leaves, whole, and not noted after', async () => {
    const fake = ports();
    expect(await sendQueuedMail(entry(), asPorts(fake))).toBe(true);
    expect(fake.mails).toEqual([
      {
        to: 'pia@harbour.example',
        subject: 'Welcome',
        text: 'Hello Pia\n\nCome in.\n\nOpen:\nhttps://passes.example/app\n\nHarbour\nus\n',
        html: expect.any(String),
        tags: { environment: 'production', purpose: 'app' },
      },
    ]);
    expect(fake.sent).toEqual([
      {
        command: 'Update',
        input: {
          TableName: 'T',
          Key: outboxKey('e1', iso(NOON)),
          UpdateExpression: 'SET heldUntil = :until ADD sendings :one, tries :one',
          ConditionExpression: expect.stringMatching(
            /^attribute_exists\(PK\) AND .*heldUntil <= :now\) AND .*sendings < :most\)$/,
          ),
          ExpressionAttributeValues: { ':until': NOON + MINUTE_MS, ':now': NOON, ':one': 1, ':most': 2 },
          ReturnValues: 'ALL_NEW',
        },
      },
    ]);
  });

  it.each<[string, object | undefined, boolean | string]>([
    ['is gone', undefined, true],
    ['is held by somebody', { sendings: 1, heldUntil: NOON + 1 }, false],
    ['is held, the second time', { sendings: 2, heldUntil: NOON + 1 }, false],
    ['was released just now', { sendings: 1, heldUntil: NOON }, false],
    ['has never been handed over', {}, false],
    [
      'was handed over twice',
      { sendings: 2, heldUntil: NOON },
      'a mail of an app was given up: it was handed over 2 times and never confirmed; it may have arrived',
    ],
  ])('that could not be claimed, because it %s, is not sent', async (_, item, expected) => {
    const fake = ports({ held: true, ...(item && { item }) });
    const sending = sendQueuedMail(entry(), asPorts(fake));
    if (typeof expected === 'string')
      await expect(sending).rejects.toMatchObject({ name: 'MailGivenUp', message: expected });
    else expect(await sending).toBe(expected);
    expect(fake.mails).toEqual([]);
    expect(fake.sent.at(-1)).toEqual({
      command: 'Get',
      input: { TableName: 'T', Key: outboxKey('e1', iso(NOON)), ConsistentRead: true },
    });
  });

  const later = (sendings: number, heldUntil: number) => ({
    command: 'Update',
    input: {
      TableName: 'T',
      Key: outboxKey('e1', iso(NOON)),
      UpdateExpression: 'SET sendings = :sendings, heldUntil = :until',
      ConditionExpression: 'attribute_exists(PK)',
      ExpressionAttributeValues: { ':sendings': sendings, ':until': heldUntil },
    },
  });

  it.each<[string, Error, object, Sent]>([
    ['an answer came: it does not count', named('Throttling'), { sendings: 1, tries: 1 }, later(0, NOON)],
    ['none came: it counts', new MailUncertain(), { sendings: 1, tries: 1 }, later(1, NOON)],
    ['the fourth time, at once again', named('Throttling'), { sendings: 2, tries: 4 }, later(1, NOON)],
    [
      'the fifth time, in a minute',
      named('Throttling'),
      { sendings: 1, tries: 5 },
      later(0, NOON + MINUTE_MS),
    ],
    [
      'the sixth time, in two',
      named('Throttling'),
      { sendings: 1, tries: 6 },
      later(0, NOON + 2 * MINUTE_MS),
    ],
    [
      'the tenth time, in half an hour',
      named('Throttling'),
      { sendings: 1, tries: 10 },
      later(0, NOON + 32 * MINUTE_MS),
    ],
    [
      'the eleventh time, in an hour',
      named('Throttling'),
      { sendings: 1, tries: 11 },
      later(0, NOON + 60 * MINUTE_MS),
    ],
    ['for ever, each hour', named('Throttling'), { sendings: 1, tries: 40 }, later(0, NOON + 60 * MINUTE_MS)],
  ])('is tried again where %s', async (_, mishap, tries, expected) => {
    const fake = ports({ mishap, tries });
    await expect(sendQueuedMail(entry(), asPorts(fake))).rejects.toBe(mishap);
    expect(fake.sent.slice(1)).toEqual([expected]);
  });

  const DAY = 24 * 60 * MINUTE_MS;
  it.each<[string, Error, number, string, number]>([
    ['for a day, exactly,', named('Throttling'), DAY, 'Throttling', 0],
    [
      'for longer',
      named('Throttling'),
      DAY + 1,
      'a mail of an app was given up: the mail service has not taken it for a day',
      2,
    ],
    [
      'for longer, as far as anybody knows,',
      new MailUncertain(),
      DAY + 1,
      'the mail service gave no answer',
      1,
    ],
  ])('that was not taken %s is tried again or given up', async (_, mishap, age, message, sendings) => {
    const fake = ports({ mishap });
    now = NOON + age;
    await expect(sendQueuedMail(entry(), asPorts(fake))).rejects.toThrow(message);
    expect(fake.sent[1]?.input.ExpressionAttributeValues).toEqual({ ':sendings': sendings, ':until': now });
  });

  it('that the service will never take is over: told in the log by its id, without its address', async () => {
    const mishap = new MailFailed('the mail service refused it: MessageRejected');
    const fake = ports({ mishap });
    await dispatch(entry(), asPorts(fake));
    expect(fake.logged).toEqual([
      [
        'error',
        'a mail of an app was refused for good',
        { outboxId: 'e1', environment: 'production', error: mishap },
      ],
    ]);
    expect(fake.sent.map(({ command }) => command)).toEqual(['Update', 'Delete']);
  });

  it('that somebody else is at is theirs to take away', async () => {
    const fake = ports({ held: true, item: { sendings: 1, heldUntil: NOON + 1 } });
    await dispatch(entry(), asPorts(fake));
    expect(fake.sent.map(({ command }) => command)).toEqual(['Update', 'Get']);
  });

  describe('and swept', () => {
    it('reads each part up to two minutes ago, beginning with another one each minute', async () => {
      for (const minute of [0, 1, 9]) {
        const fake = ports();
        const at = NOON - (NOON % (SHARDS * MINUTE_MS)) + minute * MINUTE_MS;
        await sweepOutbox(at, asPorts(fake));
        expect(fake.sent.map(({ input }) => input)).toEqual(
          Array.from({ length: SHARDS }, (_, turn) =>
            expect.objectContaining({
              TableName: 'T',
              KeyConditionExpression: 'PK = :pk AND SK < :before',
              ExpressionAttributeValues: {
                ':pk': outboxPartition((minute + turn) % SHARDS),
                ':before': iso(at - 2 * MINUTE_MS),
              },
              ConsistentRead: true,
              Limit: 100,
            }),
          ),
        );
        expect(fake.counted).toEqual([['OutboxBacklog', 'Count', 0]]);
      }
    });

    it('stops when its time is up: what it had no time for is not counted as looked at', async () => {
      const fake = ports();
      const { now: clockOf } = performance;
      let elapsed = 0;
      performance.now = () => elapsed;
      const { send } = fake.client;
      fake.client.send = async (asked) => {
        // Taking the second one away gets its answer only when the time is up.
        if (asked.constructor.name === 'DeleteCommand') elapsed += 20_000;
        return send(asked);
      };
      const dropped = { type: 'noteMailDropped', environment: 'production', recordId: 'r', operation: 'add' };
      const entries = [1, 2, 3].map((at) => ({ ...entryOf(dropped), id: `e${at}` }));
      fake.pages.set(outboxPartition(1), entries);
      await sweepOutbox(NOON, asPorts(fake)).finally(() => {
        performance.now = clockOf;
      });
      expect(fake.counted).toEqual([['OutboxBacklog', 'Count', 2]]);
      expect(fake.sent.filter(({ command }) => command === 'Delete')).toHaveLength(2);
    });

    it('goes on past what fails, counts all, and takes away what is given up: then it fails itself', async () => {
      const fake = ports({ held: true, item: { sendings: 2, heldUntil: NOON } });
      const dance = { ...entryOf({ type: 'dance' }), id: 'e0' };
      const start = { ...entryOf({ type: 'startGrant', ...ABOUT }), id: 'e2' };
      fake.pages.set(outboxPartition(3), [dance, entry(), start]);
      fake.pages.set(outboxPartition(6), [{ ...entry(), id: 'e3' }]);

      await expect(sweepOutbox(NOON, asPorts(fake))).rejects.toThrow(
        '2 mails of apps were given up; the log says which and why',
      );

      expect(fake.counted).toEqual([['OutboxBacklog', 'Count', 4]]);
      const taken = fake.sent.filter(({ command }) => command === 'Delete').map(({ input }) => input.Key);
      expect(new Set(taken)).toEqual(new Set(['e1', 'e2', 'e3'].map((id) => outboxKey(id, iso(NOON)))));
      const about = fake.logged.map(([level, text, { outboxId, action }]) => [level, text, outboxId, action]);
      expect(about).toEqual(
        expect.arrayContaining([
          ['error', 'sweep failed', 'e0', { type: 'dance' }],
          ['error', 'sweep failed', 'e1', { type: 'sendMail', environment: 'production' }],
          ['error', 'sweep failed', 'e3', { type: 'sendMail', environment: 'production' }],
          ['warn', 'swept', 'e2', { type: 'startGrant', ...ABOUT }],
        ]),
      );
    });
  });
});

describe('[P6] the reaper goes through all open grants that are due', () => {
  it('ends those that it can, and counts what it ended and what it could not', async () => {
    const desk = new PassDesk();
    const grant = desk.live({ dueAt: NOON - 1, status: 'ending', endReason: 'completed' });
    const waits = {
      ...grant,
      id: `${grant.recordId}-${'2'.padStart(22, '0')}`,
      status: 'live' as const,
      callbackToken: 'c',
    };
    desk.grants.set(waits.id, waits);
    const fake = ports();
    fake.pages.set(livePartition(2), [waits, grant]);
    fake.pages.set(livePartition(5), [{ environment: 'production', id: 'broken', status: 'live' }]);
    const { store } = desk.runtime;
    const { readGrant } = store;
    store.readGrant = async (environment, id) => {
      if (id === 'broken') throw named('Throttling');
      return readGrant(environment, id);
    };

    await reapGrants(desk.runtime, asPorts(fake));

    expect(fake.sent.map(({ input }) => input)).toEqual(
      Array.from({ length: SHARDS }, (_, shard) =>
        expect.objectContaining({
          IndexName: 'GSI1',
          KeyConditionExpression: 'GSI1PK = :pk AND GSI1SK < :until',
          ExpressionAttributeValues: { ':pk': livePartition(shard), ':until': iso(NOON) },
        }),
      ),
    );
    expect(fake.counted).toEqual([
      ['GrantsReaped', 'Count', 1],
      ['GrantsNotReaped', 'Count', 1],
    ]);
    expect(fake.logged).toEqual([
      ['warn', 'reaped', { grantId: grant.id, environment: 'production', status: 'ending' }],
      ['error', 'reaping failed', { grantId: 'broken', error: expect.any(Error) }],
    ]);
    expect([desk.grants.get(grant.id)?.status, desk.grants.get(waits.id)?.status]).toEqual(['ended', 'live']);
  });
});
