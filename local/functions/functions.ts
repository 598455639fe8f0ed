import { LocalSystemError } from '../assembly/problem.ts';
import { type AwsCall, AwsError } from '../aws-endpoint/aws-call.ts';
import type { CallLog } from '../aws-endpoint/call-log.ts';
import { type Faults, failed, isHeld, throttled } from '../aws-endpoint/faults.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { FunctionPool } from './function-pool.ts';
import { type InvocationResult, type ProcessOptions, startFunctionProcess } from './function-process.ts';

export type { InvocationResult } from './function-process.ts';

export interface FunctionsOptions extends Omit<ProcessOptions, 'definition' | 'log'> {
  definitions: FunctionDefinition[];
  faults: Faults;
  calls: CallLog;
  log(functionName: string, text: string): void;
}

/** All functions of the template. */
export interface Functions {
  /** By ARN, name, logical id or a part of the name that only one has; throws with the names that there are. */
  find(functionId: string): FunctionDefinition;
  /**
   * Runs a function and waits for its answer. `caller` is the service that invokes it.
   * Throws AwsError when the invocation itself fails (throttled, or by a fault).
   */
  invoke(functionId: string, event: unknown, caller: string): Promise<InvocationResult>;
  /** Loads each function once, so that first requests are quick. */
  warm(): Promise<void>;
  /** Nothing is under way but what only goes on as time passes. */
  idle(): boolean;
  stop(): Promise<void>;
}

export function createFunctions(options: FunctionsOptions): Functions {
  const { definitions, clock, faults, calls, log } = options;
  const pools = new Map<FunctionDefinition, FunctionPool>();
  for (const definition of definitions) {
    const start = () =>
      startFunctionProcess({ ...options, definition, log: (text) => log(definition.name, text) });
    pools.set(definition, new FunctionPool(start, definition.reservedConcurrency));
  }
  let invocations = 0;
  let underWay = 0;

  function find(functionId: string): FunctionDefinition {
    const exact = definitions.find(({ arn, name, logicalId }) => [arn, name, logicalId].includes(functionId));
    if (exact) return exact;
    const wanted = functionId.toLowerCase();
    const similar = definitions.filter(({ name }) => name.toLowerCase().includes(wanted));
    if (similar.length === 1) return similar[0] as FunctionDefinition;
    const names = definitions.map(({ name }) => name).join(', ');
    throw new LocalSystemError(`There is no one function ${functionId}; there are ${names}.`);
  }

  async function run(
    definition: FunctionDefinition,
    event: unknown,
    call: AwsCall,
  ): Promise<InvocationResult> {
    const before = faults.before(call);
    if (before === 'hang') {
      underWay -= 1;
      return new Promise(() => {});
    }
    if (before && isHeld(before)) await before.meanwhile(call);
    else if (before)
      throw before instanceof AwsError ? before : before === 'throttle' ? throttled(call) : failed(call);
    const pool = pools.get(definition) as FunctionPool;
    const result = await pool.invoke(JSON.stringify(event ?? {}), throttled(call));
    if (faults.after(call))
      throw new AwsError('SdkClientException', 'The answer of the function was lost.', 500);
    return result;
  }

  return {
    find,
    async invoke(functionId, event, caller) {
      const definition = find(functionId);
      const call: AwsCall = {
        caller,
        service: 'lambda',
        operation: 'Invoke',
        input: { FunctionName: definition.name, Payload: event },
        invocationId: `invocation-${invocations++}`,
        attempt: 1,
        at: clock.now(),
      };
      underWay += 1;
      try {
        const result = await run(definition, event, call);
        calls.add(call, result.error?.errorType ?? 'ok');
        return result;
      } catch (error) {
        calls.add(call, (error as Error).name);
        throw error;
      } finally {
        underWay -= 1;
      }
    },
    warm: async () => void (await Promise.all([...pools.values()].map((pool) => pool.warm()))),
    idle: () =>
      underWay === [...pools.values()].flatMap(({ running }) => running).filter(({ stuck }) => stuck).length,
    stop: async () => void (await Promise.all([...pools.values()].map((pool) => pool.stop()))),
  };
}
