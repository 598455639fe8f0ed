import { DaypassError } from '../errors.ts';
import { buildPolicy } from '../policy/build.ts';
import { decide } from '../policy/decide.ts';
import { loadPolicy, type Policy } from '../policy/load.ts';
import { builtInRoleRules } from '../policy/sources/built-in-roles.ts';
import type { Resource, Subject } from '../policy/types.ts';
import { validateRules } from '../policy/validate.ts';
import type { Caller } from '../ports.ts';

/** What somebody can do with an app, or with all of them, while it is designed. */
export type DesignAction = 'design:read' | 'design:create' | 'design:edit' | 'design:publish';

/** Who asks, and when (epoch milliseconds). */
export interface Designer {
  readonly caller: Caller;
  readonly now: number;
}

/** Rules of the built-in roles: the same for every site, and for apps that are not published anywhere yet. */
const POLICY = designPolicy();

function designPolicy(): Policy {
  const facts = { apps: {}, roles: [] };
  const rules = validateRules(builtInRoleRules(), facts, (source) => {
    throw new DaypassError('INTERNAL', `a rule of the built-in roles has a condition: ${source}`);
  });
  return loadPolicy(buildPolicy({ ...facts, rules }));
}

/** Whether somebody may do this with an app; without an id, with apps in general. */
export function mayDesign({ caller, now }: Designer, action: DesignAction, resource: Resource): boolean {
  const subject: Subject = {
    type: caller.type,
    ...(caller.type !== 'anonymous' && { id: caller.principalId }),
    roles: caller.roles,
    profiles: caller.profiles,
    ceiling: caller.credential?.ceiling,
  };
  const context = { now, environment: 'development', channel: caller.channel } as const;
  return decide(POLICY, { subject, action, resource, context }).decision;
}

/**
 * Refuses what the caller may not do. Who may not read an app is told no more than that there is nothing.
 * @throws DaypassError NOT_FOUND or FORBIDDEN
 */
export function requireDesign(designer: Designer, action: DesignAction, resource: Resource): void {
  if (mayDesign(designer, action, resource)) return;
  const hidden = resource.app !== undefined && !mayDesign(designer, 'design:read', resource);
  throw new DaypassError(hidden ? 'NOT_FOUND' : 'FORBIDDEN');
}
