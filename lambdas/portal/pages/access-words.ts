import type { TaskRun } from '../../../core/records/trace.ts';
import { formatDateTime, formatEnd, wordsOf } from './format.ts';

type Step = TaskRun['steps'][number];

/** Where somebody's access stands, as a badge. */
export const STATUS: Partial<Record<string, string>> = {
  requested: 'Being set up',
  live: 'Open',
  ending: 'Ending',
  ended: 'Ended',
  failed: 'Failed',
};

const REASONS: Partial<Record<string, string>> = {
  completed: 'the job was reported done',
  expired: 'it ran out before the job was done',
  revoked: 'the office cancelled it',
  superseded: 'something newer took its place',
  failed: 'something failed',
  aborted: 'it was stopped',
};

/** Since when, and until when or why no more. */
export function standing({ startedAt, endedAt, endReason, expiresAt }: TaskRun): string {
  const since = `Asked for ${formatDateTime(startedAt)}.`;
  if (endedAt !== undefined) {
    const why = endReason && REASONS[endReason];
    return `${since} Ended ${formatDateTime(endedAt)}${why ? `: ${why}` : ''}.`;
  }
  return expiresAt === undefined
    ? since
    : `${since} It ends with the job, or at ${formatEnd(Date.parse(expiresAt))}.`;
}

const STEPS: Partial<Record<string, Partial<Record<Step['outcome'], string>>>> = {
  CreateToken: {
    done: 'Link created',
    failed: 'The link could not be created',
    skipped: 'No link was needed',
  },
  NotifyContractor: {
    done: 'Email sent',
    failed: 'The email could not be sent',
    skipped: 'No email: there was nobody to send it to',
  },
  RemindContractor: {
    done: 'Reminder sent',
    failed: 'The reminder could not be sent',
    skipped: 'No reminder: there was nobody to send it to',
  },
  Mail: { failed: 'The email did not arrive' },
  Resend: { done: 'Link sent again', failed: 'The link could not be sent again' },
  Extend: { done: 'End changed' },
  DueDate: { done: 'End changed' },
  DeleteToken: { done: 'Access ended', failed: 'Access ended, but not everything was cleaned up' },
};
/** Ends that the system itself has made, when the usual way failed or was stopped. */
const ENDS = ['RevokeAfterFailure', 'Reaper', 'Housekeeping'];
/** Whose message is a name that says nothing to people: which mail it was. */
const NAMED = ['NotifyContractor', 'RemindContractor'];

/** A step of giving or ending access, in words, and what else there is to say of it. */
export function stepInWords({ step, outcome, message }: Step): { what: string; more?: string } {
  const what =
    STEPS[step]?.[outcome] ??
    (ENDS.includes(step) ? 'Access ended by the system' : `${wordsOf(step)}: ${outcome}`);
  const more = NAMED.includes(step) && outcome !== 'failed' ? undefined : message;
  return { what, ...(more && { more }) };
}

/** What to do about a trouble, by the step in which it came; the message says the rest. */
const ADVICE: Partial<Record<string, string>> = {
  Mail: 'Correct the email address if it is wrong; then the link is sent to the new one. Or tell the person in another way.',
  NotifyContractor: 'Choose “Send the link again” under Live passes, or tell the person in another way.',
  RemindContractor: 'Tell the person in another way that the job is due.',
  DeleteToken: 'If it is still to be done, correct the due date and choose “Issue a new pass” below.',
  RevokeAfterFailure: 'Choose “Issue a new pass” below. If that fails, too, tell an administrator.',
  Reaper: 'Choose “Issue a new pass” below. If that fails, too, tell an administrator.',
  Housekeeping: 'If it is still to be done, choose “Issue a new pass” below.',
};

/** What to do about a trouble; nothing where its message says it all. */
export function adviceOn(step: string): string | undefined {
  return ADVICE[step];
}

/** What has happened to a record without an operation of its own. */
const EVENTS: Partial<Record<string, string>> = {
  RecordMailEvent: 'An email did not arrive, noted',
  RecordMailFailure: 'An email could not be sent, noted',
  DeleteToken: 'Access ended',
  RevokeAfterFailure: 'Access ended after a failure',
  Reaper: 'Access ended after a failure',
  Housekeeping: 'Access ended',
};
const BUILT_IN: Partial<Record<string, string>> = { add: 'Created', edit: 'Changed', delete: 'Deleted' };

/** What was done to a record, as its history says it: built-in operations by what they do, others by their names. */
export function eventInWords(id: string, operation: { kind: string; name: string } | undefined): string {
  if (!operation) return EVENTS[id] ?? wordsOf(id).replace(/^./, (letter) => letter.toUpperCase());
  return BUILT_IN[operation.kind] ?? operation.name;
}
