import { readFileSync } from 'node:fs';
import { appSchema, siteSchema } from '../../../core/apps/definition.ts';
import { compilePolicy } from '../../../core/policy/check.ts';
import { capabilities, decide } from '../../../core/policy/decide.ts';
import { appFacts } from '../../../core/policy/facts.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { appPermissionRules } from '../../../core/policy/sources/app-permissions.ts';
import { builtInRoleRules } from '../../../core/policy/sources/built-in-roles.ts';
import { signInRules } from '../../../core/policy/sources/sign-in.ts';
import type { Context, Resource, Subject } from '../../../core/policy/types.ts';

const read = (path: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../examples/property-management/${path}`, import.meta.url), 'utf8'));

const site = siteSchema.parse(read('site.json'));
const apps = ['apps/work-orders.json', 'apps/contractor-tokens.json'].map((path) =>
  appSchema.parse(read(path)),
);
const policy = loadPolicy(
  compilePolicy({
    apps: appFacts(apps),
    roles: site.roles.map(({ id }) => id),
    rules: [
      ...builtInRoleRules(),
      ...signInRules(site.roles),
      ...apps.flatMap((app) => appPermissionRules(app)),
    ],
  }),
);

const context: Context = { now: Date.UTC(2027, 0, 1), environment: 'production', channel: 'browser' };
const contractor: Subject = {
  type: 'tokenUser',
  id: 'c1',
  roles: ['property-contractors'],
  ceiling: { app: 'work-orders' },
};
const workOrder = (values: object, state = 'Active'): Resource => ({
  type: 'record',
  app: 'work-orders',
  recordType: 'work-order',
  id: 'w1',
  state,
  values,
});

describe('the property management example under the decision function', () => {
  it('lets a contractor view and complete the assigned work order, and write the notes', () => {
    const can = capabilities(policy, contractor, workOrder({ assignedTo: 'c1' }), context);
    expect(can.operations.map(({ id }) => id)).toEqual(['view', 'complete', 'note']);
    expect(can.operations.find(({ id }) => id === 'note')?.fields).toEqual(['completionNotes']);
  });

  it('hides another one, and offers nothing on a closed one but looking at it', () => {
    const ask = (resource: Resource, action: string) =>
      decide(policy, { subject: contractor, action, resource, context });
    expect(ask(workOrder({ assignedTo: 'c2' }), 'view').reasons[0]?.code).toBe('SCOPE');
    expect(ask(workOrder({}), 'view').reasons[0]?.code).toBe('SCOPE');
    expect(ask(workOrder({ assignedTo: 'c1' }, 'Closed'), 'complete').reasons[0]?.code).toBe('STATE');
    expect(ask(workOrder({ assignedTo: 'c1' }, 'Closed'), 'note').reasons[0]?.code).toBe('STATE');
    expect(ask(workOrder({ assignedTo: 'c1' }), 'delete').reasons[0]?.code).toBe('NOT_GRANTED');
  });
});
