// `npm run bench:heat`: which partition keys a million contractors a day make hot, and when they must be sharded.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SHARDS } from '../../../lambdas/shared/table/keys.ts';
import { DISPATCHER, signIn, startPropertyManagement } from '../../support/property-management.ts';
import { runLifecycle, type Touch } from './lifecycle.ts';
import { fullestShard, type Kind, kindsOf } from './spread.ts';

const RESULTS = fileURLToPath(new URL('../results', import.meta.url));
const LIFECYCLES = 4;
const PER_DAY = 1_000_000;
const SECONDS_PER_DAY = 86_400;
/** Of a day's work orders in its busiest hour, where a day has some eight of work. */
const PEAK_HOUR_SHARE = 0.15;
/** What one partition takes, and so one partition key. */
const LIMITS = { read: 3_000, write: 1_000 } as const;

const system = await startPropertyManagement({ warm: true });
const lifecycles: Touch[][] = [];
try {
  const dispatcher = await signIn(system, DISPATCHER);
  // The first lifecycle warms up what later ones find cached.
  for (let number = 0; number <= LIFECYCLES; number++) {
    const touches = await runLifecycle(system, dispatcher, number);
    if (number > 0) lifecycles.push(touches);
  }
} finally {
  await system.stop();
}

const share = fullestShard(PER_DAY);
const mean = PER_DAY / SECONDS_PER_DAY;
const peak = (PER_DAY * PEAK_HOUR_SHARE) / 3600;

interface Hot extends Kind {
  /** Of one key, in the busiest hour: units per second. */
  read: number;
  write: number;
  /** Contractors a day at which the first limit of one key is reached; absent where each has a key of their own. */
  limit?: number;
}

function heatOf(kind: Kind): Hot {
  const part = kind.spread === 'sharded' ? share : 1;
  const rate = kind.spread === 'own' ? 0 : peak * part;
  const [read, write] = [kind.readUnits * rate, kind.writeUnits * rate];
  const load = Math.max(read / LIMITS.read, write / LIMITS.write);
  return { ...kind, read, write, ...(load > 0 && { limit: PER_DAY / load }) };
}

const kinds = kindsOf(lifecycles)
  .map(heatOf)
  .sort((a, b) => (a.limit ?? Number.POSITIVE_INFINITY) - (b.limit ?? Number.POSITIVE_INFINITY));
const result = {
  date: new Date().toISOString().slice(0, 10),
  perDay: PER_DAY,
  meanPerSecond: mean,
  peakPerSecond: peak,
  shards: SHARDS,
  fullestShard: share,
  kinds,
};

const number = (value: number, digits = 1) => value.toLocaleString('en', { maximumFractionDigits: digits });
const where = ({ index, partition }: Kind) => `\`${partition}\`${index === 'table' ? '' : ` (${index})`}`;
const rows = kinds.map(
  (kind) =>
    `| ${where(kind)} | ${kind.spread === 'sharded' ? `${SHARDS} shards` : kind.spread} | ${number(kind.reads)} | ${number(kind.readUnits)} | ${number(kind.writes)} | ${number(kind.writeUnits)} | ${kind.limit ? number(kind.read) : '–'} | ${kind.limit ? number(kind.write) : '–'} | ${kind.limit ? `${number(kind.limit / 1e6, 2)} M` : '–'} |`,
);
const total = (member: 'readUnits' | 'writeUnits') => kinds.reduce((sum, kind) => sum + kind[member], 0);
const text = `# Partition heat

\`npm run bench:heat\` on ${result.date}: ${LIFECYCLES} contractors, each from the work order to the clean-up, on the running system;
every access to the table by partition key, scaled to ${number(PER_DAY, 0)} contractors a day: ${number(mean)} per second on average,
${number(peak)} per second in the busiest hour (${PEAK_HOUR_SHARE * 100} % of the day). The fullest of ${SHARDS} shards gets ${number(share * 100, 2)} % of ${number(PER_DAY, 0)} ids.
One contractor costs ${number(total('readUnits'))} read and ${number(total('writeUnits'))} write units, indexes included.

Per contractor: accesses and units. Per key: units per second in the busiest hour. Limit: contractors a day at which one key
reaches ${number(LIMITS.write, 0)} write or ${number(LIMITS.read, 0)} read units per second.

| partition key | keys | reads | read units | writes | write units | read units/s and key | write units/s and key | limit |
|---|---|--:|--:|--:|--:|--:|--:|--:|
${rows.join('\n')}
`;
mkdirSync(RESULTS, { recursive: true });
writeFileSync(`${RESULTS}/heat.json`, `${JSON.stringify(result, null, 2)}\n`);
writeFileSync(`${RESULTS}/heat.md`, text);
console.log(text);
