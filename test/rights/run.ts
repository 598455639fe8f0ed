import { parseArgs } from 'node:util';
import { startSystem } from '../../local/system.ts';
import { runRound } from './round.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    share: { type: 'string', default: '1' },
    'stop-after': { type: 'string', default: '20' },
  },
});
const seed = Number(values.seed);
const system = await startSystem();
const totals = { findings: 0, requests: 0, changes: 0 };
for (
  let round = 0;
  round < Number(values.rounds) && totals.findings < Number(values['stop-after']);
  round++
) {
  const { findings, requests, changes } = await runRound(system, seed + round, {
    share: Number(values.share),
  });
  for (const finding of findings) console.log(`${finding}\n`);
  totals.findings += findings.length;
  totals.requests += requests;
  totals.changes += changes;
  console.log(`seed ${seed + round}: ${requests} requests, ${changes} changes, ${findings.length} findings`);
}
console.log(`${totals.requests} requests, ${totals.changes} changes, ${totals.findings} findings`);
await system.stop();
process.exit(totals.findings > 0 ? 1 : 0);
