import type { IndexState } from '../../../core/apps/rebuilding.ts';
import type { DesignEventAnswer } from '../../../core/journal/read-design.ts';
import { JournalPage } from '../../../lambdas/portal/pages/manage-journal.tsx';
import { ManageListsPage } from '../../../lambdas/portal/pages/manage-lists.tsx';
import { below, outline } from './outline.ts';

const refusal = {
  title: 'Not saved',
  status: 422,
  problems: [{ path: '/x', message: 'is not allowed' }],
} as const;

describe('the page of lists', () => {
  const state: IndexState = {
    environment: 'test',
    app: 'orders',
    appName: 'Orders',
    recordType: 'order',
    name: 'Work orders',
    ready: true,
    mayRebuild: true,
  };
  const rebuild = { id: 'r', mode: 'all', requestedAt: '', updatedAt: '' } as const;

  it('shows of each environment what is complete, how far it has come, and who may begin anew', () => {
    const states: IndexState[] = [
      { ...state, rebuild: { ...rebuild, status: 'running', done: 40, known: 100 } },
      { ...state, environment: 'production', ready: false, mayRebuild: false },
      {
        ...state,
        recordType: 'quote',
        name: 'Quotes',
        rebuild: { ...rebuild, status: 'finished', done: 7, known: 5 },
      },
    ];
    expect(outline(<ManageListsPage states={states} formToken="token" refusal={refusal} />)).toEqual([
      'nav.views aria-label=Administration',
      'li [Users](/manage/users)',
      'li [Roles](/manage/roles)',
      'li [Service accounts](/manage/service-accounts)',
      'li [Environments](/manage/environments)',
      'li [Lists](/manage/lists aria-current=page)',
      'li [Journal](/manage/journal)',
      'h1 Lists',
      'div.summary role=alert',
      'h2 Not saved',
      'li is not allowed',
      'p Lists show what was written for them with each record. Refreshing writes it anew for all records, which can be worked with meanwhile.',
      'section labelled “test”',
      'h2 test',
      'caption.unseen Lists in test',
      'th Records',
      'th Lists',
      'th Last refresh',
      'th Refresh',
      'td Records: Work orders (Orders)',
      'td Lists: complete',
      'td Last refresh: under way: 40 of 100 records',
      'td Refresh:',
      'form method=post action=/manage/lists/test/orders/order aria-label=Refresh Work orders, Orders, test data-once',
      'input type=hidden name=formToken value=token',
      'button type=submit Refresh searchable fields',
      'td Records: Quotes (Orders)',
      'td Lists: complete',
      'td Last refresh: finished: 7 of 7 records',
      'td Refresh:',
      'form method=post action=/manage/lists/test/orders/quote aria-label=Refresh Quotes, Orders, test data-once',
      'input type=hidden name=formToken value=token',
      'button type=submit Refresh searchable fields',
      'section labelled “production”',
      'h2 production',
      'caption.unseen Lists in production',
      'th Records',
      'th Lists',
      'th Last refresh',
      'th Refresh',
      'td Records: Work orders (Orders)',
      'td Lists: being prepared',
      'td Last refresh: none yet',
      'td Refresh:',
    ]);
  });

  it.each([
    ['requested', 'td Last refresh: requested: 3 records'],
    ['running', 'td Last refresh: under way: 3 records'],
    ['finished', 'td Last refresh: finished: 3 records'],
    ['failed', 'td Last refresh: failed, start it again: 3 records'],
  ] as const)('tells in words that it is %s', (status, told) => {
    const states = [
      { ...state, rebuild: { ...rebuild, status, done: 3 } as IndexState['rebuild'] },
    ] as IndexState[];
    expect(outline(<ManageListsPage states={states} formToken="token" />)).toContain(told);
  });

  it('says that nothing is published yet', () => {
    expect(below(outline(<ManageListsPage states={[]} formToken="token" />))).toEqual([
      'h1 Lists',
      'p Lists show what was written for them with each record. Refreshing writes it anew for all records, which can be worked with meanwhile.',
      'p.empty Nothing is published yet.',
    ]);
  });
});

describe('the page of the journal', () => {
  const change = (more: object) =>
    ({
      id: 'E1',
      at: '2026-03-03T08:00:00Z',
      action: 'change',
      subject: { type: 'role', id: 'reader', name: 'Reader' },
      actor: { id: 'U1', name: 'Olga' },
      ...more,
    }) as unknown as DesignEventAnswer;

  it('leads from each kind to its own changes and on, and says who changed what, before and after', () => {
    const changes = [
      change({
        before: { roles: ['a', 'b'], on: true, none: [] },
        after: { design: { apps: { orders: ['read'] }, site: null } },
      }),
      change({ id: 'E2', via: { app: 'orders', operation: 'invite', environment: 'test' } }),
    ];
    expect(outline(<JournalPage changes={changes} subject="user" next="/manage/journal?cursor=c" />)).toEqual(
      [
        'nav.views aria-label=Administration',
        'li [Users](/manage/users)',
        'li [Roles](/manage/roles)',
        'li [Service accounts](/manage/service-accounts)',
        'li [Environments](/manage/environments)',
        'li [Lists](/manage/lists)',
        'li [Journal](/manage/journal aria-current=page)',
        'h1 Journal',
        'nav.views aria-label=What was changed',
        'li [all](/manage/journal)',
        'li [apps](/manage/journal?subject=app)',
        'li [roles](/manage/journal?subject=role)',
        'li [users](/manage/journal?subject=user aria-current=page)',
        'li [service accounts](/manage/journal?subject=serviceAccount)',
        'li [robots](/manage/journal?subject=robot)',
        'li [environments](/manage/journal?subject=environment)',
        'caption.unseen Changes, newest first',
        'th When',
        'th Who',
        'th What',
        'th Before',
        'th After',
        'td When: {time.moment datetime=2026-03-03T08:00:00Z 3 March 2026 at 08:00 UTC}',
        'td Who: Olga',
        'td What: Changed role [Reader](/manage/journal?subject=role/reader)',
        'td Before:',
        'dl.changes',
        'dt roles',
        'dd a, b',
        'dt on',
        'dd true',
        'dt none',
        'dd none',
        'td After:',
        'dl.changes',
        'dt design',
        'dd apps: orders: read; site: null',
        'td When: {time.moment datetime=2026-03-03T08:00:00Z 3 March 2026 at 08:00 UTC}',
        'td Who: Olga',
        'td What: Changed role [Reader](/manage/journal?subject=role/reader) by “invite” of orders in test',
        'td Before: –',
        'td After: –',
        'p.buttons [Show more](/manage/journal?cursor=c .button.quiet rel=next)',
      ],
    );
  });

  it.each([
    ['create', 'app', 'Created app'],
    ['change', 'role', 'Changed role'],
    ['delete', 'user', 'Deleted user'],
    ['publish', 'environment', 'Published into environment'],
    ['rebuild', 'app', 'Had the lists written anew of app'],
    ['signOut', 'user', 'Signed out user'],
    ['createKey', 'serviceAccount', 'Made a key for service account'],
    ['revokeKey', 'serviceAccount', 'Revoked a key of service account'],
    ['change', 'robot', 'Changed robot'],
  ])('tells %s of %s in words', (action, type, words) => {
    const changes = [change({ action, subject: { type, id: 'X', name: 'The one' } })];
    expect(outline(<JournalPage changes={changes} />)).toContain(
      `td What: ${words} [The one](/manage/journal?subject=${type}/X)`,
    );
  });

  it('shows of a long value the first 500 characters, without half of one', () => {
    const after = { exact: 'a'.repeat(500), longer: 'b'.repeat(501), split: `${'c'.repeat(499)}😀` };
    const shown = outline(<JournalPage changes={[change({ after })]} />).filter((line) =>
      line.startsWith('dd'),
    );
    expect(shown).toEqual([
      `dd ${'a'.repeat(500)}`,
      `dd ${'b'.repeat(500)}…`,
      `dd ${'c'.repeat(499)}\uFFFD…`,
    ]);
  });

  it('says that nothing of a kind has been changed', () => {
    expect(below(outline(<JournalPage changes={[]} />))).toEqual([
      'h1 Journal',
      'nav.views aria-label=What was changed',
      'li [all](/manage/journal aria-current=page)',
      'li [apps](/manage/journal?subject=app)',
      'li [roles](/manage/journal?subject=role)',
      'li [users](/manage/journal?subject=user)',
      'li [service accounts](/manage/journal?subject=serviceAccount)',
      'li [robots](/manage/journal?subject=robot)',
      'li [environments](/manage/journal?subject=environment)',
      'p.empty Nothing of this kind has been changed.',
    ]);
  });
});
