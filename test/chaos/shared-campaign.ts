import { fork } from 'node:child_process';
import { type Campaign, runCampaign, type Totals } from './campaign.ts';
import type { ShareReport } from './share.ts';

/** Runs a campaign in as many processes as asked for, each with its own system and a part of the seeds. */
export async function runSharedCampaign(campaign: Campaign, processes: number): Promise<Totals> {
  if (processes <= 1) return runCampaign(campaign);
  const { lifecycles, seed, perRound, onRound } = campaign;
  const size = Math.ceil(lifecycles / processes);
  const parts = Array.from({ length: processes }, (_, at) => ({
    seed: seed + at * size,
    lifecycles: Math.min(size, lifecycles - at * size),
    perRound,
  })).filter((part) => part.lifecycles > 0);
  const soFar = new Map<number, Totals>();
  await Promise.all(
    parts.map((part, at) =>
      runPart(part, (totals, isRound) => {
        soFar.set(at, totals);
        if (isRound) onRound?.(sum([...soFar.values()]));
      }),
    ),
  );
  return sum([...soFar.values()]);
}

function runPart(
  part: Omit<Campaign, 'onRound'>,
  tell: (totals: Totals, isRound: boolean) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('share.ts', import.meta.url), { serialization: 'advanced' });
    let over = false;
    child.on('message', ({ totals, over: last }: ShareReport) => {
      over ||= last ?? false;
      tell(totals, !last);
    });
    child.once('exit', (code) =>
      over ? resolve() : reject(new Error(`The process for seeds from ${part.seed} on ended with ${code}.`)),
    );
    child.send(part);
  });
}

function sum(all: readonly Totals[]): Totals {
  const add = (count: (totals: Totals) => number) => all.reduce((total, one) => total + count(one), 0);
  return {
    lifecycles: add(({ lifecycles }) => lifecycles),
    passes: add(({ passes }) => passes),
    struck: add(({ struck }) => struck),
    mails: add(({ mails }) => mails),
    orphans: add(({ orphans }) => orphans),
    losses: add(({ losses }) => losses),
    duplicates: add(({ duplicates }) => duplicates),
    failed: all.flatMap(({ failed }) => failed),
  };
}
