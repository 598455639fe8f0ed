import type { KeyObject } from 'node:crypto';

/** The keys that chain the journal; the active one writes, any listed one verifies. */
export interface JournalKeys {
  active: string;
  key(id: string): KeyObject | undefined;
}
