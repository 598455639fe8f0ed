import type { OutboxEntry } from '../changes.ts';
import type { Rebuild } from './rebuild.ts';

/** Starts the execution of a requested rebuild. */
export function startOf({ id, environment, app, recordType, requestedAt }: Rebuild): OutboxEntry {
  return {
    id: `rebuild-${id}`,
    createdAt: requestedAt,
    action: { type: 'startRebuild', rebuildId: id, environment, app, recordType },
  };
}
