import { linkDefinitions } from '../../../core/apps/link.ts';
import type { CheckedApp } from '../../../core/apps/published.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { sitePolicy } from '../../../core/policy/site-policy.ts';
import { readForm } from '../../../core/records/form.ts';
import type { Session } from '../../../core/runtime.ts';
import { exampleApps, exampleSite } from '../../fixtures/property-management.ts';

/** Somebody who opens a form of an app that gives adding to anybody, as apps of earlier versions could. */
function sessionOf(type: 'anonymous' | 'user'): Session {
  const { roles } = exampleSite();
  const apps: CheckedApp[] = exampleApps();
  for (const { definition } of apps) {
    if (definition.id !== 'work-orders') continue;
    for (const role of ['NonAuthenticatedUser', 'AuthenticatedUser'])
      definition.permissions.push({ role, recordType: 'work-order', operations: ['add'] });
  }
  const role = type === 'user' ? 'AuthenticatedUser' : 'NonAuthenticatedUser';
  return {
    runtime: {
      siteUrl: 'https://passes.example',
      store: { listUsers: async () => [{ id: 'dana', name: 'Dana Dispatcher' }] },
    },
    published: {
      environment: 'production',
      site: linkDefinitions(apps),
      policy: loadPolicy(sitePolicy({ roles, apps })),
      settings: { name: 'ABC', contact: '', roles },
    },
    caller: {
      type,
      principalId: type,
      name: '',
      roles: [role, 'dispatcher'],
      profiles: [],
      channel: 'browser',
    },
    now: 0,
  } as unknown as Session;
}

describe('a form for anybody, published before such forms were refused,', () => {
  const people = async (type: 'anonymous' | 'user') => {
    const asked = { app: 'work-orders', recordType: 'work-order', operation: 'add' };
    const { fields } = await readForm(sessionOf(type), asked);
    return fields.find(({ id }) => id === 'assignedTo')?.choices;
  };

  it('lists nobody who works here; for whoever signs in it does', async () => {
    expect(await people('anonymous')).toEqual([]);
    expect(await people('user')).toEqual([{ value: 'dana', label: 'Dana Dispatcher' }]);
  });
});
