import type { OperationKind } from './document.ts';
import type { Policy } from './load.ts';
import { decideOnRecord } from './on-record.ts';
import type { Context, FieldSet, Resource, Subject } from './types.ts';

/** An operation that a subject may run on a record as it stands, and the rules that say so. */
export interface ReachedOperation {
  readonly id: string;
  readonly kind: OperationKind;
  readonly fields: FieldSet;
  /** Empty where an exemption decided. */
  readonly rules: readonly string[];
}

/** What a subject may do with one record: every operation of its type except those that add another one. */
export function reachedOperations(
  policy: Policy,
  subject: Subject,
  resource: Resource,
  context: Context,
): ReachedOperation[] {
  const operations = policy.recordType(resource)?.operations ?? {};
  return Object.entries(operations).flatMap(([id, { kind }]) => {
    if (kind === 'add') return [];
    const { decision, fields, reasons } = decideOnRecord(policy, { subject, action: id, resource, context });
    return decision ? [{ id, kind, fields, rules: reasons[0]?.rules ?? [] }] : [];
  });
}

/** Somebody who reaches a record, and how. */
export interface Reached<Of> {
  readonly of: Of;
  readonly operations: readonly ReachedOperation[];
}

/** Those of many subjects who reach a record, in their order. */
export function whoReaches<Of>(
  policy: Policy,
  candidates: Iterable<Of>,
  subjectOf: (candidate: Of) => Subject,
  resource: Resource,
  contextOf: (candidate: Of) => Context,
): Reached<Of>[] {
  const reached: Reached<Of>[] = [];
  for (const of of candidates) {
    const operations = reachedOperations(policy, subjectOf(of), resource, contextOf(of));
    if (operations.length > 0) reached.push({ of, operations });
  }
  return reached;
}

/**
 * Somebody of whom nothing is known but the role: what they reach, everybody who holds it reaches in this environment.
 * Rules that ask who exactly it is do not count.
 */
export function holderOf(role: string): Subject {
  return { type: 'user', roles: [role] };
}
