import { DaypassError } from '../../core/errors.ts';
import { retireRole } from '../../core/people/roles.ts';
import type { ApplyPorts } from './apply-site.ts';
import { asOperator } from './operator.ts';

type Named = Readonly<{ id: string; name: string }>;

/**
 * Removes roles as administrators' pages do: only those that nobody and nothing uses, for good, with an entry in the
 * journal. One that only another of them may give is free once that one is gone.
 * @returns those that are gone, and why each of the others stays
 */
export async function pruneRoles(
  roles: readonly Named[],
  ports: ApplyPorts,
): Promise<{ removed: Named[]; refused: DaypassError[] }> {
  const { definitions, store } = ports;
  const session = {
    ...asOperator(ports),
    definitions,
    readPrincipal: (id: string) => store.readPrincipal(id),
    listOpenGrants: store.listOpenGrants.bind(store),
    runtime: { store },
  };
  const removed: Named[] = [];
  for (let left = roles; ; ) {
    const refused = new Map<Named, DaypassError>();
    for (const role of left) {
      try {
        await retireRole(session, role.id);
        removed.push(role);
      } catch (error) {
        if (!(error instanceof DaypassError) || error.code !== 'ROLE_IN_USE') throw error;
        refused.set(role, error);
      }
    }
    if (refused.size === left.length) return { removed, refused: [...refused.values()] };
    left = [...refused.keys()];
  }
}
