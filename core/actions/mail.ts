import { createHash } from 'node:crypto';
import type { QueuedMail } from '../changes.ts';
import { DaypassError } from '../errors.ts';
import { readableEmail } from '../people/account.ts';
import { normaliseEmail } from '../principals.ts';
import type { Plan } from '../records/plan.ts';
import type { Session } from '../runtime.ts';
import type { ActionValues } from './run.ts';

/** Recipients of one mail. */
const MOST_RECIPIENTS = 10;
/** Mails that one person sends off from apps in a quarter of an hour; and all people without a credential together. */
const MAILS_PER_WINDOW = 60;
const ANONYMOUS_MAILS_PER_WINDOW = 20;
/** Mails that apps send to one address in that time, whoever causes them. */
const MAILS_PER_ADDRESS = 20;
const WINDOW_MS = 15 * 60_000;

/** Queues the mail of an action for each recipient; nobody to send it to is no error. */
export async function sendEmail(session: Session, plan: Plan, values: ActionValues): Promise<void> {
  const to = (values.list('to') ?? []).map((address) => address.trim()).filter((address) => address !== '');
  if (to.length > MOST_RECIPIENTS) throw values.refuse('to', `names more than ${MOST_RECIPIENTS} recipients`);
  const subject = values.text('subject') ?? '';
  const paragraphs = (values.text('body') ?? '').split(/\n\s*\n/).filter((text) => text.trim() !== '');
  for (const address of new Set(to)) {
    const email = readableEmail(address);
    if (!email) throw values.refuse('to', 'must be an email address');
    await queueMail(session, plan, { to: email, subject, paragraphs });
  }
}

/**
 * Adds a mail to what must follow from the operation: it leaves only once everything is committed.
 * @throws DaypassError RATE_LIMITED when the caller has sent off, or the address was sent, very many already
 */
export async function queueMail(
  session: Session,
  plan: Plan,
  mail: Pick<QueuedMail, 'to' | 'subject' | 'paragraphs' | 'button'>,
): Promise<void> {
  const { runtime, published, caller, now } = session;
  const limit = caller.type === 'anonymous' ? ANONYMOUS_MAILS_PER_WINDOW : MAILS_PER_WINDOW;
  const turn = { at: now, windowMs: WINDOW_MS, limit };
  const address = createHash('sha256').update(`${runtime.siteId}\n${normaliseEmail(mail.to)}`);
  const free =
    (await runtime.store.takeTurn('mail', caller.principalId, turn)) &&
    (await runtime.store.takeTurn('mailTo', address.digest('base64url').slice(0, 22), {
      ...turn,
      limit: MAILS_PER_ADDRESS,
    }));
  if (!free) throw new DaypassError('RATE_LIMITED');
  const { name, contact } = published.settings;
  plan.changes.push({
    kind: 'addOutbox',
    entry: {
      id: runtime.newId(),
      createdAt: new Date(now).toISOString(),
      action: {
        type: 'sendMail',
        environment: published.environment,
        mail: {
          ...mail,
          subject: mail.subject || plan.operation.recordType.definition.name,
          siteName: name,
          contact: plan.operation.recordType.app.definition.contact ?? contact,
        },
      },
    },
  });
}
