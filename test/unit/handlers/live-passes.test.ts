import { DaypassError } from '../../../core/errors.ts';
import type { LivePass } from '../../../core/grants/live-passes.ts';
import { SITE_URL } from '../http/events.ts';
import {
  filledIn,
  formToken,
  handedOn,
  leadsToSaying,
  logged,
  outline,
  portal,
  signedIn,
  surroundings,
} from './pages.ts';
import { answering, asked, at, serving, standIn } from './use-cases.ts';

const CORE = '../../../core';
await standIn(`${CORE}/grants/live-passes.ts`, 'listAllLivePasses', 'listLivePasses', 'readPasses');
await standIn(`${CORE}/grants/staff.ts`, 'extendPass', 'resendPass', 'revokePasses');
const { livePassHandlers } = await import('../../../lambdas/portal/handlers/live-passes.tsx');

const send = serving('portal', livePassHandlers(portal) as never, async ({ document }) => ({
  status: document.status,
  html: document.code,
}));
const WHO = 'Dora Dispatch in staging';
const PASSES = '/passes/{environment}';
const HERE = '/passes/staging';
const PLACE = { environment: 'staging' };
const TITLE = 'Live passes – ABC Property Management';
const passOf = (id: string, can: Partial<LivePass['can']> = {}): LivePass => ({
  id,
  status: 'live',
  person: `Person ${id}`,
  email: `${id}@contractor.example`,
  record: { id: `r-${id}`, app: 'work-orders', recordType: 'work-order', title: `WO-${id}` },
  issuedAt: '2026-02-20T08:00:00.000Z',
  expiresAt: '2026-03-10T00:00:00.000Z',
  can: { extend: false, resend: false, revoke: false, ...can },
});
const shown = (id: string) =>
  `Person ${id} For [WO-${id}](/app/staging/records/r-${id}) , sent to ${id}@contractor.example . Until the end of Mon, 9 March 2026 . Not used yet.`;
const file = `[Download all as CSV](${HERE}/live-passes.csv)`;
const token = `{formToken=${formToken}}`;
const open = (query = '') => send(at('GET', PASSES, PLACE, { ...signedIn, query }));
const press = (action: string, fields: Record<string, string | string[]> = {}) =>
  send(at('POST', PASSES, PLACE, filledIn({ action, ...fields })));

beforeEach(() => {
  logged.length = 0;
  answering({ listLivePasses: { items: [] } });
});

describe('the page of live passes', () => {
  it('offers for each pass what somebody may do with it, fifty at a time', async () => {
    const items = [
      passOf('a'),
      passOf('b', { resend: true }),
      passOf('c', { extend: true }),
      passOf('d', { revoke: true }),
    ];
    answering({ listLivePasses: { items, cursor: 'c 2' } });
    const page = await open();
    const form = (id: string) => `<form ${HERE}> ${token} {grant=${id}}`;
    expect(outline(page)).toEqual([
      200,
      TITLE,
      [
        `[Apps](/app/staging) Live passes ${file}`,
        shown('a'),
        `${shown('b')} ${form('b')} (Send the link again action=resend)`,
        `${shown('c')} ${form('c')} Until the end of {until=} (Change the end action=extend)`,
        `${shown('d')} {grant=d} Select the pass of Person d`,
        `<form ${HERE}> ${token} (End the selected passes action=revoke)`,
        `[Show more](${HERE}?cursor=c+2)`,
      ].join(' '),
    ]);
    expect(handedOn()).toEqual([['listLivePasses', WHO, { limit: 50 }]]);
    expect(surroundings(page)[0]).toContain('[Dora Dispatch](/account)');
  });

  it('goes on from where it was, and leads back to the first page', async () => {
    answering({ listLivePasses: { items: [passOf('b', { resend: true })] } });
    const page = await open('cursor=c2');
    expect(outline(page)[2]).toBe(
      `[Apps](/app/staging) Live passes ${file} ${shown('b')} <form ${HERE}> ${token} {cursor=c2} {grant=b} (Send the link again action=resend) [First page](${HERE})`,
    );
    expect(handedOn()).toEqual([['listLivePasses', WHO, { limit: 50, cursor: 'c2' }]]);
  });

  it('says once what a button has done, and nothing that an address says', async () => {
    answering({ resendPass: { sent: 1 }, readPasses: [passOf('b')], listLivePasses: { items: [] } });
    const { cookies } = await press('resend', { grant: 'b' });
    const none = 'Live passes Nobody has a pass at the moment.';
    const kept = cookies.map((line) => line.split(';')[0] ?? '');
    const shown = await send(at('GET', PASSES, PLACE, { ...signedIn, cookies: kept }));
    expect(outline(shown)[2]).toBe(`The link was sent to Person b again. [Apps](/app/staging) ${none}`);
    expect(shown.cookies).toEqual([expect.stringContaining(`${kept[0]?.split('=')[0]}=; `)]);
    expect(outline(await open('done=resend'))[2]).toBe(`[Apps](/app/staging) ${none}`);
  });

  it('is for people who have signed in', async () => {
    for (const path of [PASSES, `${PASSES}/live-passes.csv`]) {
      expect((await send(at('GET', path, PLACE))).text).toBe('CREDENTIAL_MISSING');
    }
    expect(asked).toEqual([]);
  });

  it('is to be had as a file that is named by environment and day', async () => {
    answering({ listAllLivePasses: [passOf('a')] });
    const { status, headers, text } = await send(at('GET', `${PASSES}/live-passes.csv`, PLACE, signedIn));
    expect([
      status,
      headers['content-type'],
      headers['content-disposition'],
      headers['cache-control'],
    ]).toEqual([
      200,
      'text/csv; charset=utf-8; header=present',
      'attachment; filename="live-passes-staging-2026-03-01.csv"',
      'no-store',
    ]);
    expect(Buffer.from(text, 'base64').toString()).toBe(
      `\uFEFF"Person","Email","For","App","Record type","Record","Issued","Ends","Last used","Status","Trouble","Pass"\r\n"Person a","a@contractor.example","WO-a","work-orders","work-order","${SITE_URL}/app/staging/records/r-a","2026-02-20T08:00:00.000Z","2026-03-10T00:00:00.000Z","","live","","a"\r\n`,
    );
    expect(handedOn()).toEqual([['listAllLivePasses', WHO]]);
  });
});

describe('a button of the page of live passes', () => {
  it('sends a link again with the mailer of the site, and says where nothing was sent', async () => {
    answering({ resendPass: { sent: 1 }, readPasses: [passOf('b')] });
    expect(leadsToSaying(await press('resend', { grant: 'b' }))).toEqual([
      303,
      HERE,
      'The link was sent to Person b again.',
    ]);
    expect(handedOn()).toEqual([
      ['readPasses', WHO, ['b']],
      ['resendPass', WHO, 'b'],
    ]);
    expect(asked[1]?.[1]).toMatchObject({ runtime: { mailer: { the: 'mailer' } } });
    answering({ resendPass: { sent: 0 }, readPasses: [] });
    expect(leadsToSaying(await press('resend', { grant: 'b', cursor: 'c 2' }))).toEqual([
      303,
      `${HERE}?cursor=c+2`,
      'Nothing was sent to somebody: the app sends no mail for this pass, or there is nobody to send it to.',
    ]);
  });

  it('moves the end to the last moment of the day', async () => {
    answering({ extendPass: undefined, readPasses: [passOf('c')] });
    expect(leadsToSaying(await press('extend', { grant: 'c', until: '2026-03-09' }))).toEqual([
      303,
      HERE,
      'The pass of Person c works until the end of Mon, 9 March 2026.',
    ]);
    expect(handedOn()[1]).toEqual(['extendPass', WHO, 'c', Date.parse('2026-03-10T00:00:00Z')]);
  });

  it('asks before it ends passes, about those that somebody may end', async () => {
    answering({ readPasses: [passOf('a'), passOf('d', { revoke: true }), passOf('e', { revoke: true })] });
    const page = await press('revoke', { grant: ['a', 'd', 'e'], cursor: 'c2' });
    expect(outline(page)).toEqual([
      200,
      'End passes – ABC Property Management',
      `End these 2 passes? Person d , for WO-d Person e , for WO-e They are shut out at once, and the links in their mails open nothing any more. <form ${HERE}> ${token} {cursor=c2} {grant=d} {grant=e} (End the passes action=revokeNow) [Cancel](${HERE}?cursor=c2)`,
    ]);
    expect(handedOn()).toEqual([['readPasses', WHO, ['a', 'd', 'e']]]);
    answering({ readPasses: [passOf('d', { revoke: true })] });
    expect(outline(await press('revoke', { grant: 'd' }))[2]).toBe(
      `End this pass? Person d , for WO-d They are shut out at once, and the links in their mails open nothing any more. <form ${HERE}> ${token} {grant=d} (End the pass action=revokeNow) [Cancel](${HERE})`,
    );
  });

  it('ends all passes that were asked about, and says how many, or whose', async () => {
    answering({ revokePasses: { revoked: 2, alreadyEnded: 0 }, readPasses: [passOf('d')] });
    const end = async (...grant: string[]) => leadsToSaying(await press('revokeNow', { grant }));
    expect(await end('d', 'e')).toEqual([303, HERE, '2 passes are ended.']);
    expect(handedOn()).toEqual([['revokePasses', WHO, ['d', 'e']]]);
    for (const [revoked, alreadyEnded, words] of [
      [1, 1, '1 pass is ended, 1 had ended before.'],
      [2, 1, '2 passes are ended, 1 had ended before.'],
      [0, 2, 'All of them had ended before.'],
    ] as const) {
      answering({ revokePasses: { revoked, alreadyEnded } });
      expect((await end('d', 'e'))[2]).toBe(words);
    }
    for (const [revoked, words] of [
      [1, 'The pass of Person d is ended.'],
      [0, 'The pass of Person d had ended before.'],
    ] as const) {
      answering({ revokePasses: { revoked, alreadyEnded: 1 - revoked } });
      expect((await end('d'))[2]).toBe(words);
    }
  });

  it.each(['resend', 'extend', 'revoke', 'revokeNow'])('%s without a pass asks for one', async (action) => {
    const page = await press(action, { cursor: 'c2' });
    expect(outline(page)).toEqual([
      422,
      TITLE,
      `[Apps](/app/staging) Select the passes first. Live passes None of the passes here are for you to see. [First page](${HERE})`,
    ]);
    expect(handedOn()).toEqual([['listLivePasses', WHO, { limit: 50, cursor: 'c2' }]]);
  });

  const failing = (error: Error) =>
    answering({
      extendPass: () => {
        throw error;
      },
      resendPass: () => {
        throw error;
      },
      readPasses: [],
    });

  it.each([
    [new DaypassError('PASS_ENDED'), 'This pass has ended meanwhile.'],
    [
      new DaypassError('REQUEST_INVALID', undefined, [
        { path: '/until', message: 'must lie in the future' },
        { path: '/x', message: 'is wrong' },
      ]),
      'The end must lie in the future.',
    ],
    [new DaypassError('FORBIDDEN', 'Not for you.'), 'Not for you.'],
    [new DaypassError('RATE_LIMITED', 'Too often.'), 'Too often.'],
  ])('that is refused says why: %s', async (error, words) => {
    failing(error);
    const [status, , text] = outline(await press('extend', { grant: 'c', until: '2026-03-09' }));
    expect([status, text]).toEqual([
      422,
      `[Apps](/app/staging) ${words} Live passes Nobody has a pass at the moment.`,
    ]);
    expect(logged).toEqual([]);
  });

  it.each(['', '2026-02-30', 'tomorrow'])(
    'that moves the end to “%s” names a date as it is written',
    async (until) => {
      expect(outline(await press('extend', { grant: 'c', ...(until && { until }) }))[2]).toContain(
        'The end must be a date like 2027-03-31.',
      );
      expect(handedOn().map(([name]) => name)).toEqual(['listLivePasses']);
    },
  );

  it.each(['MAIL_FAILED', 'MAIL_UNCERTAIN'] as const)(
    'whose mail is not sent (%s) says so, and the log why',
    async (code) => {
      const error = new DaypassError(code, 'The mail did not leave.');
      failing(error);
      const [status, , text] = outline(await press('resend', { grant: 'b' }));
      expect([status, text]).toEqual([422, expect.stringContaining('The mail did not leave. Live passes')]);
      expect(logged).toEqual([['error', 'a link was not sent again', { requestId: 'request-1', error }]]);
    },
  );

  it.each([
    [new DaypassError('UNAVAILABLE'), 503],
    [new DaypassError('INTERNAL'), 500],
    [new TypeError('broken'), 500],
  ])('that fails is no refusal: %s', async (error, status) => {
    failing(error);
    expect((await press('resend', { grant: 'b' })).status).toBe(status);
  });
});
