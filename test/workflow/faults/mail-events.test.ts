import { jest } from '@jest/globals';
import type { Mail } from '../../../local/mailbox/mailbox.ts';
import type { System } from '../../../local/system.ts';
import { Visitor } from '../../../local/visitor.ts';
import { type Job, Lifecycles } from '../../support/lifecycles.ts';
import { DISPATCHER, startPropertyManagement } from '../../support/property-management.ts';

jest.setTimeout(60_000);

const DAY_MS = 86_400_000;

let system: System;
let lifecycles: Lifecycles;

beforeAll(async () => {
  system = await startPropertyManagement();
  lifecycles = await Lifecycles.on(system);
}, 120_000);

afterAll(() => system?.stop());

const settled = () => system.clock.settled();

/** What the record says after a mail has bounced. */
async function toldAfter(job: Job, mail: Mail | undefined, details = {}): Promise<string | undefined> {
  expect(mail).toBeDefined();
  system.mail.happen('Bounce', mail?.messageId ?? '', details);
  await settled();
  return (await lifecycles.trouble(job))?.message;
}

it('[P10] an address that the mail service blocks is told as such, and not as one that does not exist', async () => {
  const job = await lifecycles.raise();
  await settled();
  const [mail] = await lifecycles.mails(job);
  const blocked = { bounceType: 'Permanent', bounceSubType: 'OnAccountSuppressionList' };
  expect(await toldAfter(job, mail, blocked)).toBe(
    'The mail was not sent: mails to the address came back or were unwanted before, so that it is blocked. If it is right, ask whoever runs this site to take it off the suppression list.',
  );
  const large = { bounceType: 'Transient', bounceSubType: 'MessageTooLarge' };
  expect(await toldAfter(job, mail, large)).toMatch(/does not take what it holds/);
  expect(await toldAfter(job, mail, { bounceType: 'Undetermined', bounceSubType: 'Undetermined' })).toMatch(
    /does not say why/,
  );
});

it('[P10] an address that is corrected takes away what was said of the old one, and so does another pass after the end', async () => {
  const job = await lifecycles.raise();
  await settled();
  const [mail] = await lifecycles.mails(job);
  expect(await toldAfter(job, mail)).toMatch(/there is no such mailbox/);
  const staff = await lifecycles.staff();
  const path = `/production/records/${job.recordId}`;
  const corrected = { values: { contractorEmail: 'found@firm.example' } };
  expect((await staff.json('POST', `${path}/operations/edit`, corrected)).status).toBe(200);
  await settled();
  expect(await lifecycles.mails({ email: 'found@firm.example' })).toHaveLength(1);
  expect(await lifecycles.trouble(job)).toBeUndefined();

  const grantId = (await lifecycles.record(job))?.grantId ?? '';
  const { expiresAt = 0 } = await lifecycles.grant({ grantId });
  await system.clock.moveTo(expiresAt + 60_000);
  await settled();
  expect((await lifecycles.trouble(job))?.message).toMatch(/The pass ended/);
  const again = await (await lifecycles.staff()).json('POST', `${path}/task-runs`, {});
  expect([again.status, again.text]).toEqual([202, expect.any(String)]);
  await settled();
  expect(await lifecycles.trouble(job)).toBeUndefined();
});

it('[P10] a warning to staff that comes back blames the address of staff, not the contractor’s', async () => {
  const dueDate = new Date(system.clock.now() + 3 * DAY_MS).toISOString().slice(0, 10);
  const job = await lifecycles.raise({ dueDate });
  await settled();
  const { expiresAt = 0 } = await lifecycles.grant(job);
  await system.clock.moveTo(expiresAt - DAY_MS + 60_000);
  await settled();
  const toStaff = await lifecycles.mails({ email: DISPATCHER });
  const warning = toStaff.find(({ subject }) => subject.includes(`The pass for ${job.number} ends`));
  expect(await toldAfter(job, warning)).toBe(
    'The warning to staff that this pass ends came back: there is no such mailbox. Correct the address of the user who raised this.',
  );
  const [mail] = await lifecycles.mails(job);
  expect(await toldAfter(job, mail)).toBe(
    'The mail came back: there is no such mailbox. Correct the address.',
  );
});

/** What a function has logged with this text, newest last: what it says beside what each line has. */
function logged(name: string, text: string): Record<string, unknown>[] {
  const lines = system.logs(`daypass-local-${name}`).filter((line) => line.includes(text));
  return lines.flatMap((line) => {
    const start = line.indexOf('{');
    return start < 0 ? [] : [JSON.parse(line.slice(start)) as Record<string, unknown>];
  });
}

it('a mail of no pass that comes back is in the log, by its kind, and no failure', async () => {
  const letters = system.queue('maileventsDeadLetters').length;
  const visitor = new Visitor(system.url);
  await visitor.form('/sign-in', { email: DISPATCHER });
  const mail = await system.mail.waitFor(
    ({ to, subject }) => to.includes(DISPATCHER) && subject.startsWith('Sign in'),
  );
  system.mail.happen('Complaint', mail.messageId);
  await settled();
  const told = logged('mail-events', '"mail trouble"').at(-1);
  expect(told).toMatchObject({ level: 'WARN', message: 'mail trouble', type: 'Email Complaint Received' });
  expect([told?.grantId, told?.notification]).toEqual([undefined, undefined]);
  expect(system.queue('maileventsDeadLetters')).toHaveLength(letters);
});

it('of a pass that went through its workflow the log has each state, by ids, and what a mail in trouble was about', async () => {
  const job = await lifecycles.raise();
  await settled();
  const { grantId } = job;
  const about = { grantId, environment: 'production', execution: `grant-${grantId}`, attempt: 0 };
  const done = logged('robot', `"${grantId}"`).filter(({ message }) => message === 'state done');
  expect(done.map(({ state }) => state)).toEqual(['CreateToken', 'NotifyContractor', 'AwaitCompletion']);
  for (const line of done) expect(line).toMatchObject(about);

  const [mail] = await lifecycles.mails(job);
  await toldAfter(job, mail, { bounceType: 'Transient', bounceSubType: 'MailboxFull' });
  expect(logged('mail-events', `"${grantId}"`)).toEqual([
    expect.objectContaining({
      message: 'mail trouble',
      type: 'Email Bounced',
      grantId,
      environment: 'production',
      notification: 'contractor-work-order',
      bounce: { bounceType: 'Transient', bounceSubType: 'MailboxFull' },
    }),
  ]);

  const started = logged('outbox', `"${grantId}"`);
  expect(started).toEqual([
    expect.objectContaining({
      message: 'dispatched',
      outboxId: grantId,
      action: { type: 'startGrant', environment: 'production', grantId },
    }),
  ]);

  await system.executions.stop(`grant-${grantId}`);
  await settled();
  expect(logged('housekeeping', `"${grantId}"`)).toEqual([
    expect.objectContaining({
      level: 'INFO',
      message: 'ended after its workflow',
      grantId,
      environment: 'production',
      status: 'ABORTED',
    }),
  ]);
});
