import { createHash } from 'node:crypto';
import type { LinkedNotification } from '../apps/published.ts';
import type { QueuedMail } from '../changes.ts';
import { DaypassError } from '../errors.ts';
import { isUnevaluable } from '../expressions/compile.ts';
import { readableEmail } from '../mail/address.ts';
import { normaliseEmail } from '../principals.ts';
import type { Plan } from '../records/plan.ts';
import { MAIL_LEFT_OUT, type Values } from '../records/record.ts';
import { recordScope } from '../records/scope.ts';
import type { Session } from '../runtime.ts';
import type { ActionValues } from './action-values.ts';

/** Recipients of one mail. */
const MOST_RECIPIENTS = 10;
/** Mails that one person sends off from apps in a quarter of an hour; and all people without a credential together. */
const MAILS_PER_WINDOW = 60;
const ANONYMOUS_MAILS_PER_WINDOW = 20;
/** Mails of apps and of new passes to one address in that time, whoever causes them. */
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
    if (!email) throw values.refuse('to', 'must be an email address like name@example.org');
    await queueMail(session, plan, { to: email, subject, paragraphs }, { fixed: values.isFixed('to') });
  }
}

/**
 * Adds a mail to what must follow from the operation: it leaves only once everything is committed. When too many have been
 * sent, the operation is refused only if its caller typed the recipient and can do without. Nobody else's work waits for a
 * mail: a contractor's report, or what others' mails to the same address have used up, is committed without, and the
 * record and the log say so.
 * @param fixed the recipient stands in the definition: then nobody chose it, and mails to it are not counted by address
 * @throws DaypassError RATE_LIMITED when the caller has sent off, or the address was sent, very many already
 */
export async function queueMail(
  session: Session,
  plan: Plan,
  mail: Pick<QueuedMail, 'to' | 'subject' | 'paragraphs' | 'button'>,
  { fixed = false } = {},
): Promise<void> {
  const { runtime, published, caller, now } = session;
  if (!(await mayLeave(session, plan, mail.to, fixed))) {
    if (caller.type !== 'tokenUser' && isTyped(plan, mail.to)) throw new DaypassError('RATE_LIMITED');
    const at = new Date(now).toISOString();
    plan.after.trouble = { at, step: MAIL_LEFT_OUT, message: NOT_SENT };
    plan.changes.push({
      kind: 'addOutbox',
      entry: {
        id: runtime.newId(),
        createdAt: at,
        action: {
          type: 'noteMailDropped',
          environment: published.environment,
          recordId: plan.after.id,
          operation: plan.operation.id,
        },
      },
    });
    return;
  }
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

const NOT_SENT =
  'A mail was not sent: there were too many within a quarter of an hour. Tell the recipient in another way.';

/** Sessions are of one request, which may be planned several times over: it takes a turn for each mail once. */
const TAKEN = new WeakMap<Session, Map<string, Promise<boolean>>>();

function mayLeave(
  session: Session,
  { operation, changes }: Plan,
  to: string,
  fixed: boolean,
): Promise<boolean> {
  const address = normaliseEmail(to);
  const before = changes.filter(
    (change) =>
      change.kind === 'addOutbox' &&
      change.entry.action.type === 'sendMail' &&
      normaliseEmail(change.entry.action.mail.to) === address,
  );
  const key = `${operation.recordType.app.id} ${operation.id} ${address} ${before.length}`;
  return once(session, key, async () => {
    const { type, principalId } = causerOf(session);
    const limit = type === 'anonymous' ? ANONYMOUS_MAILS_PER_WINDOW : MAILS_PER_WINDOW;
    return (await turnOf(session, principalId, limit)) && (fixed || turnTo(session, address));
  });
}

/**
 * Takes the turns of the mails with which a new pass is announced, when it is asked for: its workflow sends them later.
 * A pass that nobody is told of is of no use, so that too many refuse the operation, whoever asks: except contractors,
 * whose work waits for no mail. How many passes staff raise in all is not limited, only how many mails one address gets.
 * @param notifications of the operation that issues the pass; they go to whom they name in the record after it
 * @throws DaypassError RATE_LIMITED
 */
export async function announcePass(
  session: Session,
  { operation, after }: Plan,
  notifications: readonly LinkedNotification[],
): Promise<void> {
  const { type, principalId } = causerOf(session);
  for (const { id, to } of notifications) {
    const scope = recordScope(session, after);
    const address = addressOf(to(scope));
    if (address === '') continue;
    // Who is named whatever stands in the record was chosen by nobody.
    const fixed = addressOf(to({ ...scope, record: {}, meta: {}, me: {} })) === address;
    const key = `${operation.recordType.app.id} ${operation.id} ${address} pass ${id}`;
    const leaves = await once(
      session,
      key,
      async () =>
        (type !== 'anonymous' || (await turnOf(session, principalId, ANONYMOUS_MAILS_PER_WINDOW))) &&
        (fixed || turnTo(session, address)),
    );
    if (!leaves && type !== 'tokenUser') throw new DaypassError('RATE_LIMITED');
  }
}

const addressOf = (value: unknown) =>
  isUnevaluable(value) || value == null ? '' : normaliseEmail(String(value));

/** Who causes a mail: where a service has the robot do something, whoever called it. */
const causerOf = ({ caller, service }: Session) => service?.calledBy ?? caller;

function once(session: Session, key: string, take: () => Promise<boolean>): Promise<boolean> {
  const taken = TAKEN.get(session) ?? new Map<string, Promise<boolean>>();
  TAKEN.set(session, taken);
  const turn = taken.get(key) ?? take();
  taken.set(key, turn);
  return turn;
}

const turnOf = ({ runtime, now }: Session, principalId: string, limit: number) =>
  runtime.store.takeTurn('mail', principalId, { at: now, windowMs: WINDOW_MS, limit });

function turnTo({ runtime, now }: Session, address: string): Promise<boolean> {
  const hashed = createHash('sha256').update(`${runtime.siteId}\n${address}`);
  const turn = { at: now, windowMs: WINDOW_MS, limit: MAILS_PER_ADDRESS };
  return runtime.store.takeTurn('mailTo', hashed.digest('base64url').slice(0, 22), turn);
}

/** Whether the address is among the values that the caller sent along with this operation. */
function isTyped({ sent = [], after, runtimeValues }: Plan, to: string): boolean {
  const typed: Values = { ...after.values, ...runtimeValues };
  const address = normaliseEmail(to);
  return sent.some((field) =>
    [typed[field] ?? []].flat().some((value) => normaliseEmail(String(value)) === address),
  );
}
