import { readFileSync } from 'node:fs';
import { machineGraph } from '../../../local/dashboard/machine-graph.ts';
import { machinePicture, noteOf } from '../../../local/dashboard/machine-picture.ts';
import { readableTime, readVisits } from '../../../local/dashboard/state-visits.ts';
import type { HistoryEvent } from '../../../local/executions.ts';

const definition = readFileSync(
  new URL('../../../statemachines/token-access.asl.json', import.meta.url),
  'utf8',
);
const NOW = 1_000_000;

/** Events at seconds after the start; each follows the one before it. */
const historyOf = (...events: [second: number, type: string, details?: object][]): HistoryEvent[] =>
  events.map(([second, type, details], at) => ({
    id: at + 1,
    previousEventId: at,
    type,
    timestamp: NOW / 1000 + second,
    ...details,
  }));
const enter = (name: string) => ({ stateEnteredEventDetails: { name } });
const failure = { taskFailedEventDetails: { error: 'Busy', cause: 'just now' } };

describe('the picture of a state machine', () => {
  it('has every state once, those that only errors lead to in a column of their own', () => {
    const { nodes, edges } = machineGraph(definition);
    const states = Object.keys((JSON.parse(definition) as { States: object }).States);
    expect(nodes.map(({ name }) => name).sort()).toEqual(states.sort());
    expect(new Set(nodes.map(({ row }) => row)).size).toBe(states.length);
    const aside = nodes.filter(({ column }) => column === 1).map(({ name }) => name);
    expect(aside.sort()).toEqual(['Failed', 'RecordMailFailure', 'RevokeAfterFailure', 'UnknownNextStep']);
    expect(edges).toContainEqual({
      from: 'AwaitCompletion',
      to: 'CheckGrant',
      caught: true,
      byAnyError: false,
    });
    expect(edges).toContainEqual({
      from: 'NextStep',
      to: 'AwaitCompletion',
      caught: false,
      byAnyError: false,
    });
    const rowOf = new Map(nodes.map(({ name, row }) => [name, row]));
    const up = edges.filter(({ from, to }) => (rowOf.get(from) ?? 0) >= (rowOf.get(to) ?? 0));
    // The loops back to waiting, and to asking how long when an end was moved, are all that leads up.
    expect(up.map(({ to }) => to)).toEqual(
      up.map(() => expect.stringMatching(/AwaitCompletion|CheckGrant|RecordMailFailure/)),
    );
  });

  it('counts visits, retries and time from the history, and knows where the execution is', () => {
    const history = historyOf(
      [0, 'ExecutionStarted'],
      [0, 'TaskStateEntered', enter('A')],
      [0, 'TaskScheduled'],
      [1, 'TaskFailed', failure],
      [3, 'TaskScheduled'],
      [4, 'TaskSucceeded'],
      [4, 'TaskStateExited'],
      [4, 'TaskStateEntered', enter('B')],
      [4, 'TaskScheduled'],
      [5, 'TaskFailed', failure],
      [5, 'TaskStateExited'],
      [5, 'WaitStateEntered', enter('C')],
    );
    const { states, ways } = readVisits(history, NOW + 65_000);
    expect(Object.fromEntries(states)).toEqual({
      A: { visits: 1, retries: 1, ms: 4000, current: false, failed: false, error: 'Busy' },
      B: { visits: 1, retries: 0, ms: 1000, current: false, failed: true, error: 'Busy' },
      C: { visits: 1, retries: 0, ms: 60_000, current: true, failed: false },
    });
    expect([...ways]).toEqual(['A → B', 'B → C']);
    expect(noteOf(states.get('A'))).toBe('1 retry, 4 s');
    const failed = readVisits([...history, ...historyOf([9, 'ExecutionAborted'])], NOW + 65_000).states.get(
      'C',
    );
    expect(failed).toMatchObject({ current: false, failed: true, ms: 4000 });
  });

  it('says what it shows in words and marks, not by colour alone, and escapes names', () => {
    const graph = machineGraph(
      JSON.stringify({
        StartAt: '<A>',
        States: { '<A>': { Type: 'Pass', Next: 'B' }, B: { Type: 'Succeed' } },
      }),
    );
    const history = historyOf(
      [0, 'PassStateEntered', enter('<A>')],
      [0, 'PassStateExited'],
      [1, 'SucceedStateEntered', enter('B')],
    );
    const { text } = machinePicture(graph, readVisits(history, NOW + 2000));
    expect(text).not.toContain('<A>');
    expect(text).toContain('✓ &#60;A&#62;');
    expect(text).toContain('▶ B');
    expect(text).toContain('It is in B now.');
  });

  it.each([
    [850, '850 ms'],
    [12_000, '12 s'],
    [185_000, '3 min 5 s'],
    [187_200_000, '2 d 4 h'],
  ])('writes %d milliseconds as %s', (ms, text) => {
    expect(readableTime(ms)).toBe(text);
  });
});
