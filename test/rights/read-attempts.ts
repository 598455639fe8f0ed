import { ENVIRONMENTS } from '../../core/environments.ts';
import type { Attempt, Scene } from './attempt.ts';
import { APPS, OPERATIONS, RUNNING } from './site.ts';

const NOT_ADD = OPERATIONS.filter((operation) => operation !== 'add' && operation !== 'view');

/** Requests that show something of the design plane, or of apps as a whole. */
export function readAttempts({ world, stored, trier }: Scene): Attempt[] {
  const { ids } = world;
  const account = ids.gateway as string;
  const user = ids[world.dice.pick(world.drawn.users)] as string;
  const every = <T extends string>(name: T, from: readonly string[], routes: readonly string[], query = '') =>
    from.flatMap((value) => routes.map((route): Attempt => ({ route, values: { [name]: value }, query })));
  const plain = [
    'listDrafts listRoles listUsers listServiceAccounts listEnvironments readDesignJournal openApi readMe listSessions',
    'accountPage managePage usersPage rolesPage serviceAccountsPage journalPage environmentsPage listsPage home',
    'errorsPage referencePage signInPage readAccessMetadata',
  ].flatMap((routes) => routes.split(' ').map((route): Attempt => ({ route })));
  const pages = APPS.flatMap((app) =>
    RUNNING.flatMap((environment): Attempt[] => [
      ...['all', 'mine'].flatMap((view): Attempt[] => [
        { route: 'openView', values: { environment, app, recordType: 'thing', view } },
        { route: 'viewPage', values: { environment, app }, query: `?view=${view}&type=thing` },
      ]),
      { route: 'readForm', values: { environment, app, recordType: 'thing', operation: 'add' } },
      { route: 'addPage', values: { environment, app, recordType: 'thing', operation: 'add' } },
    ]),
  );
  return [
    ...plain,
    ...pages,
    ...every('app', [...APPS, 'passes'], ['readDraft']),
    ...every('role', [...stored.roles.keys()].slice(0, 3), ['readRole', 'rolePage']),
    ...every('user', [user, trier.id], ['readUser', 'userPage']),
    ...every('account', [account], ['readServiceAccount', 'serviceAccountPage']),
    ...every('target', ENVIRONMENTS.slice(0, 4), [
      'readManifest',
      'readEnvironmentSettings',
      'exportPolicy',
      'listIndexes',
      'listPasses',
    ]),
    ...every('target', RUNNING, ['listPublishingOptions'], '?apps=alpha,beta'),
    ...every('environment', RUNNING, ['listApps', 'appsPage', 'livePasses', 'exportPasses']),
    ...RUNNING.map(
      (environment): Attempt => ({ route: 'readSubjectAccess', values: { environment, subject: user } }),
    ),
    ...RUNNING.map(
      (environment): Attempt => ({ route: 'readSubjectAccess', values: { environment, subject: trier.id } }),
    ),
    { route: 'suggestPeople', query: '?text=a' },
  ];
}

/**
 * Requests about one record that show something of it, or do something with it. Where it is out of somebody's sight
 * each must be answered as it is for a record that does not exist.
 */
export function recordReads(environment: string, app: string, record: string): Attempt[] {
  const at = { environment, record };
  return [
    { route: 'readRecord', values: at },
    { route: 'recordPage', values: at },
    { route: 'readHistory', values: at },
    { route: 'readTaskRuns', values: at },
    { route: 'readRecordAccess', values: at },
    ...NOT_ADD.flatMap((operation): Attempt[] => [
      {
        route: 'readForm',
        values: { environment, app, recordType: 'thing', operation },
        query: `?record=${record}`,
      },
      { route: 'formPage', values: { ...at, operation } },
    ]),
  ];
}

/** Operations that change nothing, because the version that they name is none that a record has. */
export function harmlessRuns(environment: string, record: string): Attempt[] {
  return NOT_ADD.map(
    (operation): Attempt => ({
      route: 'runOperation',
      values: { environment, record, operation },
      body: { values: {} },
      headers: { 'if-match': '"999"' },
    }),
  );
}

/** What one may ask of a record about oneself. */
export function questionsAbout(
  trier: { id: string; type: string },
  environment: string,
  app: string,
  record: string,
): Attempt[] {
  const subject = { type: trier.type, id: trier.id };
  const resource = { type: `${app}/thing`, id: record };
  const context = { environment };
  return [
    ...OPERATIONS.map(
      (name): Attempt => ({
        route: 'evaluateAccess',
        body: { subject, action: { name }, resource, context },
        aim: name,
      }),
    ),
    ...['add', 'edit', 'shut'].map(
      (name): Attempt => ({
        route: 'evaluateAccess',
        body: { subject, action: { name, properties: { notes: 'x' } }, resource, context },
        aim: `${name} with values`,
      }),
    ),
    {
      route: 'evaluateAccesses',
      body: { subject, resource, context, evaluations: OPERATIONS.map((name) => ({ action: { name } })) },
    },
    { route: 'searchActions', body: { subject, resource, context } },
    { route: 'explainAccess', body: { subject, action: { name: 'view' }, resource, context } },
    {
      route: 'searchSubjects',
      body: { subject: { type: 'user' }, action: { name: 'view' }, resource, context },
    },
  ];
}

/** Questions of an enforcement point about no record in particular. */
export function searches(trier: { id: string; type: string }, environment: string): Attempt[] {
  return APPS.map(
    (app): Attempt => ({
      route: 'searchResources',
      body: {
        subject: { type: trier.type, id: trier.id },
        action: { name: 'view' },
        resource: { type: `${app}/thing` },
        context: { environment },
      },
    }),
  );
}
