import { addRecord } from '../../core/records/operation.ts';
import type { Values } from '../../core/records/record.ts';
import { openSession } from '../../core/runtime.ts';
import type { System } from '../../local/system.ts';
import { DISPATCHER, workOrder } from './property-management.ts';
import { siteRuntime } from './site-runtime.ts';

const AT_ONCE = 10;
const DAY_MS = 86_400_000;

/**
 * Adds work orders as the dispatcher, by the use case that the API calls and into the table that it uses, without the
 * way through HTTP. Their due dates follow each other, several on a day.
 * @returns their numbers, in order of due date
 */
export async function addManyWorkOrders(
  system: System,
  count: number,
  valuesOf: (at: number) => Record<string, unknown> = () => ({}),
): Promise<string[]> {
  const runtime = await siteRuntime(system);
  const user = await runtime.store.readUserByEmail(DISPATCHER);
  if (!user) throw new Error(`Nobody has the address ${DISPATCHER}`);
  const { id: principalId, name, roles, profiles } = user;
  const caller = {
    outcome: 'ok',
    type: 'user',
    principalId,
    name,
    roles,
    profiles,
    channel: 'browser',
  } as const;
  const session = await openSession(runtime, caller, 'production');
  const numbers = Array.from({ length: count }, (_, at) => `N-${String(at).padStart(4, '0')}`);
  const first = Date.UTC(2090, 0, 1);
  for (let from = 0; from < count; from += AT_ONCE) {
    await Promise.all(
      numbers.slice(from, from + AT_ONCE).map((number, beside) => {
        const at = from + beside;
        const dueDate = new Date(first + Math.floor(at / 3) * DAY_MS).toISOString().slice(0, 10);
        const values = { ...workOrder(), number, dueDate, ...valuesOf(at) } as Values;
        return addRecord(session, { app: 'work-orders', recordType: 'work-order', operation: 'add', values });
      }),
    );
  }
  return numbers;
}
