import type { GrantChange } from '../changes.ts';
import { DaypassError } from '../errors.ts';
import { composeMail, type MailContent, MailFailed, MailUncertain } from '../mail/mail.ts';
import { ANY_STATUS, type GrantStatus, type GrantStep } from './grant.ts';
import type { GrantSession } from './robot.ts';

/** So often a mail is handed over without anybody learning whether it was taken: it arrives at most once too often. */
const HANDED_OVER_AT_MOST = 2;

/** One mail that a grant makes necessary. */
export interface GrantMail {
  /** Names it within its grant: what was sent under this name is not sent again. */
  key: string;
  /** Undefined when there is nobody to send it to. */
  content: MailContent | undefined;
}

/**
 * Sends mails of a live grant, each once, whatever happens in between: that a mail is about to be sent is noted before,
 * that it was sent after. Who finds the first note without the second cannot know what became of it; then it is sent
 * one more time, and not a third. One that fails does not keep the others back.
 * @param step the workflow's state, for the task run
 * @throws MailFailed, or what else the mailer or the store throws, once all have been tried
 */
export async function sendOnce(
  session: GrantSession,
  step: string,
  mails: readonly GrantMail[],
): Promise<void> {
  const errors: unknown[] = [];
  for (const mail of mails) {
    if (session.grant.notified?.[mail.key]) continue;
    await send(session, step, mail).catch((error) => errors.push(error));
  }
  if (errors.length > 0) throw errors[0];
}

async function send(session: GrantSession, step: string, { key, content }: GrantMail): Promise<void> {
  const { grant, runtime } = session;
  if (!content) return noteSent(session, step, key, 'skipped');
  const before = grant.sending?.[key] ?? 0;
  if (before >= HANDED_OVER_AT_MOST)
    throw new MailFailed(`it was handed over ${before} times and never confirmed; it may have arrived`);
  if (!(await noteSending(session, key, before + 1))) return;
  try {
    await runtime.mailer.send(composeMail(content));
  } catch (error) {
    // An answer came: nothing was sent, so this try does not count.
    if (!(error instanceof MailUncertain)) await noteSending(session, key, before).catch(() => undefined);
    throw error;
  }
  await noteSent(session, step, key, 'done');
}

/** @returns false when the grant is not live any more: then the mail has no point */
async function noteSending(session: GrantSession, key: string, count: number): Promise<boolean> {
  const { grant } = session;
  const sending = { ...grant.sending, [key]: count };
  try {
    await change(session, ['live'], { sending });
    grant.sending = sending;
    return true;
  } catch (error) {
    if (error instanceof DaypassError && error.code === 'CONFLICT') return false;
    throw error;
  }
}

/** Whatever became of the grant meanwhile: the mail has gone out, and that is to be seen. */
async function noteSent(
  session: GrantSession,
  step: string,
  key: string,
  outcome: GrantStep['outcome'],
): Promise<void> {
  const { grant, runtime } = session;
  const at = new Date(runtime.now()).toISOString();
  const notified = { ...grant.notified, [key]: at };
  const message = outcome === 'skipped' ? `${key}: nobody to send it to` : key;
  await change(session, ANY_STATUS, { notified }, { at, step, outcome, message });
  grant.notified = notified;
}

function change(
  { runtime, grant }: GrantSession,
  from: readonly GrantStatus[],
  set: GrantChange,
  step?: GrantStep,
): Promise<void> {
  const { environment, id: grantId } = grant;
  return runtime.store.commit([
    { kind: 'changeGrant', environment, grantId, from, set, ...(step && { step }) },
  ]);
}
