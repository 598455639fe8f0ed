/** What SES says of a bounce. */
export interface Bounce {
  bounceType: string;
  bounceSubType?: string | undefined;
}

/** The mail to whoever raised a record; all others are those that its definition sends. */
const STAFF_WARNING = 'staff-warning';

const OTHER_EVENTS: Record<string, string> = {
  'Email Complaint Received': 'was marked by its recipient as unwanted: call them before you send another.',
  'Email Rejected': 'was refused before it left: ask whoever runs this site.',
  'Email Delivery Delayed': 'is late: the recipient’s mailbox does not take it at present.',
};

/** SES does not even try these addresses, whether they exist or not. */
const SUPPRESSED = new Set(['OnAccountSuppressionList', 'Suppressed']);
const CONTENT = new Set(['MessageTooLarge', 'ContentRejected', 'AttachmentRejected']);

/**
 * What staff are told of a mail in trouble: which mail, what happened, what to do.
 * @param type the event's detail-type
 * @param notification tag of the mail: which of the grant's mails it was
 */
export function describeTrouble(
  type: string,
  bounce: Bounce | undefined,
  notification: string | undefined,
): string {
  const warning = notification === STAFF_WARNING;
  const what = warning ? 'The warning to staff that this pass ends' : 'The mail';
  const whose = warning ? 'the address of the user who raised this' : 'the address';
  const happened = bounce ? bounced(bounce, whose, !warning) : OTHER_EVENTS[type];
  return happened === undefined ? `${what}: the mail service reported ${type}.` : `${what} ${happened}`;
}

function bounced({ bounceType, bounceSubType = '' }: Bounce, whose: string, again: boolean): string {
  if (SUPPRESSED.has(bounceSubType)) {
    return `was not sent: mails to ${whose} came back or were unwanted before, so that it is blocked. If it is right, ask whoever runs this site to take it off the suppression list.`;
  }
  if (bounceType === 'Permanent') {
    return `came back: there is no such mailbox. Correct ${whose}.`;
  }
  if (CONTENT.has(bounceSubType)) {
    return 'came back: the recipient’s mail system does not take what it holds. Tell them in another way.';
  }
  if (bounceType === 'Transient') {
    return `came back for now: the mailbox may be full.${again ? ' Send it again later.' : ''}`;
  }
  return 'came back, and the mail service does not say why. Ask the recipient whether it arrived.';
}
