import { parseArgs } from 'node:util';
import type { Campaign } from './campaign.ts';
import { describeJudgement } from './judge.ts';
import { describePlan } from './plan.ts';
import { runSharedCampaign } from './shared-campaign.ts';
import { shrink } from './shrink.ts';

const { values } = parseArgs({
  options: {
    lifecycles: { type: 'string', default: '1000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    'per-round': { type: 'string', default: '50' },
    processes: { type: 'string', default: '1' },
    'shrink-at-most': { type: 'string', default: '3' },
  },
});
const lifecycles = Number(values.lifecycles);
const seed = Number(values.seed);
const perRound = Number(values['per-round']);

console.log(
  `${lifecycles} lifecycles from seed ${seed}, ${perRound} side by side, ${values.processes} at once`,
);
const since = performance.now();
/** Seeds of the failures that were printed. */
const told = new Set<number>();
const campaign: Campaign = {
  lifecycles,
  seed,
  perRound,
  onRound({ lifecycles: done, orphans, losses, duplicates, failed }) {
    for (const judgement of failed) {
      if (told.has(judgement.plan.seed)) continue;
      told.add(judgement.plan.seed);
      console.log(`${describeJudgement(judgement)}\n`);
    }
    const minutes = (performance.now() - since) / 60_000;
    const left = Math.ceil((minutes / done) * (lifecycles - done));
    const counts = `orphans ${orphans}, losses ${losses}, duplicate mails ${duplicates}`;
    console.log(`${done} of ${lifecycles}, some ${left} min left: ${counts}`);
  },
};
const totals = await runSharedCampaign(campaign, Number(values.processes));
const seconds = (performance.now() - since) / 1000;
console.log(`
lifecycles        ${totals.lifecycles} in ${Math.round(seconds)} s (${(totals.lifecycles / seconds).toFixed(1)}/s)
passes            ${totals.passes}
calls struck      ${totals.struck}
mails             ${totals.mails}
orphans           ${totals.orphans}
losses            ${totals.losses}
duplicate mails   ${totals.duplicates} (at most one of a kind)
`);

for (const failed of totals.failed.slice(0, Number(values['shrink-at-most']))) {
  console.log(`Shrinking the failure of seed ${failed.plan.seed} …`);
  const smallest = await shrink(failed);
  if (!smallest)
    console.log('  It does not fail alone. Repeat its round with the same --seed and --per-round.');
  else console.log(`  ${describePlan(smallest.plan)}\n    → ${smallest.findings.join('\n    → ')}`);
  console.log(`  npm run test:chaos -- --lifecycles 1 --seed ${failed.plan.seed}\n`);
}
process.exit(totals.failed.length > 0 || totals.orphans > 0 ? 1 : 0);
