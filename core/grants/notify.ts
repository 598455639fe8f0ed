import type { Environment } from '../environments.ts';
import { emailIn } from '../mail/address.ts';
import { greeting, type MailContent, plainName } from '../mail/mail.ts';
import { asCaller, sessionAs } from '../reach/subjects.ts';
import { answerRecord } from '../records/answer.ts';
import type { StoredRecord } from '../records/record.ts';
import { ANY_STATUS } from './grant.ts';
import { callRecord, passMails } from './pass-mail.ts';
import { readableDay } from './readable-day.ts';
import { type GrantSession, openGrantSession, type RobotRuntime } from './robot.ts';
import { sendOnce } from './send-once.ts';

/**
 * NotifyContractor: sends the notifications that the operation selects, each once. The link is computed here, goes into
 * the mail and nowhere else; a retry writes the same one.
 */
export async function notifyContractor(
  runtime: RobotRuntime,
  environment: Environment,
  grantId: string,
): Promise<void> {
  const session = await openGrantSession(runtime, environment, grantId);
  const { grant, record } = session;
  if (grant.status !== 'live' || !record) return;
  const mails = await passMails(session);
  await sendOnce(
    session,
    'NotifyContractor',
    mails.map(({ id, content }) => ({ key: id, content })),
  );
}

/** RemindContractor: the same mail once more, with the end in front; and a word to whoever raised the record. */
export async function remindContractor(
  runtime: RobotRuntime,
  environment: Environment,
  grantId: string,
): Promise<void> {
  const session = await openGrantSession(runtime, environment, grantId);
  const { grant, record, now } = session;
  if (grant.status !== 'live' || !record || grant.expiresAt === undefined) return;
  const { expiresAt } = grant;
  const lead = [`Reminder: the link works until ${readableDay(expiresAt)}.`];
  const reminders = (await passMails(session, lead)).flatMap(({ content }) =>
    content ? [{ ...content, subject: `Reminder: ${content.subject}` }] : [],
  );
  const warning = await staffWarning(session, record, expiresAt);
  // After an extension there is another end to remind of, so the end is part of what was sent.
  const ending = new Date(expiresAt).toISOString();
  await sendOnce(
    session,
    'RemindContractor',
    [...reminders, ...(warning ? [warning] : [])].map((content) => ({
      key: `${content.tags.notification}, reminder of ${ending}`,
      content,
    })),
  );
  await runtime.store.commit([
    {
      kind: 'changeGrant',
      environment,
      grantId,
      from: ANY_STATUS,
      set: { remindedAt: new Date(now).toISOString() },
    },
  ]);
}

/**
 * Tells the user who raised the record that its pass ends although the job is not reported done, as far as they may view
 * the record. Where a program has raised it, or the user is gone or may not view it any more, whoever answers for the app
 * is told, if its contact has an address.
 */
async function staffWarning(
  session: GrantSession,
  record: StoredRecord,
  expiresAt: number,
): Promise<MailContent | undefined> {
  const { runtime, published, grant, type } = session;
  const raisedBy = await runtime.store.readPrincipal(grant.createdBy);
  const contact = type.app.definition.contact ?? published.settings.contact;
  const shown =
    raisedBy?.type === 'user'
      ? answerRecord(sessionAs(session, asCaller(raisedBy)), type, record)
      : undefined;
  const to = shown ? raisedBy?.email : emailIn(contact);
  if (to === undefined) return undefined;
  const { titleField, name } = type.definition;
  const title = shown?.title ?? String((titleField && record.values[titleField]) ?? name);
  const called = callRecord(type, title);
  const { names } = shown ?? record;
  const person = plainName((grant.principalId && names[grant.principalId]) ?? '') ?? 'the contractor';
  const { siteUrl } = runtime;
  return {
    to,
    subject: `The pass for ${title} ends on ${readableDay(expiresAt)}`,
    intro: [
      `${greeting(shown && raisedBy ? raisedBy.name : '')},`,
      `The pass of ${person} for ${called} ends on ${readableDay(expiresAt)}, and the job has not been reported done: it is “${type.states.get(record.state) ?? record.state}”.`,
      'You can extend it, send it again, or let it end.',
    ],
    facts: [],
    button: { label: `Open ${called}`, href: `${siteUrl}/app/${grant.environment}/records/${record.id}` },
    closing: [],
    siteName: published.settings.name,
    contact,
    tags: { environment: grant.environment, grant: grant.id, notification: 'staff-warning' },
  };
}
