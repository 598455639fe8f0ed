import { jest } from '@jest/globals';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import type { System } from '../../../local/system.ts';
import { type Round, runRound } from '../../rights/round.ts';
import { startSystem } from '../../support/system.ts';

jest.setTimeout(300_000);

/**
 * Together they find what earlier versions gave away: permissions without the right to change them, keys beyond their
 * environment, roles widened by their editors, forms and questions about records out of sight, transitions out of their
 * condition, borrowed robots.
 */
const SEEDS = [6, 8, 18, 19];
/** Of all requests that a person could send; `npm run test:rights` sends all of them. */
const SHARE = 0.06;

/** Ways in and out, and what needs a workflow: these have tests of their own. */
const ELSEWHERE = new Set([
  'asset',
  'changePasses',
  'endSession',
  'endSessions',
  'extendPass',
  'finishIssuerSignIn',
  'passForm',
  'passHome',
  'passRecord',
  'passRun',
  'redeemSignIn',
  'requestSignIn',
  'resendPass',
  'revokePasses',
  'signInLink',
  'signInSent',
  'signOut',
  'startIssuerSignIn',
  'takePass',
  'accountRun',
]);

/** Whose people try what nobody has tried before them. */
const LAST_SEED = 30;

let system: System;
const rounds: Round[] = [];

beforeAll(async () => {
  system = await startSystem();
  for (const seed of SEEDS) rounds.push(await runRound(system, seed, { share: SHARE }));
  rounds.push(await runRound(system, LAST_SEED, { share: 1, only: new Set(untried()) }));
}, 240_000);

afterAll(() => system?.stop());

function untried(): string[] {
  const tried = new Set(rounds.flatMap(({ routes }) => [...routes]));
  return ROUTES.map(({ id }) => id).filter((id) => !tried.has(id) && !ELSEWHERE.has(id));
}

describe('on random sites, people and machines with random rights try what they can', () => {
  it('and nobody holds, sees or can do what they could not and were not given by somebody who could', () => {
    expect(rounds.flatMap(({ findings }) => findings).join('\n\n')).toBe('');
  });

  it('by every route that changes or shows something', () => {
    expect(untried()).toEqual([]);
  });

  it('and many of them change something that they may', () => {
    const changes = rounds.reduce((sum, round) => sum + round.changes, 0);
    expect(changes).toBeGreaterThan(30);
  });
});
