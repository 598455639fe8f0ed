import type { LinkedAction } from '../apps/published.ts';
import { isUnevaluable } from '../expressions/compile.ts';
import { openView } from '../records/list.ts';
import type { StoredRecord } from '../records/record.ts';
import { recordScope } from '../records/scope.ts';
import type { GrantSession } from './robot.ts';

/**
 * Finds the one record that a data action works on, by opening its source view as the robot with the parameters that
 * the mapping gives. Undefined when nothing is found or a parameter has no value.
 * @throws DaypassError NOT_FOUND when the robot may not open the view
 */
export async function findBySource(
  session: GrantSession,
  record: StoredRecord,
  action: LinkedAction,
): Promise<StoredRecord | undefined> {
  if (!action.source) return undefined;
  const { view, parameters } = action.source;
  const params: Record<string, string> = {};
  for (const [id, evaluate] of parameters) {
    const value = evaluate(recordScope(session, record));
    if (isUnevaluable(value) || value === null) return undefined;
    params[id] = String(value);
  }
  const page = await openView(session, {
    app: view.recordType.app.id,
    recordType: view.recordType.id,
    view: view.id,
    params,
    limit: 1,
  });
  const [found] = page.records;
  return found && session.runtime.store.readRecord(session.published.environment, found.id);
}
