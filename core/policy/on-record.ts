import { decide } from './decide.ts';
import type { Policy } from './load.ts';
import type { AccessRequest, Decision } from './types.ts';

/**
 * Answers one question as the product asks it: an operation on a record needs that the record, as it is stored, may be
 * viewed. Where it may not, the answer is that of the question whether it may.
 */
export function decideOnRecord(policy: Policy, request: AccessRequest): Decision {
  const decision = decide(policy, request);
  const viewing = decision.decision ? viewingOf(policy, request) : undefined;
  if (!viewing) return decision;
  const view = decide(policy, viewing);
  if (!view.decision) return view;
  // Who may run it by a rule, and view it by an exemption only, has done it by the exemption.
  return view.bypass && !decision.bypass ? { ...decision, bypass: view.bypass } : decision;
}

/** The question whether the record may be viewed, which an operation on it depends on; undefined where none does. */
export function viewingOf(
  policy: Policy,
  { fields: _, ...request }: AccessRequest,
): AccessRequest | undefined {
  const { resource, action } = request;
  if (resource.type !== 'record') return undefined;
  const operations = policy.recordType(resource)?.operations ?? {};
  const kind = Object.hasOwn(operations, action) ? operations[action]?.kind : undefined;
  if (kind === undefined || kind === 'add' || kind === 'view') return undefined;
  const [view = 'view'] = Object.keys(operations).filter((id) => operations[id]?.kind === 'view');
  return { ...request, action: view, resource: { ...resource, proposed: undefined } };
}
