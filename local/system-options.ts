import type { DynamodbAddress } from './dynamodb/dynamodb-request.ts';
import type { Ports } from './ports.ts';

/** How a system is started. */
export interface SystemOptions {
  /** Where the synthesised app lies. Default: the project's `cdk.out`, made first unless it is fresh. */
  cdkOut?: string;
  /** Default: any free ones. */
  ports?: Ports;
  /** A DynamoDB Local that is already running. Default: one is started. */
  dynamodb?: DynamodbAddress | undefined;
  /** Loads every function before the system counts as started, so that first requests are quick. Default: when it is called. */
  warm?: boolean;
  /** How long the clock waits for what is under way before it gives up, in real milliseconds. Default: two minutes. */
  settleWithinMs?: number;
  /** Permissions to take out of the template, `RolePattern:service:Action`. */
  denyActions?: string[];
  /** A folder for log files. Default: none, logs are kept in memory only. */
  logDirectory?: string;
  /** Is told at once what is also written to the log `local`: refusals, failures, what is not there. */
  onReport?(line: string): void;
  /** Is told what has been done and how many milliseconds it took, or (without them) what takes a while now. */
  onProgress?(step: string, ms?: number): void;
}
