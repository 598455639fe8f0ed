import type { Policy } from './load.ts';
import type { Plan } from './plan.ts';
import type { AccessRequest, Decision } from './types.ts';

/**
 * Answers one question as the product asks it: an operation on a record needs that the record, as it is stored, may be
 * viewed. Where it may not, the answer is that of the question whether it may.
 */
export function decideOnRecord(policy: Policy, request: AccessRequest): Decision {
  const plan = planOf(policy, request);
  const decision = plan.decide(request);
  const { viewing } = plan.parts;
  if (viewing === undefined || !decision.decision) return decision;
  const view = viewing.plan();
  // The gates of subject and context are those of the operation, and have let it through.
  if (view.alwaysGrants) return decision;
  const seen = view.decideResource(asViewing(request, viewing.action));
  if (!seen.decision) return seen;
  // Who may run it by a rule, and view it by an exemption only, has done it by the exemption.
  return seen.bypass && !decision.bypass ? { ...decision, bypass: seen.bypass } : decision;
}

/** The question whether the record may be viewed, which an operation on it depends on; undefined where none does. */
export function viewingOf(policy: Policy, request: AccessRequest): AccessRequest | undefined {
  const { viewing } = planOf(policy, request).parts;
  return viewing && asViewing(request, viewing.action);
}

function planOf(policy: Policy, { subject, action, resource, context }: AccessRequest): Plan {
  return policy.linkOf(subject).plan(resource, action, context.environment);
}

function asViewing({ subject, resource, context }: AccessRequest, action: string): AccessRequest {
  const stored = resource.proposed === undefined ? resource : { ...resource, proposed: undefined };
  return { subject, action, resource: stored, context };
}
