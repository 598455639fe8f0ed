import type { DesignSession } from '../apps/drafts.ts';
import type { Change } from '../changes.ts';
import { accountValues, type DesignChange, designEvent } from '../journal/design-event.ts';
import type { Principal } from '../principals.ts';
import type { Runtime } from '../runtime.ts';

/** What use cases on people, roles and environments work with, for one request. */
export interface PeopleSession extends DesignSession {
  readonly runtime: Runtime;
}

/** The change's entry in the journal, to be written in the same transaction. */
export function journalled(session: PeopleSession, change: DesignChange): Change {
  return { kind: 'addDesignEvent', event: designEvent(session, change) };
}

/** The entry for an account as it was and as it shall be; absent: it was not there, or is not any more. */
export function accountChange(before: Principal | undefined, after: Principal | undefined): DesignChange {
  const { id, name, type } = (after ?? before) as Principal;
  return {
    action: before && after ? 'change' : after ? 'create' : 'delete',
    subject: { type: type as 'user', id, name },
    ...(before && { before: accountValues(before) }),
    ...(after && { after: accountValues(after) }),
  };
}
