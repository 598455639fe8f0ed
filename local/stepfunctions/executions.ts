import { type StatusChangeEvent, statusChange, whyNotRedrivable } from './descriptions.ts';
import { StateError, StepFunctionsError } from './errors.ts';
import { type Execution, type ExecutionStatus, frameAt, type Machine, record } from './execution.ts';
import { Interpreter, type InterpreterPorts } from './interpreter.ts';
import { type EngineClock, Scope } from './scope.ts';

/** An execution may run for a year; then AWS ends it. */
const LONGEST_RUN_SECONDS = 365 * 24 * 3600;
/** For so long a finished execution's name cannot be used again. */
const NAME_IS_TAKEN = 90 * 24 * 3_600_000;

export interface ExecutionsPorts extends Omit<InterpreterPorts, 'now'> {
  clock: EngineClock;
  onStatusChange(event: StatusChangeEvent): void;
}

/** The executions of all machines: started, run to their end, stopped and redriven. */
export class Executions {
  readonly #byArn = new Map<string, Execution>();
  readonly #ports: ExecutionsPorts;

  constructor(ports: ExecutionsPorts) {
    this.#ports = ports;
  }

  /** @throws ExecutionDoesNotExist */
  find(arn: unknown): Execution {
    const execution = this.#byArn.get(String(arn));
    if (execution) return execution;
    throw new StepFunctionsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
  }

  /** A machine's executions, the youngest first. */
  of(machine: Machine): Execution[] {
    return [...this.#byArn.values()].filter((execution) => execution.machine === machine).reverse();
  }

  /**
   * Starts an execution, or answers the running one of the same name and input.
   * @throws ExecutionAlreadyExists while the name is taken.
   */
  start(machine: Machine, name: string, input: string): Execution {
    const arn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${name}`;
    const now = this.#ports.clock.now();
    const namesake = this.#byArn.get(arn);
    if (namesake?.status === 'RUNNING' && namesake.input === input) return namesake;
    if (namesake && now - (namesake.stoppedAt ?? now) < NAME_IS_TAKEN) {
      throw new StepFunctionsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const execution: Execution = {
      arn,
      name,
      machine,
      input,
      startedAt: now,
      status: 'RUNNING',
      stoppedAt: undefined,
      output: undefined,
      error: undefined,
      cause: undefined,
      redriveCount: 0,
      redrivenAt: undefined,
      transitions: 1,
      history: [],
      frame: frameAt(machine.flow, JSON.parse(input), 0),
      scope: new Scope(this.#ports.clock),
    };
    this.#byArn.delete(arn);
    this.#byArn.set(arn, execution);
    record(execution, execution.frame, now, 'ExecutionStarted', {
      executionStartedEventDetails: { input, roleArn: machine.roleArn },
    });
    this.#run(execution);
    return execution;
  }

  /** Ends a running execution as ABORTED; no Catch runs. A finished one stays as it is. */
  stop(execution: Execution, error?: string, cause?: string): void {
    if (execution.status === 'RUNNING') this.#end(execution, 'ABORTED', { error, cause });
  }

  /**
   * Runs an unsuccessful execution on from the state that did not finish, with the same input.
   * @throws ExecutionNotRedrivable
   */
  redrive(execution: Execution): void {
    const now = this.#ports.clock.now();
    const reason = whyNotRedrivable(execution, now);
    if (reason) throw new StepFunctionsError('ExecutionNotRedrivable', reason);
    Object.assign(execution, {
      status: 'RUNNING',
      stoppedAt: undefined,
      error: undefined,
      cause: undefined,
      redriveCount: execution.redriveCount + 1,
      redrivenAt: now,
      transitions: execution.transitions + 1,
      scope: new Scope(this.#ports.clock),
    });
    record(execution, execution.frame, now, 'ExecutionRedriven', {
      executionRedrivenEventDetails: { redriveCount: execution.redriveCount },
    });
    this.#run(execution);
  }

  /** Drops all that is under way, without events: the system is going down. */
  stopAll(): void {
    for (const execution of this.#byArn.values()) execution.scope.cancel();
  }

  #run(execution: Execution): void {
    const { clock } = this.#ports;
    const { scope, machine, frame } = execution;
    const limit = machine.flow.timeoutSeconds ?? LONGEST_RUN_SECONDS;
    scope.timer(clock.now() + limit * 1000, () => this.#end(execution, 'TIMED_OUT', {}));
    this.#announce(execution);
    const interpreter = new Interpreter(execution, { ...this.#ports, now: () => clock.now() });
    scope.guard(Promise.resolve().then(() => interpreter.run(machine.flow, frame, scope))).then(
      (output) => this.#end(execution, 'SUCCEEDED', { output: JSON.stringify(output) }),
      (problem) => {
        const failure =
          problem instanceof StateError ? problem : new StateError('States.Runtime', `${problem}`);
        this.#end(execution, 'FAILED', { error: failure.error, cause: failure.failureCause });
      },
    );
  }

  #end(
    execution: Execution,
    status: Exclude<ExecutionStatus, 'RUNNING'>,
    result: { output?: string; error?: string | undefined; cause?: string | undefined },
  ): void {
    const { clock } = this.#ports;
    execution.scope.cancel();
    Object.assign(execution, result, { status, stoppedAt: clock.now() });
    const type = { SUCCEEDED: 'Succeeded', FAILED: 'Failed', TIMED_OUT: 'TimedOut', ABORTED: 'Aborted' }[
      status
    ];
    record(execution, execution.frame, clock.now(), `Execution${type}`, {
      [`execution${type}EventDetails`]: result,
    });
    this.#announce(execution);
  }

  #announce(execution: Execution): void {
    try {
      this.#ports.onStatusChange(statusChange(execution, this.#ports.clock.now()));
    } catch (error) {
      console.error('Nobody took the status change of an execution:', error);
    }
  }
}
