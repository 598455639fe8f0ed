import { Lifecycles } from '../support/lifecycles.ts';
import { orphans, pendingOutbox } from '../support/oracle.ts';
import { startPropertyManagement } from '../support/property-management.ts';
import type { Judgement } from './judge.ts';
import { planOf } from './plan.ts';
import { runRound } from './round.ts';

export interface Campaign {
  lifecycles: number;
  /** The first work order's plan comes from this seed, the next one's from the next. */
  seed: number;
  perRound: number;
  /** Is told after each round. */
  onRound?(totals: Totals): void;
}

export interface Totals {
  lifecycles: number;
  passes: number;
  /** Calls that a fault has struck, or during which an execution was aborted. */
  struck: number;
  mails: number;
  /** Live tokens, or anything of a pass, that were left. */
  orphans: number;
  /** Work orders, passes, mails or reports that got lost. */
  losses: number;
  /** Mails that came once too often. */
  duplicates: number;
  failed: Judgement[];
}

/** Hundreds of troubled work orders on a busy machine. */
const SETTLE_WITHIN_MS = 15 * 60_000;

/** After so many lifecycles another system is started, so that none grows without end. */
const PER_SYSTEM = 1_000;

/** Runs lifecycles by the thousand, and adds up what became of them. */
export async function runCampaign({ lifecycles, seed, perRound, onRound }: Campaign): Promise<Totals> {
  const totals: Totals = {
    lifecycles: 0,
    passes: 0,
    struck: 0,
    mails: 0,
    orphans: 0,
    losses: 0,
    duplicates: 0,
    failed: [],
  };
  while (totals.lifecycles < lifecycles) {
    const until = Math.min(totals.lifecycles + PER_SYSTEM, lifecycles);
    await withSystem(async (round, leftInTable) => {
      while (totals.lifecycles < until) {
        const count = Math.min(perRound, until - totals.lifecycles);
        add(totals, await round(seedsFrom(seed + totals.lifecycles, count)));
        onRound?.(totals);
      }
      const left = await leftInTable();
      totals.orphans += left.length;
      for (const finding of left) console.error(finding);
    });
  }
  return totals;
}

const seedsFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => first + index);

export type RunSeeds = (seeds: readonly number[]) => Promise<Judgement[]>;

/** A system for some rounds. */
export async function withSystem<T>(
  work: (round: RunSeeds, leftInTable: () => Promise<string[]>) => Promise<T>,
): Promise<T> {
  const system = await startPropertyManagement({ settleWithinMs: SETTLE_WITHIN_MS });
  try {
    const lifecycles = await Lifecycles.on(system);
    return await work(
      (seeds) => runRound(system, lifecycles, seeds.map(planOf)),
      async () => [
        ...(await orphans(system)),
        ...(await pendingOutbox(system)).map(({ id }) => `LEFT: outbox entry ${id}`),
      ],
    );
  } catch (error) {
    // Said before the system is stopped, which an error in the middle of things may keep from ending.
    console.error(error, system.logs().slice(-20).join('\n'));
    throw error;
  } finally {
    await system.stop();
  }
}

function add(totals: Totals, judgements: readonly Judgement[]): void {
  for (const judgement of judgements) {
    totals.lifecycles += 1;
    totals.passes += judgement.passes;
    totals.struck += judgement.struck;
    totals.mails += judgement.mails;
    totals.duplicates += judgement.duplicates;
    totals.losses += judgement.findings.filter((finding) => finding.includes('LOST')).length;
    totals.orphans += judgement.findings.filter((finding) => !/LOST|DUPLICATE/.test(finding)).length;
    if (judgement.findings.length > 0) totals.failed.push(judgement);
  }
}
