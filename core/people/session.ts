import type { DesignSession } from '../apps/drafts.ts';
import type { Runtime } from '../runtime.ts';

/** What use cases on people, roles and environments work with, for one request. */
export interface PeopleSession extends DesignSession {
  readonly runtime: Runtime;
}
