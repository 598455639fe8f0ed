import type { System } from '../../../local/system.ts';
import { linkIn, type Visitor } from '../../../local/visitor.ts';
import { addWorkOrder, finished, follow, readRecord, workOrder } from '../../support/property-management.ts';

export interface LifecycleResult {
  lifecycles: number;
  atOnce: number;
  perSecond: number;
  /** Work orders that did not end Closed with their pass gone. */
  lost: number;
  medianMs: number;
}

/** Whole lifecycles, `atOnce` at a time: work order, mail, link, completion, clean-up. */
export async function runLifecycles(
  system: System,
  dispatcher: Visitor,
  { lifecycles, atOnce }: { lifecycles: number; atOnce: number },
): Promise<LifecycleResult> {
  const times: number[] = [];
  let next = 0;
  let lost = 0;
  const one = async (number: number) => {
    const began = performance.now();
    const email = `lifecycle-${number}@contractor.example`;
    const order = await addWorkOrder(dispatcher, workOrder({ name: `Contractor ${number}`, email }));
    const mail = await system.mail.waitFor(({ to }) => to.includes(email), { timeout: 60_000 });
    const { visitor, pass } = await follow(system, linkIn(mail.text));
    await visitor.json('POST', `/production/records/${order.id}/operations/complete`, {}, pass);
    const { status } = await finished(system, order.id, { timeout: 60_000 });
    const record = await readRecord(dispatcher, order.id);
    if (status !== 'SUCCEEDED' || record.state !== 'Closed' || record.values.contractorToken) lost += 1;
    times.push(performance.now() - began);
  };
  const began = performance.now();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < lifecycles) await one(next++);
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  times.sort((a, b) => a - b);
  return {
    lifecycles,
    atOnce,
    perSecond: Math.round((lifecycles / seconds) * 10) / 10,
    lost,
    medianMs: Math.round(times[Math.floor(times.length / 2)] ?? 0),
  };
}
