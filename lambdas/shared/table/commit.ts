import { TransactionCanceledException, TransactionInProgressException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Change } from '../../../core/changes.ts';
import { DaypassError } from '../../../core/errors.ts';
import { type TableAction, toTableActions } from './changes.ts';

/** DynamoDB takes 100; the rest is head-room for what a later version of a definition may add. */
export const MAX_ACTIONS = 90;
const ATTEMPTS = 6;
const FIRST_DELAY_MS = 25;

/** Where the calls go, and how to wait; both are replaced in tests. */
export interface CommitPorts {
  client: DynamoDBDocumentClient;
  table: string;
  wait?: (milliseconds: number) => Promise<void>;
  random?: () => number;
}

/**
 * Writes all changes in one transaction, or none. A lost answer is safe: the transaction carries its own idempotency token.
 * @throws DaypassError with the refusal of the first part whose condition failed, PASS_ENDED before any other;
 *   UNAVAILABLE when others kept writing to the same items, or the table was too busy; LIMIT_EXCEEDED when it is too large.
 */
export async function commit(changes: readonly Change[], ports: CommitPorts): Promise<void> {
  const actions = toTableActions(changes, ports.table);
  checkSize(actions);
  if (actions.length === 0) return;
  const command = new TransactWriteCommand({
    TransactItems: actions.map((action) => action.item),
    ClientRequestToken: crypto.randomUUID(),
  });
  const wait = ports.wait ?? ((milliseconds) => new Promise((done) => setTimeout(done, milliseconds)));
  const random = ports.random ?? Math.random;
  for (let attempt = 1; ; attempt++) {
    try {
      await ports.client.send(command);
      return;
    } catch (error) {
      const refusal = readRefusal(error, actions);
      if (refusal !== 'busy') throw refusal;
      if (attempt === ATTEMPTS)
        throw new DaypassError('UNAVAILABLE', 'the table was busy with the same record the whole time');
      await wait(random() * FIRST_DELAY_MS * 2 ** attempt);
    }
  }
}

function checkSize(actions: readonly TableAction[]): void {
  if (actions.length > MAX_ACTIONS) {
    throw new DaypassError(
      'LIMIT_EXCEEDED',
      `it would write ${actions.length} items at once; at most ${MAX_ACTIONS} are possible`,
    );
  }
  const seen = new Set<string>();
  for (const { key } of actions) {
    const name = `${key.PK} ${key.SK}`;
    if (seen.has(name))
      throw new DaypassError('INTERNAL', 'two changes of one transaction concern the same item');
    seen.add(name);
  }
}

/** Others write to the same items, or there is too much to do at once: both pass. */
const BUSY = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** `'busy'` when it is worth trying again, else what to throw. */
function readRefusal(error: unknown, actions: readonly TableAction[]): 'busy' | unknown {
  // The answer of an earlier attempt was lost while its transaction goes on.
  if (error instanceof TransactionInProgressException) return 'busy';
  if (isTooLarge(error)) return new DaypassError('LIMIT_EXCEEDED', TOO_LARGE);
  if (!(error instanceof TransactionCanceledException)) return error;
  const reasons = error.CancellationReasons ?? [];
  const refusals = reasons.flatMap(({ Code }, part) =>
    Code === 'ConditionalCheckFailed' ? [actions[part]?.refusal ?? 'CONFLICT'] : [],
  );
  // Whoever holds a pass that has ended is told that, and not what the record is like by now.
  const [refusal] = refusals.includes('PASS_ENDED') ? (['PASS_ENDED'] as const) : refusals;
  // A condition that failed decides, even if another part met a conflict: trying again would fail the same way.
  if (refusal) return new DaypassError(refusal);
  if (reasons.some(({ Code = '' }) => BUSY.has(Code))) return 'busy';
  return error;
}

const TOO_LARGE = 'what is kept of one record or one change of it must not have more than 400 KB';

/** DynamoDB says so of the whole request, or of one part of it. */
function isTooLarge(error: unknown): boolean {
  const {
    name,
    message,
    CancellationReasons = [],
  } = error as Error & Pick<TransactionCanceledException, 'CancellationReasons'>;
  const told = [
    ...(name === 'ValidationException' ? [message] : []),
    ...CancellationReasons.flatMap(({ Code, Message = '' }) => (Code === 'ValidationError' ? [Message] : [])),
  ];
  return told.some((text) => /size.*exceed/i.test(text));
}
