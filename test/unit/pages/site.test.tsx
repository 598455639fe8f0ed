import { AccountPage } from '../../../lambdas/portal/pages/account.tsx';
import { EnvironmentSettingsPage } from '../../../lambdas/portal/pages/manage-environments.tsx';
import { outline } from './outline.ts';

const refusal = {
  title: 'Not saved',
  status: 422,
  problems: [{ path: '/x', message: 'is not allowed' }],
} as const;

it('the page of environments has a form for each, with what apps may do there and its welcome mail', () => {
  const environments = [
    {
      environment: 'test',
      accounts: { manipulation: true, deletion: false },
      welcomeMail: { subject: 'Hi', body: 'To test' },
      version: 3,
    },
    {
      environment: 'production',
      accounts: { manipulation: false, deletion: true },
      welcomeMail: { subject: 'Welcome', body: 'Here' },
      version: 9,
    },
  ] as const;
  expect(
    outline(<EnvironmentSettingsPage environments={environments} formToken="token" refusal={refusal} />),
  ).toEqual([
    'nav.views aria-label=Administration',
    'li [Users](/manage/users)',
    'li [Roles](/manage/roles)',
    'li [Service accounts](/manage/service-accounts)',
    'li [Environments](/manage/environments aria-current=page)',
    'li [Lists](/manage/lists)',
    'li [Journal](/manage/journal)',
    'h1 Environments',
    'div.summary role=alert',
    'h2 Not saved',
    'li is not allowed',
    'section labelled “test”',
    'h2 test',
    'form method=post action=/manage/environments/test aria-label=test data-once',
    'input type=hidden name=formToken value=token',
    'input type=hidden name=version value=3',
    'fieldset.form-field',
    'legend Apps may',
    'label.option {input type=checkbox name=allow value=manipulation checked} create and update user accounts',
    'label.option {input type=checkbox name=allow value=deletion} delete user accounts',
    'label for subject: Subject of the welcome mail',
    'input type=text name=subject value=Hi',
    'label for body: Text of the welcome mail',
    'textarea name=body rows=4 "To test"',
    'button type=submit Save test',
    'section labelled “production”',
    'h2 production',
    'form method=post action=/manage/environments/production aria-label=production data-once',
    'input type=hidden name=formToken value=token',
    'input type=hidden name=version value=9',
    'fieldset.form-field',
    'legend Apps may',
    'label.option {input type=checkbox name=allow value=manipulation} create and update user accounts',
    'label.option {input type=checkbox name=allow value=deletion checked} delete user accounts',
    'label for subject: Subject of the welcome mail',
    'input type=text name=subject value=Welcome',
    'label for body: Text of the welcome mail',
    'textarea name=body rows=4 "Here"',
    'button type=submit Save production',
  ]);
});

describe('the page of one’s own account', () => {
  const sessions = [
    { id: 'S1', signedInAt: '2026-03-03T08:00:00Z', expiresAt: '2026-03-03T20:00:00Z', current: false },
    { id: 'S2', signedInAt: '2026-03-03T09:00:00Z', expiresAt: '2026-03-03T21:00:00Z', current: true },
  ];

  it('lists every session, marks this one, and ends each or all', () => {
    expect(
      outline(
        <AccountPage
          name="Ana"
          email="ana@abc.example"
          roles={['Reader', 'Owner']}
          sessions={sessions}
          formToken="token"
        />,
      ),
    ).toEqual([
      'h1 Ana',
      'p ana@abc.example · Reader, Owner',
      'h2 Where you are signed in',
      'caption.unseen Sessions',
      'th Signed in',
      'th Ends',
      'th Sign out',
      'td Signed in: 3 March 2026 at 08:00 UTC',
      'td Ends: 3 March 2026 at 20:00 UTC',
      'td Sign out:',
      'form method=post aria-label=Sign out of the session since 3 March 2026 at 08:00 UTC data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=session value=S1',
      'button type=submit Sign out',
      'td Signed in: 3 March 2026 at 09:00 UTC (this browser)',
      'td Ends: 3 March 2026 at 21:00 UTC',
      'td Sign out:',
      'form method=post aria-label=Sign out of the session since 3 March 2026 at 09:00 UTC data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=session value=S2',
      'button type=submit Sign out',
      'form method=post aria-label=Everywhere data-once',
      'input type=hidden name=formToken value=token',
      'button.danger type=submit Sign out everywhere',
    ]);
  });

  it('says that somebody holds no role yet', () => {
    expect(
      outline(<AccountPage name="Ana" roles={[]} sessions={[]} formToken="token" />).slice(0, 3),
    ).toEqual(['h1 Ana', 'p no role yet', 'h2 Where you are signed in']);
  });
});
