import { SFNClient } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { ENVIRONMENTS } from '../../core/environments.ts';
import { failRebuild } from '../../core/lists/rebuild-records.ts';
import { PATIENT } from '../shared/aws-clients.ts';
import { readEnvironment } from '../shared/environment.ts';
import { createMailer } from '../shared/mailer.ts';
import { createLogger, createMetrics } from '../shared/observability.ts';
import { createWiring } from '../shared/wiring.ts';
import { endAborted } from './end-aborted.ts';
import { reapGrants } from './reap-grants.ts';
import { sealJournal } from './seal-journal.ts';
import { sweepOutbox } from './sweep-outbox.ts';

/** A schedule names its job; the rule on executions hands over Step Functions' own event. */
const eventSchema = z.union([
  z.object({ job: z.enum(['sweepOutbox', 'reapGrants', 'sealJournal']) }),
  z.object({
    'detail-type': z.literal('Step Functions Execution Status Change'),
    detail: z.object({ status: z.string(), name: z.string(), input: z.string() }),
  }),
]);
/** What a workflow was started with: which one it was follows from that. */
const inputSchema = z.union([
  z.object({ grantId: z.string(), environment: z.enum(ENVIRONMENTS) }),
  z.object({
    rebuildId: z.string(),
    environment: z.enum(ENVIRONMENTS),
    app: z.string(),
    recordType: z.string(),
  }),
]);

const environment = readEnvironment('housekeeping');
const wiring = createWiring(environment);
const logger = createLogger('housekeeping');
const metrics = createMetrics('housekeeping');
const ports = {
  client: wiring.client,
  table: environment.TABLE_NAME,
  stepFunctions: new SFNClient(PATIENT),
  tokenAccessArn: environment.TOKEN_ACCESS_ARN,
  rebuildIndexesArn: environment.REBUILD_INDEXES_ARN,
  mailer: createMailer({
    sender: environment.SENDER_ADDRESS,
    replyTo: environment.REPLY_TO,
    configurationSet: environment.CONFIGURATION_SET,
    // What is tried again is counted with the entry.
    attempts: 1,
  }),
  logger,
  metrics,
};

/** What keeps the promise when something else has failed: nothing stays undispatched, no token outlives its grant. */
export async function handler(event: unknown): Promise<void> {
  const parsed = eventSchema.parse(event);
  const runtime = await wiring.runtime();
  try {
    if ('detail' in parsed) {
      const input = inputSchema.parse(JSON.parse(parsed.detail.input));
      const { status } = parsed.detail;
      if ('grantId' in input) await endAborted(runtime, input.environment, input.grantId, status);
      else await failRebuild(runtime, input);
      logger.info('ended after its workflow', { ...input, status });
    } else if (parsed.job === 'sweepOutbox') {
      await sweepOutbox(runtime.now(), ports);
    } else if (parsed.job === 'reapGrants') {
      await reapGrants(runtime, ports);
    } else {
      await sealJournal(runtime, ports);
    }
  } finally {
    metrics.publishStoredMetrics();
  }
}
