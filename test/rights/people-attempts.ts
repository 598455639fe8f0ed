import type { RoleDefinition } from '../../core/apps/definition.ts';
import { ENVIRONMENTS } from '../../core/environments.ts';
import { ifMatch, type Plan, type Scene, type Try } from './attempt.ts';
import { holderOf } from './holders.ts';
import { hasRight, rightsOf } from './reach.ts';

/** Each part of a role with everything that can be in it, and with nothing. */
const PARTS: Record<string, { full: Partial<RoleDefinition>; none: Partial<RoleDefinition> }> = {
  environments: { full: { environments: [...ENVIRONMENTS] }, none: { environments: [] } },
  accounts: { full: { accounts: { create: true, update: true, delete: true } }, none: { accounts: {} } },
  assign: { full: { accounts: { assign: ['amber', 'blue', 'coral', 'denim', 'ebony'] } }, none: {} },
  services: {
    full: { services: ['export-alpha', 'export-beta', 'file-beta', 'access'] },
    none: { services: [] },
  },
  apps: {
    full: { design: { apps: { '*': ['read', 'create', 'edit', 'publish', 'delete', 'changePermissions'] } } },
    none: { design: { apps: {} } },
  },
  publish: { full: { design: { publish: [...ENVIRONMENTS] } }, none: { design: { publish: [] } } },
  design: {
    full: {
      design: {
        roles: ['read', 'create', 'edit', 'delete'],
        accounts: ['read', 'create', 'edit', 'delete'],
        environments: ['read', 'configure'],
      },
    },
    none: { design: {} },
  },
};

const soon = ({ world }: Scene) => new Date(world.system.clock.now() + 86_400_000).toISOString();

/** Requests at roles, accounts, keys and environments, over the API and by the forms of pages. */
export function* peopleAttempts(scene: Scene): Generator<Plan> {
  const rights = rightsOf(scene.stored, holderOf(scene.stored, scene.trier));
  const may = (type: string, ...actions: string[]) =>
    actions.some((action) => hasRight(rights, `design:${type}:${action}`));
  const plans = (tries: Iterable<Try>, near: boolean) =>
    [...tries].map((each): Plan => ({ tries: [each], near }));
  const roles = [...scene.stored.roles.keys()];
  yield* plans(newRoles(), may('role', 'create'));
  yield* plans(changedRoles(scene, roles), may('role', 'edit', 'delete'));
  yield* plans(accountAttempts(scene, roles), may('account', 'create', 'edit', 'delete'));
  yield* plans(machineAttempts(scene, roles), may('account', 'create', 'edit', 'delete'));
  yield* plans(environmentAttempts(scene), may('environment', 'configure'));
}

function* newRoles(): Generator<Try> {
  for (const [part, { full }] of Object.entries(PARTS)) {
    const id = `fresh-${part}`;
    const body = { id, name: id, environments: [], ...full };
    yield () => ({ route: 'createRole', body, aim: `a role with every right of ${part}` });
    if (part === 'environments') {
      const typed = { id: 'typed', name: 'typed', environments: [...ENVIRONMENTS] };
      yield () => ({ route: 'addRole', body: typed, aim: 'a role with every environment, by the form' });
    }
  }
}

function* changedRoles({ world }: Scene, roles: string[]): Generator<Try> {
  const { dice } = world;
  for (const role of roles) {
    for (const [part, { full, none }] of Object.entries(PARTS)) {
      if (dice.chance(0.6)) continue;
      yield changeRole(role, full, `${role} with every right of ${part}`);
      if (dice.chance(0.5)) yield changeRole(role, none, `${role} without any right of ${part}`);
    }
    if (dice.chance(0.3)) yield formOfRole(role);
    if (dice.chance(0.2))
      yield (now) => ({ route: 'removeRole', values: { role }, headers: ifMatch(now.stored.version) });
  }
}

function* environmentAttempts({ world }: Scene): Generator<Try> {
  for (const target of ENVIRONMENTS) {
    const deletion = world.dice.chance(0.5);
    yield ({ stored }) => ({
      route: 'changeEnvironmentSettings',
      values: { target },
      body: { accounts: { manipulation: true, deletion } },
      headers: ifMatch(stored.version),
    });
    yield ({ stored }) => ({
      route: 'environmentRun',
      values: { target },
      body: { version: String(stored.version), allow: ['manipulation', 'deletion'] },
    });
  }
}

function changeRole(id: string, part: Partial<RoleDefinition>, aim: string): Try {
  return ({ stored }) => {
    const before = stored.roles.get(id);
    if (!before) return undefined;
    const { id: _, ...rest } = before;
    const body = {
      ...rest,
      ...part,
      ...(part.accounts && { accounts: { ...rest.accounts, ...part.accounts } }),
      ...(part.design && { design: { ...rest.design, ...part.design } }),
    };
    return { route: 'changeRole', values: { role: id }, body, headers: ifMatch(stored.version), aim };
  };
}

function formOfRole(role: string): Try {
  return ({ stored }) => ({
    route: 'roleRun',
    values: { role },
    body: {
      action: 'save',
      version: String(stored.version),
      name: role,
      environments: [...ENVIRONMENTS],
      accounts: ['create', 'update', 'delete'],
    },
    aim: `${role} with environments and accounts, by its form`,
  });
}

function* accountAttempts({ world, stored, trier }: Scene, roles: string[]): Generator<Try> {
  const { dice, ids, drawn } = world;
  const names = { firstName: 'New', lastName: 'Person' };
  const given = [...roles.map((role) => [role]), ['Owner'], ['TenantAdministrator'], ['Developer'], []];
  for (const [at, held] of given.entries()) {
    if (dice.chance(0.5)) continue;
    const email = `new${at}@people.example`;
    yield () => ({ route: 'createUser', body: { ...names, email, roles: held }, aim: `a user with ${held}` });
    yield () => ({ route: 'addUser', body: { ...names, email: `form${email}`, roles: held } });
  }
  for (const user of drawn.users.map((name) => ids[name] as string)) {
    const own = stored.principals.get(trier.id)?.roles ?? [];
    const sets = [
      [],
      own,
      roles,
      [dice.pick(roles)],
      [dice.pick(['Owner', 'Maintainer', 'TenantAdministrator'])],
    ];
    for (const held of dice.some(sets, user === trier.id ? 0.9 : 0.5)) {
      yield (now) => ({
        route: 'updateUser',
        values: { user },
        body: { roles: held },
        headers: ifMatch(now.stored.principals.get(user)?.version),
        aim: `${user === trier.id ? 'oneself' : 'another user'} with ${held.join(' ') || 'no role'}`,
      });
    }
    yield (now) => ({
      route: 'userRun',
      values: { user },
      body: {
        action: 'save',
        version: String(now.stored.principals.get(user)?.version ?? 1),
        ...names,
        roles: dice.some(roles, 0.5),
      },
    });
    if (dice.chance(0.2)) yield () => ({ route: 'signOutUser', values: { user } });
    if (dice.chance(0.15))
      yield () => ({
        route: 'deleteUser',
        values: { user },
        query: '?confirm=production,test,development,staging',
      });
  }
}

function* machineAttempts({ world }: Scene, roles: string[]): Generator<Try> {
  const { dice, ids, drawn } = world;
  for (const held of dice.some([...roles.map((role) => [role]), []], 0.3)) {
    yield () => ({ route: 'createServiceAccount', body: { name: `New ${held}`, roles: held } });
    yield () => ({ route: 'addServiceAccount', body: { name: `Form ${held}`, roles: held } });
  }
  const machines = [...drawn.serviceAccounts, 'alpha-robot', 'beta-robot'];
  for (const account of machines.map((name) => ids[name] as string)) {
    yield (now) => ({
      route: 'updateServiceAccount',
      values: { account },
      body: { roles: dice.some(roles, 0.5) },
      headers: ifMatch(now.stored.principals.get(account)?.version),
    });
    yield (now) => ({
      route: 'updateServiceAccount',
      values: { account },
      body: { apps: ['alpha', 'beta'] },
      headers: ifMatch(now.stored.principals.get(account)?.version),
      aim: 'a robot for other apps',
    });
    for (const environment of [...ENVIRONMENTS, undefined]) {
      if (dice.chance(0.4)) continue;
      yield (now) => ({
        route: 'createKey',
        values: { account },
        body: { name: 'New', expiresAt: soon(now), ...(environment ? { environment } : { site: true }) },
        aim: `a key of ${environment ?? 'the site'}`,
      });
      yield (now) => ({
        route: 'serviceAccountRun',
        values: { account },
        body: {
          action: 'createKey',
          name: 'New',
          environment: environment ?? 'site',
          until: soon(now).slice(0, 10),
        },
      });
    }
    yield ({ stored }) => {
      const keys = [...stored.credentials.values()].filter(
        ({ principalId, kind }) => principalId === account && kind === 'apiKey',
      );
      const key = keys.at(-1);
      return key && { route: 'keyPage', values: { account, key: key.id } };
    };
    if (dice.chance(0.15))
      yield () => ({ route: 'deleteServiceAccount', values: { account }, query: '?confirm=production,test' });
    yield (now) => {
      const key = [...now.stored.credentials.values()].find(
        ({ principalId, kind }) => principalId === account && kind === 'apiKey',
      );
      return key && dice.chance(0.2) ? { route: 'revokeKey', values: { account, key: key.id } } : undefined;
    };
  }
}
