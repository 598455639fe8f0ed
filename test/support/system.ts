import { type System, startSystem as startLocalSystem } from '../../local/system.ts';
import type { SystemOptions } from '../../local/system-options.ts';
import { ownDatabase } from './shared-database.ts';

/** The system as `npm start` runs it, with a database of its own in the one that all tests share. */
export function startSystem(options: SystemOptions = {}): Promise<System> {
  return startLocalSystem({ dynamodb: ownDatabase(), ...options });
}
