import { SendTaskSuccessCommand, type SFNClient } from '@aws-sdk/client-sfn';

/** The workflow does not wait under this callback any more: it went on, ended, or was redriven. */
const STALE = new Set(['TaskTimedOut', 'TaskDoesNotExist', 'InvalidToken']);

/** Wakes a waiting workflow. A stale callback counts as done: the conditional write has decided, this only tells. */
export async function answerCallback(client: Pick<SFNClient, 'send'>, taskToken: string): Promise<void> {
  try {
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
  } catch (error) {
    if (!(error instanceof Error && STALE.has(error.name))) throw error;
  }
}
