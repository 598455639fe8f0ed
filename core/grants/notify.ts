import { decideView, permits } from '../access.ts';
import type { LinkedNotification } from '../apps/published.ts';
import type { Environment } from '../environments.ts';
import { isUnevaluable } from '../expressions/compile.ts';
import { readableEmail } from '../mail/address.ts';
import type { MailContent } from '../mail/mail.ts';
import { asCaller, sessionAs } from '../reach/subjects.ts';
import { answerRecord } from '../records/answer.ts';
import type { FieldValue, StoredRecord } from '../records/record.ts';
import { formulasOf, isVisible, recordScope } from '../records/scope.ts';
import { ANY_STATUS } from './grant.ts';
import { originOf } from './origin.ts';
import { readableDay } from './readable-day.ts';
import { type GrantSession, openGrantSession, RobotRefused, type RobotRuntime } from './robot.ts';
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
  const notifications = notificationsOf(session);
  await sendOnce(
    session,
    'NotifyContractor',
    notifications.map((notification) => ({
      key: notification.id,
      content: mailContent(session, record, notification, []),
    })),
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
  const lead = [`Reminder: your access ends on ${readableDay(expiresAt)}.`];
  const reminders = notificationContents(session, lead).map((content) => ({
    ...content,
    subject: `Reminder: ${content.subject}`,
  }));
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
  const to = shown ? raisedBy?.email : addressIn(contact);
  if (to === undefined) return undefined;
  const { titleField, name } = type.definition;
  const title = shown?.title ?? String((titleField && record.values[titleField]) ?? name);
  const { names } = shown ?? record;
  const person = (grant.principalId && names[grant.principalId]) || 'the contractor';
  const { siteUrl } = runtime;
  return {
    to,
    subject: `The pass for ${title} ends on ${readableDay(expiresAt)}`,
    intro: [
      `${type.states.get(record.state) ?? record.state}: ${title} has not been reported done, and the pass of ${person} ends on ${readableDay(expiresAt)}.`,
      'You can extend it, send it again, or let it end.',
    ],
    facts: [],
    button: { label: `Open ${title}`, href: `${siteUrl}/app/${grant.environment}/records/${record.id}` },
    closing: [],
    siteName: published.settings.name,
    contact,
    tags: { environment: grant.environment, grant: grant.id, notification: 'staff-warning' },
  };
}

/** The first email address in a line like “ABC dispatch, dispatch@abc.example, +1 555 0100”. */
function addressIn(contact: string): string | undefined {
  const words = contact.split(/[\s,;:<>()]+/).map((word) => word.replace(/\.+$/, ''));
  return words.find((word) => readableEmail(word) !== undefined);
}

/**
 * What the operation selects that a grant came of.
 * @throws RobotRefused when it is not published any more: then nobody knows which mail was meant
 */
function notificationsOf({ type, grant }: GrantSession): readonly LinkedNotification[] {
  const operation = originOf(type, grant)?.operation ?? type.operations.get(grant.operation);
  if (operation) return operation.notifications;
  throw new RobotRefused(
    `the operation ${grant.operation}, which says what is sent, is not published any more`,
  );
}

/** The mails that a grant's operation selects, for those that have a recipient. */
export function notificationContents(session: GrantSession, lead: string[]): MailContent[] {
  const { record } = session;
  if (!record) return [];
  return notificationsOf(session)
    .map((notification) => mailContent(session, record, notification, lead))
    .filter((content) => content !== undefined);
}

/** Undefined when there is no recipient: no mail, and no error. */
function mailContent(
  session: GrantSession,
  record: StoredRecord,
  notification: LinkedNotification,
  lead: string[],
): MailContent | undefined {
  const { published, type, grant } = session;
  const scope = recordScope(session, record);
  const text = (value: unknown) => (isUnevaluable(value) || value == null ? '' : String(value).trim());
  const to = text(notification.to(scope));
  if (to === '') return undefined;
  const view = decideView(session, type, record);
  const computed = formulasOf(session, type, record);
  const facts: MailContent['facts'] = [];
  let button: MailContent['button'];
  for (const field of notification.fields) {
    if (!isVisible(field, scope)) continue;
    if (!view.decision || !permits(view.fields, field.id)) {
      throw new RobotRefused(
        `the robot could not send “${notification.definition.name}”: its roles do not let it view ${field.id}`,
      );
    }
    const value = field.formula ? computed(field) : (record.values[field.id] ?? null);
    if (value === null) continue;
    if (field.secret)
      button = { label: field.definition.displayText ?? field.definition.label, href: String(value) };
    else facts.push({ label: field.definition.label, ...readable(value, field.definition) });
  }
  const replyTo = notification.replyTo ? text(notification.replyTo(scope)) : '';
  const contact = type.app.definition.contact ?? published.settings.contact;
  return {
    to,
    subject: text(notification.subject(scope)) || type.definition.name,
    intro: [...lead, ...(notification.definition.body ? [notification.definition.body] : [])],
    facts,
    ...(button && { button }),
    closing: [
      ...(grant.expiresAt
        ? [`Your access ends on ${readableDay(grant.expiresAt)}, or as soon as the job is reported done.`]
        : []),
      'The link is meant for you alone: whoever has it can do what you can.',
    ],
    siteName: published.settings.name,
    contact,
    ...(replyTo && { replyTo }),
    tags: { environment: grant.environment, grant: grant.id, notification: notification.id },
  };
}

function readable(
  value: FieldValue,
  definition: { type: string; displayText?: string | undefined },
): { value: string; href?: string } {
  if (definition.type === 'date') return { value: readableDay(Date.parse(`${String(value)}T12:00:00Z`)) };
  if (Array.isArray(value)) return { value: value.join(', ') };
  if (typeof value === 'boolean') return { value: value ? 'Yes' : 'No' };
  if (value !== null && typeof value === 'object') return { value: `${value.lat}, ${value.lon}` };
  if (definition.type === 'url')
    return { value: definition.displayText ?? String(value), href: String(value) };
  return { value: String(value) };
}
