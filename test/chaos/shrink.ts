import { Lifecycles } from '../support/lifecycles.ts';
import { startPropertyManagement } from '../support/property-management.ts';
import type { Judgement } from './judge.ts';
import { type LifecyclePlan, planOf } from './plan.ts';
import { runRound } from './round.ts';

/** What happens to two at once can fall out either way. */
const TRIES = 3;

/** The smallest plan found that still goes wrong, alone on a system of its own. */
export interface Shrunk {
  plan: LifecyclePlan;
  findings: string[];
}

/**
 * Repeats a failed lifecycle alone, then leaves out one trouble after the other while it goes on failing.
 * @returns undefined when it does not fail alone: then it takes the others of its round
 */
export async function shrink(failed: Judgement): Promise<Shrunk | undefined> {
  const system = await startPropertyManagement();
  try {
    const lifecycles = await Lifecycles.on(system);
    const findingsOf = async (plan: LifecyclePlan) => {
      for (let tried = 0; tried < TRIES; tried++) {
        const [judgement] = await runRound(system, lifecycles, [plan]);
        if (judgement && judgement.findings.length > 0) return judgement.findings;
      }
      return undefined;
    };
    let smallest = planOf(failed.plan.seed);
    let findings = await findingsOf(smallest);
    if (!findings) return undefined;
    for (let changed = true; changed; ) {
      changed = false;
      for (const smaller of withOneLess(smallest)) {
        const still = await findingsOf(smaller);
        if (!still) continue;
        [smallest, findings, changed] = [smaller, still, true];
        break;
      }
    }
    return { plan: smallest, findings };
  } finally {
    await system.stop();
  }
}

function* withOneLess(plan: LifecyclePlan): Generator<LifecyclePlan> {
  if (plan.aborts.length > 0) yield { ...plan, aborts: [] };
  for (const [index, trouble] of plan.troubles.entries()) {
    yield { ...plan, troubles: plan.troubles.toSpliced(index, 1) };
    const { after, attempts, ...plain } = trouble;
    if (after || attempts) yield { ...plan, troubles: plan.troubles.with(index, plain) };
  }
}
