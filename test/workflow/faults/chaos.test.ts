import { runCampaign } from '../../chaos/campaign.ts';
import { describeJudgement } from '../../chaos/judge.ts';

/** Another sample than the long runs' (`npm run test:chaos`), always the same one. */
const SEED = 20_260;
const LIFECYCLES = 10;

it(`[D10] ${LIFECYCLES} work orders with random faults leave no token, lose nothing and mail at most once too often`, async () => {
  const totals = await runCampaign({ lifecycles: LIFECYCLES, seed: SEED, perRound: LIFECYCLES });
  expect(totals.failed.map(describeJudgement).join('\n')).toBe('');
  expect(totals).toMatchObject({ lifecycles: LIFECYCLES, orphans: 0, losses: 0 });
  expect(totals.passes).toBeGreaterThanOrEqual(LIFECYCLES);
}, 300_000);
