import type { Environment } from '../../core/environments.ts';
import { endBySystem } from '../../core/grants/end-by-system.ts';
import type { Runtime } from '../../core/runtime.ts';

/** A workflow that was aborted or failed runs no clean-up of its own: what it left is ended here. */
export async function endAborted(
  runtime: Runtime,
  environment: Environment,
  grantId: string,
  status: string,
): Promise<void> {
  const grant = await runtime.store.readGrant(environment, grantId);
  if (!grant) return;
  await endBySystem(runtime, grant, {
    status: 'failed',
    reason: status === 'ABORTED' ? 'aborted' : 'failed',
    step: 'Housekeeping',
    message: `the workflow ended as ${status}; the pass was taken away`,
    wake: true,
  });
}
