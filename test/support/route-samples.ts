import type { Route } from '../../lambdas/shared/routes/route.ts';

/** Ids that are there, for requests that can be answered. */
export interface SampleIds {
  record: string;
  pass: string;
  grant: string;
  user: string;
  account: string;
  /** Epoch milliseconds, of the system's clock. */
  now: number;
}

/** One request per route that nobody's rights but those asked about stand in the way of, and that changes nothing. */
export interface Sample {
  /** What stands for the names in the path. */
  values?: Record<string, string>;
  query?: string;
  body?: Record<string, unknown>;
  headers?: Record<string, string>;
}

const MISSING = '0'.repeat(22);
/** No version is that high: whoever may write is told that it does not fit. */
const STALE = { 'if-match': '"999"' };

/** By the route's id; the test fails for a route that is not here. */
export function samplesOf(ids: SampleIds): Record<string, Sample> {
  const soon = new Date(ids.now + 86_400_000).toISOString();
  const record = { values: { record: ids.record } };
  const user = { values: { user: ids.user } };
  const account = { values: { account: ids.account } };
  // About somebody else than whoever asks.
  const asked = {
    subject: { type: 'user', id: ids.user },
    action: { name: 'view' },
    resource: { type: 'work-order', id: ids.record },
  };
  return {
    listApps: {},
    addRecord: { values: { operation: 'add' }, body: { operation: 'add', values: {} } },
    openView: {},
    readForm: { values: { operation: 'add' } },
    readRecord: record,
    runOperation: { ...record, body: { values: {} }, headers: STALE },
    callService: { values: { service: 'nothing' }, body: {} },
    readHistory: record,
    readTaskRuns: record,
    runTaskAgain: record,
    readMe: {},
    evaluateAccess: { body: asked },
    evaluateAccesses: { body: asked },
    searchSubjects: { body: asked },
    searchResources: { body: asked },
    searchActions: { body: asked },
    explainAccess: { body: asked },
    readAccessMetadata: {},
    readRecordAccess: record,
    readSubjectAccess: { values: { subject: ids.user } },
    exportPolicy: {},
    listSessions: {},
    endSession: { values: { session: MISSING } },
    // It would end the session of whoever asks, and with it their part in this test.
    endSessions: { query: '?unknown=1' },
    listDrafts: {},
    createApp: { body: { id: 'work-orders', name: 'Again' } },
    readDraft: {},
    saveDraft: { body: {}, headers: STALE },
    listPublishingOptions: { query: '?apps=work-orders' },
    publish: { body: { apps: ['work-orders', 'contractor-tokens'] } },
    readManifest: {},
    listIndexes: {},
    rebuildIndexes: { body: { app: 'work-orders', recordType: 'missing' } },
    listPasses: {},
    extendPass: { values: { grant: `${MISSING}-${MISSING}` }, body: { until: soon } },
    resendPass: { values: { grant: `${MISSING}-${MISSING}` } },
    revokePasses: { body: { passes: [`${MISSING}-${MISSING}`] } },
    readDesignJournal: {},
    listUsers: {},
    createUser: { body: { firstName: 'A', lastName: 'B', email: 'dana@abc.example', roles: [] } },
    readUser: user,
    updateUser: { ...user, body: {}, headers: STALE },
    deleteUser: { ...user, headers: STALE },
    signOutUser: { values: { user: MISSING } },
    suggestPeople: { query: '?text=da' },
    listRoles: {},
    createRole: { body: { id: 'dispatcher', name: 'Again', environments: [] } },
    readRole: {},
    changeRole: { body: { name: 'Dispatcher', environments: [] }, headers: STALE },
    removeRole: { headers: STALE },
    listServiceAccounts: {},
    createServiceAccount: { body: { name: 'X', roles: ['missing'] } },
    readServiceAccount: account,
    updateServiceAccount: { ...account, body: {}, headers: STALE },
    deleteServiceAccount: { values: { account: MISSING } },
    createKey: {
      values: { account: MISSING },
      body: { name: 'X', environment: 'test', expiresAt: soon },
    },
    revokeKey: { values: { account: ids.account, key: MISSING } },
    listEnvironments: {},
    readEnvironmentSettings: {},
    changeEnvironmentSettings: { body: {}, headers: STALE },
    home: {},
    takePass: { body: { token: 'dp_nothing' } },
    asset: { values: { file: 'nothing.css' } },
    openApi: {},
    errorsPage: {},
    referencePage: {},
    signInPage: {},
    requestSignIn: { body: { email: 'no address' } },
    signInSent: {},
    signInLink: {},
    redeemSignIn: { body: { token: 'dp_nothing' } },
    startIssuerSignIn: {},
    finishIssuerSignIn: { query: '?code=nothing&state=nothing' },
    // Signing out would end the session; without the form token nobody gets that far.
    signOut: { body: { formToken: 'none' } },
    passHome: { values: { pass: ids.pass } },
    passRecord: { values: { pass: ids.pass, record: ids.record } },
    passForm: { values: { pass: ids.pass, record: ids.record } },
    passRun: { values: { pass: ids.pass, record: ids.record }, body: { version: '999' } },
    appsPage: {},
    viewPage: {},
    addPage: { values: { operation: 'add' } },
    addRun: { values: { operation: 'add' }, body: {} },
    recordPage: record,
    runAgain: { ...record, body: {} },
    formPage: record,
    formRun: { ...record, body: { version: '999' } },
    livePasses: {},
    exportPasses: {},
    changePasses: { body: { action: 'revoke', grant: `${MISSING}-${MISSING}` } },
    accountPage: {},
    accountRun: { body: { session: MISSING } },
    managePage: {},
    usersPage: {},
    addUser: { body: { firstName: 'A', lastName: 'B', email: 'dana@abc.example' } },
    userPage: user,
    userRun: { ...user, body: { action: 'save', version: '999' } },
    rolesPage: {},
    addRole: { body: { id: 'dispatcher', name: 'Again' } },
    rolePage: {},
    roleRun: { body: { action: 'remove', version: '999' } },
    serviceAccountsPage: {},
    addServiceAccount: { body: { name: 'X', roles: 'missing' } },
    serviceAccountPage: account,
    serviceAccountRun: { ...account, body: { action: 'save', version: '999' } },
    keyPage: { values: { account: ids.account, key: MISSING } },
    journalPage: {},
    environmentsPage: {},
    environmentRun: { body: { version: '999' } },
    listsPage: {},
    listsRun: { values: { recordType: 'missing' }, body: {} },
  };
}

/** What stands for the names between braces unless the sample says otherwise. */
export const COMMON_VALUES = {
  environment: 'production',
  target: 'production',
  app: 'work-orders',
  recordType: 'work-order',
  view: 'all',
  operation: 'complete',
  role: 'dispatcher',
};

export const isPost = (route: Route) => route.method !== 'GET';
