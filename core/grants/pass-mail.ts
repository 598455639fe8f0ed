import { decideView, permits } from '../access.ts';
import { fillBody } from '../apps/mail-body.ts';
import { inSentence } from '../apps/operation-name.ts';
import type { LinkedField, LinkedNotification, LinkedRecordType } from '../apps/published.ts';
import { isUnevaluable } from '../expressions/compile.ts';
import { greeting, type MailContent, plainName } from '../mail/mail.ts';
import { normaliseEmail } from '../principals.ts';
import { visibleTitle } from '../records/answer.ts';
import type { FieldValue, StoredRecord } from '../records/record.ts';
import { formulasOf, isVisible, recordScope } from '../records/scope.ts';
import { originOf } from './origin.ts';
import { readableDate, readableDay } from './readable-day.ts';
import { type GrantSession, RobotRefused } from './robot.ts';

/** One mail of a pass: undefined content when it has no recipient, which is no error. */
export interface PassMail {
  id: string;
  content: MailContent | undefined;
}

/** A record in a sentence: “work order WO-1”; without a title that is none, or would become a link. */
export function callRecord({ definition }: LinkedRecordType, title: string): string {
  const name = inSentence(definition.name);
  const line = plainName(title);
  return line === undefined || title === definition.name ? name : `${name} ${line}`;
}

/** The mails that a grant's operation selects. What is said before all else, in a reminder, is `lead`. */
export async function passMails(session: GrantSession, lead: string[] = []): Promise<PassMail[]> {
  const { record, grant, runtime } = session;
  const notifications = notificationsOf(session);
  if (!record) return [];
  const holder = grant.principalId ? await runtime.store.readPrincipal(grant.principalId) : undefined;
  return notifications.map((notification) => {
    const content = mailContent(session, record, notification, lead);
    if (!content) return { id: notification.id, content };
    // Somebody else who gets this mail is not greeted by the contractor's name.
    const isHolder = holder?.email && normaliseEmail(holder.email) === normaliseEmail(content.to);
    const hello = `${greeting(isHolder ? holder.name : '')},`;
    return { id: notification.id, content: { ...content, intro: [hello, ...content.intro] } };
  });
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

function mailContent(
  session: GrantSession,
  record: StoredRecord,
  notification: LinkedNotification,
  lead: string[],
): MailContent | undefined {
  const { published, type, grant } = session;
  const { settings } = published;
  const { definition } = notification;
  const scope = recordScope(session, record);
  const text = (value: unknown) => (isUnevaluable(value) || value == null ? '' : String(value).trim());
  const to = text(notification.to(scope));
  if (to === '') return undefined;
  const view = decideView(session, type, record);
  const computed = formulasOf(session, type, record);
  const read = (field: LinkedField): FieldValue => {
    if (!isVisible(field, scope)) return null;
    if (!view.decision || !permits(view.fields, field.id)) {
      throw new RobotRefused(
        `the robot could not send “${definition.name}”: its roles do not let it view ${field.id}`,
      );
    }
    return field.formula ? computed(field) : (record.values[field.id] ?? null);
  };
  const called = callRecord(type, visibleTitle(session, type, record, view.fields));
  const facts: MailContent['facts'] = [];
  let button: MailContent['button'];
  for (const field of notification.fields) {
    const value = read(field);
    if (value === null) continue;
    if (field.secret) {
      const own = notification.button ? text(notification.button(scope)) : '';
      button = { label: own || `Open ${called}`, href: String(value) };
    } else facts.push({ label: field.definition.label, ...readable(value, field.definition) });
  }
  const said = fillBody(definition.body ?? '', (id) => {
    const field = type.fields.get(id);
    const value = field && read(field);
    if (field?.definition.type === 'date' && value != null) return readableDate(String(value));
    return field && value != null ? readable(value, field.definition).value : '';
  });
  const replyTo = notification.replyTo ? text(notification.replyTo(scope)) : '';
  return {
    to,
    subject: text(notification.subject(scope)) || type.definition.name,
    intro: [...lead, ...(said.length > 0 ? said : [`${settings.name} asks you to see to ${called}.`])],
    facts,
    ...(button && { button }),
    closing: [
      ...(grant.expiresAt
        ? [`The link works until ${readableDay(grant.expiresAt)}, or until the job is reported done.`]
        : []),
      'The link is meant for you alone: whoever has it can do what you can.',
    ],
    siteName: settings.name,
    contact: type.app.definition.contact ?? settings.contact,
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
