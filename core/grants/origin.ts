import type { LinkedOperation, LinkedRecordType } from '../apps/published.ts';
import type { Grant } from './grant.ts';

/** An operation with a task that issues passes, and when it does. */
export type Origin = Pick<LinkedOperation['tasks'][number], 'task' | 'when'> & { operation: LinkedOperation };

/**
 * What a grant came of, as its app is published now. Definitions change while passes live: an operation or a task that has
 * another name by now, or another place, is known by the other of the two, and else by what it does.
 * @returns undefined when nothing issues passes for this record type any more
 */
export function originOf(
  type: LinkedRecordType,
  grant: Pick<Grant, 'operation' | 'task'>,
): Origin | undefined {
  const issuing = [...type.operations.values()].flatMap((operation) =>
    operation.tasks
      .filter(({ task }) => task.grant === 'issue')
      .map((attached) => ({ ...attached, operation })),
  );
  const likeness = ({ operation, task }: Origin) =>
    Number(task.id === grant.task) * 2 + Number(operation.id === grant.operation);
  return issuing.toSorted((a, b) => likeness(b) - likeness(a))[0];
}
