// One process of a campaign that is shared by several: takes its part as a message, and tells what came of it.
import { type Campaign, runCampaign, type Totals } from './campaign.ts';

export type ShareReport = { totals: Totals; over?: true };

const report = (message: ShareReport) => process.send?.(message);

// Without whoever adds up, going on would help nobody.
process.once('disconnect', () => process.exit());

process.once('message', async (part: Omit<Campaign, 'onRound'>) => {
  const totals = await runCampaign({ ...part, onRound: (totals) => void report({ totals }) });
  report({ totals, over: true });
  process.disconnect();
});
