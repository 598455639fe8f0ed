import { type Clock, createClock } from '../../../local/clock.ts';

const DAY = 86_400_000;
let clock: Clock;

afterEach(() => clock.stop());

describe('the movable clock', () => {
  it('fires timers far beyond 32 bits in the order in which they are due, each at its time', async () => {
    clock = createClock();
    const start = clock.now();
    const fired: [string, number][] = [];
    const note = (name: string) => () => void fired.push([name, Math.round((clock.now() - start) / DAY)]);
    clock.setTimer(start + 364 * DAY, note('year'));
    clock.setTimer(start + 30 * DAY, note('month'));
    clock.setTimer(start + 500 * DAY, note('later'));
    await clock.advance(400 * DAY);
    expect(fired).toEqual([
      ['month', 30],
      ['year', 364],
    ]);
    expect(Math.round((clock.now() - start) / DAY)).toBe(400);
  });

  it('fires what a timer sets on the way, once everything under way has come to rest', async () => {
    clock = createClock();
    const start = clock.now();
    let working = 0;
    clock.addIdleCheck(() => working === 0);
    const fired: number[] = [];
    const step = (days: number) => () => {
      fired.push(days);
      working += 1;
      setTimeout(() => {
        if (days < 5) clock.setTimer(start + (days + 1) * DAY, step(days + 1));
        working -= 1;
      }, 5);
    };
    clock.setTimer(start + DAY, step(1));
    await clock.advance(4.5 * DAY);
    expect(fired).toEqual([1, 2, 3, 4]);
  });

  it('does not fire a cancelled timer', async () => {
    clock = createClock();
    let fired = false;
    const timer = clock.setTimer(clock.now() + DAY, () => {
      fired = true;
    });
    timer.cancel();
    await clock.advance(2 * DAY);
    expect(fired).toBe(false);
  });

  it('runs what recurs once per stop and at the end, after the timers that are due', async () => {
    clock = createClock();
    const start = clock.now();
    const fired: string[] = [];
    const sweep = () => {
      fired.push('sweep');
      clock.setTimer(clock.now() + 60_000, sweep, { catchesUp: true });
    };
    clock.setTimer(start + 60_000, sweep, { catchesUp: true });
    clock.setTimer(start + DAY, () => void fired.push('expiry'));
    await clock.advance(2 * DAY);
    expect(fired).toEqual(['expiry', 'sweep', 'sweep']);
  });

  it('fires without being moved, when the machine reaches the time', async () => {
    clock = createClock();
    await new Promise<void>((resolve) => clock.setTimer(clock.now() + 10, resolve));
  });

  it('refuses to go back', async () => {
    clock = createClock();
    await expect(clock.moveTo(clock.now() - DAY)).rejects.toThrow('only moves forward');
  });

  it('stands still while frozen, and can be moved there', async () => {
    clock = createClock();
    clock.freeze();
    const moment = clock.now();
    await new Promise((resolve) => setTimeout(resolve, 15));
    expect(clock.now()).toBe(moment);
    await clock.advance(1_000);
    expect(clock.now()).toBe(moment + 1_000);
    clock.resume();
    expect(clock.now() - moment).toBeLessThan(2_000);
  });

  it('does not move on past what never comes to rest', async () => {
    clock = createClock(50);
    clock.addIdleCheck(() => false);
    await expect(clock.settled()).rejects.toThrow('did not come to rest within 0.05 s');
  });
});
