import type { State } from './definition.ts';
import { StateError } from './errors.ts';
import type { Json } from './json.ts';
import { DATA_LIMIT, toJson } from './json.ts';
import type { Scope } from './scope.ts';
import type { TaskTokens } from './task-tokens.ts';

/** What an attempt of a task needs from the engine. */
export interface TaskPorts {
  readonly scope: Scope;
  now(): number;
  /** Calls a function; rejects with an error whose `name` is the error type. */
  invoke(functionArn: string, payload: Json): Promise<unknown>;
  readonly tokens: TaskTokens;
  /** Writes into the execution's history. */
  record(type: string, details?: Record<string, unknown>): void;
}

interface Call {
  functionArn: string;
  payload: Json;
  token: string | undefined;
  timeoutSeconds: Json | undefined;
  heartbeatSeconds: Json | undefined;
}

type Task = State & { type: 'Task' };

/** The names under which AWS writes this task's events. */
function events(task: Task) {
  const integration = { resourceType: 'lambda', resource: task.invocation };
  if (task.invocation !== 'arn') return { prefix: 'Task', key: 'task', integration };
  return { prefix: 'LambdaFunction', key: 'lambdaFunction', integration: {} };
}

function positiveSeconds(value: Json | undefined, field: string): number | undefined {
  if (value === undefined || (Number.isInteger(value) && (value as number) > 0))
    return value as number | undefined;
  throw new StateError(
    'States.Runtime',
    `${field} must be a positive whole number, not ${JSON.stringify(value)}`,
  );
}

function failureOf(error: unknown): StateError {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return new StateError(name, JSON.stringify({ errorType: name, errorMessage: message }));
}

function checked(result: Json): Json {
  if (Buffer.byteLength(JSON.stringify(result)) <= DATA_LIMIT) return result;
  throw new StateError('States.DataLimitExceeded', `The result is larger than ${DATA_LIMIT} bytes.`);
}

/**
 * One attempt of a task: calls the function, waits for its answer or for the callback, at most until the timeout.
 * Whatever comes first settles it; everything later is ignored, and the callback's token is closed.
 * @returns the task's raw result, before ResultSelector.
 * @throws StateError with the function's, the callback's or the timeout's error.
 */
export async function attemptTask(task: Task, call: Call, ports: TaskPorts): Promise<Json> {
  const timeout = positiveSeconds(call.timeoutSeconds, 'TimeoutSeconds');
  const heartbeat = positiveSeconds(call.heartbeatSeconds, 'HeartbeatSeconds');
  const { prefix, key, integration } = events(task);
  const attempt = ports.scope.child();

  ports.record(`${prefix}Scheduled`, {
    [`${key}ScheduledEventDetails`]: {
      ...integration,
      ...(task.invocation === 'arn'
        ? { resource: task.resource, input: JSON.stringify(call.payload) }
        : { parameters: JSON.stringify({ FunctionName: call.functionArn, Payload: call.payload }) }),
      ...(timeout && { timeoutInSeconds: timeout }),
      ...(heartbeat && { heartbeatInSeconds: heartbeat }),
    },
  });

  return new Promise((resolve, reject) => {
    function settle(type: string, details: Record<string, unknown>, end: () => void): void {
      if (attempt.cancelled) return;
      attempt.cancel();
      ports.record(prefix + type, { [`${key}${type}EventDetails`]: { ...integration, ...details } });
      end();
    }
    const fail = (error: StateError, type = 'Failed') =>
      settle(type, { error: error.error, cause: error.failureCause }, () => reject(error));
    const succeed = (result: Json) => {
      try {
        const output = JSON.stringify(checked(result));
        settle('Succeeded', { output }, () => resolve(result));
      } catch (error) {
        fail(error as StateError);
      }
    };

    if (timeout) {
      attempt.timer(ports.now() + timeout * 1000, () => fail(new StateError('States.Timeout'), 'TimedOut'));
    }
    let cancelHeartbeat = () => {};
    const expectHeartbeat = () => {
      cancelHeartbeat();
      if (!heartbeat) return;
      const late = () => fail(new StateError('States.HeartbeatTimeout'), 'TimedOut');
      cancelHeartbeat = attempt.timer(ports.now() + heartbeat * 1000, late);
    };
    expectHeartbeat();

    const { token } = call;
    if (token) {
      attempt.onCancel(() => ports.tokens.close(token));
      ports.tokens.listen(token, {
        succeed,
        fail: (error, cause) => fail(new StateError(error, cause)),
        heartbeat: expectHeartbeat,
      });
    }

    ports.record(`${prefix}Started`, { [`${key}StartedEventDetails`]: integration });
    attempt.guard(ports.invoke(call.functionArn, call.payload)).then(
      (answer) => {
        const value = toJson(answer);
        const wrapped = { ExecutedVersion: '$LATEST', Payload: value, StatusCode: 200 };
        if (!token) succeed(task.invocation === 'arn' ? value : wrapped);
        else {
          ports.record('TaskSubmitted', {
            taskSubmittedEventDetails: { ...integration, output: JSON.stringify(wrapped) },
          });
        }
      },
      (error) => fail(failureOf(error)),
    );
  });
}
