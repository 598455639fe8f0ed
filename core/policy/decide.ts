import type { OperationKind } from './document.ts';
import type { Policy } from './load.ts';
import type { AccessRequest, Context, Decision, FieldSet, Resource, Subject } from './types.ts';

/**
 * Answers one question. Pure and total: whatever the request or the definition holds, the answer is a decision.
 * Decisions are frozen and shared; compare them by value.
 */
export function decide(policy: Policy, request: AccessRequest): Decision {
  const { subject, action, resource, context } = request;
  return policy.linkOf(subject).plan(resource, action, context.environment).decide(request);
}

/** Answers several questions that must all be granted: the first denial, or the last grant. None asked is an error. */
export function decideAll(policy: Policy, requests: readonly [AccessRequest, ...AccessRequest[]]): Decision {
  const [first, ...others] = requests;
  let decision = decide(policy, first);
  for (const request of others) {
    if (!decision.decision) return decision;
    decision = decide(policy, request);
  }
  return decision;
}

/** The fields that the action may touch; empty when it is denied. */
export function permittedFields(policy: Policy, request: AccessRequest): FieldSet {
  return decide(policy, request).fields;
}

/** What a subject may do with one record. */
export interface Capabilities {
  /** Operations that would be granted now, in the definition's order, with the fields that each may touch. */
  readonly operations: readonly {
    readonly id: string;
    readonly kind: OperationKind;
    readonly fields: FieldSet;
  }[];
}

/** What a subject may do with one record as it stands: every operation except those that add another one. */
export function capabilities(
  policy: Policy,
  subject: Subject,
  resource: Resource,
  context: Context,
): Capabilities {
  const operations = policy.recordType(resource)?.operations ?? {};
  return {
    operations: Object.entries(operations).flatMap(([id, { kind }]) => {
      if (kind === 'add') return [];
      const { decision, fields } = decide(policy, { subject, action: id, resource, context });
      return decision ? [{ id, kind, fields }] : [];
    }),
  };
}
