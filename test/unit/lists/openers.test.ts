import type { Permission } from '../../../core/apps/definition.ts';
import { readersOf } from '../../../core/lists/openers.ts';
import { exampleApp } from '../../fixtures/property-management.ts';

const [type] = exampleApp('work-orders').recordTypes;

function readers(...permissions: Omit<Permission, 'recordType'>[]) {
  if (!type) throw new Error('the example has no record type');
  const defined = permissions.map((each) => ({ definition: { ...each, recordType: type.id } }));
  return readersOf(type, 'all', defined);
}

const opens = { views: ['all'] };
const views = { operations: ['view'] };

describe('who reads a list', () => {
  it('is a role or one account that opens it; what an account sees besides, its roles say', () => {
    const { openers, areNarrow } = readers({ role: 'r1', ...opens, ...views }, { subject: 'ann', ...opens });
    expect([[...openers], areNarrow]).toEqual([['role:r1', 'principal:ann'], true]);
  });

  it('sees all of it where everybody who opens it does', () => {
    const both = { ...opens, ...views };
    expect(readers({ role: 'r1', ...both }, { subject: 'ann', ...both }).areNarrow).toBe(false);
    // A role that is called as an account is somebody else.
    expect(readers({ role: 'ann', ...opens }, { subject: 'ann', ...views }).areNarrow).toBe(true);
  });

  it('is nobody whom it is denied, and no index is kept for what is denied', () => {
    const { openers, conditional, areNarrow } = readers(
      { role: 'r1', ...opens, ...views },
      { role: 'r2', effect: 'deny', ...opens },
      { role: 'r1', effect: 'deny', ...views, when: 'record.state == "Closed"' },
    );
    expect([[...openers], conditional, areNarrow]).toEqual([['role:r1'], [], false]);
  });
});
