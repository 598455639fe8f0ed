import { isDeepStrictEqual } from 'node:util';
import type { AppDefinition } from '../../core/apps/definition.ts';
import type { Environment } from '../../core/environments.ts';
import { type Actor, holderOf, type May, moved, nameOf } from './holders.ts';
import { judgeMovedPermissions, permittedBeyond } from './judge-permissions.ts';
import { couldGive, hasRight, rightsOf } from './reach.ts';
import type { Stored } from './stored.ts';

/**
 * What somebody gained, or took from others, by one request and could not have: each finding is a sentence. What the
 * actor may do is read from what was stored before it.
 */
export function judgeRights(before: Stored, after: Stored, actor: Actor): string[] {
  const held = rightsOf(before, holderOf(before, actor));
  const may = (right: string) => hasRight(held, right);
  const give = (right: string) => couldGive(held, right);
  return [
    ...judgeBoundKey(before, after, actor),
    ...judgeAuthority(before, after, actor, may),
    ...judgeMovedRights(before, after, actor, { may, give }),
    ...judgeMovedPermissions(before, after, actor, may),
    ...judgeNewKeys(before, after, actor, { may, give }),
  ];
}

/** A key of an environment touches nothing of another one, and nothing of the site. */
function judgeBoundKey(before: Stored, after: Stored, { environment }: Actor): string[] {
  if (environment === undefined) return [];
  const touched = [
    ...changedIn(before.running, after.running)
      .filter((name) => name !== environment)
      .map((name) => `what ${name} runs`),
    ...changedIn(before.drafts, after.drafts).map((app) => `the draft of ${app}`),
    ...changedIn(before.roles, after.roles).map((role) => `the role ${role}`),
    ...changedSettings(before, after)
      .filter((name) => name !== environment)
      .map((name) => `the settings of ${name}`),
    ...changedIn(before.principals, after.principals).map((id) => `the account ${nameOf(after, id)}`),
    ...changedIn(before.records, after.records).flatMap((id) => {
      const record = after.records.get(id) ?? before.records.get(id);
      return record?.environment === environment ? [] : [`a record of ${record?.environment}`];
    }),
  ];
  return touched.map((what) => `KEY a key of ${environment} changed ${what}`);
}

/** Whoever changes something needs the right to. */
function judgeAuthority(before: Stored, after: Stored, _actor: Actor, may: May): string[] {
  const needs: [string, string][] = [];
  for (const role of changedIn(before.roles, after.roles)) {
    const action = !before.roles.has(role) ? 'create' : after.roles.has(role) ? 'edit' : 'delete';
    needs.push([`design:role:${action}`, `changed the role ${role}`]);
  }
  for (const name of changedSettings(before, after)) {
    needs.push(['design:environment:configure', `changed the settings of ${name}`]);
  }
  for (const app of changedIn(before.drafts, after.drafts)) {
    const [was, is] = [before.drafts.get(app)?.definition, after.drafts.get(app)?.definition];
    if (!was) needs.push([`design:app:${app}:create`, `made the app ${app}`]);
    if (!was || !is) continue;
    if (!isDeepStrictEqual(shapeOf(was), shapeOf(is)))
      needs.push([`design:app:${app}:edit`, `changed the shape of ${app} in its draft`]);
    needs.push(...rulesChanged(app, was, is, `in the draft of ${app}`));
  }
  for (const environment of changedIn(before.running, after.running)) {
    const [was, is] = [before.running.get(environment), after.running.get(environment)];
    for (const app of changedIn(was ?? new Map(), is ?? new Map())) {
      needs.push([`publish:${app}:${environment}`, `published ${app} in ${environment}`]);
      const [old, fresh] = [was?.get(app), is?.get(app)];
      if (old && fresh) needs.push(...rulesChanged(app, old, fresh, `in ${environment}`));
    }
  }
  return [
    ...needs.filter(([right]) => !may(right)).map(([right, did]) => `AUTHORITY ${did} without ${right}`),
    ...judgeRobots(before, after),
  ];
}

const RULES = ['permissions', 'services', 'robot'] as const;

/** An app without what compiles to rules. */
const shapeOf = (app: AppDefinition) =>
  Object.fromEntries(Object.entries(app).filter(([part]) => !(RULES as readonly string[]).includes(part)));

/** What of an app compiles to rules: whoever changes it needs the authority over the app's permissions. */
function rulesChanged(app: string, was: AppDefinition, is: AppDefinition, where: string): [string, string][] {
  return RULES.filter((part) => !isDeepStrictEqual(was[part] ?? [], is[part] ?? [])).map((part) => [
    `design:app:${app}:changePermissions`,
    `changed the ${part} of ${app} ${where}`,
  ]);
}

/** A robot works for the apps that it names, as whoever administers robots has set it. */
function judgeRobots(before: Stored, after: Stored): string[] {
  return [...after.running].flatMap(([environment, apps]) =>
    [...apps].flatMap(([id, { robot }]) => {
      if (robot === undefined || before.running.get(environment)?.get(id)?.robot === robot) return [];
      const names = before.principals.get(robot)?.apps ?? [];
      return names.includes(id)
        ? []
        : [`ROBOT ${id} works with ${robot} in ${environment}, which does not name it`];
    }),
  );
}

/** Sign-in, accounts, services and design rights that somebody has more or less of. */
function judgeMovedRights(
  before: Stored,
  after: Stored,
  actor: Actor,
  { may, give }: { may: May; give: May },
): string[] {
  return moved(before, after, may).flatMap(({ was, is, id, gone }) => {
    const [old, fresh] = [
      was ? rightsOf(before, was) : new Set<string>(),
      is ? rightsOf(after, is) : new Set<string>(),
    ];
    const gained = [...fresh].filter((right) => !hasRight(old, right) && !give(right));
    const lost = [...old].filter((right) => !hasRight(fresh, right) && !give(right) && !gone);
    const who = id === actor.id ? 'the actor' : nameOf(after, id);
    return [
      ...gained.map((right) => `GAIN ${who} gained ${right}, which the actor does not hold`),
      ...lost.map((right) => `LOSS ${who} lost ${right}, which the actor does not hold`),
    ];
  });
}

/** Whoever makes a key can act as its account, and so gains what it has. */
function judgeNewKeys(
  before: Stored,
  after: Stored,
  actor: Actor,
  { may, give }: { may: May; give: May },
): string[] {
  const fresh = [...after.credentials.values()].filter(
    ({ id, kind }) => kind === 'apiKey' && !before.credentials.has(id),
  );
  return fresh.flatMap(({ principalId, environment }) => {
    const account = after.principals.get(principalId);
    if (!account) return [];
    const beyond = [...rightsOf(after, account)].filter((right) => !give(right));
    return [
      ...beyond.map((right) => `GAIN the actor holds a key of ${account.name} and with it ${right}`),
      ...permittedBeyond(before, after, actor, { may, account }),
      ...(actor.environment === undefined || environment === actor.environment
        ? []
        : [`KEY a key of ${actor.environment} made a key of ${environment ?? 'the site'}`]),
    ];
  });
}

function changedIn<Name extends string, T>(
  before: ReadonlyMap<Name, T>,
  after: ReadonlyMap<Name, T>,
): Name[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => !isDeepStrictEqual(before.get(name), after.get(name)),
  );
}

function changedSettings({ settings: before }: Stored, { settings: after }: Stored): string[] {
  const names = new Set([
    ...Object.keys(before.environments ?? {}),
    ...Object.keys(after.environments ?? {}),
  ]);
  return [...names].filter(
    (name) =>
      !isDeepStrictEqual(
        before.environments?.[name as Environment],
        after.environments?.[name as Environment],
      ),
  );
}
