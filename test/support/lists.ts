import type { IndexState } from '../../core/apps/rebuilding.ts';
import { createDefinitions } from '../../lambdas/shared/table/definitions.ts';
import type { System } from '../../local/system.ts';

/** Writes under an earlier definition have ended by then, and a rebuild begins. */
const REBUILD_BEGINS_MS = 61_000;

type Type = Pick<IndexState, 'environment' | 'app' | 'recordType'>;

export const WORK_ORDER_LISTS: Type = {
  environment: 'production',
  app: 'work-orders',
  recordType: 'work-order',
};

/** Moves the clock to where the rebuild that was requested begins, and waits until it has finished. */
export async function listsRebuilt(system: System, type: Type = WORK_ORDER_LISTS) {
  await system.clock.advance(REBUILD_BEGINS_MS);
  return rebuildEnded(system, 'finished', type);
}

/** Waits until the last rebuild of a type's indexes has come to an end of this kind. */
export function rebuildEnded(system: System, status: 'finished' | 'failed', type: Type = WORK_ORDER_LISTS) {
  const definitions = createDefinitions(system.dynamodb.client, system.dynamodb.tableName());
  return system.waitFor(`the rebuild of ${type.app}/${type.recordType} has ${status}`, async () => {
    const rebuild = await definitions.readRebuild(type);
    return rebuild?.status === status ? rebuild : undefined;
  });
}
