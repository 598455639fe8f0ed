import type { Environment } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import { composeMail, MailFailed, MailUncertain } from '../mail/mail.ts';
import { passMails } from './pass-mail.ts';
import { openGrantSession, RobotRefused, type RobotRuntime } from './robot.ts';

/** What became of the mails of one pass. */
export interface SentAgain {
  /** Mails that the mail service has taken. */
  sent: number;
  failure?: {
    error: DaypassError;
    /** For the record's history: holds no value of the record. */
    reason: string;
    /** False where none of the mails has left, nor may have. */
    mayHaveLeft: boolean;
  };
}

/**
 * Hands the mails with a pass's link over once more, each once and all at the same time, so that whoever waits learns
 * within one time limit of the mail service what became of them.
 */
export async function sendAgain(
  runtime: RobotRuntime,
  environment: Environment,
  grantId: string,
): Promise<SentAgain> {
  try {
    const asRobot = await openGrantSession(runtime, environment, grantId);
    const mails = (await passMails(asRobot)).flatMap(({ content }) =>
      content ? [composeMail(content)] : [],
    );
    const outcomes = await Promise.allSettled(mails.map((mail) => runtime.mailer.send(mail)));
    const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    const sent = mails.length - errors.length;
    const uncertain = errors.find((error) => error instanceof MailUncertain);
    const told = uncertain ?? errors[0];
    if (told === undefined) return { sent };
    const some = sent > 0 ? ` (${sent} of ${mails.length} mails were sent)` : '';
    return { sent, failure: { ...failureOf(told, some), mayHaveLeft: sent > 0 || uncertain !== undefined } };
  } catch (error) {
    if (!(error instanceof RobotRefused)) throw error;
    const refused = new DaypassError('ROBOT_REFUSED', `Nothing was sent: ${error.message}.`);
    return { sent: 0, failure: { error: refused, reason: error.message, mayHaveLeft: false } };
  }
}

/** Errors other than the mailer's own are named as what they are to whoever waits, and not quoted: they could hold anything. */
function failureOf(error: unknown, some: string): { error: DaypassError; reason: string } {
  if (error instanceof MailUncertain) {
    const reason = `${error.message}, so it may have arrived${some}`;
    const told = `The mail may have arrived, or not: ${error.message}${some}. Ask whoever waits for it before you send it once more.`;
    return { error: new DaypassError('MAIL_UNCERTAIN', told), reason };
  }
  const why =
    error instanceof MailFailed
      ? error.message
      : 'the mail service could not be reached, or takes no mail at the moment';
  const failed = new DaypassError('MAIL_FAILED', `The mail was not sent: ${why}${some}.`);
  failed.cause = error;
  return { error: failed, reason: `${why}${some}` };
}
