import type { LinkedField, LinkedOperation, LinkedTask } from '../apps/published.ts';
import { DaypassError } from '../errors.ts';
import { writableFields } from '../records/answer.ts';
import type { Plan } from '../records/plan.ts';
import type { StoredRecord } from '../records/record.ts';
import { fieldProblem } from '../records/values.ts';
import type { Session } from '../runtime.ts';
import type { Grant } from './grant.ts';

/** A task that an operation can start and that issues a pass, with its condition and the words of that. */
export interface Issuing {
  task: LinkedTask;
  when?: LinkedOperation['tasks'][number]['when'];
  source?: string;
}

/** The tasks by which an operation can ask for a pass: its own, and for an edit those that adding such a record has. */
export function issuingTasks({ id, definition, recordType }: LinkedOperation): Issuing[] {
  if (definition.kind === 'delete') return [];
  return [...recordType.operations.values()]
    .filter((other) => other.id === id || (definition.kind === 'edit' && other.definition.kind === 'add'))
    .flatMap((other) =>
      other.tasks
        .filter(({ task }) => task.grant === 'issue')
        .map(({ task, when }) => {
          const source = other.definition.tasks?.find((attached) => attached.task === task.id)?.when;
          return { task, ...(when && { when }), ...(source !== undefined && { source }) };
        }),
    );
}

/** Whether a task fills a field in that people may leave empty. */
export function fillsIn({ actions }: LinkedTask, { id, definition }: LinkedField): boolean {
  return !definition.required && actions.some(({ returns }) => returns.has(id));
}

/**
 * Refuses an operation that asks for a pass and says something else of what the pass fills in: a value that was just
 * typed, or a person who would be replaced without a word.
 * @throws DaypassError VALUES_INVALID with a problem per field
 */
export async function refuseOverwriting(session: Session, plan: Plan, task: LinkedTask): Promise<void> {
  const { operation, before, after, sent = [] } = plan;
  const typed = operation.fields.filter(
    (field) =>
      fillsIn(task, field) &&
      operation.writable.has(field.id) &&
      sent.includes(field.id) &&
      after.values[field.id] != null &&
      after.values[field.id] !== before?.values[field.id],
  );
  const stay = before ? await replaced(session, operation, after, task) : [];
  const problems = [...typed, ...stay].map(({ id, definition }) =>
    fieldProblem(id, definition.type === 'user' ? PERSON : VALUE),
  );
  if (problems.length > 0) throw new DaypassError('VALUES_INVALID', undefined, problems);
}

const PERSON = 'must be left empty: whoever gets the link is entered here';
const VALUE = 'must be left empty: it is filled in when the link is made';

async function replaced(
  session: Session,
  operation: LinkedOperation,
  record: StoredRecord,
  task: LinkedTask,
) {
  const people = peopleIn(session, operation, record, task);
  if (people.length === 0) return [];
  const grants = await session.runtime.store.readGrants(record.environment, record.id);
  return people.filter((field) => !isFromPass(grants, record, field));
}

/**
 * The people in a record whom another pass would replace, and whom the caller could take out beforehand. Holders of its
 * earlier passes are not among them.
 */
export function replacedPeople(
  session: Session,
  operation: LinkedOperation,
  record: StoredRecord,
  { task, grants }: { task: LinkedTask; grants: readonly Grant[] },
): LinkedField[] {
  return peopleIn(session, operation, record, task).filter((field) => !isFromPass(grants, record, field));
}

function peopleIn(session: Session, operation: LinkedOperation, record: StoredRecord, task: LinkedTask) {
  const filled = [...operation.fields].filter(
    (field) =>
      field.definition.type === 'user' && typeof record.values[field.id] === 'string' && fillsIn(task, field),
  );
  if (filled.length === 0) return [];
  const writable = new Set(writableFields(session, operation, record).map(({ id }) => id));
  return filled.filter(({ id }) => writable.has(id));
}

const isFromPass = (grants: readonly Grant[], { values }: StoredRecord, { id }: LinkedField) =>
  grants.some(({ principalId }) => principalId === values[id]);
