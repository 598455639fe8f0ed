import {
  BrokenLinkPage,
  DonePage,
  EndedPage,
  NotOpenPage,
  PassHomePage,
  TypedText,
} from '../../../lambdas/portal/pages/pass.tsx';
import {
  DeadLinkPage,
  LinkSentPage,
  RedeemPage,
  SignInPage,
} from '../../../lambdas/portal/pages/sign-in.tsx';
import { NOW } from './fixtures.ts';
import { outline } from './outline.ts';

const TO = '/app/test?a=b&c';

describe('the page to sign in', () => {
  it('asks for an address, and no more', () => {
    expect(outline(<SignInPage />)).toEqual([
      'h1 Sign in',
      'p We send you a link by mail. There is no password.',
      'form method=post action=/sign-in data-once',
      'label for email: Email',
      'input type=email name=email value= maxlength=320 required',
      'button type=submit Send me a link',
      'p.aside You were sent a link to a job? Open it from that mail: you need not sign in here.',
    ]);
  });

  it('keeps where somebody was going and what they typed, says what is wrong with it, and offers the issuer first', () => {
    expect(outline(<SignInPage to={TO} problem="This is no address." email="ana@" issuer="ABC" />)).toEqual([
      'h1 Sign in',
      'p [Sign in with ABC](/sign-in/oidc?to=%2Fapp%2Ftest%3Fa%3Db%26c .button)',
      'h2 Or by mail',
      'p We send you a link by mail. There is no password.',
      'form method=post action=/sign-in data-once',
      'input type=hidden name=to value=/app/test?a=b&c',
      'label for email: Email',
      '{small.problem role=alert This is no address.}',
      'input type=email name=email value=ana@ maxlength=320 aria-invalid required described “This is no address.”',
      'button type=submit Send me a link',
      'p.aside You were sent a link to a job? Open it from that mail: you need not sign in here.',
    ]);
  });

  it('leads to the issuer also who was going nowhere', () => {
    expect(outline(<SignInPage issuer="ABC" />)[1]).toEqual('p [Sign in with ABC](/sign-in/oidc .button)');
  });
});

describe('a sign-in link', () => {
  it('that is on its way says how long it works, and how to get another', () => {
    expect(outline(<LinkSentPage email="ana@abc.example" />)).toEqual([
      'h1 Check your email',
      'p If ana@abc.example belongs to somebody here, a link is on its way. It works once, for 15 minutes.',
      'p Nothing there after a few minutes? Look among the spam, or [try again](/sign-in).',
    ]);
    expect(outline(<LinkSentPage to={TO} />).slice(1)).toEqual([
      'p If the address that you entered belongs to somebody here, a link is on its way. It works once, for 15 minutes.',
      'p Nothing there after a few minutes? Look among the spam, or [try again](/sign-in?to=%2Fapp%2Ftest%3Fa%3Db%26c).',
    ]);
  });

  it('is redeemed by one button, which remembers where somebody was going', () => {
    expect(outline(<RedeemPage token="dp_s" to={TO} />)).toEqual([
      'h1 Sign in',
      'p Press the button to sign in with this browser.',
      'form method=post action=/sign-in/link data-once',
      'input type=hidden name=token value=dp_s',
      'input type=hidden name=to value=/app/test?a=b&c',
      'button type=submit Sign in',
    ]);
    expect(outline(<RedeemPage token="dp_s" />).filter((line) => line.startsWith('input'))).toEqual([
      'input type=hidden name=token value=dp_s',
    ]);
  });

  it('that cannot be used any more leads to another one, and from there on', () => {
    expect(outline(<DeadLinkPage to={TO} />)).toEqual([
      'h1 This link cannot be used any more',
      'p A sign-in link works once, for 15 minutes. Ask for another one.',
      'p [Send me another link](/sign-in?to=%2Fapp%2Ftest%3Fa%3Db%26c .button)',
    ]);
    expect(outline(<DeadLinkPage />).at(-1)).toEqual('p [Send me another link](/sign-in .button)');
  });
});

describe('the start page of a pass', () => {
  it('lists what there is to do, kind by kind, and leaves out a kind of which nothing is left', () => {
    const record = { href: '/r1', title: 'WO-1', fields: [] };
    const sections = [
      { heading: 'Work orders', records: [record] },
      { heading: 'Nothing', records: [] },
      { heading: 'Further on', records: [], next: '/more' },
    ];
    expect(outline(<PassHomePage name="Ana" sections={sections} now={NOW} done="Saved." />)).toEqual([
      'p.done role=status Saved.',
      'h1 Hello Ana',
      'h2 Work orders',
      'ul.cards',
      'li [{strong.card-title WO-1}](/r1 .card)',
      'h2 Further on',
      'ul.cards',
      'p.buttons [Show more](/more .button.quiet rel=next)',
    ]);
  });

  it('says that there is nothing', () => {
    expect(
      outline(<PassHomePage name="Ana" sections={[{ heading: 'None', records: [] }]} now={NOW} />),
    ).toEqual(['h1 Hello Ana', 'p.empty There is nothing to do for you at the moment.']);
  });
});

describe('the page after the job', () => {
  it('thanks, says that access has ended, and leads on to whatever else there is', () => {
    expect(outline(<DonePage title="WO-1" operation="Complete" rest="/pass/P2" />)).toEqual([
      'div.finished role=status {span.tick ✓}',
      'h1 Done. Thank you!',
      'p “Complete” is recorded for WO-1. Your link has ended with it and opens nothing any more. You can close this page; there is nothing to sign out of.',
      'p [Go on with your other work](/pass/P2 .button)',
    ]);
    expect(outline(<DonePage title="WO-1" operation="Complete" />)).toHaveLength(3);
  });
});

describe('a pass that lets nobody in', () => {
  const typed = { 'field.notes': 'an hour' };

  it.each<[string | undefined, string[]]>([
    [
      'completed',
      [
        'h1 This job is done',
        'p It was reported as done, and the link ended with it. Thank you! There is nothing left to do here. If something is still missing, tell the contact below.',
      ],
    ],
    [
      'expired',
      [
        'h1 This pass has ended',
        'p The pass expired before the job was done.',
        'p If the job is still to be done, ask the contact below for a new link.',
      ],
    ],
    [
      'superseded',
      [
        'h1 This pass has ended',
        'p A newer link has taken its place.',
        'p Look for a later mail and open the link in that one. If there is none, ask the contact below.',
      ],
    ],
    [
      'revoked',
      [
        'h1 This pass has ended',
        'p The office cancelled it.',
        'p Please do not begin. If you have already begun, or think that this is a mistake, ask the contact below.',
      ],
    ],
    [
      undefined,
      [
        'h1 This pass has ended',
        'p It does not work any more.',
        'p If the job is still to be done, ask the contact below for a new link.',
      ],
    ],
    ...['failed', 'aborted'].map((reason): [string, string[]] => [
      reason,
      [
        'h1 This pass has ended',
        'p Something went wrong in the office, not with you.',
        'p If the job is still to be done, ask the contact below for a new link.',
      ],
    ]),
  ])('because it is %s says so', (reason, told) => {
    expect(outline(<EndedPage {...(reason && { reason })} />)).toEqual(told);
  });

  it('gives back what was typed, and says of a job that was reported that it may be saved', () => {
    const kept = (note: string) => [
      'section.kept labelled “What you had typed”',
      'h2 What you had typed',
      `p ${note}`,
      'label notes',
      'textarea readonly rows=3 "an hour"',
    ];
    const lost = 'It was not saved. You can copy it from here.';
    expect(outline(<EndedPage reason="completed" typed={typed} />).slice(2)).toEqual(
      kept('If you have seen the thanks, it is saved. If not, you can copy it from here.'),
    );
    expect(outline(<EndedPage reason="expired" typed={typed} />).slice(3)).toEqual(kept(lost));
    expect(outline(<NotOpenPage typed={typed} />)).toEqual([
      'h1 Please open the link in your mail again',
      'p This page belongs to a link that has not been opened in this browser, or that ended a while ago. If you cannot find the mail, ask the contact below for a new link.',
      ...kept(lost),
    ]);
  });

  it('is not open in this browser, or its link was cut off', () => {
    expect(outline(<NotOpenPage />)).toHaveLength(2);
    expect(outline(<BrokenLinkPage />)).toEqual([
      'h1 This link is not complete',
      'p Perhaps it was cut off when it was copied, or a mail program has changed it. Open it directly from the mail, or copy all of it. If it still does not work, ask the contact below for a new link.',
    ]);
  });
});

describe('what had been typed', () => {
  it('is given back field by field, lists in one line, in a box that grows with it', () => {
    const typed = {
      formToken: 'secret',
      'field.completionNotes': ' one\ntwo ',
      'field.kinds': ['a', 'b'],
      'field.empty': '  ',
      'field.long': 'x\n'.repeat(30),
    };
    expect(outline(<TypedText typed={typed} />).filter((line) => /^(label|textarea)/.test(line))).toEqual([
      'label completion notes',
      'textarea readonly rows=4 "one\\ntwo"',
      'label kinds',
      'textarea readonly rows=3 "a, b"',
      'label long',
      `textarea readonly rows=12 ${JSON.stringify('x\n'.repeat(30).trim())}`,
    ]);
    expect(outline(<TypedText typed={{ formToken: 'secret', 'field.a': '' }} />)).toEqual([]);
  });
});
