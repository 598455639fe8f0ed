import type { Environment } from '../../core/environments.ts';
import { sealedAs, verifyDesignEvents } from '../../core/journal/design-event.ts';
import {
  type DaySeal,
  type Finding,
  verifyDay,
  verifyRecord,
  verifySpan,
} from '../../core/journal/verify.ts';
import type { Keyring } from '../../core/tokens/keyring.ts';
import type { Journal } from '../../lambdas/shared/table/journal.ts';

const DAY_MS = 86_400_000;

/** From which day on, `2027-03-31`; absent = from the first sealed one, or for 31 days. `now` in epoch milliseconds. */
interface Span {
  since: string | undefined;
  now: number;
}

/** What was found of one part of the journal. */
interface Verified {
  findings: Finding[];
  /** How many events were looked at. */
  events: number;
  /** Oldest first. */
  seals: DaySeal[];
}

/** Every sealed day, and every record that has an event since then or since the given day. */
export async function verifyEnvironment(
  journal: Journal,
  environment: Environment,
  keys: Keyring,
  span: Span,
): Promise<Verified & { records: number }> {
  const findings: Finding[] = [];
  const seals = await journal.seals(environment);
  let previousMac = '';
  const records = new Set<string>();
  for (const seal of seals) {
    const events = await journal.eventsOf(environment, seal.day);
    findings.push(...verifyDay(seal, events, previousMac, keys));
    for (const { recordId } of events) records.add(recordId);
    previousMac = seal.mac;
  }
  let firstEvent: string | undefined;
  for (let at = firstDay(seals, span); at <= span.now; at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    for (const { recordId } of await journal.eventsOf(environment, day)) {
      records.add(recordId);
      firstEvent ??= day;
    }
  }
  findings.push(...verifySpan(environment, seals, firstEvent, span.now));
  let events = 0;
  for (const recordId of records) {
    const chain = await journal.recordEvents(environment, recordId);
    events += chain.length;
    findings.push(...verifyRecord(recordId, chain, await journal.head(environment, recordId), keys));
  }
  return { findings, events, records: records.size, seals };
}

/** Every sealed day, and every change of the site itself since then or since the given day. */
export async function verifySite(journal: Journal, keys: Keyring, span: Span): Promise<Verified> {
  const findings: Finding[] = [];
  const seals = await journal.seals('site');
  let previousMac = '';
  for (const seal of seals) {
    const events = (await journal.designEventsOf(seal.day)).map(sealedAs);
    findings.push(...verifyDay(seal, events, previousMac, keys));
    previousMac = seal.mac;
  }
  let events = 0;
  let firstEvent: string | undefined;
  for (let at = firstDay(seals, span); at <= span.now; at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    const changes = await journal.designEventsOf(day);
    findings.push(...verifyDesignEvents(changes, keys));
    events += changes.length;
    if (changes.length > 0) firstEvent ??= day;
  }
  findings.push(...verifySpan('site', seals, firstEvent, span.now));
  return { findings, events, seals };
}

/** Midnight of the day to begin with, UTC. */
function firstDay(seals: readonly { day: string }[], { since, now }: Span): number {
  return Date.parse(since ?? seals[0]?.day ?? new Date(now - 31 * DAY_MS).toISOString().slice(0, 10));
}
