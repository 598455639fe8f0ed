import { SendTaskFailureCommand, SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';

/** The workflow does not wait under this callback any more: it went on, ended, or was redriven. */
const STALE = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

/** The error under which a wait is caught and measured anew, as the state machine spells it. */
export const INTERRUPTED = 'EndMoved';

type Client = Pick<SFNClient, 'send'>;

/** Tells a waiting workflow that the grant has ended. A stale callback counts as done: the conditional write has decided. */
export function answerCallback(client: Client, taskToken: string): Promise<void> {
  return unlessStale(client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' })));
}

/** Tells a waiting workflow to look at its grant again: its wait fails with an error that leads to CheckGrant. */
export function interruptWait(client: Client, taskToken: string): Promise<void> {
  return unlessStale(client.send(new SendTaskFailureCommand({ taskToken, error: INTERRUPTED })));
}

async function unlessStale(sent: Promise<unknown>): Promise<void> {
  try {
    await sent;
  } catch (error) {
    if (!(error instanceof Error && STALE.has(error.name))) throw error;
  }
}
