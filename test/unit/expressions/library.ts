import { Environment } from '@marcbachmann/cel-js';
import { evaluateAsOurs, isFiniteOrNoNumber } from './library-tree.ts';

/** What the library makes of an expression: a value, or that it cannot be evaluated. */
export const NO_VALUE = Symbol('cannot be evaluated');

/** The fields that generated expressions read, in the library's own types. */
const environment = new Environment({ homogeneousAggregateLiterals: false })
  .registerVariable({
    name: 'record',
    schema: {
      amount: 'double',
      count: 'double',
      title: 'string',
      note: 'string',
      done: 'bool',
      open: 'bool',
      due: 'google.protobuf.Timestamp',
      start: 'google.protobuf.Timestamp',
      tags: 'list<string>',
      place: 'map',
      anything: 'dyn',
    },
  })
  .registerVariable({ name: 'me', schema: { id: 'string', roles: 'list<string>' } })
  .registerVariable('now', 'google.protobuf.Timestamp');

const TIMES = ['due', 'start'];

/** Evaluates with the library alone: instants become its dates, and what is null or no finite number is left out. */
export function evaluateWithLibrary(
  source: string,
  values: { record: Record<string, unknown>; me: object; now: number },
): unknown {
  const record: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values.record)) {
    if (value === null || value === undefined || !isFiniteOrNoNumber(value)) continue;
    record[name] = TIMES.includes(name) ? new Date(value as string) : value;
  }
  const run = environment.parse(source);
  evaluateAsOurs(run.ast);
  const checked = run.check();
  if (!checked.valid) throw checked.error;
  try {
    const result: unknown = run({ record, me: values.me, now: new Date(values.now) });
    return result instanceof Date ? result.toISOString() : result;
  } catch {
    return NO_VALUE;
  }
}
