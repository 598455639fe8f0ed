import { ExecutionError, StateMachine } from 'aws-local-stepfunctions';
import { StateError } from './errors.ts';
import { type Json, toJson } from './json.ts';

/** A state as the Amazon States Language writes it; `definition.ts` checks what it relies on. */
// biome-ignore lint/suspicious/noExplicitAny: the language is open; every use below is checked at load.
export type StateDefinition = Record<string, any>;

/** The `$$` object. */
export type Context = { [key: string]: Json };

/** One step of evaluation: an input and the context become a value, or a StateError. */
export type Evaluation = (input: Json, context: Context) => Promise<Json>;

const STEP = 'Step';

/**
 * The interpreter puts its own start time and input into `$$.Execution` on each run, and every evaluation here is
 * a run, so definitions read the context from a place of ours.
 */
function readOurContext(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\$\$/g, () => '$$.Context');
  if (Array.isArray(value)) return value.map(readOurContext);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => {
      const mayRead = typeof part === 'object' || key.endsWith('.$') || /(Path|Variable)$/.test(key);
      return [key, mayRead ? readOurContext(part) : part];
    }),
  );
}

async function run(
  machine: StateMachine,
  input: Json,
  context: Context,
  result?: { value: Json },
): Promise<Json> {
  const overrides = result ? { taskResourceLocalHandlers: { [STEP]: async () => result.value } } : {};
  try {
    // biome-ignore lint/suspicious/noExplicitAny: the library does not export its JSON type.
    const answer = await machine.run(input as any, { context: { Context: context } as any, overrides })
      .result;
    return toJson(answer);
  } catch (error) {
    const cause = error instanceof ExecutionError ? (error.cause as Error) : (error as Error);
    throw new StateError(cause.name, cause.message);
  }
}

function machineOf(step: StateDefinition, others: Record<string, StateDefinition> = {}): StateMachine {
  const definition = { StartAt: STEP, States: { [STEP]: step, ...others } };
  // biome-ignore lint/suspicious/noExplicitAny: an open language against a closed type.
  return new StateMachine(readOurContext(definition) as any, { validationOptions: { noValidate: true } });
}

/** Only the named fields, and `ResultPath: "$"` left out, because that is its default. */
function fields(state: StateDefinition, ...names: string[]): StateDefinition {
  const present = names.filter((name) => name in state && !(name === 'ResultPath' && state[name] === '$'));
  return Object.fromEntries(present.map((name) => [name, state[name]]));
}

/** Applies the named fields of a state to its input (InputPath, OutputPath, Result and the like). */
export function passing(state: StateDefinition, ...names: string[]): Evaluation {
  const machine = machineOf({ Type: 'Pass', ...fields(state, ...names), End: true });
  return (input, context) => run(machine, input, context);
}

/**
 * Reads several values at once. `template` is a payload template: `effective` for instance, and the seconds of a
 * timeout, which AWS reads from the state's input after InputPath and before Parameters.
 */
export function reading(state: StateDefinition, template: StateDefinition): Evaluation {
  return passing({ ...state, Parameters: template }, 'InputPath', 'Parameters');
}

/** ResultSelector, ResultPath and OutputPath: how a state's result and its raw input become its output. */
export function finishing(
  state: StateDefinition,
): (input: Json, result: Json, context: Context) => Promise<Json> {
  const kept = fields(state, 'ResultSelector', 'ResultPath', 'OutputPath');
  const machine = machineOf({ Type: 'Task', Resource: 'override', ...kept, End: true });
  return (input, result, context) => run(machine, input, context, { value: result });
}

const TYPE_TESTS = ['IsNull', 'IsPresent', 'IsNumeric', 'IsString', 'IsBoolean', 'IsTimestamp'];

/** The interpreter takes `IsPresent: false` for "never"; it means "not present". */
function withoutNegativeTests(rule: StateDefinition): StateDefinition {
  const negative = TYPE_TESTS.find((test) => rule[test] === false);
  const { Next, ...condition } = rule;
  if (negative) return { ...(Next ? { Next } : {}), Not: { ...condition, [negative]: true } };
  return Object.fromEntries(
    Object.entries(rule).map(([key, part]) => {
      if (key === 'And' || key === 'Or') return [key, part.map(withoutNegativeTests)];
      return [key, key === 'Not' ? withoutNegativeTests(part) : part];
    }),
  );
}

/** Evaluates a Choice state to `{ next, output }`. */
export function choosing(state: StateDefinition): Evaluation {
  const targets = [state.Default, ...state.Choices.map((choice: StateDefinition) => choice.Next)].filter(
    Boolean,
  );
  const answers = targets.map((next: string) => [
    next,
    { Type: 'Pass', Parameters: { next, 'output.$': '$' }, End: true },
  ]);
  const machine = machineOf(
    {
      ...fields(state, 'InputPath', 'OutputPath', 'Default'),
      Type: 'Choice',
      Choices: state.Choices.map(withoutNegativeTests),
    },
    Object.fromEntries(answers),
  );
  return (input, context) => run(machine, input, context);
}
