import { isDeepStrictEqual } from 'node:util';
import type { AppDefinition, Permission } from '../../core/apps/definition.ts';
import { SYSTEM_ROLES } from '../../core/policy/built-in.ts';
import { type Actor, holderOf, type May, moved, nameOf } from './holders.ts';
import { couldGrant, type Holder, mayDo, type Place, rulesFor } from './reach.ts';
import type { Stored } from './stored.ts';

/** What apps permit: asked of every record, for everybody, under the rules before and after. */
export function judgeMovedPermissions(before: Stored, after: Stored, actor: Actor, may: May): string[] {
  const same =
    isDeepStrictEqual(before.running, after.running) &&
    isDeepStrictEqual(rolesHeld(before), rolesHeld(after));
  if (same) return [];
  const granter = holderOf(before, actor);
  const records = [...before.records.values()];
  const findings = new Set<string>();
  for (const { id, was, is, gone } of moved(before, after, may)) {
    for (const [environment, apps] of after.running) {
      for (const [name, app] of apps) {
        const ruled = before.running.get(environment)?.get(name);
        // The authority over what the app permits.
        if (may(`design:app:${name}:changePermissions`)) continue;
        const [now, then] = [
          { environment, app },
          { environment, app: ruled ?? { ...app, permissions: [] } },
        ];
        for (const operation of operationsOf(app)) {
          const probes = records.filter(
            (record) => record.app === name && record.environment === environment,
          );
          for (const record of operation.startsWith('open:') ? [undefined] : probes) {
            const [had, has] = [
              was && mayDo(then, was, operation, record),
              is && mayDo(now, is, operation, record),
            ];
            const who = id === actor.id ? 'the actor' : nameOf(after, id);
            const what = `${operation} in ${name} of ${environment}`;
            if (has && is && exceeds(has, had) && !movable(then, was, now, is, granter, operation))
              findings.add(`GAIN ${who} may ${what}, which the actor could not give`);
            if (had && was && exceeds(had, has) && !gone && !movable(then, was, now, is, granter, operation))
              findings.add(`LOSS ${who} may no more ${what}, which the actor could not take`);
          }
        }
      }
    }
  }
  return [...findings];
}

const rolesHeld = ({ principals }: Stored) => [...principals.values()].map(({ id, roles }) => [id, roles]);

const operationsOf = ({ recordTypes }: AppDefinition) =>
  recordTypes.flatMap(({ operations, views }) => [
    ...operations.map(({ id }) => id),
    ...views.map(({ id }) => `open:${id}`),
  ]);

const exceeds = (more: ReadonlySet<string>, less: ReadonlySet<string> | undefined) =>
  !less || [...more].some((field) => !less.has(field));

/** Whether the actor could give and take all that was given and taken: allows and denials that came or went. */
function movable(
  then: Place,
  was: Holder | undefined,
  now: Place,
  is: Holder | undefined,
  granter: Holder,
  operation: string,
): boolean {
  const [had, has] = [was ? rulesFor(then, was, operation) : [], is ? rulesFor(now, is, operation) : []];
  const beyond = (rules: Permission[], others: Permission[]) =>
    rules.filter((rule) => !others.some((other) => isDeepStrictEqual(rule, other)));
  // What a system role is permitted comes with being somebody, and is given by nobody.
  const ofSystem = (rule: Permission) => was === undefined && SYSTEM_ROLES.has(rule.role ?? '');
  const moved = [
    ...beyond(has, had)
      .filter((rule) => !ofSystem(rule))
      .map((permission) => ({ app: now.app, permission })),
    ...beyond(had, has).map((permission) => ({ app: then.app, permission })),
  ];
  // The rules are the same, and what they rest on is another.
  if (moved.length === 0 && was === undefined) return true;
  if (moved.length === 0) return is !== undefined && granted(now, is, then, granter, operation);
  return moved.every((given) => couldGrant(then, granter, operation, given));
}

/** Whether every allow behind it is one that the actor could give. */
function granted(at: Place, holder: Holder, then: Place, granter: Holder, operation: string): boolean {
  const allows = rulesFor(at, holder, operation).filter(({ effect }) => effect !== 'deny');
  return allows.every((permission) => couldGrant(then, granter, operation, { app: at.app, permission }));
}

/** What apps permit an account and whoever holds a key of it could not give. */
export function permittedBeyond(
  before: Stored,
  after: Stored,
  actor: Actor,
  { may, account }: { may: May; account: Holder & { name: string } },
): string[] {
  const granter = holderOf(before, actor);
  return [...after.running].flatMap(([environment, apps]) =>
    [...apps].flatMap(([name, app]) => {
      if (may(`design:app:${name}:changePermissions`)) return [];
      const place = { environment, app };
      return operationsOf(app)
        .filter((operation) => !movable(place, undefined, place, account, granter, operation))
        .map(
          (operation) =>
            `GAIN the actor holds a key of ${account.name}, who may ${operation} in ${name} of ${environment}`,
        );
    }),
  );
}
