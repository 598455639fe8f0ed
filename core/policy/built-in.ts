/** Roles that everybody holds by how they come; never assigned, never listed on a subject. */
export const NON_AUTHENTICATED = 'NonAuthenticatedUser';
export const AUTHENTICATED = 'AuthenticatedUser';
export const SYSTEM_ROLES: ReadonlySet<string> = new Set([NON_AUTHENTICATED, AUTHENTICATED]);

export const OWNER = 'Owner';
export const MAINTAINER = 'Maintainer';
export const DEVELOPER = 'Developer';
export const PUBLISHER = 'Publisher';
export const TENANT_ADMINISTRATOR = 'TenantAdministrator';
export const PUBLIC_SITE_ADMINISTRATOR = 'PublicSiteAdministrator';

/** Roles that come with a site. They start with a capital, which the ids of custom roles cannot. */
export const BUILT_IN_ROLES: ReadonlySet<string> = new Set([
  OWNER,
  MAINTAINER,
  DEVELOPER,
  PUBLISHER,
  TENANT_ADMINISTRATOR,
  PUBLIC_SITE_ADMINISTRATOR,
]);

/** Older products spell the first system role in two ways. */
export function canonicalRole(name: string): string {
  return name === 'NotAuthenticatedUser' ? NON_AUTHENTICATED : name;
}

/** Actions of the design plane start so; all others are of the runtime plane. */
export const DESIGN = 'design:';

export function isDesignAction(action: string): boolean {
  return action.startsWith(DESIGN);
}
