import { assemble } from './assemble.ts';
import type { RecordedCall } from './aws-endpoint/call-log.ts';
import type { Faults } from './aws-endpoint/faults.ts';
import type { Secrets } from './aws-endpoint/secrets-manager.ts';
import type { QueueMessage } from './aws-endpoint/sqs.ts';
import type { Clock } from './clock.ts';
import type { TableAccess } from './dynamodb/table-access.ts';
import type { BusEvent } from './events/bus-event.ts';
import type { Executions } from './executions.ts';
import type { InvocationResult } from './functions/functions.ts';
import type { Mail } from './mailbox/mailbox.ts';
import type { MailEventKind } from './mailbox/ses-events.ts';
import type { SystemOptions } from './system-options.ts';
import { createWaitFor, type WaitFor, type WaitOptions } from './wait-for.ts';

/** The whole system on this machine. */
export interface System {
  /** The API and the pages. */
  url: string;
  dashboardUrl: string;
  /** The dashboard's page of all mails. */
  mailboxUrl: string;
  /** Where the functions' AWS calls go. */
  awsEndpointUrl: string;
  /** Outputs of all stacks, by their name. */
  outputs: Record<string, string>;
  /** Access keys with every right, for commands that work on the site from outside. */
  keys: { accessKeyId: string; secretAccessKey: string };
  clock: Clock;
  /** Makes AWS calls and invocations go wrong. */
  faults: Faults;
  /** Every AWS call and invocation so far (without contents). */
  calls(): readonly RecordedCall[];
  mail: {
    messages(): Promise<Mail[]>;
    /** The first mail that the predicate accepts. */
    waitFor(predicate: (mail: Mail) => boolean, options?: WaitOptions): Promise<Mail>;
    clear(): Promise<void>;
    /** Lets a mail bounce or be complained about, as its configuration set publishes it. */
    happen(kind: MailEventKind, messageId: string, details?: object): void;
  };
  dynamodb: TableAccess;
  secrets: Secrets;
  /** Lines printed by the functions and by the local system (`access`, `local`), of one source or all. */
  logs(source?: string): string[];
  executions: Executions;
  /** Messages in a queue, by logical id or name. */
  queue(name: string): QueueMessage[];
  /** Fires a schedule now, by logical id, name or a part of it. */
  fireSchedule(name: string): void;
  schedules(): string[];
  /** Puts an event on the default bus. */
  putEvent(event: Pick<BusEvent, 'source' | 'detail-type' | 'detail'>): void;
  /** Invokes a function by name, logical id or a part of the name. */
  invoke(functionName: string, event: unknown): Promise<InvocationResult>;
  waitFor: WaitFor;
  /** Everything that is under way has come to rest. */
  settled(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Runs the synthesised templates on this machine. Throws LocalSystemError with what to do when something is missing
 * (Java, a port) or when the template holds what the local system does not know.
 */
export async function startSystem(options: SystemOptions = {}): Promise<System> {
  const cleanups: (() => unknown)[] = [];
  const stop = async () => {
    for (const cleanUp of cleanups.splice(0).reverse()) await cleanUp();
  };
  try {
    const parts = await assemble(options, (cleanUp) => void cleanups.push(cleanUp));
    const waitFor = createWaitFor(() => parts.logs.lines());
    return {
      ...parts.addresses,
      outputs: parts.outputs,
      keys: parts.keys,
      clock: parts.clock,
      faults: parts.faults,
      calls: parts.calls.all,
      mail: {
        messages: parts.mailbox.messages,
        clear: parts.mailbox.clear,
        happen: parts.sesEvents.happen,
        waitFor: (predicate, waitOptions) =>
          waitFor('a mail', async () => (await parts.mailbox.messages()).find(predicate), waitOptions),
      },
      dynamodb: parts.tableAccess,
      secrets: parts.secrets,
      logs: parts.logs.lines,
      executions: parts.executions,
      queue: parts.queues.messages,
      fireSchedule: parts.schedules.fire,
      schedules: parts.schedules.names,
      putEvent: parts.putEvent,
      invoke: (functionName, event) => parts.functions.invoke(functionName, event, 'test'),
      waitFor,
      settled: () => parts.clock.settled(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
