/**
 * What each right of the design plane opens of the requests in `design-rights.ts`: alone, and together with `read` what it
 * adds to that; then what a built-in role opens that is no column of the matrix. A form that does several things is named with each. The administrator’s
 * table says the same in a sentence each.
 */
export const OPENED_BY: Record<string, string> = {
  'accounts: create': 'createUser createServiceAccount',
  'accounts: delete': 'deleteUser deleteServiceAccount',
  'accounts: edit':
    'updateUser signOutUser updateServiceAccount createKey revokeKey userRun/signOut serviceAccountRun/revokeKey',
  'accounts: read':
    'evaluateAccess evaluateAccesses searchSubjects searchResources searchActions explainAccess readRecordAccess readSubjectAccess listUsers readUser suggestPeople listServiceAccounts readServiceAccount managePage usersPage userPage serviceAccountsPage serviceAccountPage keyPage',
  'accounts: read, create': 'createUser createServiceAccount addUser addServiceAccount',
  'accounts: read, delete': 'deleteUser deleteServiceAccount userRun/delete serviceAccountRun/delete',
  'accounts: read, edit':
    'updateUser signOutUser updateServiceAccount createKey revokeKey userRun/save userRun/signOut serviceAccountRun/save serviceAccountRun/revokeKey',
  'apps: changeAccessLists': '',
  'apps: changePermissions': '',
  'apps: create': 'createApp',
  'apps: delete': '',
  'apps: edit': '',
  'apps: publish': '',
  'apps: read': 'readDraft listIndexes listsPage',
  'apps: read, changeAccessLists': '',
  'apps: read, changePermissions': 'saveDraft',
  'apps: read, create': 'createApp',
  'apps: read, delete': '',
  'apps: read, edit': 'saveDraft rebuildIndexes listsRun',
  'apps: read, publish': 'listPublishingOptions publish',
  'apps: read, publish into production': 'listPublishingOptions publish',
  'apps: read, publish into test': '',
  'environments: configure': 'changeEnvironmentSettings',
  'environments: read': 'readManifest listEnvironments readEnvironmentSettings managePage environmentsPage',
  'environments: read, configure': 'changeEnvironmentSettings environmentRun',
  'roles: create': 'createRole',
  'roles: delete': 'removeRole',
  'roles: edit': 'changeRole',
  'roles: read': 'listRoles readRole managePage rolesPage rolePage',
  'roles: read, create': 'createRole addRole',
  'roles: read, delete': 'removeRole roleRun/remove',
  'roles: read, edit': 'changeRole roleRun/save',
  PublicSiteAdministrator: '',
};
