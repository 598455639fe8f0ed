import { SFNClient } from '@aws-sdk/client-sfn';
import { z } from 'zod';
import { ENVIRONMENTS } from '../../core/environments.ts';
import { PassGoesOn } from '../../core/grants/end.ts';
import { noteFailure } from '../../core/grants/failure.ts';
import type { RobotRuntime } from '../../core/grants/robot.ts';
import { PATIENT } from '../shared/aws-clients.ts';
import { answerCallback, interruptWait } from '../shared/callback.ts';
import { readEnvironment } from '../shared/environment.ts';
import { createMailer } from '../shared/mailer.ts';
import { createLogger } from '../shared/observability.ts';
import { createWiring } from '../shared/wiring.ts';
import { BEGINNING, REBUILD_STATES, type RebuildStateName, STATES, type StateName } from './states.ts';
import { workflowError } from './workflow-error.ts';

/** What every state of a workflow hands over: ids and numbers only. */
const grantSchema = z.object({
  state: z.enum(Object.keys(STATES) as [StateName, ...StateName[]]),
  grantId: z.string().min(1).max(60),
  environment: z.enum(ENVIRONMENTS),
  execution: z.string(),
  attempt: z.number().optional(),
  callbackToken: z.string().optional(),
  seconds: z.number().int().positive().optional(),
  interruptible: z.boolean().optional(),
  error: z.string().max(256).optional(),
});
const rebuildSchema = z.object({
  state: z.enum(Object.keys(REBUILD_STATES) as [RebuildStateName, ...RebuildStateName[]]),
  rebuildId: z.string().min(1).max(60),
  environment: z.enum(ENVIRONMENTS),
  app: z.string().max(60),
  recordType: z.string().max(60),
  execution: z.string(),
  attempt: z.number().optional(),
  progress: z
    .object({
      shard: z.number().int().min(0),
      after: z.string().max(60),
      done: z.number().int().min(0),
      finished: z.boolean(),
    })
    .optional(),
});
const eventSchema = z.union([grantSchema, rebuildSchema]);

const environment = readEnvironment('robot');
const wiring = createWiring(environment);
const mailer = createMailer({
  sender: environment.SENDER_ADDRESS,
  replyTo: environment.REPLY_TO,
  configurationSet: environment.CONFIGURATION_SET,
  // The workflow tries again, and keeps count of what nobody knows.
  attempts: 1,
});
const stepFunctions = new SFNClient(PATIENT);
const logger = createLogger('robot');

/** Does one state of a workflow; which one, the event says. Every state can be run again without harm. */
export async function handler(event: unknown): Promise<unknown> {
  const parsed = eventSchema.parse(event);
  return 'grantId' in parsed ? doGrantState(parsed) : doRebuildState(parsed);
}

async function doRebuildState({
  state,
  progress,
  execution,
  attempt,
  ...rebuild
}: z.output<typeof rebuildSchema>): Promise<unknown> {
  const about = { state, ...rebuild, execution, attempt, done: progress?.done };
  try {
    const result = await REBUILD_STATES[state](await wiring.runtime(), rebuild, progress ?? BEGINNING);
    logger.info('state done', about);
    return result;
  } catch (error) {
    logger.error('state failed', { ...about, error: error as Error });
    throw workflowError(error);
  }
}

async function doGrantState(event: z.output<typeof grantSchema>): Promise<unknown> {
  const { state, grantId, environment: target, execution, attempt, ...further } = event;
  const about = { state, grantId, environment: target, execution, attempt };
  let runtime: RobotRuntime | undefined;
  try {
    runtime = { ...(await wiring.runtime()), mailer };
    const result = await STATES[state](runtime, target, grantId, {
      callbackToken: further.callbackToken ?? '',
      seconds: further.seconds ?? 0,
      interruptible: further.interruptible ?? false,
      error: further.error,
      answer: (token) => answerCallback(stepFunctions, token),
      interrupt: (token) => interruptWait(stepFunctions, token),
    });
    logger.info('state done', about);
    return result ?? {};
  } catch (error) {
    if (error instanceof PassGoesOn) {
      logger.info('the pass goes on', about);
      throw workflowError(error);
    }
    logger.error('state failed', { ...about, error: error as Error });
    if (runtime) {
      await noteFailure(runtime, target, grantId, state, error).catch((note) =>
        logger.error('the failure could not be noted', { ...about, error: note as Error }),
      );
    }
    throw workflowError(error);
  }
}
