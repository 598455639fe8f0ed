import {
  choosing,
  type Evaluation,
  finishing,
  passing,
  reading,
  type StateDefinition,
} from './evaluation.ts';
import type { Catcher, Retrier } from './retry.ts';

/** How a Task calls its function: through the integration, with a callback, or by the function's own ARN. */
export type Invocation = 'invoke' | 'invoke.waitForTaskToken' | 'arn';

interface Common {
  readonly name: string;
  /** Undefined: the flow ends here. */
  readonly next: string | undefined;
  readonly retry: Retrier[] | undefined;
  readonly catchers: { catcher: Catcher; write: ReturnType<typeof finishing> }[];
}

/** A state with everything that can be prepared once. */
export type State = Common &
  (
    | { type: 'Task'; invocation: Invocation; resource: string; read: Evaluation; finish: Finish }
    | { type: 'Parallel'; branches: Flow[]; read: Evaluation; finish: Finish }
    | { type: 'Map'; iterator: Flow; read: Evaluation; item: Evaluation | undefined; finish: Finish }
    | { type: 'Choice'; choose: Evaluation }
    | { type: 'Wait'; read: Evaluation; output: Evaluation }
    | { type: 'Pass' | 'Succeed'; output: Evaluation }
    | { type: 'Fail'; read: Evaluation }
  );

type Finish = ReturnType<typeof finishing>;

/** A state machine, a branch or an iterator. */
export interface Flow {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
  readonly timeoutSeconds: number | undefined;
}

const REFERENCE_PATH = /^\$([.[].*)?$/;

function unsupported(machine: string, state: string, what: string): never {
  throw new Error(
    `State machine ${machine}, state ${state}: ${what} is not supported by the local Step Functions.`,
  );
}

function invocationOf(machine: string, name: string, resource: unknown): Invocation {
  if (resource === 'arn:aws:states:::lambda:invoke') return 'invoke';
  if (resource === 'arn:aws:states:::lambda:invoke.waitForTaskToken') return 'invoke.waitForTaskToken';
  if (typeof resource === 'string' && /^arn:aws[\w-]*:lambda:/.test(resource)) return 'arn';
  return unsupported(machine, name, `the resource ${resource}`);
}

/** `"seconds": 60` or `"seconds.$": "$.path"`, whichever of a field and its Path twin the state has. */
function either(state: StateDefinition, field: string, key: string): StateDefinition {
  if (`${field}Path` in state) return { [`${key}.$`]: state[`${field}Path`] };
  return field in state ? { [key]: state[field] } : {};
}

function effective(state: StateDefinition): StateDefinition {
  return 'Parameters' in state ? { effective: state.Parameters } : { 'effective.$': '$' };
}

function compileState(machine: string, name: string, state: StateDefinition): State {
  if ('QueryLanguage' in state) unsupported(machine, name, 'JSONata');
  if ('Credentials' in state) unsupported(machine, name, 'Credentials');
  const common: Common = {
    name,
    next: state.Next,
    retry: state.Retry,
    catchers: (state.Catch ?? []).map((catcher: Catcher) => ({
      catcher,
      write: finishing({ ResultPath: catcher.ResultPath === undefined ? '$' : catcher.ResultPath }),
    })),
  };
  for (const path of [state.ResultPath, ...common.catchers.map(({ catcher }) => catcher.ResultPath)]) {
    if (typeof path === 'string' && !REFERENCE_PATH.test(path)) {
      unsupported(machine, name, `the ResultPath ${path}`);
    }
  }
  switch (state.Type) {
    case 'Task': {
      const timeouts = {
        ...either(state, 'TimeoutSeconds', 'timeout'),
        ...either(state, 'HeartbeatSeconds', 'heartbeat'),
      };
      const read = reading(state, { ...effective(state), ...timeouts });
      const invocation = invocationOf(machine, name, state.Resource);
      return {
        ...common,
        type: 'Task',
        invocation,
        resource: state.Resource,
        read,
        finish: finishing(state),
      };
    }
    case 'Parallel': {
      const branches = state.Branches.map((branch: StateDefinition) => compileFlow(machine, branch));
      return {
        ...common,
        type: 'Parallel',
        branches,
        read: reading(state, effective(state)),
        finish: finishing(state),
      };
    }
    case 'Map': {
      const iterator: StateDefinition = state.ItemProcessor ?? state.Iterator;
      if (iterator.ProcessorConfig?.Mode === 'DISTRIBUTED') unsupported(machine, name, 'a distributed Map');
      const selector = state.ItemSelector ?? state.Parameters;
      const read = reading(state, {
        'effective.$': '$',
        'items.$': state.ItemsPath ?? '$',
        ...either(state, 'MaxConcurrency', 'concurrency'),
      });
      const item = selector && passing({ Parameters: selector }, 'Parameters');
      const flow = compileFlow(machine, iterator);
      return { ...common, type: 'Map', iterator: flow, read, item, finish: finishing(state) };
    }
    case 'Choice':
      return { ...common, type: 'Choice', choose: choosing(state) };
    case 'Wait': {
      const until = { ...either(state, 'Seconds', 'seconds'), ...either(state, 'Timestamp', 'timestamp') };
      return {
        ...common,
        type: 'Wait',
        read: reading(state, until),
        output: passing(state, 'InputPath', 'OutputPath'),
      };
    }
    case 'Pass':
      return {
        ...common,
        type: 'Pass',
        output: passing(state, 'InputPath', 'Parameters', 'Result', 'ResultPath', 'OutputPath'),
      };
    case 'Succeed':
      return { ...common, type: 'Succeed', output: passing(state, 'InputPath', 'OutputPath') };
    case 'Fail':
      return {
        ...common,
        type: 'Fail',
        read: reading({}, { ...either(state, 'Error', 'error'), ...either(state, 'Cause', 'cause') }),
      };
    default:
      return unsupported(machine, name, `the type ${state.Type}`);
  }
}

/**
 * Prepares a machine's definition.
 * @throws Error naming machine and state if it uses what the local engine does not do.
 */
export function compileFlow(machine: string, definition: StateDefinition): Flow {
  if (definition.QueryLanguage && definition.QueryLanguage !== 'JSONPath')
    unsupported(machine, '(all)', 'JSONata');
  const states = Object.entries<StateDefinition>(definition.States ?? {});
  return {
    startAt: definition.StartAt,
    states: new Map(states.map(([name, state]) => [name, compileState(machine, name, state)])),
    timeoutSeconds: definition.TimeoutSeconds,
  };
}
