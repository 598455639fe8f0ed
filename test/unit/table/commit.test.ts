import { TransactionCanceledException, TransactionInProgressException } from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Change } from '../../../core/changes.ts';
import { DaypassError } from '../../../core/errors.ts';
import { commit, MAX_ACTIONS } from '../../../lambdas/shared/table/commit.ts';

const note = (id: string): Change => ({
  kind: 'addOutbox',
  entry: {
    id,
    createdAt: '2026-01-01T00:00:00.000Z',
    action: { type: 'startGrant', environment: 'test', grantId: id },
  },
});
const live: Change = { kind: 'requireLive', principalId: 'p', credentialId: 'c', at: 1 };
const guest: Change = {
  kind: 'addPrincipal',
  principal: { id: 'g', type: 'tokenUser', name: 'G', roles: [], profiles: [], createdAt: '' },
};

const cancelled = (...reasons: (string | { Code: string; Message: string })[]) =>
  new TransactionCanceledException({
    $metadata: {},
    message: 'cancelled',
    CancellationReasons: reasons.map((reason) => (typeof reason === 'string' ? { Code: reason } : reason)),
  });
const inProgress = new TransactionInProgressException({ $metadata: {}, message: 'in progress' });
const invalid = (message: string) => Object.assign(new Error(message), { name: 'ValidationException' });

/** A table that answers one after the other; undefined is success, and the last answer stays. */
async function run(changes: Change[], ...answers: (Error | undefined)[]) {
  const tokens: unknown[] = [];
  const sizes: unknown[] = [];
  const waits: number[] = [];
  const client = {
    async send({ input }: TransactWriteCommand) {
      tokens.push(input.ClientRequestToken);
      sizes.push(input.TransactItems?.length);
      const answer = answers[Math.min(tokens.length, answers.length) - 1];
      if (answer) throw answer;
    },
  } as unknown as DynamoDBDocumentClient;
  const outcome = await commit(changes, {
    client,
    table: 'the-table',
    wait: async (milliseconds) => {
      waits.push(milliseconds);
    },
    random: () => 0.5,
  }).then(
    () => 'written',
    (error: unknown) => (error instanceof DaypassError ? error.code : error),
  );
  return { outcome, tokens, sizes, waits };
}

describe('a transaction', () => {
  it('is sent once when nothing is in its way, and not at all when there is nothing to write', async () => {
    expect(await run([note('a'), note('b')], undefined)).toMatchObject({
      outcome: 'written',
      sizes: [2],
      waits: [],
    });
    expect(await run([])).toEqual({ outcome: 'written', tokens: [], sizes: [], waits: [] });
  });

  it.each([
    ['others write to the same item', cancelled('None', 'TransactionConflict')],
    ['the table is throttled', cancelled('ThrottlingError')],
    ['a partition is too busy', cancelled('ProvisionedThroughputExceeded', 'None')],
    ['its own first attempt still goes on', inProgress],
  ])('is tried again, as the same one, while %s', async (_, trouble) => {
    const { outcome, tokens, waits } = await run([note('a'), note('b')], trouble, trouble, undefined);

    expect(outcome).toBe('written');
    expect(tokens).toHaveLength(3);
    expect(new Set(tokens).size).toBe(1);
    expect(tokens[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(waits).toEqual([25, 50]);
  });

  it('is given up after six attempts, each after a longer wait, and says that it is busy', async () => {
    const { outcome, tokens, waits } = await run([note('a')], cancelled('TransactionConflict'));

    expect(outcome).toBe('UNAVAILABLE');
    expect(tokens).toHaveLength(6);
    expect(waits).toEqual([25, 50, 100, 200, 400]);
  });

  it('is another one each time that it is asked for', async () => {
    const first = await run([note('a')], undefined);
    const second = await run([note('a')], undefined);

    expect(first.tokens).not.toEqual(second.tokens);
  });

  it.each([
    [
      'the first condition that failed',
      cancelled('ConditionalCheckFailed', 'ConditionalCheckFailed', 'None'),
      'CONFLICT',
    ],
    ['the condition that failed', cancelled('None', 'ConditionalCheckFailed', 'None'), 'ALREADY_EXISTS'],
    [
      'a condition before a conflict',
      cancelled('TransactionConflict', 'ConditionalCheckFailed', 'None'),
      'ALREADY_EXISTS',
    ],
    [
      'the end of a pass before all else',
      cancelled('ConditionalCheckFailed', 'ConditionalCheckFailed', 'ConditionalCheckFailed'),
      'PASS_ENDED',
    ],
    ['a condition on what must follow', cancelled('ConditionalCheckFailed', 'None', 'None'), 'CONFLICT'],
  ])('is refused once and for all with %s', async (_, answer, code) => {
    const { outcome, tokens } = await run([note('a'), guest, live], answer);

    expect(outcome).toBe(code);
    expect(tokens).toHaveLength(1);
  });

  it.each([
    ['as a whole', invalid('Collection size of the request would exceed the limit')],
    ['in one part', cancelled('None', { Code: 'ValidationError', Message: 'Item size has exceeded 400 KB' })],
    [
      'in one part, in words of the service',
      cancelled({
        Code: 'ValidationError',
        Message: 'Item size to update has exceeded the maximum allowed size',
      }),
    ],
  ])('that is too large %s says so', async (_, answer) => {
    expect((await run([note('a'), note('b')], answer)).outcome).toBe('LIMIT_EXCEEDED');
  });

  it.each([
    ['another mistake of the request', invalid('One of the required keys was not given a value')],
    [
      'another mistake of a part',
      cancelled({ Code: 'ValidationError', Message: 'The provided key is wrong' }),
    ],
    ['an error of another kind that speaks of sizes', new Error('the size would exceed the limit')],
    ['a cancellation without a reason', cancelled('None')],
  ])('passes on %s as it is, at once', async (_, answer) => {
    const { outcome, tokens } = await run([note('a')], answer);

    expect(outcome).toBe(answer);
    expect(tokens).toHaveLength(1);
  });

  it('has ninety parts at most; one more is refused before anything is sent', async () => {
    const parts = (count: number) => Array.from({ length: count }, (_, at) => note(`n${at}`));

    expect(MAX_ACTIONS).toBe(90);
    expect(await run(parts(90), undefined)).toMatchObject({ outcome: 'written', sizes: [90] });
    expect(await run(parts(91), undefined)).toMatchObject({ outcome: 'LIMIT_EXCEEDED', sizes: [] });
  });

  it('that would write one item twice is a mistake of ours, and is not sent', async () => {
    expect(await run([note('a'), note('b'), note('a')], undefined)).toMatchObject({
      outcome: 'INTERNAL',
      sizes: [],
    });
  });
});
