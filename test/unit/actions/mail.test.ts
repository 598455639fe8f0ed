import type { ActionValues } from '../../../core/actions/action-values.ts';
import { announcePass, queueMail, sendEmail } from '../../../core/actions/mail.ts';
import type { LinkedNotification } from '../../../core/apps/published.ts';
import { DaypassError } from '../../../core/errors.ts';
import { Unevaluable } from '../../../core/expressions/compile.ts';
import type { Caller } from '../../../core/ports.ts';
import type { Plan } from '../../../core/records/plan.ts';
import type { Values } from '../../../core/records/record.ts';
import { AT, callerOf, idOf, NOW, refusal, SiteMemory } from '../../fixtures/site-memory.ts';

const QUARTER = 15 * 60_000;

/** An operation on a record with these values, of which the caller sent some. */
function planOf(values: Values = {}, sent: string[] = [], contact?: string): Plan {
  return {
    operation: {
      id: 'add',
      recordType: {
        id: 'order',
        app: { id: 'orders', definition: { contact } },
        definition: { name: 'Work Order' },
      },
    },
    after: { id: 'r1', values, names: {} },
    runtimeValues: {},
    sent,
    changes: [],
  } as unknown as Plan;
}

const siteWith = () => new SiteMemory().running('staging');
const open = (site: SiteMemory, caller: Partial<Caller> = {}) => site.open(callerOf(caller), 'staging');
const mailed = (mail: object, id: number, contact = 'desk@harbour.example') => ({
  kind: 'addOutbox',
  entry: {
    id: idOf(id),
    createdAt: AT,
    action: {
      type: 'sendMail',
      environment: 'staging',
      mail: { subject: 'Hi', paragraphs: ['Text'], siteName: 'Harbour', contact, ...mail },
    },
  },
});
const valuesOf = (
  parts: { to?: string[]; subject?: string; body?: string },
  fixed = false,
): ActionValues => ({
  scope: {},
  list: (part) => (part === 'to' ? parts.to : undefined),
  text: (part) => parts[part as 'subject'],
  isFixed: (part) => part === 'to' && fixed,
  refuse: (path, message) => new DaypassError('VALUES_INVALID', undefined, [{ path, message }]),
});
const hi = { subject: 'Hi', paragraphs: ['Text'] };
const refusing = (purpose: string, site = siteWith()) => {
  site.takeTurn = (asked) => asked !== purpose;
  return site;
};

describe('a mail that an action sends', () => {
  it('goes to each recipient once, in paragraphs, with the words of the app', async () => {
    const site = siteWith();
    const plan = planOf({}, [], 'people desk');
    const to = [' a@x.example', 'b@x.example', '', 'a@x.example'];
    await sendEmail(
      open(site),
      plan,
      valuesOf({ to, subject: 'Hi', body: '  \n\nOne\ntwo\n \n\n\nThree\n\n' }),
    );
    const paragraphs = ['One\ntwo', 'Three'];
    expect(plan.changes).toEqual([
      mailed({ to: 'a@x.example', paragraphs }, 1, 'people desk'),
      mailed({ to: 'b@x.example', paragraphs }, 2, 'people desk'),
    ]);
  });

  it('is about what the record is called where it has no subject, and asks the site where the app names nobody', async () => {
    const plan = planOf();
    await sendEmail(open(siteWith()), plan, valuesOf({ to: ['a@x.example'] }));
    expect(plan.changes).toEqual([mailed({ to: 'a@x.example', subject: 'Work Order', paragraphs: [] }, 1)]);
  });

  it('goes to ten recipients at most, and to nobody where none is named', async () => {
    const to = Array.from({ length: 10 }, (_, at) => `r${at}@x.example`);
    const plan = planOf();
    await sendEmail(open(siteWith()), plan, valuesOf({ to }));
    expect(plan.changes).toHaveLength(10);
    expect(
      (
        await refusal(() => sendEmail(open(siteWith()), planOf(), valuesOf({ to: [...to, 'x@x.example'] })))
      )[2],
    ).toEqual([{ path: 'to', message: 'names more than 10 recipients' }]);
    for (const nobody of [undefined, [], [' ']]) {
      const none = planOf();
      await sendEmail(open(siteWith()), none, valuesOf({ ...(nobody && { to: nobody }) }));
      expect(none.changes).toEqual([]);
    }
  });

  it('is refused to what is no address', async () => {
    const wrong = valuesOf({ to: ['a@x.example', 'nobody'] });
    expect((await refusal(() => sendEmail(open(siteWith()), planOf(), wrong)))[2]).toEqual([
      { path: 'to', message: 'must be an email address like name@example.org' },
    ]);
  });

  it('takes a turn of its sender and one of its address; of the sender alone where the definition names it', async () => {
    const site = siteWith();
    await queueMail(open(site), planOf(), { to: 'ＡＢ@x.example', ...hi });
    const [sender, address] = site.turns;
    expect(sender).toEqual(['mail', 'olga', { at: NOW, windowMs: QUARTER, limit: 60 }]);
    expect(address).toEqual([
      'mailTo',
      expect.stringMatching(/^[\w-]{22}$/),
      { at: NOW, windowMs: QUARTER, limit: 20 },
    ]);
    const other = siteWith();
    await queueMail(open(other), planOf(), { to: 'ab@x.example', ...hi });
    await queueMail(open(other), planOf(), { to: 'ac@x.example', ...hi });
    const [, same, , different] = other.turns;
    expect([same?.[1] === address?.[1], different?.[1] === address?.[1]]).toEqual([true, false]);
    const fixed = siteWith();
    await sendEmail(open(fixed), planOf(), valuesOf({ to: ['a@x.example'] }, true));
    expect(fixed.turns.map(([purpose]) => purpose)).toEqual(['mail']);
  });

  it('counts for all people without a credential together, and for whoever calls a service', async () => {
    const site = siteWith();
    await queueMail(open(site, { type: 'anonymous', principalId: 'anonymous' }), planOf(), {
      to: 'a@x.example',
      ...hi,
    });
    expect(site.turns[0]).toEqual(['mail', 'anonymous', { at: NOW, windowMs: QUARTER, limit: 20 }]);
    const service = siteWith();
    const calledBy = callerOf({ principalId: 'pay', type: 'serviceAccount' });
    await queueMail({ ...open(service), service: { id: 's', calledBy } }, planOf(), {
      to: 'a@x.example',
      ...hi,
    });
    expect(service.turns[0]?.slice(0, 2)).toEqual(['mail', 'pay']);
  });

  it('takes its turns once in a request, however often that is planned, and one for each further mail to the address', async () => {
    const site = siteWith();
    const session = open(site);
    const send = async (plan: Plan, to = 'a@x.example') => {
      await queueMail(session, plan, { to, ...hi });
      return site.turns.length;
    };
    const [first, again] = [planOf(), planOf()];
    expect([await send(first), await send(again)]).toEqual([2, 2]);
    expect([await send(first), await send(first, 'b@x.example'), await send(again, 'A@x.example')]).toEqual([
      4, 6, 6,
    ]);
    const other = planOf();
    Object.assign(other.operation, { id: 'edit' });
    expect(await send(other)).toBe(8);
    await queueMail(open(site), planOf(), { to: 'a@x.example', ...hi });
    expect(site.turns).toHaveLength(10);
  });

  const dropped = {
    kind: 'addOutbox',
    entry: {
      id: idOf(1),
      createdAt: AT,
      action: { type: 'noteMailDropped', environment: 'staging', recordId: 'r1', operation: 'add' },
    },
  };
  const typed = { mail: ' A@x.example', mails: ['b@x.example', 'c@x.example'] };
  it.each([
    ['typed it', {}, typed, ['mail'], 'a@x.example', true],
    ['typed it among others', {}, typed, ['mails'], 'c@x.example', true],
    ['is a program that typed it', { type: 'serviceAccount' }, typed, ['mail'], 'a@x.example', true],
    ['holds a pass', { type: 'tokenUser' }, typed, ['mail'], 'a@x.example', false],
    ['sent other fields', {}, typed, ['other', 'mails'], 'a@x.example', false],
    ['sent nothing', {}, typed, [], 'a@x.example', false],
  ] as const)(
    'that is one too many refuses the operation of whoever %s, or is left out and noted',
    async (_, caller, values, sent, to, refused) => {
      for (const purpose of ['mail', 'mailTo']) {
        const plan = planOf({ ...values, mails: [...values.mails] }, [...sent]);
        const work = () => queueMail(open(refusing(purpose), caller), plan, { to, ...hi });
        if (refused) {
          expect((await refusal(work))[0]).toBe('RATE_LIMITED');
          expect(plan.changes).toEqual([]);
          continue;
        }
        await work();
        expect(plan.changes).toEqual([dropped]);
        expect(plan.after.trouble).toEqual({
          at: AT,
          step: 'MailLeftOut',
          message:
            'A mail was not sent: there were too many within a quarter of an hour. Tell the recipient in another way.',
        });
      }
    },
  );

  it('is typed also where the field is not stored', async () => {
    const plan = { ...planOf({}, ['mail']), runtimeValues: { mail: 'a@x.example' } };
    expect(
      (await refusal(() => queueMail(open(refusing('mail')), plan, { to: 'a@x.example', ...hi })))[0],
    ).toBe('RATE_LIMITED');
  });
});

describe('the mails that announce a new pass', () => {
  const notify = (id: string, to: LinkedNotification['to']) => ({ id, to }) as LinkedNotification;
  const fromRecord = notify('n', ({ record }) => (record as { mail?: string }).mail ?? null);
  const announce = (site: SiteMemory, caller: Partial<Caller>, ...notifications: LinkedNotification[]) =>
    announcePass(open(site, caller), planOf({ mail: ' A@x.example' }), notifications);

  it('take a turn of their address, of the sender only where they came without a credential', async () => {
    const site = siteWith();
    await announce(site, {}, fromRecord);
    expect(site.turns).toEqual([['mailTo', expect.any(String), { at: NOW, windowMs: QUARTER, limit: 20 }]]);
    const stranger = siteWith();
    await announce(stranger, { type: 'anonymous', principalId: 'anonymous' }, fromRecord);
    expect(stranger.turns.map(([purpose, who, { limit }]) => [purpose, who.slice(0, 9), limit])).toEqual([
      ['mail', 'anonymous', 20],
      ['mailTo', site.turns[0]?.[1].slice(0, 9), 20],
    ]);
  });

  it('take none where nobody is named, and none of an address that the definition names', async () => {
    const site = siteWith();
    const anybody = { type: 'anonymous', principalId: 'anonymous' } as const;
    await announce(
      site,
      anybody,
      notify('a', () => null),
      notify('b', () => new Unevaluable(['record.mail'])),
    );
    await announce(
      site,
      {},
      notify('a', () => null),
      notify('b', () => ''),
      notify('c', () => 'desk@x.example'),
    );
    expect(site.turns).toEqual([]);
    await announce(
      site,
      { type: 'anonymous', principalId: 'anonymous' },
      notify('c', () => 'desk@x.example'),
    );
    expect(site.turns.map(([purpose]) => purpose)).toEqual(['mail']);
  });

  it('take one each, once in a request', async () => {
    const site = siteWith();
    const session = open(site);
    const both = [fromRecord, { ...fromRecord, id: 'm' }];
    await announcePass(session, planOf({ mail: 'a@x.example' }), both);
    await announcePass(session, planOf({ mail: 'a@x.example' }), both);
    expect(site.turns).toHaveLength(2);
  });

  it.each([
    ['user', 'RATE_LIMITED'],
    ['anonymous', 'RATE_LIMITED'],
    ['serviceAccount', 'RATE_LIMITED'],
    ['tokenUser', undefined],
  ] as const)('that are too many refuse the operation of a %s: %s', async (type, code) => {
    const work = () => announce(refusing('mailTo'), { type }, fromRecord);
    if (code) return expect((await refusal(work))[0]).toBe(code);
    await work();
    await announce(refusing('mail'), {}, fromRecord);
    const stranger = { type: 'anonymous', principalId: 'anonymous' } as const;
    expect((await refusal(() => announce(refusing('mail'), stranger, fromRecord)))[0]).toBe('RATE_LIMITED');
  });
});
