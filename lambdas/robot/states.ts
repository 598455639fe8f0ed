import type { Environment } from '../../core/environments.ts';
import { createToken } from '../../core/grants/create.ts';
import { deleteToken } from '../../core/grants/end.ts';
import { recordMailFailure, revokeAfterFailure } from '../../core/grants/failure.ts';
import { notifyContractor, remindContractor } from '../../core/grants/notify.ts';
import type { RobotRuntime } from '../../core/grants/robot.ts';
import { awaitCompletion, checkGrant } from '../../core/grants/waiting.ts';
import {
  beginRebuild,
  type RebuildProgress,
  type RebuildRef,
  rebuildPage,
} from '../../core/lists/rebuild-records.ts';
import type { Runtime } from '../../core/runtime.ts';

/** What only some states need. */
export interface Further {
  /** AwaitCompletion: the workflow's callback, for how long it waits, whether it knows interruptions, and how to end the wait. */
  callbackToken: string;
  seconds: number;
  interruptible: boolean;
  answer(callbackToken: string): Promise<void>;
  interrupt(callbackToken: string): Promise<void>;
  /** RecordMailFailure and RevokeAfterFailure: the name of the error that led there. */
  error: string | undefined;
}

type State = (
  runtime: RobotRuntime,
  environment: Environment,
  grantId: string,
  further: Further,
) => Promise<unknown>;

/** One use case per state of `statemachines/token-access.asl.json`, under the state's name. */
export const STATES = {
  CreateToken: createToken,
  NotifyContractor: notifyContractor,
  RecordMailFailure: recordMailFailure,
  async AwaitCompletion(runtime, environment, grantId, further) {
    const { callbackToken, seconds, interruptible, answer, interrupt } = further;
    const wait = { callbackToken, seconds, interruptible };
    const outcome = await awaitCompletion(runtime, environment, grantId, wait);
    if (outcome === 'over') await answer(callbackToken);
    if (outcome === 'tooLong') await interrupt(callbackToken);
  },
  CheckGrant: checkGrant,
  RemindContractor: remindContractor,
  DeleteToken: deleteToken,
  RevokeAfterFailure: revokeAfterFailure,
} satisfies Record<string, State>;

export type StateName = keyof typeof STATES;

/** One use case per state of `statemachines/rebuild-indexes.asl.json`. */
export const REBUILD_STATES = {
  BeginRebuild: beginRebuild,
  RebuildPage: rebuildPage,
} satisfies Record<
  string,
  (runtime: Runtime, rebuild: RebuildRef, progress: RebuildProgress) => Promise<RebuildProgress>
>;

export type RebuildStateName = keyof typeof REBUILD_STATES;

/** Where a rebuild begins. */
export const BEGINNING: RebuildProgress = { shard: 0, after: '', done: 0, finished: false };
