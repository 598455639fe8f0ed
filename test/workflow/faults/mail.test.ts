import { AwsError } from '../../../local/aws-endpoint/aws-call.ts';
import type { Failure } from '../../../local/aws-endpoint/faults.ts';
import type { Mail } from '../../../local/mailbox/mailbox.ts';
import type { System } from '../../../local/system.ts';
import { createJobFaults, type JobFaults, type Trouble } from '../../support/job-faults.ts';
import { type Job, Lifecycles, MINUTE_MS } from '../../support/lifecycles.ts';
import { leftOf, missingFrom } from '../../support/oracle.ts';
import { fieldsOf, readable } from '../../support/page-forms.ts';
import { changeDefinitions, startPropertyManagement } from '../../support/property-management.ts';

/** Mails that do not leave, leave twice, come back or are unwanted: the pass goes on, and staff know. */
let system: System;
let lifecycles: Lifecycles;
let faults: JobFaults;
let numbers = 0;

beforeAll(async () => {
  system = await startPropertyManagement();
  lifecycles = await Lifecycles.on(system);
  faults = createJobFaults(system);
}, 120_000);

afterEach(() => faults.clear());
afterAll(() => system?.stop());

const HOUR_MS = 60 * MINUTE_MS;
const settled = () => system.clock.settled();

async function raise(...troubles: Trouble[]): Promise<Job> {
  numbers += 1;
  const number = `MAIL-${numbers}`;
  for (const trouble of troubles) faults.plan(number, trouble);
  const job = await lifecycles.raise({ number });
  await settled();
  return job;
}

async function advance(minutes: number): Promise<void> {
  await system.clock.advance(minutes * MINUTE_MS);
  await settled();
}

const mailOf = async (job: Job) => (await lifecycles.mails(job)).at(-1) as Mail;

/** Whatever happened to its mail, the pass is of use and ends as any other. */
async function expectOfUse(job: Job): Promise<void> {
  expect(await missingFrom(lifecycles, job)).toEqual([]);
  expect((await lifecycles.complete(job)).status).toBe(200);
  await settled();
  expect(await leftOf(lifecycles, job)).toEqual([]);
  expect(await lifecycles.trouble(job)).toBeUndefined();
}

describe('a mail that comes back', () => {
  it('[P10] for good is told on the record and in its task run, with what to do', async () => {
    const job = await raise();
    system.mail.happen('Bounce', (await mailOf(job)).messageId);
    await settled();
    const told = {
      step: 'Mail',
      message: 'The mail came back: there is no such mailbox. Correct the address.',
    };
    expect(await lifecycles.trouble(job)).toMatchObject(told);
    expect((await lifecycles.run(job)).steps.at(-1)).toMatchObject({ ...told, outcome: 'failed' });
    await expectOfUse(job);
  });

  it('[P10] as unwanted is told, too', async () => {
    const job = await raise();
    system.mail.happen('Complaint', (await mailOf(job)).messageId);
    await settled();
    expect((await lifecycles.trouble(job))?.message).toMatch(/unwanted: call them/);
    await expectOfUse(job);
  });

  it('[P10] for now is told as such', async () => {
    const job = await raise();
    const full = { bounceType: 'Transient', bounceSubType: 'MailboxFull' };
    system.mail.happen('Bounce', (await mailOf(job)).messageId, full);
    await settled();
    expect((await lifecycles.trouble(job))?.message).toMatch(/came back for now.*Send it again later/);
    await expectOfUse(job);
  });

  it('[P10] is told although the function failed at first; what it can never do is kept for a person', async () => {
    const job = await raise();
    const { messageId } = await mailOf(job);
    const failing = system.faults.inject({
      when: ({ service, input }) => service === 'lambda' && input.FunctionName.endsWith('mail-events'),
      failure: 'throttle',
      times: 2,
    });
    system.mail.happen('Bounce', messageId);
    await settled();
    expect(await lifecycles.trouble(job)).toBeUndefined();
    await advance(4);
    expect(failing.struck).toBe(2);
    expect((await lifecycles.trouble(job))?.step).toBe('Mail');
    expect(system.queue('maileventsDeadLetters')).toEqual([]);

    system.faults.inject({
      when: ({ caller }) => caller.endsWith('mail-events'),
      failure: 'fail',
    });
    system.mail.happen('Complaint', messageId);
    await settled();
    await advance(4);
    expect(system.queue('maileventsDeadLetters')).toHaveLength(1);
    faults.clear();
    await expectOfUse(job);
  });

  it('[P10] after its pass was replaced says nothing of the new one', async () => {
    const job = await raise();
    const old = await mailOf(job);
    const staff = await lifecycles.staff();
    const corrected = { values: { contractorEmail: 'corrected@firm.example' } };
    const path = `/production/records/${job.recordId}/operations/edit`;
    expect((await staff.json('POST', path, corrected)).status).toBe(200);
    await settled();
    system.mail.happen('Bounce', old.messageId);
    await settled();
    expect(await lifecycles.trouble(job)).toBeUndefined();
    expect((await lifecycles.grant(job)).steps.at(-1)).toMatchObject({ step: 'Mail', outcome: 'failed' });
    expect(await lifecycles.mails({ email: 'corrected@firm.example' })).toHaveLength(1);
  });
});

describe('a mail that may have left', () => {
  it('because no answer ever comes is sent twice at most, and staff are told that nobody knows', async () => {
    const never = { failure: 'lose answer', times: Number.POSITIVE_INFINITY } as const;
    const job = await raise({ at: 'NotifyContractor', target: 'mail', ...never });
    await advance(30);
    expect(await lifecycles.mails(job)).toHaveLength(2);
    expect((await lifecycles.trouble(job))?.message).toMatch(
      /could not be sent: .*never confirmed.*may have arrived/,
    );
    await expectOfUse(job);
  });

  it('because the robot dies each time is sent twice at most', async () => {
    const job = await raise({
      at: 'NotifyContractor',
      target: 'mail',
      failure: 'kill after',
      times: Number.POSITIVE_INFINITY,
    });
    await advance(30);
    expect(await lifecycles.mails(job)).toHaveLength(2);
    expect(await lifecycles.trouble(job)).toBeDefined();
    await expectOfUse(job);
  });

  it('and could not be noted as sent is sent once more, and that is noted', async () => {
    // The first write announces the mail; the second would note it, the third what became of the second.
    const job = await raise({ at: 'NotifyContractor', target: 'write', after: 1, failure: 'fail', times: 2 });
    await advance(30);
    expect(await lifecycles.mails(job)).toHaveLength(2);
    expect((await lifecycles.run(job)).steps.at(-1)).toMatchObject({
      step: 'NotifyContractor',
      outcome: 'done',
    });
    await expectOfUse(job);
  });
});

describe('a mail that did not leave', () => {
  it('while the mail service throttles leaves once it does not any more, once', async () => {
    const job = await raise({ at: 'NotifyContractor', target: 'mail', failure: 'throttle', times: 6 });
    expect(await lifecycles.mails(job)).toEqual([]);
    await advance(20);
    expect(await lifecycles.mails(job)).toHaveLength(1);
    await expectOfUse(job);
  });

  it('because it is refused is told on the record, and can be sent again by staff', async () => {
    const job = await raise({ at: 'NotifyContractor', target: 'mail', failure: 'refuse' });
    expect((await lifecycles.trouble(job))?.message).toBe(
      'The mail could not be sent: the mail service refused it: MessageRejected',
    );
    const staff = await lifecycles.staff();
    const sent = await staff.json('POST', `/admin/tokens/production/${job.grantId}/resend`, {});
    expect([sent.status, sent.json]).toEqual([200, { sent: 1 }]);
    expect(await lifecycles.mails(job)).toHaveLength(1);
    await expectOfUse(job);
  });
});

describe('a link that staff send again', () => {
  const mailFails = (failure: Failure, times?: number) =>
    system.faults.inject({
      when: ({ operation }) => operation === 'SendEmail',
      failure,
      ...(times !== undefined && { times }),
    });
  const refusal = new AwsError('MessageRejected', 'Email address is not verified.', 400);
  const resend = async ({ grantId }: Job) =>
    (await lifecycles.staff()).json('POST', `/admin/tokens/production/${grantId}/resend`, {});
  const pressed = async ({ grantId }: Job) => {
    const staff = await lifecycles.staff();
    const { formToken = '' } = fieldsOf((await staff.get('/passes/production')).text);
    return staff.form('/passes/production', { formToken, grant: grantId, action: 'resend' });
  };
  const toldOf = async (job: Job) => {
    const { json } = await (await lifecycles.staff()).get(`/production/records/${job.recordId}/history`);
    const [{ operation, pass, summary }] = (json as { items: [EventJson] }).items;
    return { operation, ...pass, summary, step: (await lifecycles.run(job)).steps.at(-1) };
  };
  const failedWith = (code: string) => ({ code, detail: expect.any(String) });

  it('[D26] leaves once although no answer comes, and staff are told that nobody knows', async () => {
    // Turns are counted by the hour.
    await system.clock.moveTo(Math.ceil((system.clock.now() + 1) / HOUR_MS) * HOUR_MS);
    const job = await raise();
    const lost = mailFails('lose answer');
    const answer = await resend(job);
    expect([answer.status, answer.json]).toEqual([
      504,
      expect.objectContaining(failedWith('MAIL_UNCERTAIN')),
    ]);
    expect([lost.struck, (await lifecycles.mails(job)).length]).toEqual([1, 2]);
    expect(await toldOf(job)).toEqual({
      operation: 'ResendPass',
      endBefore: expect.any(String),
      mails: 0,
      failure: 'the mail service gave no answer, so it may have arrived',
      summary: expect.stringContaining('Tried to send the link'),
      step: expect.objectContaining({
        step: 'Resend',
        outcome: 'failed',
        message: expect.stringMatching(/by Dana/),
      }),
    });

    const page = await pressed(job);
    expect([page.status, readable(page.text)]).toEqual([
      422,
      expect.stringContaining('may have arrived, or not'),
    ]);
    expect(await lifecycles.mails(job)).toHaveLength(3);
    // What may have arrived is a turn taken: of five there are three left, however many answers are lost.
    for (const expected of [504, 504, 504, 429]) expect((await resend(job)).status).toBe(expected);
    expect(await lifecycles.mails(job)).toHaveLength(6);
    faults.clear();
    await expectOfUse(job);
  });

  it.each([
    ['the mail service refuses it', refusal, 'the mail service refused it: MessageRejected'],
    ['the mail service takes none', 'throttle', 'takes no mail at the moment'],
  ] as [string, Failure, string][])(
    '[D26] and does not leave because %s is told as such, and is no turn taken',
    async (_, failure, reason) => {
      const job = await raise();
      const fault = mailFails(failure);
      for (let tried = 1; tried <= 6; tried++) {
        const { status, json } = await resend(job);
        expect([tried, status, json]).toEqual([
          tried,
          502,
          expect.objectContaining(failedWith('MAIL_FAILED')),
        ]);
      }
      expect(fault.struck).toBe(6);
      expect(await toldOf(job)).toMatchObject({
        operation: 'ResendPass',
        failure: expect.stringContaining(reason),
        step: { step: 'Resend', outcome: 'failed' },
      });
      const page = await pressed(job);
      expect([page.status, readable(page.text)]).toEqual([422, expect.stringContaining(`${reason}.`)]);
      faults.clear();
      expect((await resend(job)).json).toEqual({ sent: 1 });
      expect(await lifecycles.mails(job)).toHaveLength(2);
      await expectOfUse(job);
    },
  );

  it('[D26] and does not leave because the robot may not is told as such', async () => {
    const job = await raise();
    await changeDefinitions(system, ({ 'work-orders': orders }) => {
      for (const permission of orders?.permissions ?? [])
        if (permission.role === 'robot') permission.fields = { ...permission.fields, view: ['number'] };
    });
    const { status, json } = await resend(job);
    expect([status, json]).toEqual([409, expect.objectContaining(failedWith('ROBOT_REFUSED'))]);
    expect(await toldOf(job)).toMatchObject({
      failure: expect.stringContaining('its roles do not let it view'),
      step: { step: 'Resend', outcome: 'failed' },
    });
    expect(readable((await pressed(job)).text)).toContain('its roles do not let it view');
    await changeDefinitions(system, () => {});
    await expectOfUse(job);
  });

  it('[D26] is not said to be on its way where the app sends no mail', async () => {
    const job = await raise();
    await changeDefinitions(system, ({ 'work-orders': orders }) => {
      for (const type of orders?.recordTypes ?? [])
        for (const operation of type.operations) operation.notifications = [];
    });
    const { headers } = await pressed(job);
    const page = readable((await (await lifecycles.staff()).get(headers.get('location') ?? '')).text);
    expect(page).toContain('the app sends no mail for this pass');
    expect(page).not.toContain('on its way');
    expect(await toldOf(job)).toMatchObject({ mails: 0, step: { step: 'Resend', outcome: 'skipped' } });
    await changeDefinitions(system, () => {});
    await expectOfUse(job);
  });
});

interface EventJson {
  operation: string;
  pass?: object;
  summary?: string;
}
