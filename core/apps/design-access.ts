import { DaypassError } from '../errors.ts';
import type { publishAction } from '../policy/actions.ts';
import { buildPolicy } from '../policy/build.ts';
import { decide } from '../policy/decide.ts';
import type { AppFacts } from '../policy/document.ts';
import { loadPolicy, type Policy } from '../policy/load.ts';
import { builtInRoleRules } from '../policy/sources/built-in-roles.ts';
import { designedApps, designGrantRules } from '../policy/sources/design-grants.ts';
import { roleRules } from '../policy/sources/roles.ts';
import type { Resource, RuleDraft, Subject } from '../policy/types.ts';
import { validateRules } from '../policy/validate.ts';
import type { Caller } from '../ports.ts';
import type { RoleDefinition } from './definition.ts';

/** What somebody can do with apps, roles, accounts and environments while they are designed. */
export type DesignAction =
  | 'design:read'
  | 'design:create'
  | 'design:edit'
  | 'design:delete'
  | 'design:changePermissions'
  | ReturnType<typeof publishAction>
  | 'design:configure';

/** Who asks, and when (epoch milliseconds). */
export interface Designer {
  readonly caller: Caller;
  readonly now: number;
  /** Of the design plane; absent = the built-in roles alone. */
  readonly policy?: Policy;
}

/** Rules of the built-in roles: the same for every site, and for apps that are not published anywhere yet. */
const BUILT_IN_ONLY = designPolicy([]);

/** The policy of the design plane: what built-in roles may do there, and what custom ones were given. */
export function designPolicy(roles: readonly RoleDefinition[]): Policy {
  return policyOf(roles, designGrantRules(roles));
}

/** The policy of roles alone: all that they permit by themselves, whatever runs where, in both planes. */
export function rolePolicy(roles: readonly RoleDefinition[]): Policy {
  return policyOf(roles, roleRules(roles));
}

function policyOf(roles: readonly RoleDefinition[], drafts: readonly RuleDraft[]): Policy {
  const apps = designedApps(roles).map((id): [string, AppFacts] => [id, UNSEEN]);
  const facts = { apps: Object.fromEntries(apps), roles: roles.map(({ id }) => id) };
  const rules = validateRules([...builtInRoleRules(), ...drafts], facts, (source) => {
    throw new DaypassError('INTERNAL', `a rule of a role has a condition: ${source}`);
  });
  return loadPolicy(buildPolicy({ ...facts, rules }));
}

/** An app as the design plane's rules need to know it: that it can be named. */
const UNSEEN: AppFacts = { kind: 'records', accessModel: 'roles', recordTypes: {} };

/** Whether somebody may do this with an app; without an id, with apps in general. */
export function mayDesign(designer: Designer, action: DesignAction, resource: Resource): boolean {
  const { caller, now, policy = BUILT_IN_ONLY } = designer;
  const context = { now, environment: 'development', channel: caller.channel } as const;
  return decide(policy, { subject: designSubject(caller), action, resource, context }).decision;
}

/** The caller in the policy's words. */
export function designSubject(caller: Caller): Subject {
  return {
    type: caller.type,
    ...(caller.type !== 'anonymous' && { id: caller.principalId }),
    roles: caller.roles,
    profiles: caller.profiles,
    ceiling: caller.credential?.ceiling,
  };
}

/**
 * A credential of one environment, such as most API keys, touches that environment and nothing of the site. Whatever
 * a request of the design plane does not say to be about one environment is the site's.
 * @param about the environment that the request is about; absent = the site
 * @throws DaypassError FORBIDDEN for what is the site's; NOT_FOUND for another environment, as in the runtime plane
 */
export function requireReach({ credential }: Caller, about: string | undefined): void {
  const bound = credential?.environment;
  if (bound === undefined || bound === about) return;
  if (about !== undefined) throw new DaypassError('NOT_FOUND');
  throw new DaypassError('FORBIDDEN', 'this key is for one environment; what is the site’s needs a site key');
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
