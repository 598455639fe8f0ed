import { parseArgs } from 'node:util';
import { ENVIRONMENTS, type Environment } from '../core/environments.ts';
import { sealedAs, verifyDesignEvents } from '../core/journal/design-event.ts';
import { type DaySeal, type Finding, verifyDay, verifyRecord, verifySpan } from '../core/journal/verify.ts';
import type { Keyring } from '../core/tokens/keyring.ts';
import { createJournal, type Journal } from '../lambdas/shared/table/journal.ts';
import { connect, readOutputs } from './site-files/connect.ts';

const USAGE = `Usage: npm run journal:verify -- [--since 2027-01-01] [--seal production/2027-03-31/MAC]…
                                         [--outputs .daypass/outputs.json]

Verifies the journal of a deployed site: every record's chain of events against its head, every sealed day against its
seal, and that no day is without one. Prints the newest seals: what is given back with --seal at a later time must be
there still, which finds that the newest seals were removed and others made in their place. Reads only. Ends with exit
code 1 and a line for each entry that was altered, removed or cut off.`;
const DAY_MS = 86_400_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      since: { type: 'string' },
      seal: { type: 'string', multiple: true, default: [] },
      outputs: { type: 'string', default: '.daypass/outputs.json' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const address = await readOutputs(values.outputs);
  const wiring = connect(address);
  const { journal: keys, now } = await wiring.runtime();
  const journal = createJournal(wiring.client, address.tableName);
  const findings: Finding[] = [];
  const seals: DaySeal[] = [];
  const span = { since: values.since, now: now() };
  for (const environment of ENVIRONMENTS) {
    const result = await verifyEnvironment(journal, environment, keys, span);
    findings.push(...result.findings);
    seals.push(...result.seals);
    const counts = `${result.events} events of ${result.records} records`;
    if (result.events > 0) console.log(`${environment}: ${counts}, ${sealedDays(result.seals)}`);
  }
  const site = await verifySite(journal, keys, span);
  findings.push(...site.findings);
  seals.push(...site.seals);
  if (site.events > 0) console.log(`site: ${site.events} changes, ${sealedDays(site.seals)}`);
  findings.push(...missingSeals(values.seal, seals));
  for (const { place, message } of findings) console.log(`  ${place}: ${message}`);
  console.log(findings.length === 0 ? 'The journal is whole.' : `${findings.length} findings.`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}

const sealName = ({ environment, day, mac }: DaySeal) => `${environment}/${day}/${mac}`;

function sealedDays(seals: readonly DaySeal[]): string {
  const newest = seals.at(-1);
  return newest ? `${seals.length} sealed days, the newest ${sealName(newest)}` : 'no sealed day';
}

/** Seals that somebody has seen earlier must be there, and be the same. */
function missingSeals(seen: readonly string[], seals: readonly DaySeal[]): Finding[] {
  const there = new Set(seals.map(sealName));
  return seen
    .filter((name) => !there.has(name))
    .map((place) => ({ place, message: 'this seal is not there any more' }));
}

/** Every sealed day, and every record that has an event since then or since the given day. */
async function verifyEnvironment(
  journal: Journal,
  environment: Environment,
  keys: Keyring,
  span: { since: string | undefined; now: number },
) {
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
async function verifySite(journal: Journal, keys: Keyring, span: { since: string | undefined; now: number }) {
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
function firstDay(
  seals: readonly { day: string }[],
  { since, now }: { since: string | undefined; now: number },
): number {
  return Date.parse(since ?? seals[0]?.day ?? new Date(now - 31 * DAY_MS).toISOString().slice(0, 10));
}

main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
