import type { TaskRun } from '../../../core/records/trace.ts';
import { History, type ShownEvent, TaskRuns } from '../../../lambdas/portal/pages/trace.tsx';
import type { ShownField } from '../../../lambdas/portal/pages/value.tsx';
import { outline } from './outline.ts';

const shown = (change: Partial<ShownField> & Pick<ShownField, 'type' | 'value'>): ShownField => ({
  id: 'a',
  label: 'A',
  ...change,
});

describe('the runs of tasks', () => {
  const run = (change: Partial<TaskRun> = {}): TaskRun => ({
    id: 'G1',
    task: 'token-access',
    title: 'Token access',
    status: 'live',
    startedAt: '2026-03-01T08:00:00Z',
    steps: [],
    ...change,
  });
  const runs = (...all: TaskRun[]) => outline(<TaskRuns runs={all} again="/again" formToken="token" />);

  it('tell of each where it stands, its steps, and offer another one where that may be asked for', () => {
    const steps = [
      { at: '2026-03-01T08:00:01Z', step: 'MakeUser', outcome: 'done' },
      { at: '2026-03-01T08:00:02Z', step: 'SendMail', outcome: 'failed', message: 'Unknown address' },
    ] as TaskRun['steps'];
    expect(
      runs(
        run({ expiresAt: '2026-03-07T00:00:00Z', mayRunAgain: true, steps }),
        run({
          id: 'G2',
          title: 'Older',
          status: 'ended',
          endedAt: '2026-03-02T00:00:00Z',
          endReason: 'revoked',
          expiresAt: '2026-03-07T00:00:00Z',
        }),
      ),
    ).toEqual([
      'section labelled “Task runs”',
      'h2 Task runs',
      'article.run',
      'h3 Token access {span.state.live Waiting for completion}',
      'p Started 1 March 2026 at 08:00 UTC, access ends 7 March 2026 at 00:00 UTC',
      'ol.steps',
      'li.step-done {span.step MakeUser} {span.outcome done} {time datetime=2026-03-01T08:00:01Z 1 March 2026 at 08:00 UTC}',
      'li.step-failed {span.step SendMail} {span.outcome failed} {time datetime=2026-03-01T08:00:02Z 1 March 2026 at 08:00 UTC}',
      'p Unknown address',
      'form method=post action=/again data-once',
      'input type=hidden name=formToken value=token',
      'button.quiet type=submit Issue a new pass',
      'article.run',
      'h3 Older {span.state.ended Ended}',
      'p Started 1 March 2026 at 08:00 UTC, ended 2 March 2026 at 00:00 UTC (revoked)',
      'ol.steps',
    ]);
  });

  it.each([
    ['requested', 'h3 Token access {span.state.requested Starting}'],
    ['live', 'h3 Token access {span.state.live Waiting for completion}'],
    ['ending', 'h3 Token access {span.state.ending Ending}'],
    ['ended', 'h3 Token access {span.state.ended Ended}'],
    ['failed', 'h3 Token access {span.state.failed Failed}'],
  ])('call %s in words', (status, told) => {
    expect(runs(run({ status }))).toContain(told);
  });

  it.each([
    ['neither has an end', {}, 'p Started 1 March 2026 at 08:00 UTC'],
    [
      'it has ended for no reason that is told',
      { endedAt: '2026-03-02T00:00:00Z' },
      'p Started 1 March 2026 at 08:00 UTC, ended 2 March 2026 at 00:00 UTC',
    ],
  ])('say when they began and end, also where %s', (_, change, told) => {
    expect(runs(run(change))).toContain(told);
  });

  it('offer nothing to whoever is not signed in, and are not there where there are none', () => {
    const all = [run({ mayRunAgain: true })];
    expect(outline(<TaskRuns runs={all} again="/again" formToken={undefined} />).join()).not.toContain(
      'form',
    );
    expect(runs()).toEqual([]);
  });
});

describe('the history of a record', () => {
  const event = (change: Partial<ShownEvent> = {}): ShownEvent => ({
    number: 1,
    at: '2026-03-01T08:00:00Z',
    title: 'Edit',
    actor: 'Ana',
    changes: [],
    ...change,
  });
  const change = (label: string, before: ShownField['value'], after: ShownField['value']) => ({
    label,
    before: shown({ type: 'string', value: before }),
    after: shown({ type: 'string', value: after }),
  });

  it('tells who did what and when, what it made of the state, and values before and after', () => {
    const changes = [
      change('Changed', 'old', 'new'),
      change('Set', null, 'new'),
      change('Emptied', 'old', null),
      change('None', null, null),
    ];
    const events = [
      event({ number: 4, stateBefore: 'Open', stateAfter: 'Done', changes }),
      event({ number: 3, stateBefore: 'Open', stateAfter: 'Open', exemption: 'a tenant administrator' }),
      event({ number: 2, stateBefore: 'Open' }),
      event({ stateAfter: 'Open' }),
    ];
    expect(outline(<History events={events} more="/more" />)).toEqual([
      'section labelled “History”',
      'h2 History',
      'ol.history',
      'li',
      'p {strong Edit} by Ana, {time datetime=2026-03-01T08:00:00Z 1 March 2026 at 08:00 UTC} {span.state Open → Done}',
      'dl.changes',
      'dt Changed',
      'dd {del old} {ins new}',
      'dt Set',
      'dd {ins new}',
      'dt Emptied',
      'dd {del old}',
      'dt None',
      'dd',
      'li',
      'p {strong Edit} by Ana, exempt from the rules as a tenant administrator, {time datetime=2026-03-01T08:00:00Z 1 March 2026 at 08:00 UTC}',
      'li',
      'p {strong Edit} by Ana, {time datetime=2026-03-01T08:00:00Z 1 March 2026 at 08:00 UTC}',
      'li',
      'p {strong Edit} by Ana, {time datetime=2026-03-01T08:00:00Z 1 March 2026 at 08:00 UTC} {span.state Open}',
      'p [Earlier events](/more)',
    ]);
  });

  it('folds away more than four values', () => {
    const of = (count: number) => {
      const changes = Array.from({ length: count }, (_, index) => change(`Field ${index}`, null, 'new'));
      return outline(<History events={[event({ changes })]} />).filter((line) =>
        /summary|details|dt|more/.test(line),
      );
    };
    expect(of(4)).toEqual(['dt Field 0', 'dt Field 1', 'dt Field 2', 'dt Field 3']);
    expect(of(5)).toEqual([
      'details',
      'summary 5 values',
      'dt Field 0',
      'dt Field 1',
      'dt Field 2',
      'dt Field 3',
      'dt Field 4',
    ]);
  });
});
