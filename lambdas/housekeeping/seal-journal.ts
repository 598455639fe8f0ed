import { ENVIRONMENTS } from '../../core/environments.ts';
import { sealedAs } from '../../core/journal/design-event.ts';
import { sealDay } from '../../core/journal/verify.ts';
import type { Runtime } from '../../core/runtime.ts';
import { createJournal } from '../shared/table/journal.ts';
import type { HousekeepingPorts } from './ports.ts';

const DAY_MS = 86_400_000;
/** After a longer break than this the missing days are left unsealed, and verification says so. */
const MOST_DAYS = 31;

/** Seals every day that is over and not yet sealed, each chained to the one before. */
export async function sealJournal(runtime: Runtime, ports: HousekeepingPorts): Promise<void> {
  const journal = createJournal(ports.client, ports.table);
  const today = dayOf(runtime.now());
  for (const environment of [...ENVIRONMENTS, 'site'] as const) {
    const last = (await journal.seals(environment)).at(-1);
    let previousMac = last?.mac ?? '';
    const first = last ? Date.parse(last.day) + DAY_MS : runtime.now() - DAY_MS;
    for (let at = Math.max(first, runtime.now() - MOST_DAYS * DAY_MS); dayOf(at) < today; at += DAY_MS) {
      const events =
        environment === 'site'
          ? (await journal.designEventsOf(dayOf(at))).map(sealedAs)
          : await journal.eventsOf(environment, dayOf(at));
      const seal = sealDay(environment, dayOf(at), events, previousMac, runtime.journal);
      await journal.putSeal(seal);
      previousMac = seal.mac;
      // The log keeps the seal where whoever can write the table cannot.
      ports.logger.info('sealed', { environment, day: seal.day, events: seal.events, mac: seal.mac });
    }
  }
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
