import { ENVIRONMENTS } from '../../../core/environments.ts';
import type { PolicyFacts } from '../../../core/policy/document.ts';
import { patternKey, selectorKey } from '../../../core/policy/keys.ts';
import { type AccessLists, accessListRules } from '../../../core/policy/sources/access-lists.ts';
import { accountRules } from '../../../core/policy/sources/accounts.ts';
import { appPermissionRules } from '../../../core/policy/sources/app-permissions.ts';
import { builtInRoleRules } from '../../../core/policy/sources/built-in-roles.ts';
import { designedApps, designGrantRules } from '../../../core/policy/sources/design-grants.ts';
import { flowRules } from '../../../core/policy/sources/flows.ts';
import { levelRules, profileRules } from '../../../core/policy/sources/profiles.ts';
import { serviceRules } from '../../../core/policy/sources/services.ts';
import { signInRules } from '../../../core/policy/sources/sign-in.ts';
import type { Level, RuleDraft } from '../../../core/policy/types.ts';

/** A rule in one line: effect, whom, what they may do, with what, where, and when. */
function line({ effect, subjects, actions, resource, fields, condition }: RuleDraft): string {
  const when = typeof condition === 'string' ? condition : condition?.source;
  return [
    effect,
    subjects.map(selectorKey).join('+'),
    actions.join(','),
    patternKey(resource),
    ...(fields ? [`fields ${fields}`] : []),
    ...(when ? [`when ${when}`] : []),
  ].join(' | ');
}
const lines = (rules: readonly RuleDraft[]) => rules.map(line);
const byId = (rules: readonly RuleDraft[]) => Object.fromEntries(rules.map((rule) => [rule.id, line(rule)]));

const facts: PolicyFacts['apps'][string]['recordTypes'][string] = {
  operations: {
    add: { kind: 'add' },
    view: { kind: 'view' },
    edit: { kind: 'edit' },
    delete: { kind: 'delete' },
    close: { kind: 'transition' },
  },
};
const source = (routed: boolean, lists: AccessLists, operations = facts.operations) => ({
  app: 'desk',
  recordType: 'case',
  facts: { operations },
  routed,
  lists,
});

const CASE = { app: 'desk', recordType: 'case' };

describe('access lists as rules', () => {
  it('give a workflow each list its part, in the states in which it counts', () => {
    expect(byId(accessListRules(source(true, {})))).toEqual({
      'desk/case/lists/default': 'allow | default:signedIn | add | record/desk/case',
      'desk/case/lists/default/openApp': 'allow | default:signedIn | open | app/desk',
      'desk/case/lists/openApp': 'allow | default:signedIn | open | app/desk',
      'desk/case/lists/openViews': 'allow | default:signedIn | open | view/desk/case',
      'desk/case/lists/owner':
        'allow | appOwner | add,view,edit,delete,close,viewTask,modifyTask | record/desk/case',
      'desk/case/lists/starter':
        'allow | recordOwner | view,edit | record/desk/case | when record.lifecycle in ["SAVED", "WAITING"]',
      'desk/case/lists/view':
        'allow | list:view | view | record/desk/case | when record.lifecycle in ["SUBMITTED", "ABORTED", "ERROR"]',
      'desk/case/lists/edit':
        'allow | list:edit | view,edit,delete | record/desk/case | when record.lifecycle in ["SUBMITTED", "ABORTED", "ERROR"]',
      'desk/case/lists/work':
        'allow | list:work | view,viewTask,decide | record/desk/case | when record.lifecycle == "PENDING"',
      'desk/case/lists/auditTrail': 'allow | list:auditTrail | viewHistory | record/desk/case',
      'desk/case/lists/administer': 'allow | list:administer | viewTask,modifyTask | record/desk/case',
      'desk/case/lists/administer/delete':
        'allow | list:administer | delete | record/desk/case | when record.lifecycle in ["PENDING", "SAVED", "WAITING"]',
    });
  });

  it('give a form no part in routing', () => {
    expect(accessListRules(source(false, { start: 'owner' })).map(({ id }) => id.split('/').pop())).toEqual([
      'openApp',
      'openViews',
      'owner',
      'starter',
      'view',
      'edit',
    ]);
  });

  it.each<[string, boolean, AccessLists['start'], string | undefined]>([
    ['anybody for a form without a list', false, undefined, 'default'],
    ['who has signed in for a workflow without a list', true, undefined, 'default:signedIn'],
    ['nobody but the owning designer', false, 'owner', undefined],
    ['who has signed in', false, 'authenticated', 'role:AuthenticatedUser'],
    ['anyone', true, 'anyone', 'role:NonAuthenticatedUser+role:AuthenticatedUser'],
    [
      'those who are named, by id or role, and not whom a field or an unknown name stands for',
      true,
      [{ user: 'u1' }, { role: 'r1' }, { field: 'manager' }, { unknown: 'Old' }],
      'principal:u1+role:r1',
    ],
    ['nobody by an empty list', true, [], undefined],
  ])('let start: %s', (_title, routed, start, whom) => {
    const rules = accessListRules(source(routed, start === undefined ? {} : { start }));
    const found = rules.filter(({ id }) => /lists\/(start|default)(\/|$)/.test(id));
    expect(lines(found)).toEqual(
      whom === undefined
        ? []
        : [`allow | ${whom} | add | record/desk/case`, `allow | ${whom} | open | app/desk`],
    );
    const kind = start === undefined ? 'default' : 'start';
    expect(found.map(({ id }) => id)).toEqual(
      whom === undefined ? [] : [`desk/case/lists/${kind}`, `desk/case/lists/${kind}/openApp`],
    );
  });

  it('let backup designers edit the form and look at what was submitted', () => {
    const rules = byId(accessListRules(source(true, { editForm: [{ user: 'u1' }, { role: 'r1' }] })));
    expect(rules['desk/case/lists/editForm']).toBe(
      'allow | principal:u1+role:r1 | design:read,design:edit,design:export,design:import,design:refreshSearchableFields | app/desk',
    );
    expect(rules['desk/case/lists/editForm/view']).toBe(
      'allow | principal:u1+role:r1 | view | record/desk/case',
    );
    const nobody = accessListRules(source(true, { editForm: [{ field: 'manager' }] }));
    expect(nobody.filter(({ id }) => id.includes('editForm'))).toEqual([]);
  });

  it('say nothing of operations that the record type has not', () => {
    const rules = accessListRules(
      source(true, { editForm: [{ user: 'u1' }] }, { close: { kind: 'transition' } }),
    );
    expect(rules.map(({ id }) => id.slice('desk/case/lists/'.length))).toEqual([
      'openApp',
      'openViews',
      'editForm',
      'owner',
      'work',
      'auditTrail',
      'administer',
    ]);
  });
});

describe('permissions per role as rules', () => {
  const permission = {
    role: 'r1',
    recordType: 'case',
    operations: ['view', 'edit'],
    fields: { view: '*' as const, edit: ['title'] },
    views: ['all'],
    when: 'record.title == "a"',
  };

  it('carry operations with their fields and condition, views without one, and the app once per role', () => {
    const rules = appPermissionRules({
      id: 'desk',
      permissions: [permission, { role: 'r1', recordType: 'case' }],
    });
    expect(lines(rules)).toEqual([
      'allow | role:r1 | view | record/desk/case | when record.title == "a"',
      'allow | role:r1 | edit | record/desk/case | fields title | when record.title == "a"',
      'allow | role:r1 | open | view/desk/case/all',
      'allow | role:r1 | open | app/desk',
    ]);
  });

  it('name one account where they are about one, and forbid where they say so, which opens no app', () => {
    const of = { recordType: 'case', operations: ['view'], views: ['all'] };
    const rules = appPermissionRules({
      id: 'desk',
      permissions: [
        { subject: 'ann', ...of },
        { role: 'r1', effect: 'deny', when: 'record.title == "a"', ...of },
        { subject: 'ann', effect: 'deny', ...of },
      ],
    });
    expect(byId(rules)).toEqual({
      'desk/permissions/0/view': 'allow | principal:ann | view | record/desk/case',
      'desk/permissions/0/open/all': 'allow | principal:ann | open | view/desk/case/all',
      'desk/permissions/1/view': 'deny | role:r1 | view | record/desk/case | when record.title == "a"',
      'desk/permissions/1/open/all': 'deny | role:r1 | open | view/desk/case/all',
      'desk/permissions/2/view': 'deny | principal:ann | view | record/desk/case',
      'desk/permissions/2/open/all': 'deny | principal:ann | open | view/desk/case/all',
      'desk/open/principal/ann': 'allow | principal:ann | open | app/desk',
    });
  });

  it('take a condition that was checked where there is one, and the text of another', () => {
    const checked = {
      source: 'checked',
      type: 'bool',
      reads: [],
      ast: { op: 'value', type: 'bool', value: true },
    } as const;
    const permissions = [permission, { ...permission, when: 'true' }];
    const rules = appPermissionRules({ id: 'desk', permissions }, { '/permissions/0/when': checked });
    expect(rules.filter(({ actions }) => actions[0] === 'view').map(({ condition }) => condition)).toEqual([
      checked,
      'true',
    ]);
  });
});

describe('profiles and levels as rules', () => {
  it('carry each operation with its fields and condition, and open what belongs to it', () => {
    const recordTypes = [
      {
        app: 'desk',
        recordType: 'case',
        operations: [
          { operation: 'view', fields: '*' as const },
          { operation: 'edit', when: 'record.title == "a"', fields: ['title'] },
        ],
      },
      { app: 'desk', recordType: 'note', operations: [] },
    ];
    const [plain] = profileRules({
      id: 'p1',
      recordTypes: [{ ...CASE, operations: [{ operation: 'view' }] }],
    });
    expect(Object.keys(plain ?? {})).toEqual(['effect', 'subjects', 'source', 'id', 'actions', 'resource']);
    expect(lines(profileRules({ id: 'p1', recordTypes }))).toEqual([
      'allow | profile:p1 | view | record/desk/case',
      'allow | profile:p1 | edit | record/desk/case | fields title | when record.title == "a"',
      'allow | profile:p1 | open | view/desk/case',
      'allow | profile:p1 | open | app/desk',
    ]);
  });

  it.each<[Level | undefined, Level | undefined, string | undefined, string | undefined]>([
    [undefined, undefined, 'view', 'add,view,edit,delete'],
    ['guest', 'guest', 'add,view,edit,delete', 'add,view,edit,delete'],
    ['guest', 'admin', 'view', 'view'],
    ['user', 'guest', undefined, 'add,view,edit,delete'],
    ['user', 'admin', undefined, 'view'],
    ['admin', 'guest', undefined, undefined],
    ['admin', 'admin', undefined, undefined],
  ])('read from %s and write from %s: guests %s, users %s', (read, write, guest, user) => {
    const rules = levelRules({
      app: 'desk',
      recordType: 'case',
      facts,
      ...(read && { read }),
      ...(write && { write }),
    });
    const of = (level: string, actions: string | undefined) =>
      actions === undefined
        ? []
        : [
            `allow | default:${level} | ${actions} | record/desk/case`,
            `allow | default:${level} | open | view/desk/case`,
            `allow | default:${level} | open | app/desk`,
          ];
    expect(lines(rules)).toEqual([...of('guest', guest), ...of('user', user)]);
  });
});

describe('flow permissions as rules', () => {
  it('grant or deny what a cell says, and say nothing for inherited ones', () => {
    const flows = [
      {
        id: 'f1',
        users: { u1: 'granted', u2: 'denied', u3: 'inherited' },
        roles: { r1: 'denied', NotAuthenticatedUser: 'granted' },
      },
      { id: 'f2' },
    ] as const;
    expect(lines(flowRules(flows, 'granted'))).toEqual([
      'allow | principal:u1 | start | flow/f1',
      'deny | principal:u2 | start | flow/f1',
      'deny | role:r1 | start | flow/f1',
      'allow | role:NonAuthenticatedUser | start | flow/f1',
      'allow | siteWide | start | flow',
      'allow | default | start | flow',
    ]);
    expect(flowRules([], 'granted')[0]?.resource).toStrictEqual({ type: 'flow' });
    expect(lines(flowRules([]))).toEqual(['allow | default | start | flow']);
    expect(lines(flowRules([], 'denied'))).toEqual([
      'deny | siteWide | start | flow',
      'allow | default | start | flow',
    ]);
  });
});

describe('rights of roles as rules', () => {
  it('on user accounts', () => {
    const rules = accountRules(
      [{ role: 'r1', create: true, update: true, delete: true, assign: ['r2', 'r3'] }, { role: 'r2' }],
      { manipulation: true, deletion: true },
    );
    expect(lines(rules)).toEqual([
      'allow | role:r1 | create,update,delete | account',
      'allow | role:r1 | assign,remove | role/r2',
      'allow | role:r1 | assign,remove | role/r3',
    ]);
    expect(rules.map(({ source: from }) => from)).toEqual(['accounts/r1', 'accounts/r1', 'accounts/r1']);
  });

  it('on services', () => {
    expect(lines(serviceRules([{ service: 's1', roles: ['r1', 'r2'] }]))).toEqual([
      'allow | role:r1+role:r2 | call | service/s1',
    ]);
  });

  it('on signing in: custom roles where they say, designers in development, tenant administrators everywhere', () => {
    const rules = signInRules([{ id: 'r1', environments: ['test', 'production'] }]);
    expect(byId(rules)).toEqual({
      'roles/r1/signIn/test': 'allow | role:r1 | signIn | environment/test',
      'roles/r1/signIn/production': 'allow | role:r1 | signIn | environment/production',
      ...Object.fromEntries(
        ['Owner', 'Maintainer', 'Developer', 'Publisher'].map((role) => [
          `built-in/${role}/signIn/development`,
          `allow | role:${role} | signIn | environment/development`,
        ]),
      ),
      ...Object.fromEntries(
        ENVIRONMENTS.map((environment) => [
          `built-in/TenantAdministrator/signIn/${environment}`,
          `allow | role:TenantAdministrator | signIn | environment/${environment}`,
        ]),
      ),
    });
  });

  it('on the design plane, each right by name, apps one by one or all of them', () => {
    const roles = [
      {
        id: 'r1',
        design: {
          apps: { '*': ['read'], desk: ['read', 'edit'], empty: [] },
          roles: ['read'],
          accounts: ['create'],
          environments: ['edit'],
        },
      },
      { id: 'r2' },
      { id: 'r3', design: {} },
    ] as Parameters<typeof designGrantRules>[0];
    expect(byId(designGrantRules(roles))).toEqual({
      'roles/r1/design/0': 'allow | role:r1 | design:read | app',
      'roles/r1/design/1': 'allow | role:r1 | design:read,design:edit | app/desk',
      'roles/r1/design/2': 'allow | role:r1 | design:read | role',
      'roles/r1/design/3': 'allow | role:r1 | design:create | account',
      'roles/r1/design/4': 'allow | role:r1 | design:edit | environment',
    });
    expect(designGrantRules(roles)[0]?.source).toBe('roles/r1');
    const publishing = (id: string, publish?: string[]) =>
      ({
        id,
        design: { apps: { desk: ['publish', 'read'] }, ...(publish && { publish }) },
      }) as (typeof roles)[number];
    expect(byId(designGrantRules([publishing('p1', ['test', 'staging']), publishing('p2', [])]))).toEqual({
      'roles/p1/design/0':
        'allow | role:p1 | design:publish:test,design:publish:staging,design:read | app/desk',
      'roles/p2/design/0': 'allow | role:p2 | design:read | app/desk',
    });
    expect(designGrantRules([publishing('p3')])[0]?.actions).toEqual([
      ...ENVIRONMENTS.map((environment) => `design:publish:${environment}`),
      'design:read',
    ]);
    expect(designedApps([...roles, { design: { apps: { desk: ['read'] } } }])).toEqual(['desk', 'empty']);
  });
});

describe('built-in roles', () => {
  const use = ['record: *', 'view: *', 'app: open', 'flow: start', 'service: call'];
  const maintain = ['app: design:*', 'flow: design:*', 'service: design:*'];
  const manage = 'design:read,design:create,design:edit,design:delete,design:changePermissions';

  it.each<[string, string[]]>([
    [
      'Owner',
      [
        ...maintain,
        ...use,
        'role: design:*',
        'account: design:*',
        'environment: design:*',
        'site: design:read',
      ],
    ],
    ['Maintainer', [...maintain, ...use, `role: ${manage}`, `account: ${manage}`, 'environment: design:*']],
    [
      'Developer',
      [...maintain, ...use, 'role: design:read', 'account: design:read', 'environment: design:read'],
    ],
    ['Publisher', ['app: design:read,design:changeAccessLists']],
    [
      'TenantAdministrator',
      [
        'app: design:read',
        'flow: design:read,design:changePermissions',
        'service: design:read,design:changePermissions',
        `role: ${manage}`,
        'account: design:*',
        'environment: design:*',
        'site: design:read,design:configure',
      ],
    ],
    ['PublicSiteAdministrator', ['site: design:activateTokens,design:deactivateTokens']],
  ])('%s: %j', (role, expected) => {
    const rules = builtInRoleRules().filter(({ id }) => id.startsWith(`built-in/${role}/`));
    expect(rules.map(({ resource, actions }) => `${patternKey(resource)}: ${actions.join(',')}`)).toEqual(
      expected,
    );
    for (const { id, subjects, effect, source: from } of rules) {
      expect({ id, subjects, effect, from }).toMatchObject({
        effect: 'allow',
        subjects: [{ kind: 'role', id: role }],
        from: `built-in/${role}`,
      });
    }
  });

  it('leave an app to whom it belongs', () => {
    expect(builtInRoleRules().at(-1)).toEqual({
      id: 'built-in/appOwner',
      effect: 'allow',
      subjects: [{ kind: 'appOwner' }],
      actions: ['design:*'],
      resource: { type: 'app' },
      source: 'built-in/appOwner',
    });
  });
});
