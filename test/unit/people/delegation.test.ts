import { requireValidApp } from '../../../core/apps/check.ts';
import type { RoleDefinition } from '../../../core/apps/definition.ts';
import type { CheckedApp } from '../../../core/apps/published.ts';
import type { Environment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import { requireAssignable, requireNamedHeld } from '../../../core/people/delegation.ts';
import { updateServiceAccount } from '../../../core/people/service-accounts.ts';
import { exampleApp, exampleApps, exampleNames, exampleSite } from '../../fixtures/property-management.ts';
import { callerOf, principalOf, refusal, SiteMemory } from '../../fixtures/site-memory.ts';

const BOUND = 'Nobody can give or take away more than they hold themselves';
const role = (id: string, more: Partial<RoleDefinition> = {}): RoleDefinition => ({
  id,
  name: `The ${id}`,
  environments: [],
  ...more,
});
const keepers = role('keepers', {
  services: ['a'],
  accounts: { create: true },
  design: { accounts: ['edit'], roles: ['read'] },
});

/** The worked example, with a permission of the robot by its name, run in some environments. */
function siteWith(roles: RoleDefinition[], ...environments: Environment[]): SiteMemory {
  const [tokens] = exampleApps() as [CheckedApp];
  const orders = exampleApp('work-orders');
  orders.permissions?.push({ subject: 'bot', recordType: 'work-order', operations: ['view'] });
  const apps = [tokens, requireValidApp(orders, exampleNames([tokens.definition]))];
  return new SiteMemory({ roles: [...exampleSite().roles, keepers, ...roles] }, apps).running(
    ...environments,
  );
}
const keeper = (site: SiteMemory) => site.design(callerOf({ principalId: 'kim', roles: ['keepers'] }));

describe('[D18] whoever gives a role or takes it away', () => {
  it('is told the parts that they do not hold, and no others', async () => {
    const mixed = role('mixed', {
      services: ['a', 'b'],
      accounts: { create: true, update: true, assign: ['keepers'] },
    });
    const site = siteWith([mixed]);
    const message =
      '“mixed” reaches further than your own rights: update accounts from apps, give the role The keepers, call the service b';
    expect(await refusal(() => requireAssignable(keeper(site), site, ['mixed']))).toEqual([
      'FORBIDDEN',
      BOUND,
      [{ path: '/roles', message }],
    ]);
  });

  it('is told where apps permit it more than they hold, which counts in every environment that runs', async () => {
    const given = async (...environments: Environment[]) => {
      const site = siteWith([role('bare')], ...environments);
      await requireAssignable(keeper(site), site, ['bare']);
      return (await refusal(() => requireAssignable(keeper(site), site, ['property-contractors'])))[2];
    };
    const message = (where: string) => [
      {
        path: '/roles',
        message: `“property-contractors” reaches further than your own rights${where}`,
      },
    ];
    expect(await given('test', 'production')).toEqual(message(' by what apps permit it in test, production'));
    expect(await given('production')).toEqual(message(' by what apps permit it in production'));
  });

  it('is held to what a role permits by the newest settings and by those that environments run with', async () => {
    const site = siteWith([role('moving', { services: ['b'] })], 'production');
    const newest = { ...site.settings, roles: [keepers, role('moving', { services: ['a'] })] };
    expect((await refusal(() => requireAssignable(keeper(site), { settings: newest }, ['moving'])))[0]).toBe(
      'FORBIDDEN',
    );
    const wider = siteWith([role('moving', { services: ['a'] })], 'production');
    const grown = { ...wider.settings, roles: [keepers, role('moving', { services: ['b'] })] };
    expect((await refusal(() => requireAssignable(keeper(wider), { settings: grown }, ['moving'])))[0]).toBe(
      'FORBIDDEN',
    );
    await requireAssignable(keeper(wider), wider, ['moving']);
  });

  it('names roles that there are', async () => {
    const site = siteWith([]);
    expect(
      (await refusal(() => requireAssignable(keeper(site), site, ['keepers', 'x']))).slice(0, 3),
    ).toEqual([
      'ROLE_UNKNOWN',
      'There is no such role. Name one that the site has.',
      [{ path: '/roles/1', message: '“x” is not a role of this site' }],
    ]);
  });

  it('is refused nothing and granted nothing while an environment cannot be read', async () => {
    const site = siteWith([], 'production');
    const down = keeper(site);
    const published = async () => {
      throw new DaypassError('UNAVAILABLE');
    };
    const session = { ...down, runtime: { ...down.runtime, published } };
    expect((await refusal(() => requireAssignable(session, site, ['keepers'])))[0]).toBe('UNAVAILABLE');
  });
});

describe('[A42, F48] whoever makes a key for an account, or lends a robot', () => {
  const bot = principalOf({ id: 'bot', type: 'robot', name: 'Bot' });

  it('holds what apps permit it by its name, wherever they run', async () => {
    const refused = [
      'FORBIDDEN',
      BOUND,
      [
        {
          path: '/account',
          message: 'what apps permit “Bot” by its name reaches further than your own rights',
        },
      ],
    ];
    for (const environments of [['test'], ['development', 'production']] as const) {
      const site = siteWith([], ...environments);
      expect(await refusal(() => requireNamedHeld(keeper(site), bot))).toEqual(refused);
      await requireNamedHeld(site.design(callerOf()), bot);
      await requireNamedHeld(keeper(site), principalOf({ id: 'other', type: 'robot' }));
    }
    await requireNamedHeld(keeper(siteWith([])), bot);
  });

  it('holds it when they lend the robot to one more app', async () => {
    const site = siteWith([], 'test').add(bot);
    const lend = () => updateServiceAccount(keeper(site), 'bot', { apps: ['work-orders'] }, 1);
    expect((await refusal(lend))[2]).toEqual([
      {
        path: '/account',
        message: 'what apps permit “Bot” by its name reaches further than your own rights',
      },
    ]);
    expect((await updateServiceAccount(keeper(site), 'bot', { name: 'Bob', apps: [] }, 1)).name).toBe('Bob');
  });
});
