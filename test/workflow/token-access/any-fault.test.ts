import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Json } from '../../../local/stepfunctions/json.ts';
import { failure } from '../../unit/stepfunctions/local-machines.ts';
import { type Script, tokenAccess } from './scripted-robot.ts';

const DAY = 86_400_000;
const STATES = [
  'CreateToken',
  'NotifyContractor',
  'RecordMailFailure',
  'AwaitCompletion',
  'CheckGrant',
  'RemindContractor',
  'DeleteToken',
];
const ERRORS = ['RobotRefused', 'TransactionConflict', 'Throttled', 'Lambda.ServiceException', 'Unforeseen'];

/** What happens to one call of the robot: nothing special, an error before or after its effect, or silence. */
const fault = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: 'none' as const, error: '' }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('before', 'after'), error: fc.constantFrom(...ERRORS) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'silent' as const, error: '' }) },
);

const plan = fc.record({
  /** Per state what happens to its calls, in order; then the last one goes on. */
  faults: fc.record(
    Object.fromEntries(STATES.map((state) => [state, fc.array(fault, { minLength: 1, maxLength: 12 })])),
  ),
  revokeFails: fc.nat({ max: 20 }),
  next: fc.array(fc.constantFrom('remind', 'wait', 'delete', 'unknown'), { maxLength: 4 }),
  completesAfterDays: fc.option(fc.nat({ max: 10 })),
});

it('whatever fails in whatever order, the execution ends and the token is gone', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ faults, revokeFails, next, completesAfterDays }) => {
      let token: 'none' | 'live' | 'gone' = 'none';
      const effects: Record<string, (call: number) => unknown> = {
        CreateToken: () => {
          if (token === 'none') token = 'live';
          return { seconds: 86_400 };
        },
        CheckGrant: (call) => ({ seconds: 86_400, next: next[call] ?? 'delete' }),
        DeleteToken: () => {
          token = 'gone';
        },
        RevokeAfterFailure: (call) => {
          if (call < revokeFails) throw failure('Unforeseen');
          token = 'gone';
        },
      };
      const script: Script = {};
      for (const state of [...STATES, 'RevokeAfterFailure']) {
        let effective = 0;
        script[state] = (_: Record<string, Json>, call: number) => {
          const { kind = 'none', error = '' } = faults[state]?.[call] ?? faults[state]?.at(-1) ?? {};
          if (kind === 'before') throw failure(error);
          if (kind === 'silent') return new Promise(() => {});
          const answer = effects[state]?.(effective++) ?? null;
          if (kind === 'after') throw failure(error);
          return answer;
        };
      }
      const access = tokenAccess(script);
      const arn = await access.begin();
      if (completesAfterDays !== null) {
        await access.clock.advance(completesAfterDays * DAY);
        const late = (error: Error) => expect(['TaskTimedOut', 'InvalidToken']).toContain(error.name);
        await access.complete().catch(late);
      }
      await access.clock.advance(30 * DAY);
      const { status } = await access.settled(arn);
      const last = (await access.path(arn)).at(-1);
      expect({ status, token, last }).toEqual(
        status === 'SUCCEEDED'
          ? { status, token: 'gone', last: 'DeleteToken' }
          : { status: 'FAILED', token: 'gone', last: 'Failed' },
      );
    }),
    { numRuns: 60, seed: 20_240 },
  );
}, 60_000);
