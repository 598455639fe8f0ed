import { readableDay } from '../../../core/grants/readable-day.ts';
import { nextWait, reminderAt } from '../../../core/grants/wait.ts';
import { DAY_MS, iso, NOON } from '../../fixtures/pass-desk.ts';

const HOUR_MS = 3_600_000;
const CREATED = iso(NOON);

/** A live pass from noon, that ends so many milliseconds later. */
const pass = (lastsMs: number, more: object = {}) => ({
  status: 'live' as const,
  createdAt: CREATED,
  expiresAt: NOON + lastsMs,
  ...more,
});

describe('[D17] a reminder', () => {
  it.each<[string, object, number | undefined]>([
    ['comes a day before the end', pass(5 * DAY_MS), NOON + 4 * DAY_MS],
    ['comes for a pass that is a day old by then, exactly', pass(2 * DAY_MS), NOON + DAY_MS],
    ['does not come for one that is younger by then', pass(2 * DAY_MS - 1), undefined],
    ['does not come without an end', { createdAt: CREATED }, undefined],
    ['does not come twice', pass(5 * DAY_MS, { remindedAt: iso(NOON + 4 * DAY_MS) }), undefined],
    [
      'comes once more where the end was moved after the first one',
      pass(9 * DAY_MS, { remindedAt: iso(NOON + 4 * DAY_MS) }),
      NOON + 8 * DAY_MS,
    ],
    [
      'comes where the one before was sent a millisecond too early for this end',
      pass(5 * DAY_MS, { remindedAt: iso(NOON + 4 * DAY_MS - 1) }),
      NOON + 4 * DAY_MS,
    ],
  ])('%s', (_, grant, expected) => {
    expect(reminderAt(grant as Parameters<typeof reminderAt>[0])).toBe(expected);
  });
});

describe('[D17] what the workflow of a pass does next', () => {
  const day = 86_400;
  it.each<[string, object, number, object]>([
    ['waits for the reminder', pass(5 * DAY_MS), NOON, { seconds: 4 * day, next: 'wait' }],
    ['waits for the end where no reminder comes', pass(DAY_MS), NOON, { seconds: day, next: 'wait' }],
    [
      'reminds when it is time, and waits for the end then',
      pass(5 * DAY_MS),
      NOON + 4 * DAY_MS,
      { seconds: day, next: 'remind' },
    ],
    [
      'does not remind a millisecond before, and wakes up when it is time',
      pass(5 * DAY_MS),
      NOON + 4 * DAY_MS - 1,
      { seconds: 1, next: 'wait' },
    ],
    [
      'reminds late rather than not at all',
      pass(5 * DAY_MS),
      NOON + 5 * DAY_MS - HOUR_MS,
      { seconds: 3600, next: 'remind' },
    ],
    [
      'waits for the end once it has reminded',
      pass(5 * DAY_MS, { remindedAt: iso(NOON + 4 * DAY_MS) }),
      NOON + 4 * DAY_MS + 1500,
      { seconds: day - 1, next: 'wait' },
    ],
    ['wakes up when the end is over, not before it', pass(1500), NOON, { seconds: 2, next: 'wait' }],
    ['goes on to delete at the end, exactly', pass(DAY_MS), NOON + DAY_MS, { seconds: 1, next: 'delete' }],
    ['goes on waiting a millisecond before', pass(DAY_MS), NOON + DAY_MS - 1, { seconds: 1, next: 'wait' }],
    ['deletes what has no end', pass(DAY_MS, { expiresAt: undefined }), NOON, { seconds: 1, next: 'delete' }],
    ...(['requested', 'ending', 'ended', 'failed'] as const).map(
      (status): [string, object, number, object] => [
        `deletes what is ${status}`,
        pass(DAY_MS, { status }),
        NOON,
        { seconds: 1, next: 'delete' },
      ],
    ),
  ])('%s', (_, grant, now, expected) => {
    expect(nextWait(grant as Parameters<typeof nextWait>[0], now)).toEqual(expected);
  });
});

it.each([
  ['2027-01-14T00:00:00.000Z', 'Wednesday 13 January 2027'],
  ['2027-01-14T00:00:00.001Z', 'Thursday 14 January 2027'],
  ['2027-01-13T12:00:00.000Z', 'Wednesday 13 January 2027'],
])('an end at %s is told as %s: the last day on which it lets in', (moment, day) => {
  expect(readableDay(Date.parse(moment)).replace(',', '')).toBe(day);
});
