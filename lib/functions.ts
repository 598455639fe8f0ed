import { environmentNames } from '../lambdas/shared/environment.ts';
import type { DeployedFunction } from './names.ts';

/** The table's indexes. */
export const INDEXES = ['GSI1', 'GSI2'] as const;

/**
 * Everything in which one function differs from another. It may do what stands here and nothing else, and use the
 * secrets and the sender that its environment names.
 */
export interface FunctionSpec {
  purpose: string;
  memoryMb: number;
  timeoutSeconds: number;
  /** `dynamodb:` actions on the table. Nobody has Scan. */
  table: readonly TableAction[];
  /** Indexes that it queries. */
  indexes: readonly (typeof INDEXES)[number][];
  /** `states:` actions by state machine. */
  machines: Partial<Record<'token-access' | 'rebuild-indexes', readonly MachineAction[]>>;
  /** Is called asynchronously, so what it could not do goes to a queue of its own. */
  asynchronous: boolean;
}

export type MachineAction = 'StartExecution' | 'SendTaskSuccess' | 'SendTaskFailure';

/** Parts of a transaction are authorised as the single actions they stand for. */
export type TableAction =
  | 'GetItem'
  | 'Query'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem'
  | 'ConditionCheckItem';

/** Use cases on records: read by key and by view, write all in one transaction. */
const RECORDS = ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'] as const;
/** The same for callers who may hold a pass: their writes check that it is still live. */
const RECORDS_WITH_PASSES = [...RECORDS, 'ConditionCheckItem'] as const;

export const FUNCTIONS: Record<DeployedFunction, FunctionSpec> = {
  authorizer: {
    purpose: 'Resolves who calls, for every route',
    memoryMb: 1024,
    timeoutSeconds: 5,
    table: ['Query'],
    indexes: [],
    machines: {},
    asynchronous: false,
  },
  api: {
    purpose: 'The runtime plane over HTTP, and who may do what',
    memoryMb: 1024,
    timeoutSeconds: 20,
    table: RECORDS_WITH_PASSES,
    indexes: ['GSI1'],
    machines: {},
    asynchronous: false,
  },
  admin: {
    purpose: 'The design plane over HTTP',
    memoryMb: 1024,
    timeoutSeconds: 20,
    table: RECORDS,
    indexes: ['GSI1'],
    machines: {},
    asynchronous: false,
  },
  portal: {
    purpose: 'Pages for contractors and staff',
    memoryMb: 1024,
    timeoutSeconds: 20,
    table: RECORDS_WITH_PASSES,
    indexes: ['GSI1'],
    machines: {},
    asynchronous: false,
  },
  robot: {
    purpose: 'Does the states of the workflows',
    memoryMb: 512,
    timeoutSeconds: 55,
    table: RECORDS,
    indexes: [],
    machines: { 'token-access': ['SendTaskSuccess', 'SendTaskFailure'] },
    asynchronous: false,
  },
  outbox: {
    purpose: 'Dispatches what a committed write must be followed by',
    memoryMb: 512,
    timeoutSeconds: 30,
    table: ['GetItem', 'UpdateItem', 'DeleteItem'],
    indexes: [],
    machines: {
      'token-access': ['StartExecution', 'SendTaskSuccess', 'SendTaskFailure'],
      'rebuild-indexes': ['StartExecution'],
    },
    asynchronous: false,
  },
  housekeeping: {
    purpose: 'Sweeps the outbox, ends what a broken workflow left, seals the journal',
    memoryMb: 512,
    timeoutSeconds: 300,
    table: RECORDS,
    indexes: INDEXES,
    machines: {
      'token-access': ['StartExecution', 'SendTaskSuccess', 'SendTaskFailure'],
      'rebuild-indexes': ['StartExecution'],
    },
    asynchronous: true,
  },
  'mail-events': {
    purpose: 'Marks what could not be delivered',
    memoryMb: 512,
    timeoutSeconds: 30,
    table: ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem'],
    indexes: [],
    machines: {},
    asynchronous: true,
  },
};

/** The authorizer reads its few variables by itself, without a schema, to start faster. */
const AUTHORIZER_VARIABLES = ['TABLE_NAME', 'SITE_ID', 'SITE_URL', 'SIGNING_KEYS_ARN'];

/** The environment variables that a function asks for when it starts. */
export const variablesOf = (name: DeployedFunction): readonly string[] =>
  name === 'authorizer' ? AUTHORIZER_VARIABLES : environmentNames(name);
