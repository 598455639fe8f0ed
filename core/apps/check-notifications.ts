import {
  type CheckContext,
  type CheckedType,
  reportUnknown,
  requireKnown,
  requireUnique,
} from './check-context.ts';
import { requireReadable, takeExpression } from './check-expressions.ts';
import { requireAddressLiterals } from './check-literals.ts';
import type { Notification } from './definition.ts';
import { fieldsInBody } from './mail-body.ts';
import type { Path } from './problems.ts';

/** Checks mails: whom they go to, what their subject says, and the fields that they list. */
export function checkNotifications(context: CheckContext): void {
  const { notifications } = context.app;
  requireUnique(context, ['notifications'], notifications, 'notification');
  for (const [at, notification] of notifications.entries()) {
    const path = ['notifications', at];
    const type = context.recordTypes.get(notification.recordType);
    if (type) checkNotification(context, type, notification, path);
    else {
      const known = context.recordTypes.keys();
      reportUnknown(context, [...path, 'recordType'], 'record type', notification.recordType, known);
    }
  }
}

function checkNotification(
  context: CheckContext,
  type: CheckedType,
  notification: Notification,
  path: Path,
): void {
  for (const part of ['to', 'subject', 'replyTo', 'button'] as const) {
    const source = notification[part];
    if (source === undefined) continue;
    const place = [...path, part];
    // A link belongs in the mail's body only: subjects and addresses are logged on their way.
    const checked = takeExpression(context, place, source, type.scopes.robot, 'string');
    requireReadable(context, place, checked, type);
    if (part === 'to' || part === 'replyTo') requireAddressLiterals(context, place, checked);
  }
  checkBody(context, type, notification, path);
  requireKnown(context, [...path, 'fields'], notification.fields, type.fields.keys(), 'field');
  for (const [at, id] of notification.fields.entries()) {
    const field = type.fields.get(id);
    const place = [...path, 'fields', at];
    if (field?.runtimeOnly) {
      context.report(
        place,
        `"${id}" is only on the form and never stored, so no mail can hold it; remove it`,
      );
    }
    if (field?.type === 'token') {
      context.report(place, `"${id}" is a token; list the formula that makes a link of it instead`);
    }
  }
}

/** Fields in the body have a value that can be read out, and none that lets anybody in. */
function checkBody(context: CheckContext, type: CheckedType, { body = '' }: Notification, path: Path): void {
  const place = [...path, 'body'];
  for (const id of new Set(fieldsInBody(body))) {
    const field = type.fields.get(id);
    if (!field) reportUnknown(context, place, 'field', id, type.fields.keys());
    else if (field.runtimeOnly)
      context.report(
        place,
        `"${id}" is only on the form and never stored, so no mail can hold it; remove it`,
      );
    else if (field.type === 'token' || type.secret.has(id))
      context.report(
        place,
        `"${id}" lets whoever has it in; list it in "fields", which makes the button of it`,
      );
  }
}
