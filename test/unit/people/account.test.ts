import {
  changed,
  distinct,
  namesOf,
  newUser,
  requireConfirmed,
  rolesMoved,
  signInEnvironments,
} from '../../../core/people/account.ts';
import { accountSettings, welcomeText } from '../../../core/people/environment-settings.ts';
import type { SiteSettings } from '../../../core/runtime.ts';
import { AT, NOW, principalOf, refusal } from '../../fixtures/site-memory.ts';

const role = (id: string, ...environments: ('development' | 'test' | 'staging' | 'production')[]) => ({
  id,
  name: `The ${id}`,
  environments,
});
const settings: SiteSettings = {
  name: 'Harbour',
  contact: 'desk@harbour.example',
  roles: [role('clerk', 'production', 'test'), role('pilot', 'staging'), role('guest')],
};

describe('an account', () => {
  it('[A13] of a new user begins with its names on one line, each role once, and version 1', () => {
    const given = { id: 'u1', email: 'zoe@harbour.example', roles: ['pilot', 'clerk', 'pilot'], at: NOW };
    expect(newUser({ ...given, firstName: ' Zoë\n\n', lastName: '\u2028Van\u2029 der\tMeer ' })).toEqual({
      id: 'u1',
      type: 'user',
      firstName: 'Zoë',
      lastName: 'Van  der Meer',
      name: 'Zoë Van  der Meer',
      email: 'zoe@harbour.example',
      roles: ['clerk', 'pilot'],
      profiles: [],
      createdAt: AT,
      version: 1,
    });
  });

  it.each([
    [['Ana', 'Ruiz'], 'Ana Ruiz'],
    [['', 'Ruiz'], 'Ruiz'],
    [['Ana', ''], 'Ana'],
  ] as const)('is called by both names, as far as there are any: %j', ([first, last], name) => {
    expect(namesOf(first, last)).toEqual({ firstName: first, lastName: last, name });
  });

  it('that changes is one version on, and the first version where none was counted', () => {
    const before = principalOf({ version: 7, email: 'p@harbour.example' });
    expect(changed(before, { name: 'New', roles: ['clerk'] })).toEqual({
      ...before,
      name: 'New',
      roles: ['clerk'],
      version: 8,
    });
    expect(changed(principalOf({}), {}).version).toBe(2);
    expect(before.version).toBe(7);
  });

  it('holds its roles in order, each once', () => {
    expect(distinct(['b', 'a', 'b', 'C'])).toEqual(['C', 'a', 'b']);
    const given = ['b', 'a'];
    distinct(given);
    expect(given).toEqual(['b', 'a']);
  });

  it.each([
    ['is given', ['clerk'], ['clerk', 'pilot'], ['pilot']],
    ['is taken away', ['clerk', 'pilot'], ['clerk'], ['pilot']],
    ['takes the place of another', ['clerk'], ['pilot'], ['pilot', 'clerk']],
    ['is given that the site does not have', [], ['gone'], ['gone']],
    ['is taken away that the site does not have any more', ['gone'], [], []],
    ['that is built in is taken away', ['Owner'], [], ['Owner']],
    ['stays', ['clerk', 'Owner', 'gone'], ['gone', 'Owner', 'clerk'], []],
  ])('[D18] moves a role when one %s', (_, before, after, moved) => {
    expect(rolesMoved(before, after, settings)).toEqual(moved);
  });

  it.each([
    ['no role', [], []],
    ['a role that lets nobody sign in', ['guest'], []],
    ['one role', ['clerk'], ['test', 'production']],
    ['several, in the order of the environments', ['clerk', 'pilot'], ['test', 'staging', 'production']],
    ['a built-in role', ['Developer'], ['development']],
    ['a built-in role besides', ['pilot', 'Publisher'], ['development', 'staging']],
    ['the tenant administrator’s', ['TenantAdministrator'], ['development', 'test', 'staging', 'production']],
    ['a role that the site does not have', ['gone'], []],
  ])('[A4] signs in with %s where that says', (_, roles, environments) => {
    expect(signInEnvironments(roles, settings)).toEqual(environments);
  });

  it('[A25, D19] that is in use elsewhere ends once every such environment is named, and not before', async () => {
    requireConfirmed([], []);
    requireConfirmed(['test', 'production'], ['production', 'test', 'staging']);
    expect(await refusal(() => requireConfirmed(['test', 'production'], ['test', '']))).toEqual([
      'CONFIRMATION_NEEDED',
      'The account is also in use in test, production, and ends there too',
      [{ path: '/confirm', message: 'name production to confirm' }],
    ]);
  });
});

describe('an environment', () => {
  it.each([
    ['development', false],
    ['test', false],
    ['staging', false],
    ['production', true],
  ] as const)(
    '[A26, A28] unless it says so itself, %s lets apps change and delete accounts: %s',
    (name, on) => {
      expect(accountSettings(settings, name)).toEqual({ manipulation: on, deletion: on });
      expect(accountSettings({ ...settings, environments: { [name]: {} } }, name)).toEqual({
        manipulation: on,
        deletion: on,
      });
    },
  );

  it('[A19, A26] says for itself alone what apps may do with accounts, and what its welcome says', () => {
    const usual = {
      subject: 'Welcome',
      body: 'You have an account now. Sign in with this email address: a link is mailed to you whenever you ask for one.',
    };
    const accounts = { manipulation: true, deletion: false };
    const welcomeMail = { subject: 'Aboard', body: 'Ship ahoy.' };
    const own: SiteSettings = { ...settings, environments: { test: { accounts, welcomeMail } } };
    expect([accountSettings(own, 'test'), accountSettings(own, 'staging')]).toEqual([
      accounts,
      { manipulation: false, deletion: false },
    ]);
    expect([welcomeText(own, 'test'), welcomeText(own, 'production'), welcomeText(settings, 'test')]).toEqual(
      [welcomeMail, usual, usual],
    );
  });
});
