import type { RoleDefinition } from '../../../core/apps/definition.ts';
import { RolePage, RolesPage } from '../../../lambdas/portal/pages/manage-roles.tsx';
import { below, outline } from './outline.ts';

describe('the page of roles', () => {
  const known: RoleDefinition[] = [
    {
      id: 'dispatcher',
      name: 'Dispatcher',
      description: 'Gives work out',
      environments: ['test', 'production'],
    },
    { id: 'inspector', name: 'Inspector', environments: [] },
    { id: 'unused', name: 'Unused', environments: ['test'] },
  ];
  const props = { roles: known, environment: 'test', matrix: [], formToken: 'token' };

  it('lists them, and what each may do: first the roles of the site in their order, then those that all hold', () => {
    const matrix = [
      { id: 'a', what: 'Orders: View', byRole: { everybody: 'yes', inspector: 'on some' } },
      { id: 'b', what: 'Orders: Delete', byRole: { dispatcher: 'denied' } },
    ];
    expect(outline(<RolesPage {...props} matrix={matrix} />)).toEqual([
      'nav.views aria-label=Administration',
      'li [Users](/manage/users)',
      'li [Roles](/manage/roles aria-current=page)',
      'li [Service accounts](/manage/service-accounts)',
      'li [Environments](/manage/environments)',
      'li [Lists](/manage/lists)',
      'li [Journal](/manage/journal)',
      'h1 Roles',
      'caption.unseen Roles',
      'th Role',
      'th Signs in to',
      'th What it is for',
      'td Role: [Dispatcher](/manage/roles/dispatcher)',
      'td Signs in to: test, production',
      'td What it is for: Gives work out',
      'td Role: [Inspector](/manage/roles/inspector)',
      'td Signs in to: –',
      'td What it is for:',
      'td Role: [Unused](/manage/roles/unused)',
      'td Signs in to: test',
      'td What it is for:',
      'h2 What each may do',
      'nav.views aria-label=Environment',
      'li [development](/manage/roles?environment=development)',
      'li [test](/manage/roles?environment=test aria-current=page)',
      'li [staging](/manage/roles?environment=staging)',
      'li [production](/manage/roles?environment=production)',
      'caption.unseen What each role may do in test',
      'th Operation',
      'th Dispatcher',
      'th Inspector',
      'th everybody',
      'td Operation: Orders: View',
      'td Dispatcher: –',
      'td Inspector: on some',
      'td everybody: yes',
      'td Operation: Orders: Delete',
      'td Dispatcher: denied',
      'td Inspector: –',
      'td everybody: –',
      'h2 New role',
      'form method=post action=/manage/roles aria-label=New role data-once',
      'input type=hidden name=formToken value=token',
      'label for name: Name',
      'input type=text name=name value= required',
      'label for description: What it is for',
      'input type=text name=description value=',
      'fieldset.form-field',
      'legend Signs in to',
      'label.option {input type=checkbox name=environments value=development} development',
      'label.option {input type=checkbox name=environments value=test} test',
      'label.option {input type=checkbox name=environments value=staging} staging',
      'label.option {input type=checkbox name=environments value=production} production',
      'label for id: Id (optional)',
      'input type=text name=id value= described “Apps name the role by it, and it stays. Left empty, it is made of the name: “Night Desk” becomes “night-desk”.”',
      'Apps name the role by it, and it stays. Left empty, it is made of the name: “Night Desk” becomes “night-desk”.',
      'button type=submit Create role',
    ]);
  });

  it('says where no app permits anything, and keeps what was typed before it was refused', () => {
    const problems = [
      { path: '/environments/0', message: 'is not yours to give' },
      { path: '/id', message: 'is taken' },
    ];
    const typed = { id: 'night', name: 'Night', description: 'At night', environments: ['production'] };
    const lines = outline(
      <RolesPage {...props} typed={typed} refusal={{ title: 'Not saved', status: 422, problems }} />,
    );
    expect(lines.slice(lines.indexOf('h2 What each may do'))).toEqual([
      'h2 What each may do',
      'nav.views aria-label=Environment',
      'li [development](/manage/roles?environment=development)',
      'li [test](/manage/roles?environment=test aria-current=page)',
      'li [staging](/manage/roles?environment=staging)',
      'li [production](/manage/roles?environment=production)',
      'p.empty No app in test permits anything to a role.',
      'h2 New role',
      'form method=post action=/manage/roles aria-label=New role data-once',
      'input type=hidden name=formToken value=token',
      'label for name: Name',
      'input type=text name=name value=Night required',
      'label for description: What it is for',
      'input type=text name=description value=At night',
      'fieldset.form-field.refused described “Error: Signs in to is not yours to give”',
      'legend Signs in to',
      'label.option {input type=checkbox name=environments value=development} development',
      'label.option {input type=checkbox name=environments value=test} test',
      'label.option {input type=checkbox name=environments value=staging} staging',
      'label.option {input type=checkbox name=environments value=production checked} production',
      '{small.problem {span.unseen Error: }Signs in to is not yours to give}',
      'div.form-field.refused',
      'label for id: Id (optional)',
      'input type=text name=id value=night aria-invalid described “Apps name the role by it, and it stays. Left empty, it is made of the name: “Night Desk” becomes “night-desk”.” described “Error: Id (optional) is taken”',
      'Apps name the role by it, and it stays. Left empty, it is made of the name: “Night Desk” becomes “night-desk”.{small.problem {span.unseen Error: }Id (optional) is taken}',
      'button type=submit Create role',
    ]);
  });
});

describe('the page of a role', () => {
  const known: RoleDefinition[] = [
    { id: 'dispatcher', name: 'Dispatcher', environments: ['test'] },
    { id: 'inspector', name: 'Inspector', environments: [] },
  ];
  const role = { id: 'dispatcher', name: 'Dispatcher', environments: ['test'] as 'test'[], version: 4 };
  const page = (change: object, rest: object = {}) =>
    below(outline(<RolePage role={{ ...role, ...change }} roles={known} formToken="token" {...rest} />));

  it('shows what it is, where it signs in and what it may do with accounts, and removes it', () => {
    expect(
      page(
        {
          description: 'Gives work out',
          accounts: { create: true, update: false, delete: true, assign: ['inspector'] },
        },
        {},
      ),
    ).toEqual([
      'h1 Dispatcher',
      'form method=post aria-label=Role data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=action value=save',
      'input type=hidden name=version value=4',
      'label for name: Name',
      'input type=text name=name value=Dispatcher required',
      'label for description: What it is for',
      'input type=text name=description value=Gives work out',
      'fieldset.form-field',
      'legend Signs in to',
      'label.option {input type=checkbox name=environments value=development} development',
      'label.option {input type=checkbox name=environments value=test checked} test',
      'label.option {input type=checkbox name=environments value=staging} staging',
      'label.option {input type=checkbox name=environments value=production} production',
      'fieldset.form-field',
      'legend With user accounts, from apps, it may',
      'label.option {input type=checkbox name=accounts value=create checked} create',
      'label.option {input type=checkbox name=accounts value=update} update',
      'label.option {input type=checkbox name=accounts value=delete checked} delete',
      'fieldset.form-field',
      'legend and give or take away the roles',
      'label.option {input type=checkbox name=assign value=dispatcher} Dispatcher',
      'label.option {input type=checkbox name=assign value=inspector checked} Inspector',
      'button type=submit Save role',
      'h2 Remove',
      'p A role can be removed while nobody and nothing uses it. Its id is not used again.',
      'form method=post aria-label=Remove role data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=action value=remove',
      'input type=hidden name=version value=4',
      'button.danger type=submit Remove role',
    ]);
  });

  it('that may update accounts and give no role has just that ticked', () => {
    expect(page({ accounts: { update: true } }).filter((line) => line.includes('checked'))).toEqual([
      'label.option {input type=checkbox name=environments value=test checked} test',
      'label.option {input type=checkbox name=accounts value=update checked} update',
    ]);
  });

  const published = (design: object) =>
    page({ design }).filter(
      (line) => line.startsWith('legend It publishes') || line.includes('name=publish'),
    );

  it('that publishes apps names them, and where it does so', () => {
    expect(
      published({
        apps: { orders: ['read', 'publish'], tokens: ['read'], quotes: ['publish'] },
        publish: ['test'],
      }),
    ).toEqual([
      'legend It publishes orders, quotes to',
      'label.option {input type=checkbox name=publish value=development} development',
      'label.option {input type=checkbox name=publish value=test checked} test',
      'label.option {input type=checkbox name=publish value=staging} staging',
      'label.option {input type=checkbox name=publish value=production} production',
    ]);
    expect(published({ apps: { '*': ['publish'], orders: ['publish'] } })).toEqual([
      'legend It publishes every app to',
      'label.option {input type=checkbox name=publish value=development checked} development',
      'label.option {input type=checkbox name=publish value=test checked} test',
      'label.option {input type=checkbox name=publish value=staging checked} staging',
      'label.option {input type=checkbox name=publish value=production checked} production',
    ]);
    expect(published({ apps: { orders: ['read'] }, publish: ['test'] })).toEqual([]);
  });

  it('has each refusal beside what it is about', () => {
    const problems = ['/environments/0', '/accounts/update', '/accounts/assign/0', '/design/apps/orders'].map(
      (path) => ({ path, message: `refused at ${path}` }),
    );
    const design = { apps: { orders: ['publish'] } };
    expect(
      page({ design }, { refusal: { title: 'Not saved', status: 403, problems } }).filter((line) =>
        /refused/i.test(line),
      ),
    ).toEqual([
      'li [Refused at /environments/0](#f-environments)',
      'li [Refused at /accounts/update](#f-accounts)',
      'li [Refused at /accounts/assign/0](#f-assign)',
      'li [Refused at /design/apps/orders](#f-publish)',
      'fieldset.form-field.refused described “Error: Refused at /environments/0”',
      '{small.problem {span.unseen Error: }Refused at /environments/0}',
      'fieldset.form-field.refused described “Error: Refused at /accounts/update”',
      '{small.problem {span.unseen Error: }Refused at /accounts/update}',
      'fieldset.form-field.refused described “Error: Refused at /accounts/assign/0”',
      '{small.problem {span.unseen Error: }Refused at /accounts/assign/0}',
      'fieldset.form-field.refused described “Error: Refused at /design/apps/orders”',
      '{small.problem {span.unseen Error: }Refused at /design/apps/orders}',
    ]);
  });
});
