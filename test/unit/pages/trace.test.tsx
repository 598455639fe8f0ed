import { renderToString } from 'preact-render-to-string';
import type { TaskRun } from '../../../core/records/trace.ts';
import { stepInWords } from '../../../lambdas/portal/pages/access-words.ts';
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
      { at: '2026-03-01T08:00:01Z', step: 'CreateToken', outcome: 'done' },
      { at: '2026-03-01T08:00:02Z', step: 'NotifyContractor', outcome: 'done', message: 'work-order-mail' },
      { at: '2026-03-01T08:00:03Z', step: 'Mail', outcome: 'failed', message: 'Unknown address' },
    ] as TaskRun['steps'];
    expect(
      runs(
        run({ person: 'Ana Ruiz', expiresAt: '2026-03-07T00:00:00Z', mayRunAgain: true, steps }),
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
      'section labelled “Access”',
      'h2 Access',
      'article.run',
      'h3 Ana Ruiz {span.state.live role=status Open}',
      'p Asked for 1 March 2026 at 08:00 UTC. It ends with the job, or at the end of Fri, 6 March 2026.',
      'ol.steps',
      'li.step-done {span.step Link created} {time datetime=2026-03-01T08:00:01Z 1 March 2026 at 08:00 UTC}',
      'li.step-done {span.step Email sent} {time datetime=2026-03-01T08:00:02Z 1 March 2026 at 08:00 UTC}',
      'li.step-failed {span.step The email did not arrive} {time datetime=2026-03-01T08:00:03Z 1 March 2026 at 08:00 UTC}',
      'p Unknown address',
      'form method=post action=/again data-once',
      'input type=hidden name=formToken value=token',
      'button.quiet type=submit Issue a new pass',
      'article.run',
      'h3 By link {span.state.ended role=status Ended}',
      'p Asked for 1 March 2026 at 08:00 UTC. Ended 2 March 2026 at 00:00 UTC: the office cancelled it.',
      'ol.steps',
    ]);
  });

  it.each([
    ['requested', 'h3 By link {span.state.requested role=status Being set up}'],
    ['live', 'h3 By link {span.state.live role=status Open}'],
    ['ending', 'h3 By link {span.state.ending role=status Ending}'],
    ['ended', 'h3 By link {span.state.ended role=status Ended}'],
    ['failed', 'h3 By link {span.state.failed role=status Failed}'],
  ])('call %s in words', (status, told) => {
    expect(runs(run({ status }))).toContain(told);
  });

  it.each([
    ['neither has an end', {}, 'p Asked for 1 March 2026 at 08:00 UTC.'],
    [
      'it has ended for no reason that is told',
      { endedAt: '2026-03-02T00:00:00Z' },
      'p Asked for 1 March 2026 at 08:00 UTC. Ended 2 March 2026 at 00:00 UTC.',
    ],
  ])('say when they began and end, also where %s', (_, change, told) => {
    expect(runs(run(change))).toContain(told);
  });

  it.each([
    ['CreateToken', 'failed', 'the robot may not', 'The link could not be created: the robot may not'],
    ['NotifyContractor', 'skipped', 'mail: nobody', 'No email: there was nobody to send it to'],
    ['Extend', 'done', 'until Friday, by Dana', 'End changed: until Friday, by Dana'],
    ['DeleteToken', 'done', undefined, 'Access ended'],
    ['Reaper', 'failed', undefined, 'Access ended by the system'],
    ['SomethingElse', 'done', undefined, 'something else: done'],
  ] as const)('say of the step %s that is %s what it means', (step, outcome, message, told) => {
    const { what, more } = stepInWords({ at: '', step, outcome, ...(message && { message }) });
    expect([what, more].filter(Boolean).join(': ')).toBe(told);
  });

  it('are followed by the page while they move, and only then', () => {
    const moving = (status: string) =>
      renderToString(<TaskRuns runs={[run({ status })]} again="/again" formToken="t" />).includes(
        'data-refresh',
      );
    expect(['requested', 'live', 'ending', 'ended', 'failed'].filter(moving)).toEqual([
      'requested',
      'ending',
    ]);
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
