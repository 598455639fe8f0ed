import { type Further, REBUILD_STATES, STATES } from '../../../lambdas/robot/states.ts';
import { DAY_MS, iso, NOON, PassDesk } from '../../fixtures/pass-desk.ts';

const ORDER = 'order'.padEnd(22, '0');

/** What only some states are given, and whom they told. */
function further(more: Partial<Further> = {}): Further & { told: string[] } {
  const told: string[] = [];
  return {
    callbackToken: 'c1',
    seconds: 60,
    interruptible: true,
    error: 'States.Timeout',
    answer: async (token) => void told.push(`answered ${token}`),
    interrupt: async (token) => void told.push(`interrupted ${token}`),
    ...more,
    told,
  };
}

describe('the states of a workflow', () => {
  it.each<[string, object, Partial<Further>, string[], string | undefined]>([
    ['waits, and tells nobody', {}, {}, [], 'c1'],
    ['answers its own callback where all is over', { status: 'ending' }, {}, ['answered c1'], undefined],
    [
      'ends a wait that is too long',
      { expiresAt: NOON + DAY_MS },
      { seconds: 2 * 86_400 },
      ['interrupted c1'],
      undefined,
    ],
    [
      'waits on where nobody could interrupt it',
      { expiresAt: NOON + DAY_MS },
      { seconds: 2 * 86_400, interruptible: false },
      [],
      'c1',
    ],
  ])('AwaitCompletion %s', async (_, more, given, told, callback) => {
    const desk = new PassDesk();
    const { id } = desk.live(more);
    const hands = further(given);
    expect(await STATES.AwaitCompletion(desk.runtime, 'production', id, hands)).toBeUndefined();
    expect(hands.told).toEqual(told);
    const { callbackToken, interruptible } = desk.grants.get(id) ?? {};
    expect([callbackToken, interruptible]).toEqual([callback, callback && hands.interruptible]);
  });

  it.each([
    ['RecordMailFailure', 'NotifyContractor', 'The mail could not be sent: it failed with States.Timeout'],
    ['RevokeAfterFailure', 'RevokeAfterFailure', 'it failed with States.Timeout'],
  ] as const)('%s tells what the workflow knows of the error', async (state, step, message) => {
    const desk = new PassDesk();
    const { id } = desk.live();
    await STATES[state](desk.runtime, 'production', id, further());
    expect(desk.records.get(ORDER)?.trouble).toEqual({ at: iso(NOON), step, message });
  });

  it('answer what the workflow keeps of them', async () => {
    const desk = new PassDesk();
    desk.order();
    const { id } = desk.grant();
    const wait = { seconds: expect.any(Number), next: 'wait' };
    expect(await STATES.CreateToken(desk.runtime, 'production', id)).toEqual(wait);
    expect(await STATES.CheckGrant(desk.runtime, 'production', id)).toEqual(wait);
    await STATES.NotifyContractor(desk.runtime, 'production', id);
    await STATES.RemindContractor(desk.runtime, 'production', id);
    expect(desk.mails.map(({ subject }) => subject.split(' ')[0])).toEqual(['Work', 'Reminder:', 'The']);
    desk.now = NOON + 30 * DAY_MS;
    await STATES.DeleteToken(desk.runtime, 'production', id);
    expect(desk.grants.get(id)?.status).toBe('ended');
    expect(Object.keys(REBUILD_STATES)).toEqual(['BeginRebuild', 'RebuildPage']);
  });
});
