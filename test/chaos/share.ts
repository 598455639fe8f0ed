// One process of a campaign that is shared by several: takes its part as a message, and tells what came of it.
import { type Campaign, runCampaign, type Totals } from './campaign.ts';

export type ShareReport = { totals: Totals; ms?: number; over?: true };

const report = (message: ShareReport) => process.send?.(message);

// Without whoever adds up, going on would help nobody.
process.once('disconnect', () => process.exit());

process.once('message', async (part: Omit<Campaign, 'onRound'>) => {
  const totals = await runCampaign({ ...part, onRound: (soFar, ms) => void report({ totals: soFar, ms }) });
  report({ totals, over: true });
  process.disconnect();
});
