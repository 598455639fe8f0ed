import { refuse } from '../assembly/problem.ts';
import type { ResolvedResource, ResourcesOf } from '../assembly/resources.ts';
import type { LocalTable } from '../dynamodb/tables.ts';
import { compilePattern, type EventMatcher } from '../events/event-pattern.ts';
import type { FunctionDefinition } from '../functions/function-definition.ts';
import { mayRole } from '../iam/roles.ts';

/** A table's stream that feeds a function, as the template's event source mapping says. */
export interface StreamMapping {
  function: FunctionDefinition;
  table: LocalTable;
  matches: EventMatcher;
  batchSize: number;
  /** Infinity: until the record's age ends it. */
  retries: number;
  maximumAgeMs: number;
  bisects: boolean;
  reportsItemFailures: boolean;
  onFailureArn?: string;
  place: string;
}

const DEFAULT_BATCH_SIZE = 100;
const STREAM_ACTIONS = ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'];

const limit = (value: unknown): number =>
  value === undefined || Number(value) < 0 ? Number.POSITIVE_INFINITY : Number(value);

/** Reads the mappings; refuses sources that are no stream of the template, and roles that may not read it. */
export function readStreamMappings(
  resourcesOf: ResourcesOf,
  tables: LocalTable[],
  find: (functionId: string) => FunctionDefinition,
): StreamMapping[] {
  return resourcesOf('AWS::Lambda::EventSourceMapping')
    .filter(({ properties }) => properties.Enabled !== false)
    .map((resource) => readMapping(resource, tables, find));
}

function readMapping(
  { properties, place }: ResolvedResource,
  tables: LocalTable[],
  find: (functionId: string) => FunctionDefinition,
): StreamMapping {
  const table = tables.find(({ streamArn }) => streamArn === properties.EventSourceArn);
  if (!table?.localStreamArn) refuse(place, `${properties.EventSourceArn} is not a table's stream`);
  const definition = find(properties.FunctionName);
  for (const action of STREAM_ACTIONS) {
    const allowed = mayRole(definition.role, { action, resource: table.streamArn }) === 'allowed';
    if (!allowed) refuse(place, `${definition.role.logicalId} is not allowed ${action} on the stream`);
  }
  const filters = (properties.FilterCriteria?.Filters ?? []).map(
    ({ Pattern }: { Pattern: string }, i: number) =>
      compilePattern(JSON.parse(Pattern), `${place}/FilterCriteria/${i}`),
  ) as EventMatcher[];
  const onFailureArn = properties.DestinationConfig?.OnFailure?.Destination;
  return {
    function: definition,
    table,
    matches: (record) => filters.length === 0 || filters.some((matches) => matches(record)),
    batchSize: Number(properties.BatchSize ?? DEFAULT_BATCH_SIZE),
    retries: limit(properties.MaximumRetryAttempts),
    maximumAgeMs: limit(properties.MaximumRecordAgeInSeconds) * 1000,
    bisects: properties.BisectBatchOnFunctionError === true,
    reportsItemFailures: (properties.FunctionResponseTypes ?? []).includes('ReportBatchItemFailures'),
    place,
    ...(onFailureArn ? { onFailureArn } : {}),
  };
}
