import { LocalSystemError } from './assembly/problem.ts';
import type { MachineDefinition } from './machines.ts';

/** An execution as Step Functions lists it; times are seconds since the epoch. */
export interface ExecutionSummary {
  executionArn: string;
  stateMachineArn: string;
  name: string;
  status: string;
  startDate: number;
  stopDate?: number;
}

/** As Step Functions describes it. */
export interface ExecutionDescription extends ExecutionSummary {
  input: string;
  output?: string;
  error?: string;
  cause?: string;
}

/** An event of an execution's history, with the details of its type. */
export type HistoryEvent = { id: number; type: string; timestamp: number } & Record<string, unknown>;

/** What tests and the dashboard may do with executions; one is named by its ARN, its name or a part of it. */
export interface Executions {
  /** Newest first; of one machine, or of all. */
  list(machine?: string): Promise<ExecutionSummary[]>;
  describe(execution: string): Promise<ExecutionDescription>;
  history(execution: string): Promise<HistoryEvent[]>;
  /** The names of the states that it has entered, in order. */
  path(execution: string): Promise<string[]>;
  stop(execution: string, cause?: string): Promise<void>;
  redrive(execution: string): Promise<void>;
  /** Starts one by hand; resolves with its ARN. */
  start(machine: string, name: string, input: object): Promise<string>;
}

type Handle = (operation: string, input: Record<string, unknown>) => Promise<object>;

export function createExecutions(machines: MachineDefinition[], handle: Handle): Executions {
  function machineNamed(id: string): MachineDefinition {
    const found = machines.find(({ arn, name }) => arn === id || name === id || name.includes(id));
    if (found) return found;
    throw new LocalSystemError(
      `There is no state machine ${id}; there are ${machines.map(({ name }) => name).join(', ')}`,
    );
  }

  async function pages<T>(operation: string, input: Record<string, unknown>, member: string): Promise<T[]> {
    const items: T[] = [];
    let nextToken: unknown;
    do {
      const page = (await handle(operation, { ...input, ...(nextToken ? { nextToken } : {}) })) as Record<
        string,
        unknown
      >;
      items.push(...(page[member] as T[]));
      nextToken = page.nextToken;
    } while (nextToken);
    return items;
  }

  async function list(machine?: string): Promise<ExecutionSummary[]> {
    const wanted = machine ? [machineNamed(machine)] : machines;
    const lists = await Promise.all(
      wanted.map(({ arn }) =>
        pages<ExecutionSummary>('ListExecutions', { stateMachineArn: arn }, 'executions'),
      ),
    );
    return lists.flat().sort((a, b) => b.startDate - a.startDate);
  }

  async function arnOf(id: string): Promise<string> {
    if (id.startsWith('arn:')) return id;
    const all = await list();
    const found = all.find(({ name }) => name === id) ?? all.find(({ name }) => name.includes(id));
    if (found) return found.executionArn;
    throw new LocalSystemError(
      `There is no execution ${id}; there are ${all.map(({ name }) => name).join(', ')}`,
    );
  }

  const history = async (id: string) =>
    pages<HistoryEvent>('GetExecutionHistory', { executionArn: await arnOf(id) }, 'events');

  return {
    list,
    history,
    describe: async (id) =>
      (await handle('DescribeExecution', { executionArn: await arnOf(id) })) as ExecutionDescription,
    async path(id) {
      const events = await history(id);
      return events
        .map(
          ({ stateEnteredEventDetails }) => (stateEnteredEventDetails as { name?: string } | undefined)?.name,
        )
        .filter((name) => name !== undefined);
    },
    stop: async (id, cause) =>
      void (await handle('StopExecution', { executionArn: await arnOf(id), ...(cause ? { cause } : {}) })),
    redrive: async (id) => void (await handle('RedriveExecution', { executionArn: await arnOf(id) })),
    async start(machine, name, input) {
      const request = { stateMachineArn: machineNamed(machine).arn, name, input: JSON.stringify(input) };
      return ((await handle('StartExecution', request)) as { executionArn: string }).executionArn;
    },
  };
}
