import { DaypassError } from '../../../core/errors.ts';
import { noteFailure, recordMailEvent, recordMailFailure } from '../../../core/grants/failure.ts';
import type { Grant } from '../../../core/grants/grant.ts';
import { notifyContractor, remindContractor } from '../../../core/grants/notify.ts';
import { RobotRefused } from '../../../core/grants/robot.ts';
import { sendAgain } from '../../../core/grants/send-again.ts';
import { MailFailed, MailUncertain } from '../../../core/mail/mail.ts';
import type { StoredRecord } from '../../../core/records/record.ts';
import { readToken } from '../../../core/tokens/token.ts';
import { DAY_MS, iso, NOON, PassDesk } from '../../fixtures/pass-desk.ts';

const ORDER = 'order'.padEnd(22, '0');
const ANA = 'ana'.padEnd(22, '0');
const MAIL = 'contractor-work-order';
const CONTACT = 'ABC dispatch, dispatch@abc.example, +1 555 0100';

type Notification = Record<string, unknown>;

/** The worked example, with another notification instead of its own, or with further ones. */
const withMails = (...more: Notification[]) =>
  new PassDesk(({ 'work-orders': orders }) => {
    const usual = orders.notifications?.[0] as unknown as Notification;
    orders.notifications = more.map((each) => ({ ...usual, ...each })) as never;
    for (const operation of orders.recordTypes[0]?.operations ?? [])
      if (operation.kind === 'add') operation.notifications = more.map(({ id = MAIL }) => String(id));
  });

const textOf = (desk: PassDesk, at = 0) => desk.mails[at]?.text ?? '';
const sent = (desk: PassDesk) => desk.mails.map(({ to, subject }) => `${to}: ${subject}`);
const grantOf = (desk: PassDesk) => [...desk.grants.values()].at(-1) as Grant;

describe('[D16] the mail with the link', () => {
  it('says in order what the definition names, when access ends, and whom to ask', async () => {
    const desk = new PassDesk();
    const { id, expiresAt } = desk.live({ expiresAt: Date.parse('2027-01-24T00:00:00Z') });

    await notifyContractor(desk.runtime, 'production', id);

    const [mail] = desk.mails;
    const link = /https:\/\/passes\.example\/\?token=(\S+)/.exec(textOf(desk))?.[1] ?? '';
    expect(mail?.text.replace(link, 'THE-LINK')).toBe(
      [
        'Hello Ana Ruiz,',
        'ABC Property Management asks you to do a work order at Mill House, by 23 January 2027.',
        'The link opens it without a password. When the job is done, open it again and choose Complete Work Order.',
        'Description: Windows\nDue date: Saturday, 23 January 2027',
        'Open work order WO-1:\nhttps://passes.example/?token=THE-LINK',
        'The link works until Saturday, 23 January 2027, or until the job is reported done.',
        'The link is meant for you alone: whoever has it can do what you can.',
        `ABC Property Management\n${CONTACT}`,
      ]
        .join('\n\n')
        .concat('\n'),
    );
    expect(mail).toEqual({
      to: 'ana@firm.example',
      subject: 'Work order WO-1 at Mill House',
      text: expect.any(String),
      html: expect.any(String),
      replyTo: 'dispatch@abc.example',
      tags: { environment: 'production', grant: id, notification: MAIL },
    });
    expect(readToken(link, desk.runtime.keyring, 'site')).toMatchObject({
      kind: 'access',
      environment: 'production',
      principalId: ANA,
    });
    // That it is about to leave is noted before, that it has left after.
    expect(desk.committed.flat()).toEqual([
      {
        kind: 'changeGrant',
        environment: 'production',
        grantId: id,
        from: ['live'],
        set: { sending: { [MAIL]: 1 } },
      },
      {
        kind: 'changeGrant',
        environment: 'production',
        grantId: id,
        from: ['requested', 'live', 'ending', 'ended', 'failed'],
        set: { notified: { [MAIL]: iso(NOON) } },
        step: { at: iso(NOON), step: 'NotifyContractor', outcome: 'done', message: MAIL },
      },
    ]);
    expect(expiresAt).toBe(Date.parse('2027-01-24T00:00:00Z'));

    await notifyContractor(desk.runtime, 'production', id);
    expect(desk.mails).toHaveLength(1);
  });

  it('leaves out empty and hidden fields, and writes each kind of value for people', async () => {
    const desk = new PassDesk(({ 'work-orders': orders }) => {
      const [type] = orders.recordTypes;
      type?.fields.push(
        ...([
          { id: 'urgent', label: 'Urgent', type: 'boolean' },
          { id: 'quiet', label: 'Quiet', type: 'boolean' },
          { id: 'place', label: 'Place', type: 'geoPoint' },
          { id: 'plan', label: 'Plan', type: 'url', displayText: 'See the plan' },
          { id: 'site', label: 'Site', type: 'url' },
          { id: 'floor', label: 'Floor', type: 'number' },
          { id: 'secretNote', label: 'Note', type: 'string', visibleIf: 'record.floor == 99' },
          { id: 'empty', label: 'Empty', type: 'string' },
        ] as never[]),
      );
      const fields = [
        'externalContractor',
        'urgent',
        'quiet',
        'place',
        'plan',
        'site',
        'floor',
        'secretNote',
        'empty',
      ];
      const [mail] = orders.notifications ?? [];
      if (mail) Object.assign(mail, { fields, body: 'Call us.' });
      for (const permission of orders.permissions ?? [])
        if (permission.role === 'robot') permission.fields = { view: fields, edit: ['contractorToken'] };
    });
    const { id } = desk.live(
      {},
      {
        urgent: true,
        quiet: false,
        place: { lat: 1.5, lon: -2 },
        plan: 'https://plans.example/7',
        site: 'https://site.example/',
        floor: 0,
        secretNote: 'hidden',
      },
    );

    await notifyContractor(desk.runtime, 'production', id);

    expect(textOf(desk).split('\n\n')[2]).toBe(
      [
        'External contractor: Yes',
        'Urgent: Yes',
        'Quiet: No',
        'Place: 1.5, -2',
        'Plan: https://plans.example/7',
        'Site: https://site.example/',
        'Floor: 0',
      ].join('\n'),
    );
    expect(desk.mails[0]?.html).toContain('<a href="https://plans.example/7">See the plan</a>');
    expect(desk.mails[0]?.html).toContain('<a href="https://site.example/">https://site.example/</a>');
    // Without the field that holds the link there is no button.
    expect(textOf(desk)).not.toContain('token=');
  });

  it('[D23] has its answers go where the definition says, or to the contact, and its subject fall back on what the record is', async () => {
    const desk = withMails(
      { id: 'first', replyTo: '"desk@abc.example"', subject: '""' },
      { id: 'second', replyTo: '""', to: '" bea@firm.example "' },
      { id: 'third', replyTo: 'record.description' },
    );
    const { id } = desk.live();

    await notifyContractor(desk.runtime, 'production', id);

    expect(desk.mails.map(({ to, subject, replyTo }) => [to, subject, replyTo])).toEqual([
      ['ana@firm.example', 'Work Order', 'desk@abc.example'],
      ['bea@firm.example', 'Work order WO-1 at Mill House', 'dispatch@abc.example'],
      ['ana@firm.example', 'Work order WO-1 at Mill House', 'dispatch@abc.example'],
    ]);
    // Somebody else is not greeted by the contractor's name.
    expect(desk.mails.map(({ text }) => text.split('\n\n')[0])).toEqual([
      'Hello Ana Ruiz,',
      'Hello,',
      'Hello Ana Ruiz,',
    ]);
    expect(grantOf(desk).steps.map(({ message }) => message)).toEqual(['first', 'second', 'third']);
  });

  it('says who asks for what where the definition says nothing, and has the button say what it is told to', async () => {
    const desk = withMails(
      { id: 'first', body: undefined },
      { id: 'second', body: ' \n\n ', button: '"Start with " + record.number' },
      { id: 'third', button: '""' },
    );
    const { id } = desk.live();
    await notifyContractor(desk.runtime, 'production', id);
    const words = desk.mails.map(({ text }) => text.split('\n\n'));
    expect(
      words.map((blocks) => [blocks[1], blocks.find((block) => block.includes('token='))?.split(':')[0]]),
    ).toEqual([
      ['ABC Property Management asks you to see to work order WO-1.', 'Open work order WO-1'],
      ['ABC Property Management asks you to see to work order WO-1.', 'Start with WO-1'],
      [expect.stringMatching(/at Mill House, by 23 January 2027/), 'Open work order WO-1'],
    ]);
  });

  it.each([
    ['a place that would become a link', 'evil.example', 'WO-1', 'work order WO-1'],
    ['a place that is very long', 'x'.repeat(101), 'WO-1', 'work order WO-1'],
    ['no place', null, 'WO-1', 'work order WO-1'],
    ['a number that would become a link', 'Mill House', 'https://evil', 'work order'],
    ['no number', 'Mill House', null, 'work order'],
    ['line breaks in the place', 'Mill\r\n\r\nHouse', 'WO-1', 'work order WO-1'],
  ])('says nothing of its own with %s', async (_, building, number, called) => {
    const desk = withMails(
      { body: 'Do it at {building}.\n\nThen call.' },
      { id: 'second', body: 'At {building}.' },
    );
    const { id } = desk.live({}, { building, number });
    await notifyContractor(desk.runtime, 'production', id);
    const [first, second] = desk.mails.map(({ text }) => text.split('\n\n'));
    const plain = building?.startsWith('Mill');
    expect(first?.slice(1, plain ? 3 : 2)).toEqual([
      ...(plain ? ['Do it at Mill House.'] : []),
      'Then call.',
    ]);
    expect(second?.[1]).toBe(
      plain ? 'At Mill House.' : `ABC Property Management asks you to see to ${called}.`,
    );
    expect(textOf(desk)).toContain(`\nOpen ${called}:\n`);
  });

  it('is signed by the site where the app names nobody to ask', async () => {
    const desk = new PassDesk(({ 'work-orders': orders }) => void delete orders.contact);
    desk.published.settings.contact = 'The caretaker';
    const { id } = desk.live();
    await notifyContractor(desk.runtime, 'production', id);
    expect(textOf(desk)).toMatch(/\n\nABC Property Management\nThe caretaker\n$/);
  });

  it('that has nobody to go to is no error, and said to be so', async () => {
    const desk = withMails({ id: 'first', to: '" "' }, { id: 'second' });
    const { id } = desk.live();
    await notifyContractor(desk.runtime, 'production', id);
    expect(sent(desk)).toEqual(['ana@firm.example: Work order WO-1 at Mill House']);
    expect(grantOf(desk).steps.map(({ outcome, message }) => [outcome, message])).toEqual([
      ['skipped', 'first: nobody to send it to'],
      ['done', 'second'],
    ]);
  });

  it('names its ids, and no address, where the robot may not view a field', async () => {
    const desk = new PassDesk(({ 'work-orders': orders }) => {
      for (const permission of orders.permissions ?? [])
        if (permission.role === 'robot')
          permission.fields = { view: ['description', 'contractorLink'], edit: ['contractorToken'] };
    });
    const { id } = desk.live();
    await expect(notifyContractor(desk.runtime, 'production', id)).rejects.toEqual(
      new RobotRefused(
        'the robot could not send “Contractor – Work Order Notification”: its roles do not let it view dueDate',
      ),
    );
    expect(desk.mails).toEqual([]);
  });

  it.each<[string, (desk: PassDesk, grant: Grant) => void]>([
    ['has ended', (desk, grant) => void desk.grants.set(grant.id, { ...grant, status: 'ending' })],
    ['has lost its record', (desk) => void desk.records.delete(ORDER)],
    [
      'was replaced on its record',
      (desk) => void desk.put({ ...(desk.records.get(ORDER) as StoredRecord), grantId: 'another' }),
    ],
  ])('has no point, and is neither sent nor noted, where the pass %s', async (_, change) => {
    const desk = new PassDesk();
    const grant = desk.live();
    change(desk, grant);
    await notifyContractor(desk.runtime, 'production', grant.id);
    await remindContractor(desk.runtime, 'production', grant.id);
    expect([desk.mails, desk.committed]).toEqual([[], []]);
  });

  it('is not sent where the pass ends just before', async () => {
    const desk = new PassDesk();
    const grant = desk.live();
    desk.meanwhile = () => void desk.grants.set(grant.id, { ...grant, status: 'ending' });
    await notifyContractor(desk.runtime, 'production', grant.id);
    expect([desk.mails, desk.committed]).toEqual([[], []]);
  });

  it('is noted as sent although the pass ends meanwhile', async () => {
    const desk = new PassDesk();
    const grant = desk.live();
    const { send } = desk.runtime.mailer;
    desk.runtime.mailer = {
      async send(mail) {
        await send(mail);
        desk.grants.set(grant.id, { ...grantOf(desk), status: 'ended' });
      },
    };
    await notifyContractor(desk.runtime, 'production', grant.id);
    expect(grantOf(desk)).toMatchObject({ status: 'ended', notified: { [MAIL]: iso(NOON) } });
  });
});

describe('a mail whose handing over goes wrong', () => {
  const trying = async (desk: PassDesk, id: string) =>
    notifyContractor(desk.runtime, 'production', id).then(
      () => 'sent',
      (error: Error) => `${error.name}: ${error.message}`,
    );

  it('is handed over twice at most where nobody knows, and then given up', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    desk.mishaps.push(new MailUncertain(), new MailUncertain());
    const outcomes = [];
    for (let times = 0; times < 3; times++) outcomes.push(await trying(desk, id));
    expect(outcomes).toEqual([
      'MailUncertain: the mail service gave no answer',
      'MailUncertain: the mail service gave no answer',
      'MailFailed: it was handed over 2 times and never confirmed; it may have arrived',
    ]);
    expect([grantOf(desk).sending, grantOf(desk).notified]).toEqual([{ [MAIL]: 2 }, undefined]);
  });

  it('does not count where an answer came, however often', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    desk.mishaps.push(...Array.from({ length: 5 }, () => new Error('busy')));
    for (let times = 0; times < 5; times++) expect(await trying(desk, id)).toBe('Error: busy');
    expect(grantOf(desk).sending).toEqual({ [MAIL]: 0 });
    expect(await trying(desk, id)).toBe('sent');
    expect(desk.mails).toHaveLength(1);
  });

  it('does not keep the others back, of which none is sent again', async () => {
    const desk = withMails({ id: 'first' }, { id: 'second' }, { id: 'third' });
    const { id } = desk.live();
    desk.mishaps.push(new MailFailed('refused'), undefined, new Error('later'));
    expect(await trying(desk, id)).toBe('MailFailed: refused');
    expect([desk.mails.length, Object.keys(grantOf(desk).notified ?? {})]).toEqual([1, ['second']]);
    expect(await trying(desk, id)).toBe('sent');
    expect([desk.mails.length, Object.keys(grantOf(desk).notified ?? {})]).toEqual([
      3,
      ['second', 'first', 'third'],
    ]);
    expect(grantOf(desk).sending).toEqual({ first: 1, second: 1, third: 1 });
  });
});

describe('[D17] the reminder', () => {
  const END = Date.parse('2027-01-15T00:00:00Z');
  const REMINDER = `reminder of ${iso(END)}`;

  it('is the same mail with the end in front, and a word to whoever raised the record', async () => {
    const desk = new PassDesk();
    const { id } = desk.live({ expiresAt: END });

    await remindContractor(desk.runtime, 'production', id);

    expect(sent(desk)).toEqual([
      'ana@firm.example: Reminder: Work order WO-1 at Mill House',
      'dana@abc.example: The pass for WO-1 ends on Thursday, 14 January 2027',
    ]);
    expect(textOf(desk).split('\n\n').slice(0, 3)).toEqual([
      'Hello Ana Ruiz,',
      'Reminder: the link works until Thursday, 14 January 2027.',
      'ABC Property Management asks you to do a work order at Mill House, by 23 January 2027.',
    ]);
    expect(textOf(desk, 1)).toBe(
      [
        'Hello Dana Dispatcher,',
        'The pass of Ana Ruiz for work order WO-1 ends on Thursday, 14 January 2027, and the job has not been reported done: it is “Active”.',
        'You can extend it, send it again, or let it end.',
        `Open work order WO-1:\nhttps://passes.example/app/production/records/${ORDER}`,
        `ABC Property Management\n${CONTACT}`,
      ]
        .join('\n\n')
        .concat('\n'),
    );
    expect(desk.mails.map(({ tags }) => tags)).toEqual([
      { environment: 'production', grant: id, notification: MAIL },
      { environment: 'production', grant: id, notification: 'staff-warning' },
    ]);
    expect(grantOf(desk)).toMatchObject({
      remindedAt: iso(NOON),
      notified: { [`${MAIL}, ${REMINDER}`]: iso(NOON), [`staff-warning, ${REMINDER}`]: iso(NOON) },
      steps: [
        { step: 'RemindContractor', outcome: 'done', message: `${MAIL}, ${REMINDER}` },
        { step: 'RemindContractor', outcome: 'done', message: `staff-warning, ${REMINDER}` },
      ],
    });

    await remindContractor(desk.runtime, 'production', id);
    expect(desk.mails).toHaveLength(2);
    // Another end is another reminder.
    desk.grants.set(id, { ...grantOf(desk), expiresAt: END + DAY_MS });
    await remindContractor(desk.runtime, 'production', id);
    expect(desk.mails).toHaveLength(4);
  });

  it('that cannot be sent is not noted as if it had been', async () => {
    const desk = new PassDesk();
    const { id } = desk.live({ expiresAt: END });
    desk.mishaps.push(new MailFailed('refused'));
    await expect(remindContractor(desk.runtime, 'production', id)).rejects.toThrow('refused');
    expect(grantOf(desk).remindedAt).toBeUndefined();
    expect(sent(desk)).toEqual(['dana@abc.example: The pass for WO-1 ends on Thursday, 14 January 2027']);
  });

  it.each<[string, (desk: PassDesk, grant: Grant) => void]>([
    ['is gone', (desk) => void desk.principals.delete('dana')],
    [
      'may not view it any more',
      (desk) => {
        const dana = desk.principals.get('dana');
        if (dana) desk.principals.set('dana', { ...dana, roles: [] });
      },
    ],
    [
      'is a program',
      (desk, grant) => void desk.grants.set(grant.id, { ...grant, createdBy: 'work-order-robot' }),
    ],
  ])('warns whoever answers for the app where who raised the record %s', async (_, change) => {
    const desk = new PassDesk();
    const grant = desk.live({ expiresAt: END });
    change(desk, grant);
    await remindContractor(desk.runtime, 'production', grant.id);
    expect(sent(desk)[1]).toBe('dispatch@abc.example: The pass for WO-1 ends on Thursday, 14 January 2027');
    expect(textOf(desk, 1)).toMatch(
      /^Hello,\n\nThe pass of Ana Ruiz for work order WO-1 ends on .*: it is “Active”\./,
    );
  });

  it.each<[string, string, string | undefined]>([
    ['one behind a name', 'Desk <desk@abc.example>', 'desk@abc.example'],
    ['one at the end of a sentence', 'Ask desk@abc.example.', 'desk@abc.example'],
    ['the first of two', 'one@abc.example; two@abc.example', 'one@abc.example'],
    ['one in brackets', 'Desk (desk@abc.example)', 'desk@abc.example'],
    ['one after a colon', 'mail:desk@abc.example', 'desk@abc.example'],
    ['none', 'Room 5, +1 555 0100', undefined],
    ['none that could be one', 'desk@abc', undefined],
  ])('warns by the address in a contact: %s', async (_, contact, to) => {
    const desk = new PassDesk(({ 'work-orders': orders }) => void Object.assign(orders, { contact }));
    desk.principals.delete('dana');
    const { id } = desk.live({ expiresAt: END });
    await remindContractor(desk.runtime, 'production', id);
    expect(desk.mails.slice(1).map((mail) => mail.to)).toEqual(to ? [to] : []);
    expect(grantOf(desk).remindedAt).toBe(iso(NOON));
  });

  it('speaks of a work order without a number, and of a contractor without a name', async () => {
    const desk = new PassDesk();
    const { id } = desk.live({ expiresAt: END }, { number: null });
    desk.put({ ...(desk.records.get(ORDER) as StoredRecord), names: {} });
    desk.principals.delete('dana');
    await remindContractor(desk.runtime, 'production', id);
    expect(desk.mails[1]?.subject).toBe('The pass for Work Order ends on Thursday, 14 January 2027');
    expect(textOf(desk, 1)).toMatch(
      /^Hello,\n\nThe pass of the contractor for work order ends on .*: it is “Active”\.\n/,
    );
  });
});

describe('[D26] mails that are sent once more', () => {
  const outcomes: [string, (Error | undefined)[], object][] = [
    ['leave', [], { sent: 2 }],
    [
      'are refused',
      [new MailFailed('the mail service refused it: MessageRejected'), new MailFailed('the same')],
      {
        sent: 0,
        failure: {
          error: {
            code: 'MAIL_FAILED',
            message: 'The mail was not sent: the mail service refused it: MessageRejected.',
          },
          reason: 'the mail service refused it: MessageRejected',
          mayHaveLeft: false,
        },
      },
    ],
    [
      'leave in part',
      [undefined, new Error('an address: ana@firm.example')],
      {
        sent: 1,
        failure: {
          error: {
            code: 'MAIL_FAILED',
            message:
              'The mail was not sent: the mail service could not be reached, or takes no mail at the moment (1 of 2 mails were sent).',
          },
          reason:
            'the mail service could not be reached, or takes no mail at the moment (1 of 2 mails were sent)',
          mayHaveLeft: true,
        },
      },
    ],
    [
      'may have left: that is told before what is sure',
      [new MailFailed('refused'), new MailUncertain()],
      {
        sent: 0,
        failure: {
          error: {
            code: 'MAIL_UNCERTAIN',
            message:
              'The mail may have arrived, or not: the mail service gave no answer. Ask whoever waits for it before you send it once more.',
          },
          reason: 'the mail service gave no answer, so it may have arrived',
          mayHaveLeft: true,
        },
      },
    ],
  ];

  it.each(outcomes)('%s', async (_, mishaps, expected) => {
    const desk = withMails(
      { id: 'first' },
      { id: 'second', to: '"bea@firm.example"' },
      { id: 'third', to: '""' },
    );
    const { id } = desk.live();
    desk.mishaps.push(...mishaps);
    expect(await sendAgain(desk.runtime, 'production', id)).toEqual(
      'failure' in expected
        ? {
            ...expected,
            failure: {
              ...(expected.failure as object),
              error: expect.objectContaining((expected.failure as { error: object }).error),
            },
          }
        : expected,
    );
  });

  it('are the same mails', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    await notifyContractor(desk.runtime, 'production', id);
    await sendAgain(desk.runtime, 'production', id);
    const [first, second] = desk.mails;
    expect(second).toEqual(first);
  });

  it('are not sent where the robot may not, or the operation is not published any more', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    desk.principals.delete('work-order-robot');
    const answer = await sendAgain(desk.runtime, 'production', id);
    const reason = 'the app work-orders names a robot “work-order-robot” that does not exist';
    expect(answer).toEqual({
      sent: 0,
      failure: {
        error: expect.objectContaining({ code: 'ROBOT_REFUSED', message: `Nothing was sent: ${reason}.` }),
        reason,
        mayHaveLeft: false,
      },
    });

    const renamed = new PassDesk(({ 'work-orders': orders }) => {
      for (const operation of orders.recordTypes[0]?.operations ?? [])
        if (operation.kind === 'add') Object.assign(operation, { tasks: [], notifications: [] });
    });
    const { id: old } = renamed.live({ operation: 'raise' });
    expect((await sendAgain(renamed.runtime, 'production', old)).failure?.reason).toBe(
      'the operation raise, which says what is sent, is not published any more',
    );
  });

  it('fail as what they are where something else than the robot is out of order', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    desk.runtime.published = async () => {
      throw new DaypassError('UNAVAILABLE');
    };
    await expect(sendAgain(desk.runtime, 'production', id)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});

describe('[P10] what a task run and its record say of mails in trouble', () => {
  it.each<[string, unknown, string]>([
    ['the robot’s own words', new RobotRefused('it may not'), 'it may not'],
    ['those of a mail', new MailFailed('refused'), 'refused'],
    ['the code of a refusal', new DaypassError('CONFLICT', 'a value'), 'it failed with CONFLICT'],
    ['the name of any other error', new TypeError('a value'), 'it failed with TypeError'],
    ['that it was no error', 'a value', 'it failed with Error'],
    ['at most 500 characters', new RobotRefused('x'.repeat(501)), 'x'.repeat(500)],
  ])('is %s', async (_, error, message) => {
    const desk = new PassDesk();
    const { id } = desk.live({ status: 'ended' });
    await noteFailure(desk.runtime, 'production', id, 'CreateToken', error);
    expect(desk.committed).toEqual([
      [
        {
          kind: 'changeGrant',
          environment: 'production',
          grantId: id,
          from: ['requested', 'live', 'ending', 'ended', 'failed'],
          set: {},
          step: { at: iso(NOON), step: 'CreateToken', outcome: 'failed', message },
        },
      ],
    ]);
  });

  const refused = { at: 'then', step: 'NotifyContractor', outcome: 'failed', message: 'refused' } as const;
  it.each<[string, Partial<Grant>, object]>([
    [
      'a first mail',
      { steps: [refused] },
      { step: 'NotifyContractor', message: 'The mail could not be sent: refused' },
    ],
    [
      'a reminder',
      { steps: [refused], notified: { [MAIL]: 'then' } },
      { step: 'RemindContractor', message: 'A reminder could not be sent: refused' },
    ],
    [
      'one of which nothing was noted',
      {},
      { step: 'NotifyContractor', message: 'The mail could not be sent: it failed with States.Timeout' },
    ],
  ])('is %s that did not leave, as an event of its own', async (_, more, trouble) => {
    const desk = new PassDesk();
    const grant = desk.live(more);
    const before = desk.records.get(ORDER) as StoredRecord;

    await recordMailFailure(desk.runtime, 'production', grant.id, { error: 'States.Timeout' });

    expect(desk.records.get(ORDER)).toEqual({
      ...before,
      version: 4,
      trouble: { at: iso(NOON), ...trouble },
      eventCount: 4,
      eventMac: expect.any(String),
    });
    expect(desk.events).toEqual([
      expect.objectContaining({ operation: 'RecordMailFailure', grantId: grant.id, before: {}, after: {} }),
    ]);
    expect(grantOf(desk)).toEqual(grant);
    await recordMailFailure(desk.runtime, 'production', 'none');
    expect(desk.committed).toHaveLength(1);
  });

  it('is a mail that came back, in both places', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    await recordMailEvent(desk.runtime, 'production', id, 'It came back.');
    expect(desk.committed[0]).toEqual([
      {
        kind: 'changeGrant',
        environment: 'production',
        grantId: id,
        from: ['requested', 'live', 'ending', 'ended', 'failed'],
        set: {},
        step: { at: iso(NOON), step: 'Mail', outcome: 'failed', message: 'It came back.' },
        stepsRead: [],
      },
    ]);
    expect(desk.records.get(ORDER)?.trouble).toEqual({
      at: iso(NOON),
      step: 'Mail',
      message: 'It came back.',
    });
    expect(desk.events.map(({ operation, grantId }) => [operation, grantId])).toEqual([
      ['RecordMailEvent', id],
    ]);
    await recordMailEvent(desk.runtime, 'production', 'none', 'It came back.');
    expect(desk.committed).toHaveLength(2);
  });

  it('is nothing on a record that has another pass by now', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    const order = desk.put({ ...(desk.records.get(ORDER) as StoredRecord), grantId: 'another' });
    await recordMailEvent(desk.runtime, 'production', id, 'It came back.');
    await recordMailFailure(desk.runtime, 'production', id);
    expect(desk.records.get(ORDER)).toEqual(order);
    expect(grantOf(desk).steps).toHaveLength(1);
  });
});

it('[D16] a mail speaks of states, links and lists as people call them', async () => {
  const desk = new PassDesk(({ 'work-orders': orders }) => {
    const [type] = orders.recordTypes;
    const [state] = type?.states ?? [];
    if (state) state.name = 'To be done';
    for (const field of type?.fields ?? []) {
      if (field.id === 'contractorLink') delete (field as { displayText?: string }).displayText;
      if (field.id === 'externalContractor') Object.assign(field, { choices: ['Yes', 'Key'] });
    }
    const [mail] = orders.notifications ?? [];
    if (mail) mail.fields = ['externalContractor', 'contractorLink'];
  });
  const { id } = desk.live({}, { externalContractor: ['Yes', 'Key'] });
  await remindContractor(desk.runtime, 'production', id);
  expect(textOf(desk)).toContain(
    '\n\nExternal contractor: Yes, Key\n\nOpen work order WO-1:\nhttps://passes.example/?token=',
  );
  expect(textOf(desk, 1)).toContain('has not been reported done: it is “To be done”.');
});
