import type { Environment } from '../../core/environments.ts';
import type { Holder } from './reach.ts';
import type { Stored } from './stored.ts';

/** Who tries: somebody signed in, a program with a key, or nobody in particular. */
export interface Actor {
  id: string;
  type: 'user' | 'serviceAccount' | 'anonymous';
  /** The environment that the actor's key is for; absent on sessions, and on keys of the site. */
  environment?: Environment;
  /** The roles that the actor's key was made for; absent where it carries whatever its account holds. */
  carried?: readonly string[];
}

/** Who asks, with the roles that count for it. */
export function holderOf(stored: Stored, { id, type, carried }: Actor): Holder {
  const roles = stored.principals.get(id)?.roles ?? [];
  return { id, type, roles: carried ? roles.filter((role) => carried.includes(role)) : roles };
}

/** Everybody whose rights count: people, machines, and each role as if somebody held it. */
function holdersIn(stored: Stored): Map<string, Holder> {
  const people = [...stored.principals.values()]
    .filter(({ type }) => type !== 'tokenUser')
    .map(({ id, type, roles }): [string, Holder] => [id, { id, type, roles }]);
  const roles = [...stored.roles.keys()].map((id): [string, Holder] => [
    `role ${id}`,
    { id: `role ${id}`, type: 'role', roles: [id] },
  ]);
  return new Map([...people, ...roles, ['anonymous', { id: 'anonymous', type: 'anonymous', roles: [] }]]);
}

/** Holders before and after; `gone` where deleting them as a whole was the actor's right. */
export function moved(before: Stored, after: Stored, may: May) {
  const [old, fresh] = [holdersIn(before), holdersIn(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])].map((id) => {
    const [was, is] = [old.get(id), fresh.get(id)];
    const right = was?.type === 'role' ? 'design:role:delete' : 'design:account:delete';
    return { id, was, is, gone: !is && (may(right) || may('account:delete')) };
  });
}

export type May = (right: string) => boolean;

export const nameOf = ({ principals }: Stored, id: string) => principals.get(id)?.name ?? id;
