import { createHash } from 'node:crypto';
import type { Change } from '../changes.ts';
import { DaypassError } from '../errors.ts';
import { canonicalJson } from '../journal/event.ts';
import type { PeopleSession } from './session.ts';

/**
 * With an Idempotency-Key, makes something at most once: the key is written in the same transaction, and a repetition
 * answers with the id of what was made then.
 * @param run commits with the given changes added, and answers the id
 * @throws DaypassError IDEMPOTENCY_MISMATCH when the key was used for something else
 */
export async function makeOnce(
  { runtime, caller, now }: PeopleSession,
  key: string | undefined,
  content: unknown,
  run: (remember: (id: string) => Change[]) => Promise<string>,
): Promise<string> {
  if (!key) return run(() => []);
  const { principalId } = caller;
  const fingerprint = createHash('sha256').update(canonicalJson(content)).digest('base64url');
  const replay = async (): Promise<string | undefined> => {
    const known = await runtime.store.readRequest(principalId, key, now);
    if (known && known.fingerprint !== fingerprint) throw new DaypassError('IDEMPOTENCY_MISMATCH');
    return known?.result.recordId;
  };
  const before = await replay();
  if (before !== undefined) return before;
  try {
    return await run((recordId) => [
      { kind: 'addRequest', request: { principalId, key, fingerprint, result: { recordId }, at: now } },
    ]);
  } catch (error) {
    // The same request sent twice at once: the other one may have been first.
    const other = error instanceof DaypassError ? await replay() : undefined;
    if (other !== undefined) return other;
    throw error;
  }
}
