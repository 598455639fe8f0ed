import type { LinkedRecordType } from '../../../core/apps/published.ts';
import { sayDone } from '../../../lambdas/portal/done.ts';
import { exampleLinked } from '../../fixtures/property-management.ts';

const { states, operations, definition } = exampleLinked().recordType(
  'work-orders',
  'work-order',
) as LinkedRecordType;
const mail = {
  ...operations.get('edit'),
  definition: { id: 'mail', name: 'Send an Email', kind: 'sendEmail' },
};
const type = {
  definition,
  states,
  operations: new Map([...operations, ['mail', mail]]),
} as unknown as LinkedRecordType;

it.each([
  ['add', 'WO-2002', 'Work order WO-2002 created'],
  ['edit', 'WO-2002', 'Work order WO-2002 changed'],
  ['delete', 'WO-2002', 'Work order WO-2002 deleted'],
  ['complete', 'WO-2002', 'Complete Work Order: work order WO-2002 is now Closed'],
  ['mail', 'WO-2002', 'Send an Email: done for work order WO-2002'],
  ['add', undefined, 'Work order created'],
  ['mail', undefined, 'Send an Email: done for work order'],
  // A record without a title of its own is called as its type is.
  ['complete', 'Work Order', 'Complete Work Order: work order is now Closed'],
])('what %s has done to %s is said as “%s”', (operation, title, said) => {
  const { pieces, names } = sayDone(type, operation, title);
  expect(pieces.map((piece, at) => piece + (names[at] ?? '')).join('')).toBe(said);
});
