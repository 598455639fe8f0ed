import type { Permission } from '../../../core/apps/definition.ts';
import type { Published } from '../../../core/runtime.ts';
import { matrixRows } from '../../../lambdas/portal/handlers/role-matrix.ts';
import { exampleApp } from '../../fixtures/property-management.ts';

/** The words for one role and the operation View. */
function words(...permissions: Omit<Permission, 'recordType'>[]): Record<string, string> | undefined {
  const definition = {
    ...exampleApp('work-orders'),
    permissions: permissions.map((each) => ({ recordType: 'work-order', operations: ['view'], ...each })),
  };
  const apps = new Map([['work-orders', { id: 'work-orders', definition }]]);
  const rows = matrixRows({ site: { apps } } as unknown as Published);
  expect(rows.every(({ what }) => what === 'Property Management Work Orders, Work Orders: View')).toBe(true);
  return rows[0]?.byRole;
}

describe('the matrix of roles', () => {
  const some = { when: 'record.state == "Active"' };

  it('says how much a role is permitted, the most where several permissions say it', () => {
    expect(words({ role: 'r' })).toEqual({ r: 'yes' });
    expect(words({ role: 'r', ...some })).toEqual({ r: 'on some' });
    expect(words({ role: 'r', ...some, fields: { view: ['number'] } })).toEqual({
      r: 'on some, some fields',
    });
    expect(words({ role: 'r', ...some }, { role: 'r' }, { role: 'r', ...some })).toEqual({ r: 'yes' });
  });

  it('says what a role is denied, whatever else permits it', () => {
    const deny = { role: 'r', effect: 'deny' } as const;
    expect(words({ role: 'r' }, deny)).toEqual({ r: 'denied' });
    expect(words(deny, { ...deny, ...some }, { role: 'r' })).toEqual({ r: 'denied' });
    expect(words({ ...deny, ...some }, { role: 'r' })).toEqual({ r: 'yes, denied on some' });
    expect(words({ ...deny, ...some })).toEqual({ r: 'denied on some' });
  });

  it('says nothing of what one account alone is given or denied', () => {
    expect(words({ subject: 'ann' }, { subject: 'bob', effect: 'deny' }, { role: 'r' })).toEqual({
      r: 'yes',
    });
    expect(words({ subject: 'ann' })).toBeUndefined();
  });
});
