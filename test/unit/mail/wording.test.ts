import { describeTrouble } from '../../../lambdas/mail-events/wording.ts';

const BLOCKED = (whose: string) =>
  `was not sent: mails to ${whose} came back or were unwanted before, so that it is blocked. If it is right, ask whoever runs this site to take it off the suppression list.`;
const NO_MAILBOX = (whose: string) => `came back: there is no such mailbox. Correct ${whose}.`;
const CONTENT =
  'came back: the recipient’s mail system does not take what it holds. Tell them in another way.';
const FULL = 'came back for now: the mailbox may be full.';
const UNKNOWN = 'came back, and the mail service does not say why. Ask the recipient whether it arrived.';

describe.each([
  ['The mail', 'contractor-work-order', 'the address', ' Send it again later.'],
  ['The mail', undefined, 'the address', ' Send it again later.'],
  [
    'The warning to staff that this pass ends',
    'staff-warning',
    'the address of the user who raised this',
    '',
  ],
])('[P10] %s (%s), of whose trouble staff are told,', (what, notification, whose, again) => {
  it.each<[string, string | undefined, string]>([
    ['Permanent', 'OnAccountSuppressionList', BLOCKED(whose)],
    ['Permanent', 'Suppressed', BLOCKED(whose)],
    ['Transient', 'Suppressed', BLOCKED(whose)],
    ['Permanent', 'General', NO_MAILBOX(whose)],
    ['Permanent', undefined, NO_MAILBOX(whose)],
    ['Permanent', 'ContentRejected', NO_MAILBOX(whose)],
    ['Transient', 'MessageTooLarge', CONTENT],
    ['Transient', 'ContentRejected', CONTENT],
    ['Transient', 'AttachmentRejected', CONTENT],
    ['Transient', 'MailboxFull', FULL + again],
    ['Transient', undefined, FULL + again],
    ['Undetermined', undefined, UNKNOWN],
  ])('came back: %s, %s', (bounceType, bounceSubType, happened) => {
    const bounce = { bounceType, bounceSubType };
    expect(describeTrouble('Email Bounced', bounce, notification)).toBe(`${what} ${happened}`);
  });

  it.each([
    [
      'Email Complaint Received',
      ' was marked by its recipient as unwanted: call them before you send another.',
    ],
    ['Email Rejected', ' was refused before it left: ask whoever runs this site.'],
    ['Email Delivery Delayed', ' is late: the recipient’s mailbox does not take it at present.'],
    ['Something New', ': the mail service reported Something New.'],
  ])('fared so: %s', (type, happened) => {
    expect(describeTrouble(type, undefined, notification)).toBe(what + happened);
  });
});
