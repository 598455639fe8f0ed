import type { LivePass } from '../../../core/grants/live-passes.ts';
import { LivePassesPage, RevokePage } from '../../../lambdas/portal/pages/live-passes.tsx';
import { livePassesTable } from '../../../lambdas/portal/pages/live-passes-table.ts';
import { outline } from './outline.ts';

const all: LivePass = {
  id: 'G1',
  status: 'live',
  person: 'Ana Ruiz',
  email: 'ana@x.example',
  record: { id: 'R1', app: 'orders', recordType: 'order', title: 'WO-1' },
  issuedAt: '2026-03-01T08:00:00Z',
  expiresAt: '2026-03-07T00:00:00.000Z',
  lastUsedAt: '2026-03-02T09:30:00Z',
  trouble: 'The mail came back.',
  can: { extend: true, resend: true, revoke: true },
};
/** Of which the reader may see as little as can be. */
const least: LivePass = {
  id: 'G2',
  status: 'requested',
  record: { id: 'R2', app: 'orders', recordType: 'quote' },
  issuedAt: '2026-03-01T09:00:00Z',
  can: { extend: false, resend: false, revoke: false },
};

describe('the page of live passes', () => {
  const props = { passes: [], base: '/app/test', here: '/passes/test', formToken: 'token' };

  it('tells of each who, for what and until when, and offers what may be done about it', () => {
    expect(
      outline(<LivePassesPage {...props} passes={[all, least]} next="/passes/test?cursor=n" cursor="c" />),
    ).toEqual([
      'p.back [← Apps](/app/test)',
      'h1 Live passes',
      'p [Download all as CSV](/passes/test/live-passes.csv download)',
      'article.pass-card labelled “Ana Ruiz”',
      'h2 Ana Ruiz',
      'p For [WO-1](/app/test/records/R1), sent to ana@x.example. Until {time datetime=2026-03-07T00:00:00.000Z the end of Fri, 6 March 2026}. Last used {time datetime=2026-03-02T09:30:00Z 2 March 2026 at 09:30 UTC}.',
      'p.trouble role=note The mail came back.',
      'form method=post action=/passes/test data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=cursor value=c',
      'input type=hidden name=grant value=G1',
      'button.quiet type=submit name=action value=resend Send the link again',
      'form method=post action=/passes/test data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=cursor value=c',
      'input type=hidden name=grant value=G1',
      'label Until the end of {input type=date name=until required}',
      'button.quiet type=submit name=action value=extend Change the end',
      'label.option {input type=checkbox name=grant value=G1 form=revoke} Select {span.unseen the pass of Ana Ruiz}',
      'article.pass-card labelled “Somebody”',
      'h2 Somebody',
      'p For a record that you may not see. Not used yet.',
      'form method=post action=/passes/test data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=cursor value=c',
      'button.danger type=submit name=action value=revoke End the selected passes',
      'p.buttons [First page](/passes/test .button.quiet)[Show more](/passes/test?cursor=n .button.quiet rel=next)',
    ]);
  });

  it.each([
    ['resend', 'button.quiet type=submit name=action value=resend Send the link again'],
    ['extend', 'button.quiet type=submit name=action value=extend Change the end'],
    ['revoke', 'button.danger type=submit name=action value=revoke End the selected passes'],
  ])('offers to %s alone where that alone is permitted', (what, button) => {
    const pass = { ...least, can: { ...least.can, [what]: true } };
    expect(
      outline(<LivePassesPage {...props} passes={[{ ...least, id: 'G3' }, pass]} />).filter((line) =>
        line.startsWith('button'),
      ),
    ).toEqual([button]);
  });

  it('of somebody whose name is not to be seen can be ended all the same', () => {
    const pass = { ...least, can: { ...least.can, revoke: true } };
    expect(
      outline(<LivePassesPage {...props} passes={[pass]} />).filter((line) =>
        /Somebody|somebody|hidden/.test(line),
      ),
    ).toEqual([
      'article.pass-card labelled “Somebody”',
      'h2 Somebody',
      'label.option {input type=checkbox name=grant value=G2 form=revoke} Select {span.unseen the pass of somebody}',
      'input type=hidden name=formToken value=token',
    ]);
  });

  it.each([
    ['that nobody has a pass', {}, ['p.empty Nobody has a pass at the moment.']],
    [
      'that none here may be seen, and leads on',
      { next: '/n' },
      [
        'p.empty None of the passes here are for you to see.',
        'p.buttons [Show more](/n .button.quiet rel=next)',
      ],
    ],
    [
      'that none here may be seen, and leads to the first page',
      { cursor: 'c' },
      [
        'p.empty None of the passes here are for you to see.',
        'p.buttons [First page](/passes/test .button.quiet)',
      ],
    ],
  ])('says %s', (_, change, told) => {
    expect(outline(<LivePassesPage {...props} {...change} />)).toEqual([
      'p.back [← Apps](/app/test)',
      'h1 Live passes',
      ...told,
    ]);
  });

  it('offers all of them as a file as soon as there is one', () => {
    expect(outline(<LivePassesPage {...props} passes={[least]} />)[2]).toBe(
      'p [Download all as CSV](/passes/test/live-passes.csv download)',
    );
  });

  it('says why something was not done', () => {
    expect(outline(<LivePassesPage {...props} refusal="No day." />)[1]).toBe('p.summary role=alert No day.');
  });
});

describe('before passes are ended', () => {
  it('asks, naming each as far as it may be seen', () => {
    expect(
      outline(<RevokePage passes={[all, least]} here="/passes/test" formToken="token" cursor="c" />),
    ).toEqual([
      'h1 End these 2 passes?',
      'li Ana Ruiz, for WO-1',
      'li Somebody, for a record that you may not see',
      'p They are shut out at once, and the links in their mails open nothing any more.',
      'form method=post action=/passes/test data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=cursor value=c',
      'input type=hidden name=grant value=G1',
      'input type=hidden name=grant value=G2',
      'button.danger type=submit name=action value=revokeNow End the passes',
      '[Cancel](/passes/test?cursor=c .button.quiet)',
    ]);
  });

  it('asks of one in the singular, and leads back to the first page where that was it', () => {
    expect(outline(<RevokePage passes={[all]} here="/passes/test" formToken="token" />)).toEqual([
      'h1 End this pass?',
      'li Ana Ruiz, for WO-1',
      'p They are shut out at once, and the links in their mails open nothing any more.',
      'form method=post action=/passes/test data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=grant value=G1',
      'button.danger type=submit name=action value=revokeNow End the pass',
      '[Cancel](/passes/test .button.quiet)',
    ]);
  });
});

it('the table of live passes has a column for each thing, empty where it may not be seen', () => {
  expect(livePassesTable([all, least], 'https://x.example/app/test')).toEqual([
    [
      'Person',
      'Email',
      'For',
      'App',
      'Record type',
      'Record',
      'Issued',
      'Ends',
      'Last used',
      'Status',
      'Trouble',
      'Pass',
    ],
    [
      'Ana Ruiz',
      'ana@x.example',
      'WO-1',
      'orders',
      'order',
      'https://x.example/app/test/records/R1',
      '2026-03-01T08:00:00Z',
      '2026-03-07T00:00:00.000Z',
      '2026-03-02T09:30:00Z',
      'live',
      'The mail came back.',
      'G1',
    ],
    ['', '', '', 'orders', 'quote', '', '2026-03-01T09:00:00Z', '', '', 'requested', '', 'G2'],
  ]);
});
