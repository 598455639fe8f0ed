import { compilePolicy } from '../../../core/policy/check.ts';
import { decide } from '../../../core/policy/decide.ts';
import type { PolicyFacts } from '../../../core/policy/document.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { accessListRules } from '../../../core/policy/sources/access-lists.ts';
import { accountRules } from '../../../core/policy/sources/accounts.ts';
import { appPermissionRules } from '../../../core/policy/sources/app-permissions.ts';
import { builtInRoleRules } from '../../../core/policy/sources/built-in-roles.ts';
import { flowRules } from '../../../core/policy/sources/flows.ts';
import { levelRules, profileRules } from '../../../core/policy/sources/profiles.ts';
import { serviceRules } from '../../../core/policy/sources/services.ts';
import { signInRules } from '../../../core/policy/sources/sign-in.ts';
import type { Context, Resource, RuleDraft, Subject } from '../../../core/policy/types.ts';
import { FACTS } from './random.ts';

const context: Context = { now: 0, environment: 'production', channel: 'workflow' };
const robot = (...roles: string[]): Subject => ({ type: 'robot', id: 'bot', roles });

function may(
  rules: RuleDraft[],
  subject: Subject,
  action: string,
  resource: Resource,
  facts: PolicyFacts = FACTS,
) {
  return decide(loadPolicy(compilePolicy({ ...facts, rules })), { subject, action, resource, context })
    .decision;
}

describe('permissions on user accounts', () => {
  const grants = [{ role: 'r1', create: true, delete: true, assign: ['r2'] }, { role: 'r2' }];
  const account: Resource = { type: 'account', id: 'somebody' };
  const on = { manipulation: true, deletion: true };

  it('are those that were given, and none beside them', () => {
    const rules = accountRules(grants, on);
    expect(['create', 'update', 'delete'].map((action) => may(rules, robot('r1'), action, account))).toEqual([
      true,
      false,
      true,
    ]);
    expect(may(rules, robot('r2'), 'create', account)).toBe(false);
    expect(may(rules, robot('r1'), 'assign', { type: 'role', id: 'r2' })).toBe(true);
    expect(may(rules, robot('r1'), 'remove', { type: 'role', id: 'r2' })).toBe(true);
    expect(may(rules, robot('r1'), 'assign', { type: 'role', id: 'r1' })).toBe(false);
  });

  it('are none where the environment has them switched off', () => {
    expect(accountRules(grants, { manipulation: false, deletion: true })).toEqual([]);
  });

  it('leave deletion out where the environment forbids it alone', () => {
    const rules = accountRules(grants, { manipulation: true, deletion: false });
    expect(may(rules, robot('r1'), 'delete', account)).toBe(false);
    expect(may(rules, robot('r1'), 'create', account)).toBe(true);
    expect(accountRules([{ role: 'r1', delete: true }], { manipulation: true, deletion: false })).toEqual([]);
  });
});

describe('services', () => {
  const rules = serviceRules([
    { service: 's1', roles: ['r1'] },
    { service: 's2', roles: [] },
  ]);
  const facts = { ...FACTS, services: ['s1', 's2'] };

  it('are called by the roles that have them, and by nobody where no role has', () => {
    expect(may(rules, robot('r1'), 'call', { type: 'service', id: 's1' }, facts)).toBe(true);
    expect(may(rules, robot('r2'), 'call', { type: 'service', id: 's1' }, facts)).toBe(false);
    expect(may(rules, robot('r1'), 'call', { type: 'service', id: 's2' }, facts)).toBe(false);
    expect(rules).toHaveLength(1);
  });
});

describe('where each source says a rule was written', () => {
  it('leads back to the definition, the screen or the default', () => {
    const facts = {
      operations: { add: { kind: 'add' }, view: { kind: 'view' }, edit: { kind: 'edit' } },
    } as const;
    const permission = {
      role: 'r1',
      recordType: 'case',
      operations: ['view', 'edit'],
      fields: { view: '*' as const, edit: ['title'] },
      views: ['all'],
    };
    const place = (rules: RuleDraft[]) => rules.map(({ id, source }) => `${id} ← ${source}`);
    expect({
      app: place(appPermissionRules({ id: 'desk', permissions: [permission] })),
      lists: place(
        accessListRules({
          app: 'desk',
          recordType: 'case',
          routed: true,
          facts,
          lists: { start: 'anyone', editForm: [{ user: 'u1' }] },
        }),
      ),
      form: place(
        accessListRules({ app: 'desk', recordType: 'case', routed: false, facts, lists: { start: 'owner' } }),
      ),
      profile: place(
        profileRules({
          id: 'p1',
          recordTypes: [
            { app: 'desk', recordType: 'case', operations: [{ operation: 'view', fields: '*' }] },
          ],
        }),
      ),
      levels: place(levelRules({ app: 'desk', recordType: 'case', facts })),
      flows: place(
        flowRules(
          [{ id: 'f1', users: { u1: 'granted' }, roles: { r1: 'denied', r2: 'inherited' } }],
          'denied',
        ),
      ),
      accounts: place(
        accountRules([{ role: 'r1', update: true, assign: ['r2'] }], { manipulation: true, deletion: true }),
      ),
      services: place(serviceRules([{ service: 's1', roles: ['r1'] }])),
      signIn: place(signInRules([{ id: 'r1', environments: ['test'] }])).slice(0, 2),
      builtIn: place(builtInRoleRules()).slice(-1),
    }).toEqual({
      app: [
        'desk/permissions/0/view ← desk#/permissions/0',
        'desk/permissions/0/edit ← desk#/permissions/0',
        'desk/permissions/0/open/all ← desk#/permissions/0',
        'desk/open/r1 ← desk#/permissions',
      ],
      lists: [
        'desk/case/lists/start ← desk/case/lists',
        'desk/case/lists/start/openApp ← desk/case/lists',
        'desk/case/lists/openApp ← default',
        'desk/case/lists/openViews ← default',
        'desk/case/lists/editForm ← desk/case/lists',
        'desk/case/lists/editForm/view ← desk/case/lists',
        'desk/case/lists/owner ← desk/case/lists',
        'desk/case/lists/starter ← desk/case/lists',
        'desk/case/lists/view ← desk/case/lists',
        'desk/case/lists/edit ← desk/case/lists',
        'desk/case/lists/work ← desk/case/lists',
        'desk/case/lists/auditTrail ← desk/case/lists',
        'desk/case/lists/administer ← desk/case/lists',
      ],
      form: [
        'desk/case/lists/openApp ← default',
        'desk/case/lists/openViews ← default',
        'desk/case/lists/owner ← desk/case/lists',
        'desk/case/lists/starter ← desk/case/lists',
        'desk/case/lists/view ← desk/case/lists',
        'desk/case/lists/edit ← desk/case/lists',
      ],
      profile: [
        'profiles/p1/desk/case/view ← profiles/p1/desk/case',
        'profiles/p1/desk/case/openViews ← profiles/p1/desk/case',
        'profiles/p1/desk/case/openApp ← profiles/p1/desk/case',
      ],
      levels: [
        'default/desk/case/guest ← default',
        'default/desk/case/guest/openViews ← default',
        'default/desk/case/guest/openApp ← default',
        'default/desk/case/user ← default',
        'default/desk/case/user/openViews ← default',
        'default/desk/case/user/openApp ← default',
      ],
      flows: [
        'flows/f1/principal/u1 ← flows/f1',
        'flows/f1/role/r1 ← flows/f1',
        'flows/siteWide ← flows',
        'default/flows ← default',
      ],
      accounts: ['accounts/r1 ← accounts/r1', 'accounts/r1/assign/r2 ← accounts/r1'],
      services: ['services/s1 ← services/s1'],
      signIn: ['roles/r1/signIn/test ← roles/r1', 'built-in/Owner/signIn/development ← built-in/Owner'],
      builtIn: ['built-in/appOwner ← built-in/appOwner'],
    });
  });
});
