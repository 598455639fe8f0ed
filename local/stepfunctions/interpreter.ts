import { eachOf, type Part, partsOf } from './branches.ts';
import type { Flow, State } from './definition.ts';
import { StateError } from './errors.ts';
import type { Context } from './evaluation.ts';
import { contextOf, type Execution, type Frame, frameAt, HISTORY_LIMIT, record } from './execution.ts';
import type { Json } from './json.ts';
import { matches, Retries } from './retry.ts';
import type { Scope } from './scope.ts';
import { attemptTask, type TaskPorts } from './task.ts';

/** What interpreting needs from the engine. */
export interface InterpreterPorts extends Pick<TaskPorts, 'now' | 'tokens'> {
  invoke(functionArn: string, payload: Json, roleArn: string): Promise<unknown>;
  /** In [0, 1): the jitter of retries. */
  random(): number;
}

type Fields = { [key: string]: Json };
type Outcome = { output: Json; next: string | undefined };

/**
 * Runs the states of one execution. The library evaluates what a state says about data; time, errors, callbacks
 * and the order of states are decided here, because they must follow the movable clock and survive a redrive.
 */
export class Interpreter {
  readonly #execution: Execution;
  readonly #ports: InterpreterPorts;

  constructor(execution: Execution, ports: InterpreterPorts) {
    this.#execution = execution;
    this.#ports = ports;
  }

  /**
   * Runs a flow from where its frame stands to its end.
   * @throws StateError if a state fails and nothing catches it; the frame then stands at that state.
   */
  async run(flow: Flow, frame: Frame, scope: Scope, more: Context = {}): Promise<Json> {
    for (;;) {
      const state = flow.states.get(frame.state);
      if (!state) throw new StateError('States.Runtime', `There is no state ${frame.state}.`);
      if (!frame.entered) this.#enter(state, frame);
      const { output, next } = await scope.guard(this.#perform(state, frame, scope, more));
      this.#record(frame, `${state.type}StateExited`, {
        stateExitedEventDetails: { name: state.name, output: JSON.stringify(output) },
      });
      if (next === undefined) return output;
      Object.assign(frame, { state: next, input: output, entered: false, branches: undefined });
    }
  }

  #record(frame: Frame, type: string, details?: Record<string, unknown>): number {
    return record(this.#execution, frame, this.#ports.now(), type, details);
  }

  #enter(state: State, frame: Frame): void {
    if (this.#execution.history.length >= HISTORY_LIMIT) {
      const cause = `The execution reached the maximum number of history events (${HISTORY_LIMIT}).`;
      throw new StateError('States.Runtime', cause);
    }
    this.#execution.transitions += 1;
    frame.entered = true;
    frame.enteredTime = new Date(this.#ports.now()).toISOString();
    this.#record(frame, `${state.type}StateEntered`, {
      stateEnteredEventDetails: { name: state.name, input: JSON.stringify(frame.input) },
    });
  }

  async #perform(state: State, frame: Frame, scope: Scope, more: Context): Promise<Outcome> {
    const { input } = frame;
    const context = contextOf(this.#execution, frame, 0, more);
    switch (state.type) {
      case 'Choice': {
        const chosen = (await state.choose(input, context)) as Fields;
        return { output: chosen.output ?? null, next: chosen.next as string };
      }
      case 'Wait': {
        const until = (await state.read(input, context)) as Fields;
        const now = this.#ports.now();
        const due =
          'timestamp' in until ? Date.parse(String(until.timestamp)) : now + Number(until.seconds) * 1000;
        if (Number.isNaN(due)) throw new StateError('States.Runtime', 'Wait needs seconds or a timestamp.');
        if (due > now) await scope.sleepUntil(due);
        return { output: await state.output(input, context), next: state.next };
      }
      case 'Pass':
        return { output: await state.output(input, context), next: state.next };
      case 'Succeed':
        return { output: await state.output(input, context), next: undefined };
      case 'Fail': {
        const { error, cause } = (await state.read(input, context)) as Fields;
        throw new StateError(String(error ?? ''), String(cause ?? ''));
      }
      default:
        return this.#withRetries(state, frame, scope, more);
    }
  }

  async #withRetries(
    state: State & { type: 'Task' | 'Parallel' | 'Map' },
    frame: Frame,
    scope: Scope,
    more: Context,
  ): Promise<Outcome> {
    const retries = new Retries(state.retry, this.#ports.random);
    for (let retryCount = 0; ; retryCount++) {
      const context = contextOf(this.#execution, frame, retryCount, more);
      try {
        const result = await this.#once(state, frame, scope, context, more);
        return { output: await state.finish(frame.input, result, context), next: state.next };
      } catch (error) {
        if (!(error instanceof StateError)) throw error;
        const delay = retries.delayAfter(error);
        if (delay === undefined) return this.#caught(state, frame, error, context);
        this.#execution.transitions += 1;
        frame.branches = undefined;
        if (delay > 0) await scope.sleepUntil(this.#ports.now() + delay);
      }
    }
  }

  async #caught(state: State, frame: Frame, error: StateError, context: Context): Promise<Outcome> {
    const found = state.catchers.find(({ catcher }) => matches(catcher.ErrorEquals, error));
    if (!found) throw error;
    const problem = { Error: error.error, Cause: error.failureCause };
    return { output: await found.write(frame.input, problem, context), next: found.catcher.Next };
  }

  async #once(
    state: State & { type: 'Task' | 'Parallel' | 'Map' },
    frame: Frame,
    scope: Scope,
    context: Context,
    more: Context,
  ): Promise<Json> {
    if (state.type === 'Task') return this.#task(state, frame, scope, context);
    const read = (await scope.guard(state.read(frame.input, context))) as Fields;
    const { parts, concurrency } = await partsOf(state, read, context, scope);
    return this.#branches(state.type, frame, scope, parts, concurrency, more);
  }

  async #task(state: State & { type: 'Task' }, frame: Frame, scope: Scope, context: Context): Promise<Json> {
    const { tokens, now } = this.#ports;
    const token = state.invocation === 'invoke.waitForTaskToken' ? tokens.issue() : undefined;
    if (token) context.Task = { Token: token };
    const read = (await scope.guard(state.read(frame.input, context))) as Fields;
    const parameters = (read.effective ?? null) as Json;
    const named = state.invocation === 'arn' ? undefined : (parameters as Fields);
    const call = {
      functionArn: named ? String(named.FunctionName) : state.resource,
      payload: named ? (named.Payload ?? {}) : parameters,
      token,
      timeoutSeconds: read.timeout,
      heartbeatSeconds: read.heartbeat,
    };
    return attemptTask(state, call, {
      scope,
      tokens,
      now,
      invoke: (arn, payload) => this.#ports.invoke(arn, payload, this.#execution.machine.roleArn),
      record: (type, details) => void this.#record(frame, type, details),
    });
  }

  /** Runs the parts of a Parallel or Map state; the first failure ends them all, a redrive repeats only the rest. */
  async #branches(
    type: 'Parallel' | 'Map',
    frame: Frame,
    scope: Scope,
    parts: Part[],
    concurrency: number,
    more: Context,
  ): Promise<Json> {
    const details = type === 'Map' ? { mapStateStartedEventDetails: { length: parts.length } } : {};
    const started = this.#record(frame, `${type}StateStarted`, details);
    frame.branches ??= parts.map(({ flow, input }) => frameAt(flow, input, started));
    const branches = parts.map((part, index) => ({ part, branch: frame.branches?.[index] as Frame }));
    const together = scope.child();
    try {
      await scope.guard(
        eachOf(branches, concurrency, async ({ part, branch }) => {
          if (branch.output !== undefined) return;
          branch.output = await this.run(part.flow, branch, together, { ...more, ...part.context });
        }),
      );
    } catch (error) {
      this.#record(frame, `${type}StateFailed`);
      throw error;
    } finally {
      together.cancel();
    }
    this.#record(frame, `${type}StateSucceeded`);
    return branches.map(({ branch }) => branch.output ?? null);
  }
}
