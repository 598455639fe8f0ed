import { DaypassError } from '../../../core/errors.ts';
import type { Grant } from '../../../core/grants/grant.ts';
import { RobotRefused, refusedBy, whileContended } from '../../../core/grants/robot.ts';
import { awaitCompletion, checkGrant } from '../../../core/grants/waiting.ts';
import { DAY_MS, NOON, PassDesk } from '../../fixtures/pass-desk.ts';

const MINUTE_MS = 60_000;

describe('a workflow that begins to wait', () => {
  const wait = { callbackToken: 'c', interruptible: true };
  const DAY = 86_400;

  it('leaves its callback, under the condition that the end is as it was read', async () => {
    const desk = new PassDesk();
    const { id, expiresAt = 0 } = desk.live();
    expect(await awaitCompletion(desk.runtime, 'production', id, { ...wait, seconds: DAY })).toBe('waits');
    expect(desk.committed).toEqual([
      [
        {
          kind: 'changeGrant',
          environment: 'production',
          grantId: id,
          from: ['live'],
          expiresAt,
          set: { callbackToken: 'c', interruptible: true, dueAt: expiresAt + 5 * MINUTE_MS },
        },
      ],
    ]);
  });

  it.each<[string, Partial<Grant>]>([
    ['is ending', { status: 'ending' }],
    ['has ended', { status: 'ended' }],
    ['has no end', { expiresAt: undefined } as never],
  ])('finds that it is over where the pass %s', async (_, more) => {
    const desk = new PassDesk();
    const grant = desk.live();
    desk.grants.set(grant.id, { ...grant, ...more });
    expect(await awaitCompletion(desk.runtime, 'production', grant.id, { ...wait, seconds: 1 })).toBe('over');
    expect(await awaitCompletion(desk.runtime, 'production', 'none', { ...wait, seconds: 1 })).toBe('over');
    expect(desk.committed).toEqual([]);
  });

  it.each<[string, number, boolean, string]>([
    ['to an hour after the end', 10 * DAY + 3600, true, 'waits'],
    ['to a second more', 10 * DAY + 3601, true, 'tooLong'],
    ['to a second more, which nobody could interrupt', 10 * DAY + 3601, false, 'waits'],
  ])('%s', async (_, seconds, interruptible, expected) => {
    const desk = new PassDesk();
    const { id } = desk.live();
    const outcome = await awaitCompletion(desk.runtime, 'production', id, {
      ...wait,
      seconds,
      interruptible,
    });
    expect(outcome).toBe(expected);
    expect(desk.committed).toHaveLength(expected === 'waits' ? 1 : 0);
  });

  it('looks again where the end was moved while it wrote', async () => {
    const desk = new PassDesk();
    const grant = desk.live();
    desk.meanwhile = () => void desk.grants.set(grant.id, { ...grant, expiresAt: NOON + DAY_MS });
    const outcome = awaitCompletion(desk.runtime, 'production', grant.id, { ...wait, seconds: 5 * DAY });
    expect(await outcome).toBe('tooLong');
    expect(desk.committed).toEqual([]);
  });

  it('learns what comes next from the grant, and to clean up where there is none', async () => {
    const desk = new PassDesk();
    const { id } = desk.live();
    expect(await checkGrant(desk.runtime, 'production', id)).toEqual({ seconds: 9 * DAY, next: 'wait' });
    expect(await checkGrant(desk.runtime, 'production', 'none')).toEqual({ seconds: 1, next: 'delete' });
  });
});

describe('what the robot could not do', () => {
  const problems = [
    { path: '/values/name', message: 'is required' },
    { path: '/values/email', message: 'must be an email address' },
  ];
  it.each<[Error, string]>([
    [new DaypassError('FORBIDDEN'), 'the robot could not do it: its roles do not permit it'],
    [
      new DaypassError('NOT_FOUND'),
      'the robot could not do it: its roles do not permit it, or there is nothing there',
    ],
    [
      new DaypassError('VALUES_INVALID', undefined, problems),
      'the robot could not do it: values are not accepted: name is required; email must be an email address',
    ],
    [
      new DaypassError('STATE_REFUSED'),
      'the robot could not do it: the record is in a state that does not offer it',
    ],
  ])('is told by what it lacks: %s', (error, message) => {
    expect(refusedBy(error, 'do it')).toEqual(new RobotRefused(message));
  });

  it.each([new DaypassError('CONFLICT'), new DaypassError('UNAVAILABLE'), new TypeError('x'), 'text'])(
    'and what may pass by itself stays what it is: %s',
    (error) => {
      expect(refusedBy(error, 'do it')).toBe(error);
    },
  );

  it.each<[unknown, number]>([
    [new DaypassError('CONFLICT'), 5],
    [new DaypassError('VERSION_MISMATCH'), 5],
    [new DaypassError('NOT_FOUND'), 1],
    [Object.assign(new Error('x'), { code: 'CONFLICT' }), 1],
  ])('is tried again five times where others write, and not otherwise: %s', async (error, times) => {
    let tried = 0;
    const attempt = async () => {
      tried += 1;
      throw error;
    };
    await expect(whileContended(attempt)).rejects.toBe(error);
    expect(tried).toBe(times);
  });
});
