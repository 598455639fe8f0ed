import { randomUUID } from 'node:crypto';
import type { Callers, Hold } from '../aws-endpoint/callers.ts';
import type { Clock } from '../clock.ts';
import { startThread } from '../thread.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { FromWorker, FunctionError, WorkerSetup } from './worker-messages.ts';

/** A function's answer: its result, or its error in Lambda's shape. */
export type InvocationResult =
  | { payload: unknown; error?: never }
  | { payload?: never; error: FunctionError };

export interface ProcessOptions {
  definition: FunctionDefinition;
  clock: Clock;
  callers: Callers;
  awsEndpoint: string;
  log(text: string): void;
}

/** One execution environment of a function: it handles one event at a time and may die. */
export interface FunctionProcess {
  readonly alive: boolean;
  /** It waits for an answer that is held back, perhaps until its time is up. */
  readonly held: boolean;
  /** It will not go on by itself: it waits for an answer that only comes, or is given up, as time passes. */
  readonly stuck: boolean;
  /** Its code is loaded, or has failed to load. */
  readonly ready: Promise<void>;
  invoke(event: string): Promise<InvocationResult>;
  end(): Promise<void>;
}

/** One call that hangs need not be all that a function does: an SDK's pause before it tries another is shorter. */
const LONGEST_PAUSE_MS = 1_000;

const PLATFORM_ERROR = { trace: [] };

/** Starts a thread for a function with the environment that Lambda would give it. */
export function startFunctionProcess(options: ProcessOptions): FunctionProcess {
  const { definition, clock, callers, awsEndpoint, log } = options;
  const { directory, handler, name, timeoutMs, memoryMb, region } = definition;
  let settle: ((result: InvocationResult) => void) | undefined;
  let alive = true;
  const holds = new Set<{ why: Hold }>();
  let stirredAt = 0;
  let current: string | undefined;

  const finish = (result: InvocationResult) => {
    settle?.(result);
    settle = undefined;
    // Calls that a process made before it was killed may still arrive: they belong to its last event.
    if (alive) current = undefined;
  };
  const die = (errorType: string, errorMessage: string) => {
    alive = false;
    if (settle) log(`${errorMessage}\n`);
    finish({ error: { ...PLATFORM_ERROR, errorType, errorMessage } });
  };
  const end = async () => {
    alive = false;
    await worker.terminate();
  };

  const keys = callers.register({
    name,
    role: definition.role,
    kill() {
      die('Runtime.ExitError', 'RequestId: local Error: Runtime exited with error: signal: killed');
      void end();
    },
    hold(why) {
      const hold = { why };
      holds.add(hold);
      return { release: () => void holds.delete(hold) };
    },
    stir() {
      stirredAt = performance.now();
    },
    during: () => (current === undefined ? undefined : JSON.parse(current)),
  });
  const setup: WorkerSetup = { directory, handler, clock: clock.shared };
  const worker = startThread(new URL('function-worker.ts', import.meta.url), setup, {
    execArgv: (definition.environment.NODE_OPTIONS ?? '').split(/\s+/).filter(Boolean),
    resourceLimits: { maxOldGenerationSizeMb: Math.max(memoryMb, 64) },
    env: {
      ...definition.environment,
      AWS_ACCESS_KEY_ID: keys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
      AWS_SESSION_TOKEN: 'local',
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ENDPOINT_URL: awsEndpoint,
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMb),
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
      AWS_LAMBDA_LOG_STREAM_NAME: 'local',
      LAMBDA_TASK_ROOT: directory,
      TZ: ':UTC',
      _HANDLER: handler,
    },
  });
  worker.unref();

  const ready = new Promise<void>((resolve) => {
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'ready') resolve();
      else if (message.type === 'log') log(message.text);
      else if (message.type === 'result') finish({ payload: JSON.parse(message.payload) });
      else finish({ error: message.error });
    });
    worker.once('exit', (code) => {
      die('Runtime.ExitError', `RequestId: local Error: Runtime exited with error: exit status ${code}`);
      resolve();
    });
  });
  worker.on('error', (error: Error) => die(error.name, error.message));

  return {
    ready,
    get alive() {
      return alive;
    },
    get held() {
      return holds.size > 0;
    },
    get stuck() {
      const forTime = holds.size > 0 && [...holds].every(({ why }) => why === 'time');
      return forTime && performance.now() - stirredAt > LONGEST_PAUSE_MS;
    },
    async invoke(event) {
      await ready;
      const id = randomUUID();
      const context = {
        awsRequestId: id,
        callbackWaitsForEmptyEventLoop: false,
        functionName: name,
        functionVersion: '$LATEST',
        invokedFunctionArn: definition.arn,
        logGroupName: `/aws/lambda/${name}`,
        logStreamName: 'local',
        memoryLimitInMB: String(memoryMb),
      };
      return new Promise<InvocationResult>((resolve) => {
        // On the system's clock: to wait for a function that never answers, time is moved.
        const timer = clock.setTimer(clock.now() + timeoutMs, () => {
          const seconds = (timeoutMs / 1000).toFixed(2);
          die('Sandbox.Timedout', `RequestId: ${id} Error: Task timed out after ${seconds} seconds`);
          void end();
        });
        settle = (result) => {
          timer.cancel();
          resolve(result);
        };
        current = event;
        if (!alive)
          return die('Runtime.ExitError', `RequestId: ${id} Error: Runtime exited without a reason`);
        worker.postMessage({ id, event, context, deadline: clock.now() + timeoutMs });
      });
    },
    end,
  };
}
