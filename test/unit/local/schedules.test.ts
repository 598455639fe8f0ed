import { compileSchedule } from '../../../local/events/schedule-expression.ts';
import { targetInput } from '../../../local/events/target-input.ts';

const START = Date.parse('2026-03-10T10:17:00Z');

describe('when a schedule is due', () => {
  it.each([
    ['rate(5 minutes)', '2026-03-10T10:22:00Z'],
    ['rate(1 hour)', '2026-03-10T11:17:00Z'],
    ['cron(0/15 * * * ? *)', '2026-03-10T10:30:00Z'],
    ['cron(0 3 * * ? *)', '2026-03-11T03:00:00Z'],
    ['cron(0 12 1 * ? *)', '2026-04-01T12:00:00Z'],
    ['cron(30 6 ? * MON-FRI *)', '2026-03-11T06:30:00Z'],
    ['cron(0 0 ? * SUN *)', '2026-03-15T00:00:00Z'],
    ['at(2026-03-10T10:18:00)', '2026-03-10T10:18:00Z'],
  ])('%s is next due at %s', (expression, expected) => {
    const next = compileSchedule(expression, START, 'Rule')(START);
    expect(new Date(next ?? 0).toISOString()).toBe(expected.replace('Z', '.000Z'));
  });

  it('lets a moment that has passed never come again', () => {
    expect(compileSchedule('at(2026-03-10T10:17:00)', START, 'Rule')(START)).toBeUndefined();
  });

  it.each(['rate(5 parsecs)', 'cron(* * *)', 'cron(0 0 L * ? *)', 'sometimes'])(
    'refuses %s',
    (expression) => {
      expect(() => compileSchedule(expression, START, 'Shop/Rule')).toThrow('Shop/Rule');
    },
  );
});

describe("what a rule's target receives", () => {
  const event = {
    version: '0',
    id: 'e1',
    'detail-type': 'Changed',
    source: 'shop',
    account: '111122223333',
    time: '2026-03-10T10:17:00Z',
    region: 'eu-central-1',
    resources: ['arn:one'],
    detail: { name: 'a "quoted" name', count: 2 },
  } as const;
  const carried = { ...event, resources: [...event.resources] };

  it.each([
    ['the whole event', {}, event],
    ['a constant', { Input: '{"a":1}' }, { a: 1 }],
    ['a part', { InputPath: '$.detail.count' }, 2],
    [
      'a filled template',
      {
        InputTransformer: {
          InputPathsMap: { name: '$.detail.name', count: '$.detail.count', arn: '$.resources[0]' },
          InputTemplate: '{"text": "job <name> of <arn>", "count": <count>, "name": <name>}',
        },
      },
      { text: 'job a "quoted" name of arn:one', count: 2, name: 'a "quoted" name' },
    ],
  ])('receives %s', (_, target, expected) => {
    expect(targetInput(target, carried, 'Rule')).toEqual(expected);
  });
});
