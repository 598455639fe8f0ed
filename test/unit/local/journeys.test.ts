import { type Clock, createClock } from '../../../local/clock.ts';
import { createJourneys } from '../../../local/dashboard/journeys.ts';
import type { Executions } from '../../../local/executions.ts';
import type { Mail, Mailbox } from '../../../local/mailbox/mailbox.ts';

const DAY = 86_400_000;
let clock: Clock;
let mails: string[];

beforeEach(() => {
  mails = ['before'];
});
afterEach(() => clock.stop());

const journeysOn = (patienceMs = 5_000) =>
  createJourneys({
    clock,
    patienceMs,
    executions: { list: async () => [] } as Partial<Executions> as Executions,
    mailbox: {
      messages: async () => mails.map((messageId) => ({ messageId }) as Mail),
    } as Partial<Mailbox> as Mailbox,
  });

describe('moving the clock on the dashboard', () => {
  it('tells which mails were sent on the way, and not those before', async () => {
    clock = createClock();
    const journeys = journeysOn();
    clock.setTimer(clock.now() + DAY, () => mails.push('on the way'));
    expect(await journeys.begin(clock.now() + 2 * DAY)).toBeUndefined();
    expect(journeys.last()).toMatchObject({ over: true, mails: [{ messageId: 'on the way' }] });
  });

  it('does not keep anybody waiting for a long journey, shows that it is under way, and begins no other one', async () => {
    clock = createClock();
    let busy = true;
    clock.addIdleCheck(() => !busy);
    const journeys = journeysOn(0);
    const to = clock.now() + DAY;
    expect(await journeys.begin(to)).toBeUndefined();
    expect(journeys.last()).toMatchObject({ to, over: false });
    expect(await journeys.begin(clock.now() + 2 * DAY)).toMatch(/^The clock is being moved already/);
    busy = false;
    while (!journeys.last()?.over) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(clock.now()).toBeGreaterThanOrEqual(to);
    expect(await journeys.begin(clock.now() + DAY)).toBeUndefined();
  });

  it('tells why a journey stopped on the way', async () => {
    clock = createClock(20);
    clock.addIdleCheck(() => false);
    const journeys = journeysOn();
    await journeys.begin(clock.now() + DAY);
    expect(journeys.last()).toMatchObject({
      over: true,
      problem: expect.stringContaining('did not come to rest'),
    });
  });
});
