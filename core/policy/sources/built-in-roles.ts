import {
  DEVELOPER,
  MAINTAINER,
  OWNER,
  PUBLIC_SITE_ADMINISTRATOR,
  PUBLISHER,
  TENANT_ADMINISTRATOR,
} from '../built-in.ts';
import type { ResourcePattern, RuleDraft } from '../types.ts';

type Grant = readonly [resource: ResourcePattern, actions: readonly string[]];

const EVERY_DESIGN: readonly string[] = ['design:*'];
const READ: readonly string[] = ['design:read'];
const app = { type: 'app' } as const;
const role = { type: 'role' } as const;
const account = { type: 'account' } as const;
const environment = { type: 'environment' } as const;
const flow = { type: 'flow' } as const;
const service = { type: 'service' } as const;

/** What designers may do with an app, short of doing away with other people's. */
const MAINTAIN: readonly Grant[] = [
  [app, EVERY_DESIGN],
  [flow, EVERY_DESIGN],
  [service, EVERY_DESIGN],
];

/** Everything with roles or accounts, what they permit others at run time included, short of what only owners may. */
const ADMINISTER: readonly string[] = [
  'design:read',
  'design:create',
  'design:edit',
  'design:delete',
  'design:changePermissions',
];

/** In development, whoever designs may also use what they design. */
const USE: readonly Grant[] = [
  [{ type: 'record' }, ['*']],
  [{ type: 'view' }, ['*']],
  [app, ['open']],
  [flow, ['start']],
  [service, ['call']],
];

/**
 * What each built-in role may do. It counts in the design plane and in development only. Owners alone make owners;
 * Daypass's token access for the site as a whole is switched on and off by a public-site administrator alone.
 */
const GRANTS: Readonly<Record<string, readonly Grant[]>> = {
  [OWNER]: [
    ...MAINTAIN,
    ...USE,
    [role, EVERY_DESIGN],
    [account, EVERY_DESIGN],
    [environment, EVERY_DESIGN],
    [{ type: 'site' }, READ],
  ],
  [MAINTAINER]: [...MAINTAIN, ...USE, [role, ADMINISTER], [account, ADMINISTER], [environment, EVERY_DESIGN]],
  [DEVELOPER]: [...MAINTAIN, ...USE, [role, READ], [account, READ], [environment, READ]],
  [PUBLISHER]: [[app, ['design:read', 'design:changeAccessLists']]],
  [TENANT_ADMINISTRATOR]: [
    [app, READ],
    [flow, [...READ, 'design:changePermissions']],
    [service, [...READ, 'design:changePermissions']],
    [role, ADMINISTER],
    [account, EVERY_DESIGN],
    [environment, EVERY_DESIGN],
    [{ type: 'site' }, ['design:read', 'design:configure']],
  ],
  [PUBLIC_SITE_ADMINISTRATOR]: [
    // The journal of the site, which `design:read` would open, tells of everybody's roles and accounts.
    [{ type: 'site' }, ['design:activateTokens', 'design:deactivateTokens']],
  ],
};

/** Whoever an app belongs to designs it, whatever their roles. */
const OWN_APP: RuleDraft = {
  id: 'built-in/appOwner',
  effect: 'allow',
  subjects: [{ kind: 'appOwner' }],
  actions: EVERY_DESIGN,
  resource: app,
  source: 'built-in/appOwner',
};

/** Rules of the built-in roles and of app owners: the same for every site. */
export function builtInRoleRules(): RuleDraft[] {
  const ofRoles = Object.entries(GRANTS).flatMap(([id, grants]) =>
    grants.map(([resource, actions], at) => ({
      id: `built-in/${id}/${at}`,
      effect: 'allow' as const,
      subjects: [{ kind: 'role' as const, id }],
      actions,
      resource,
      source: `built-in/${id}`,
    })),
  );
  return [...ofRoles, OWN_APP];
}
