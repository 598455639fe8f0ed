import fc from 'fast-check';
import type { Place, StateName, Target, Trouble } from '../support/job-faults.ts';

/** What the people around a work order do, and when: the moments are those of a round (see `round.ts`). */
export const DEEDS = [
  'the contractor reports it done as soon as the pass is there',
  'the contractor reports it done',
  'the contractor reports it done after the reminder',
  'nobody does anything',
  'a dispatcher closes it at once',
  'a dispatcher closes it',
  'a dispatcher deletes it at once',
  'a dispatcher deletes it',
  'a dispatcher revokes the pass',
  'a dispatcher extends the pass, and the contractor reports it done after the first end',
  'a dispatcher lets the pass end a day earlier',
  'a dispatcher corrects the address, and the new contractor reports it done',
] as const;
export type Deed = (typeof DEEDS)[number];

export interface Abort {
  at: StateName;
  afterwards: 'leave it' | 'redrive at once' | 'redrive later';
}

/** Everything that will happen to one work order. */
export interface LifecyclePlan {
  seed: number;
  deed: Deed;
  troubles: Trouble[];
  aborts: Abort[];
}

/** What each part of the path calls; the first is the function itself. */
const CALLS: Record<Place, Target[]> = {
  CreateToken: ['invoke', 'read', 'write'],
  NotifyContractor: ['invoke', 'read', 'write', 'mail'],
  RecordMailFailure: ['invoke', 'write'],
  AwaitCompletion: ['invoke', 'write', 'callback'],
  CheckGrant: ['invoke', 'read'],
  RemindContractor: ['invoke', 'read', 'write', 'mail'],
  DeleteToken: ['invoke', 'read', 'write'],
  RevokeAfterFailure: ['invoke', 'read', 'write'],
  request: ['read', 'write'],
  dispatch: ['invoke', 'start', 'read', 'callback', 'acknowledge'],
  sweep: ['start', 'read', 'callback', 'acknowledge'],
  reap: ['read', 'write'],
  'after failure': ['invoke', 'read', 'write'],
};

type FailureName = Extract<Trouble['failure'], string>;
const ANY: FailureName[] = ['throttle', 'fail', 'lose answer', 'kill', 'kill after', 'hang'];
const FAILURES: Record<Target, FailureName[]> = {
  invoke: ['throttle', 'fail', 'lose answer'],
  read: ['throttle', 'fail', 'lose answer', 'kill', 'hang', 'refuse'],
  write: [...ANY, 'conflict', 'refuse'],
  mail: [...ANY, 'refuse'],
  start: ANY,
  callback: ANY,
  acknowledge: ANY,
};

/** Somebody waits for the answer to a request, so it may fail, but neither for good nor without a word. */
const suits = ({ at, failure, times = 1 }: Trouble) =>
  at !== 'request' || (failure !== 'hang' && failure !== 'refuse' && times < 4);

const SPOTS = (Object.entries(CALLS) as [Place, Target[]][]).flatMap(([at, targets]) =>
  targets.flatMap((target) => FAILURES[target].map((failure) => ({ at, target, failure }))),
);

const trouble: fc.Arbitrary<Trouble> = fc
  .record({
    spot: fc.constantFrom(...SPOTS),
    times: fc.oneof(
      { weight: 5, arbitrary: fc.constant(1) },
      { weight: 3, arbitrary: fc.integer({ min: 2, max: 4 }) },
      { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
    ),
    attempts: fc.constantFrom(undefined, 1),
    after: fc.constantFrom(0, 0, 0, 1, 2),
  })
  .map(({ spot, times, attempts, after }) => ({
    ...spot,
    times,
    ...(attempts !== undefined && { attempts }),
    ...(after > 0 && { after }),
  }))
  .filter(suits);

const abort: fc.Arbitrary<Abort> = fc.record({
  at: fc.constantFrom<StateName>(
    'CreateToken',
    'NotifyContractor',
    'AwaitCompletion',
    'DeleteToken',
    'RevokeAfterFailure',
  ),
  afterwards: fc.constantFrom<Abort['afterwards']>('leave it', 'redrive at once', 'redrive later'),
});

const plan = fc.record({
  deed: fc.constantFrom(...DEEDS),
  troubles: fc.array(trouble, { maxLength: 5, size: 'max' }),
  aborts: fc.oneof(
    { weight: 4, arbitrary: fc.constant([] as Abort[]) },
    { weight: 1, arbitrary: fc.array(abort, { minLength: 1, maxLength: 1 }) },
  ),
});

/** The plan that a seed stands for, the same wherever and whenever. */
export function planOf(seed: number): LifecyclePlan {
  const [drawn] = fc.sample(plan, { seed, numRuns: 1 }) as [Omit<LifecyclePlan, 'seed'>];
  return { seed, ...drawn };
}

/** Nothing in it lasts longer than what it strikes tries again, so the pass has to come through. */
export function isMild({ troubles, aborts }: LifecyclePlan): boolean {
  const strikes = new Map<Place, number>();
  for (const { at, times = 1, failure } of troubles) {
    strikes.set(at, (strikes.get(at) ?? 0) + (failure === 'refuse' ? 9 : times));
  }
  return aborts.length === 0 && [...strikes.values()].every((sum) => sum <= 3);
}

/** In words, one line per thing that happens. */
export function describePlan({ seed, deed, troubles, aborts }: LifecyclePlan): string {
  const lines = troubles.map(({ at, target, failure, times = 1, attempts, after = 0 }) => {
    const often = times === Number.POSITIVE_INFINITY ? 'for good' : `${times}×`;
    return `${at}: ${target} → ${failure} ${often}${attempts ? ', first attempts only' : ''}${after ? `, after ${after}` : ''}`;
  });
  const stops = aborts.map(({ at, afterwards }) => `${at}: aborted, then ${afterwards}`);
  return [`seed ${seed}: ${deed}`, ...lines, ...stops].join('\n    ');
}
