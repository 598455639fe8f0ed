import { UserPage, UsersPage } from '../../../lambdas/portal/pages/manage-users.tsx';
import { below, outline } from './outline.ts';

const roles = [
  { value: 'dispatcher', label: 'Dispatcher' },
  { value: 'inspector', label: 'Inspector' },
];
const refusal = {
  title: 'Not saved',
  status: 422,
  problems: [
    { path: '/roles/1', message: 'Inspector is not yours to give' },
    { path: '/roles', message: 'at most 20' },
    { path: '/rolesOf', message: 'is something else' },
    { path: '/email', message: 'Email is taken' },
  ],
} as const;

describe('the page of users', () => {
  const props = { users: [], roles, formToken: 'token', once: 'once-1' };
  const users = [
    { id: 'U1', name: 'Ana Ruiz', email: 'ana@abc.example', roles: ['inspector', 'dispatcher', 'gone'] },
    { id: 'U2', name: 'Bo Li', roles: [] },
  ];

  it('lists each with address and roles by name, and asks for a new one', () => {
    expect(outline(<UsersPage {...props} users={users} />)).toEqual([
      'nav.views aria-label=Administration',
      'li [Users](/manage/users aria-current=page)',
      'li [Roles](/manage/roles)',
      'li [Service accounts](/manage/service-accounts)',
      'li [Environments](/manage/environments)',
      'li [Lists](/manage/lists)',
      'li [Journal](/manage/journal)',
      'h1 Users',
      'form.parameters method=get aria-label=Find users',
      'label Name or email {input type=search name=search value=}',
      'button type=submit Find',
      'caption.unseen Users',
      'th Name',
      'th Email',
      'th Roles',
      'td Name: [Ana Ruiz](/manage/users/U1)',
      'td Email: ana@abc.example',
      'td Roles: Inspector, Dispatcher, gone',
      'td Name: [Bo Li](/manage/users/U2)',
      'td Email:',
      'td Roles: –',
      'h2 New user',
      'form method=post action=/manage/users aria-label=New user data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=once value=once-1',
      'label for firstName: First name',
      'input type=text name=firstName value= required',
      'label for lastName: Last name',
      'input type=text name=lastName value= required',
      'label for email: Email',
      'input type=email name=email value= required described “They sign in with it. It cannot be changed later.”',
      'They sign in with it. It cannot be changed later.',
      'fieldset.form-field',
      'legend Roles',
      'label.option {input type=checkbox name=roles value=dispatcher} Dispatcher',
      'label.option {input type=checkbox name=roles value=inspector} Inspector',
      'button type=submit Create user',
    ]);
  });

  it('keeps what was looked for and typed, says what was done or refused and where, and leads on', () => {
    const typed = { firstName: 'Cy', lastName: 'Orr', email: 'cy@abc.example', roles: ['inspector'] };
    expect(
      below(
        outline(
          <UsersPage {...props} search="cy" next="/manage/users?cursor=c" typed={typed} refusal={refusal} />,
        ),
      ),
    ).toEqual([
      'h1 Users',
      'div.summary role=alert',
      'h2 Not saved',
      'li [Inspector is not yours to give](#f-roles)',
      'li [At most 20](#f-roles)',
      'li is something else',
      'li [Email is taken](#f-email)',
      'form.parameters method=get aria-label=Find users',
      'label Name or email {input type=search name=search value=cy}',
      'button type=submit Find',
      'p.empty Nobody is called so.',
      'p.buttons [Show more](/manage/users?cursor=c .button.quiet rel=next)',
      'h2 New user',
      'form method=post action=/manage/users aria-label=New user data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=once value=once-1',
      'label for firstName: First name',
      'input type=text name=firstName value=Cy required',
      'label for lastName: Last name',
      'input type=text name=lastName value=Orr required',
      'div.form-field.refused',
      'label for email: Email',
      'input type=email name=email value=cy@abc.example aria-invalid required described “They sign in with it. It cannot be changed later.” described “Error: Email is taken”',
      'They sign in with it. It cannot be changed later.{small.problem {span.unseen Error: }Email is taken}',
      'fieldset.form-field.refused described “Error: Inspector is not yours to give; At most 20”',
      'legend Roles',
      'label.option {input type=checkbox name=roles value=dispatcher} Dispatcher',
      'label.option {input type=checkbox name=roles value=inspector checked} Inspector',
      '{small.problem {span.unseen Error: }Inspector is not yours to give; At most 20}',
      'button type=submit Create user',
    ]);
  });
});

describe('the page of a user', () => {
  const user = {
    id: 'U1',
    name: 'Ana Ruiz',
    firstName: 'Ana',
    lastName: 'Ruiz',
    email: 'ana@abc.example',
    roles: ['inspector'],
    environments: ['test', 'production'],
    createdAt: '2026-03-01T10:00:00Z',
    version: 7,
  } as const;
  const props = { roles, formToken: 'token' };

  it('shows names, roles and where they sign in, with a form for each thing that can be done', () => {
    expect(below(outline(<UserPage {...props} user={user} />))).toEqual([
      'h1 Ana Ruiz',
      'p ana@abc.example · signs in to test, production',
      'form method=post aria-label=Names and roles data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=action value=save',
      'input type=hidden name=version value=7',
      'label for firstName: First name',
      'input type=text name=firstName value=Ana',
      'label for lastName: Last name',
      'input type=text name=lastName value=Ruiz',
      'fieldset.form-field',
      'legend Roles',
      'label.option {input type=checkbox name=roles value=dispatcher} Dispatcher',
      'label.option {input type=checkbox name=roles value=inspector checked} Inspector',
      'button type=submit Save user',
      'h2 Sessions',
      'form method=post aria-label=Sessions data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=action value=signOut',
      'input type=hidden name=version value=7',
      'button type=submit Sign out everywhere',
      'h2 Delete',
      'p The account ends in all environments, for good. What they did stays in the history.',
      'form method=post aria-label=Delete user data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=action value=delete',
      'input type=hidden name=version value=7',
      'fieldset.form-field',
      'legend They can sign in here. Tick each to confirm:',
      'label.option {input type=checkbox name=confirm value=test} test',
      'label.option {input type=checkbox name=confirm value=production} production',
      'button.danger type=submit Delete user',
    ]);
  });

  it('asks for a tick also where they sign in to one environment alone', () => {
    const lines = outline(<UserPage {...props} user={{ ...user, environments: ['staging'] }} />);
    expect(lines.filter((line) => line.includes('name=confirm'))).toEqual([
      'label.option {input type=checkbox name=confirm value=staging} staging',
    ]);
  });

  it('of somebody who signs in nowhere needs no ticks to delete it, and shows what was typed before it was refused', () => {
    const typed = { firstName: 'Anna', lastName: 'Ruis', roles: ['dispatcher'] };
    expect(
      below(
        outline(<UserPage {...props} user={{ ...user, environments: [] }} typed={typed} refusal={refusal} />),
      ),
    ).toEqual([
      'h1 Ana Ruiz',
      'div.summary role=alert',
      'h2 Not saved',
      'li [Inspector is not yours to give](#f-roles)',
      'li [At most 20](#f-roles)',
      'li is something else',
      'li Email is taken',
      'p ana@abc.example · signs in to no environment',
      'form method=post aria-label=Names and roles data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=action value=save',
      'input type=hidden name=version value=7',
      'label for firstName: First name',
      'input type=text name=firstName value=Anna',
      'label for lastName: Last name',
      'input type=text name=lastName value=Ruis',
      'fieldset.form-field.refused described “Error: Inspector is not yours to give; At most 20”',
      'legend Roles',
      'label.option {input type=checkbox name=roles value=dispatcher checked} Dispatcher',
      'label.option {input type=checkbox name=roles value=inspector} Inspector',
      '{small.problem {span.unseen Error: }Inspector is not yours to give; At most 20}',
      'button type=submit Save user',
      'h2 Sessions',
      'form method=post aria-label=Sessions data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=action value=signOut',
      'input type=hidden name=version value=7',
      'button type=submit Sign out everywhere',
      'h2 Delete',
      'p The account ends in all environments, for good. What they did stays in the history.',
      'form method=post aria-label=Delete user data-once',
      'input type=hidden name=formToken value=token',
      'input type=hidden name=action value=delete',
      'input type=hidden name=version value=7',
      'button.danger type=submit Delete user',
    ]);
  });
});
