// `npm run bench`: what Daypass costs and how quick it is, measured on the running system.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { DISPATCHER, signIn, startPropertyManagement } from '../../support/property-management.ts';
import { bundleOf, measureStart } from '../authorizer/start.ts';
import { measureTokenCheck } from '../tokens.ts';
import { costs } from './cost.ts';
import { runLifecycles } from './lifecycles.ts';
import { measureCallers, measureLifecycle, measureUnits } from './units.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const RESULTS = fileURLToPath(new URL('../results', import.meta.url));
const LIFECYCLES = Number(process.env.BENCH_LIFECYCLES ?? 200);

console.log('Token check …');
const tokenCheck = measureTokenCheck();
const system = await startPropertyManagement({ warm: true });
try {
  const dispatcher = await signIn(system, DISPATCHER);
  console.log('Read and write units …');
  const units = await measureUnits(system, dispatcher);
  const callers = await measureCallers(system, dispatcher);
  const lifecycle = await measureLifecycle(system, dispatcher);
  console.log('Authorizer start …');
  const token = dispatcher.cookies.get('dp_session') ?? '';
  const start = await measureStart(system, { bundle: bundleOf(`${ROOT}cdk.out`, 'authorizer'), token });
  console.log(`${LIFECYCLES} lifecycles, 50 at once …`);
  const throughput = await runLifecycles(system, dispatcher, { lifecycles: LIFECYCLES, atOnce: 50 });
  const requests = 5;
  const cost = costs({
    requests,
    read: lifecycle.read,
    write: lifecycle.write,
    transitions: lifecycle.states + 1,
    // Each request invokes the authorizer and one function; each state, and each outbox entry, one more.
    invocations: requests * 2 + lifecycle.states + 2,
    gbSeconds: (requests * 2 + lifecycle.states + 2) * 0.05,
  });
  const result = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`,
    tokenCheck,
    start,
    units,
    callers,
    lifecycle,
    throughput,
    cost,
  };
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(`${RESULTS}/system.json`, `${JSON.stringify(result, null, 2)}\n`);
  const table = markdown(result);
  writeFileSync(`${RESULTS}/system.md`, table);
  console.log(table);
} finally {
  await system.stop();
}

function markdown(result: {
  date: string;
  machine: string;
  tokenCheck: typeof tokenCheck;
  start: Awaited<ReturnType<typeof measureStart>>;
  units: Awaited<ReturnType<typeof measureUnits>>;
  callers: Awaited<ReturnType<typeof measureCallers>>;
  lifecycle: Awaited<ReturnType<typeof measureLifecycle>>;
  throughput: Awaited<ReturnType<typeof runLifecycles>>;
  cost: ReturnType<typeof costs>;
}): string {
  const { start, lifecycle, throughput } = result;
  const ratio = (ours: number, bare: number) => `${(ours / bare).toFixed(2)}×`;
  const callers = Object.entries(result.callers).map(([kind, read]) => `${kind} ${read}`);
  const read = result.units.find(({ route }) => route.includes('pass'))?.read;
  return [
    `Measured by \`npm run bench\` on ${result.date} (${result.machine}).`,
    '',
    '| what | measured | aim |',
    '|---|---|---|',
    `| token check against a bare HMAC | ${result.tokenCheck.ratio}× | ≤ 1.2× |`,
    `| authorizer: import + first read against a bare SDK bundle | ${start.start.ours} ms / ${start.start.bare} ms = ${ratio(start.start.ours, start.start.bare)} | ≤ 1.1× |`,
    `| authorizer: bundle against a bare SDK bundle | ${kb(start.bundleBytes.ours)} / ${kb(start.bundleBytes.bare)} = ${ratio(start.bundleBytes.ours, start.bundleBytes.bare)} | ≤ 1.1× |`,
    `| read units to resolve each kind of caller | ${callers.join(', ')} | ≤ 2.0 |`,
    `| read units: one authorised record read | ${read} | ≤ 3.0 |`,
    `| states of one contractor's workflow, no reminder | ${lifecycle.states} | ≤ 8 |`,
    `| lifecycles per second, ${throughput.atOnce} at once, on this machine | ${throughput.perSecond} (median ${throughput.medianMs} ms) | – |`,
    `| lifecycles lost, of ${throughput.lifecycles} | ${throughput.lost} | 0 |`,
    '',
    '| route | read units | write units |',
    '|---|---|---|',
    ...result.units.map(({ route, read, write }) => `| ${route} | ${read} | ${write} |`),
    `| one whole lifecycle, all functions | ${lifecycle.read} | ${lifecycle.write} |`,
    '',
    '| design | US$ per 1,000 passes | |',
    '|---|---|---|',
    ...result.cost.map(({ design, dollars, note }) => `| ${design} | ${dollars.toFixed(2)} | ${note} |`),
    '',
    'Costs: measured units and states, list prices (`test/bench/system/cost.ts`), 50 ms of a 1 GB function per invocation assumed.',
    '',
  ].join('\n');
}

function kb(bytes: number): string {
  return `${Math.round(bytes / 1024)} KB`;
}
