import { decideFor } from '../access.ts';
import type { LinkedRecordType } from '../apps/published.ts';
import type { Session } from '../runtime.ts';
import { mayOpen } from './list.ts';

export interface AppSummary {
  id: string;
  name: string;
  description?: string;
  recordTypes: {
    id: string;
    name: string;
    plural: string;
    operations: { id: string; name: string }[];
    views: { id: string; name: string; parameters: { id: string; label: string }[] }[];
  }[];
}

/** The apps in which the caller can add something or open a view; record types and views they cannot reach are left out. */
export function listApps(session: Session): AppSummary[] {
  return [...session.published.site.apps.values()]
    .map((app) => ({
      id: app.id,
      name: app.definition.name,
      ...(app.definition.description && { description: app.definition.description }),
      recordTypes: [...app.recordTypes.values()]
        .map((type) => summary(session, type))
        .filter((type) => type.operations.length > 0 || type.views.length > 0),
    }))
    .filter((app) => app.recordTypes.length > 0);
}

function summary(session: Session, type: LinkedRecordType): AppSummary['recordTypes'][number] {
  return {
    id: type.id,
    name: type.definition.name,
    plural: type.definition.plural,
    operations: [...type.operations.values()]
      .filter((operation) => operation.definition.kind === 'add' && mayAdd(session, type, operation.id))
      .map((operation) => ({ id: operation.id, name: operation.definition.name })),
    views: [...type.views.values()]
      .filter((view) => mayOpen(session, view))
      .map((view) => ({
        id: view.id,
        name: view.definition.name,
        parameters: (view.definition.parameters ?? []).map(({ id, label }) => ({ id, label: label ?? id })),
      })),
  };
}

/** Whether an empty form could be offered; conditions on the values are tested when it is sent. */
function mayAdd(session: Session, type: LinkedRecordType, operation: string): boolean {
  return decideFor(session, operation, { type: 'record', app: type.app.id, recordType: type.id }).decision;
}
