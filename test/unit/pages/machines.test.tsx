import type { ServiceAccountAnswer } from '../../../core/people/service-accounts.ts';
import { ServiceAccountPage, ServiceAccountsPage } from '../../../lambdas/portal/pages/manage-machines.tsx';
import { NOW } from './fixtures.ts';
import { below, outline } from './outline.ts';

const roles = [
  { value: 'importer', label: 'Importer' },
  { value: 'reader', label: 'Reader' },
];
const refusal = {
  title: 'Not saved',
  status: 422,
  problems: [
    { path: '/roles', message: 'Not yours to give' },
    { path: '/apps/0', message: 'Not yours to design' },
  ],
} as const;

describe('the page of service accounts', () => {
  const props = { accounts: [], roles, formToken: 'token', once: 'once-1' };

  it('lists service accounts and robots with their roles by name, and leads on', () => {
    const accounts = [
      { id: 'S1', type: 'serviceAccount', name: 'Billing', roles: ['reader', 'importer', 'gone'] },
      { id: 'R1', type: 'robot', name: 'Tidy', roles: [] },
    ];
    expect(
      outline(
        <ServiceAccountsPage {...props} accounts={accounts} next="/manage/service-accounts?cursor=c" />,
      ),
    ).toEqual([
      'nav.views aria-label=Administration',
      'li [Users](/manage/users)',
      'li [Roles](/manage/roles)',
      'li [Service accounts](/manage/service-accounts aria-current=page)',
      'li [Environments](/manage/environments)',
      'li [Lists](/manage/lists)',
      'li [Journal](/manage/journal)',
      'h1 Service accounts',
      'caption.unseen Service accounts and robots',
      'th Name',
      'th Kind',
      'th Roles',
      'td Name: [Billing](/manage/service-accounts/S1)',
      'td Kind: service account',
      'td Roles: Reader, Importer, gone',
      'td Name: [Tidy](/manage/service-accounts/R1)',
      'td Kind: robot',
      'td Roles: –',
      'p.buttons [Show more](/manage/service-accounts?cursor=c .button.quiet rel=next)',
      'h2 New service account',
      'form method=post action=/manage/service-accounts aria-label=New service account data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=once value=once-1',
      'label for name: Name',
      'input type=text name=name value= required',
      'fieldset.form-field',
      'legend Roles',
      'label.option {input type=checkbox name=roles value=importer} Importer',
      'label.option {input type=checkbox name=roles value=reader} Reader',
      'button type=submit Create service account',
    ]);
  });

  it('says that there are none, and beside the roles what was refused about them', () => {
    expect(below(outline(<ServiceAccountsPage {...props} refusal={refusal} />))).toEqual([
      'h1 Service accounts',
      'div.summary role=alert',
      'h2 Not saved',
      'li [Not yours to give](#f-roles)',
      'li Not yours to design',
      'p.empty There are none.',
      'h2 New service account',
      'form method=post action=/manage/service-accounts aria-label=New service account data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=once value=once-1',
      'label for name: Name',
      'input type=text name=name value= required',
      'fieldset.form-field.refused described “Error: Not yours to give”',
      'legend Roles',
      'label.option {input type=checkbox name=roles value=importer} Importer',
      'label.option {input type=checkbox name=roles value=reader} Reader',
      '{small.problem {span.unseen Error: }Not yours to give}',
      'button type=submit Create service account',
    ]);
  });
});

const account: ServiceAccountAnswer = {
  id: 'S1',
  type: 'serviceAccount',
  name: 'Billing',
  roles: ['reader'],
  environments: ['test', 'production'],
  keys: [],
  createdAt: '2026-03-01T10:00:00Z',
  version: 5,
};
const page = (change: Partial<ServiceAccountAnswer>, rest: object = {}) =>
  below(
    outline(
      <ServiceAccountPage
        account={{ ...account, ...change }}
        roles={roles}
        apps={[
          { value: 'orders', label: 'Orders' },
          { value: 'tokens', label: 'Tokens' },
        ]}
        formToken="token"
        once="once-1"
        now={NOW}
        {...rest}
      />,
    ),
  );

/** As the form was sent that was refused. */
const typed = {
  action: 'save',
  name: 'Billing',
  environment: '',
  until: '',
  roles: ['importer', 'reader'],
  apps: ['orders'],
  confirm: [],
};

describe('the page of a service account', () => {
  it('shows its roles, asks for a new key, and before it is deleted for a tick for each environment', () => {
    expect(page({})).toEqual([
      'h1 Billing',
      'form method=post aria-label=Name and roles data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=action value=save',
      'input type=hidden name=version value=5',
      'label for name: Name',
      'input type=text name=name value=Billing required',
      'fieldset.form-field',
      'legend Roles',
      'label.option {input type=checkbox name=roles value=importer} Importer',
      'label.option {input type=checkbox name=roles value=reader checked} Reader',
      'button type=submit Save service account',
      'h2 Keys',
      'form method=post aria-label=New key data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=action value=createKey',
      'input type=hidden name=once value=once-1',
      'label for name: What it is for',
      'input type=text name=name value= required',
      'fieldset.form-field',
      'legend For one environment',
      'label.option {input type=radio name=environment value=production required} production',
      'label.option {input type=radio name=environment value=staging required} staging',
      'label.option {input type=radio name=environment value=test required} test',
      'label.option {input type=radio name=environment value=development required} development',
      'fieldset.form-field',
      'legend Or for the whole site',
      'label.option {input type=radio name=environment value=site described “It reaches drafts, roles and accounts, and every environment, as far as the account’s roles permit.”} whole site',
      'It reaches drafts, roles and accounts, and every environment, as far as the account’s roles permit.',
      'label for until: Its last day',
      'input type=date name=until value= required described “At most a year from now”',
      'At most a year from now',
      'p It carries the roles that the account holds now. What the account is given later takes a new key.',
      'button type=submit Make key',
      'h2 Delete',
      'form method=post aria-label=Delete service account data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=action value=delete',
      'fieldset.form-field',
      'legend It works here. Tick each to confirm:',
      'label.option {input type=checkbox name=confirm value=test} test',
      'label.option {input type=checkbox name=confirm value=production} production',
      'button.danger type=submit Delete service account',
    ]);
  });

  it('calls the roles of its keys as the site does, and asks for a tick for its one environment', () => {
    const key = { id: 'K1', name: 'Import', roles: ['importer', 'reader'] };
    const times = { createdAt: '2026-03-01T10:00:00Z', expiresAt: '2026-04-01T00:00:00Z' };
    const lines = page({ keys: [{ ...key, ...times }], environments: ['test'] });
    expect(lines).toContain('td Roles: Importer, Reader');
    expect(lines.filter((line) => line.includes('name=confirm'))).toEqual([
      'label.option {input type=checkbox name=confirm value=test} test',
    ]);
  });

  it('says what was refused, and asks for no tick where the account works nowhere', () => {
    const lines = page({ environments: [], roles: ['importer', 'reader'] }, { refusal, typed });
    expect(lines.slice(0, 13)).toEqual([
      'h1 Billing',
      'div.summary role=alert',
      'h2 Not saved',
      'li [Not yours to give](#f-roles)',
      'li Not yours to design',
      'form method=post aria-label=Name and roles data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=action value=save',
      'input type=hidden name=version value=5',
      'label for name: Name',
      'input type=text name=name value=Billing required',
      'fieldset.form-field.refused described “Error: Not yours to give”',
      'legend Roles',
    ]);
    expect(lines.slice(lines.indexOf('h2 Delete'))).toEqual([
      'h2 Delete',
      'form method=post aria-label=Delete service account data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=action value=delete',
      'button.danger type=submit Delete service account',
    ]);
  });
});

describe('the page of a robot', () => {
  const work: ServiceAccountAnswer['work'] = [
    { app: 'orders', name: 'Orders', environments: ['test', 'production'] },
    { app: 'tokens', name: 'Tokens', environments: ['staging'] },
  ];

  it('says what it works for and what not, and has neither keys nor a way to delete it', () => {
    expect(
      page(
        { type: 'robot', name: 'Tidy', apps: ['orders'], work },
        { refusal, typed: { ...typed, name: 'Tidy', roles: ['reader'] } },
      ),
    ).toEqual([
      'h1 Tidy',
      'div.summary role=alert',
      'h2 Not saved',
      'li [Not yours to give](#f-roles)',
      'li [Not yours to design](#f-apps)',
      'p It works for Orders in test, production: if that app is taken away, what it is to do there next fails.',
      'p.trouble role=note Tokens in staging names this robot, which does not work for it: what it is to do there fails.',
      'form method=post aria-label=Name and roles data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=action value=save',
      'input type=hidden name=version value=5',
      'input type=hidden name=robot value=yes',
      'label for name: Name',
      'input type=text name=name value=Tidy required',
      'fieldset.form-field.refused described “Error: Not yours to give”',
      'legend Roles',
      'label.option {input type=checkbox name=roles value=importer} Importer',
      'label.option {input type=checkbox name=roles value=reader checked} Reader',
      '{small.problem {span.unseen Error: }Not yours to give}',
      'fieldset.form-field.refused described “Error: Not yours to design”',
      'legend Apps whose tasks and services it runs; who designs them uses its rights',
      'label.option {input type=checkbox name=apps value=orders checked} Orders',
      'label.option {input type=checkbox name=apps value=tokens} Tokens',
      '{small.problem {span.unseen Error: }Not yours to design}',
      'button type=submit Save robot',
    ]);
  });

  it('that works for no app still sends its apps along', () => {
    expect(page({ type: 'robot', apps: [] }).filter((line) => /robot|apps/.test(line))).toEqual([
      'input type=hidden name=robot value=yes',
      'label.option {input type=checkbox name=apps value=orders} Orders',
      'label.option {input type=checkbox name=apps value=tokens} Tokens',
      'button type=submit Save robot',
    ]);
  });
});
