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
  for (const part of ['to', 'subject', 'replyTo'] as const) {
    const source = notification[part];
    if (source === undefined) continue;
    const place = [...path, part];
    // A link belongs in the mail's body only: subjects and addresses are logged on their way.
    const checked = takeExpression(context, place, source, type.scopes.robot, 'string');
    requireReadable(context, place, checked, type);
    if (part !== 'subject') requireAddressLiterals(context, place, checked);
  }
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
