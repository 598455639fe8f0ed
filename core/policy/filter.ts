import type { Policy } from './load.ts';
import type { Plan } from './plan.ts';
import type { AccessRequest, FieldSet, Resource } from './types.ts';

/** One of the resources that were asked for, with the fields that may be shown or touched. */
export interface Permitted<Of> {
  readonly resource: Of;
  readonly fields: FieldSet;
}

/** Those of many resources for which an action is granted, in their order. */
export function filterPermitted<Of extends Resource>(
  policy: Policy,
  request: Omit<AccessRequest, 'resource'>,
  resources: Iterable<Of>,
): Permitted<Of>[] {
  const link = policy.linkOf(request.subject);
  const permitted: Permitted<Of>[] = [];
  let plan: Plan | undefined;
  let closed: boolean | undefined;
  let last: Of | undefined;
  // One object for all questions: a thousand records need no thousand requests.
  const asked: Omit<AccessRequest, 'resource'> & { resource: Resource } = { ...request, resource: NONE };
  for (const resource of resources) {
    asked.resource = resource;
    if (!plan || !last || !isSameKind(last, resource)) {
      plan = link.plan(resource, request.action, request.context.environment);
      closed = plan.closed(asked) !== undefined;
      last = resource;
    }
    if (closed) continue;
    const { decision, fields } = plan.decideResource(asked);
    if (decision) permitted.push({ resource, fields });
  }
  return permitted;
}

const NONE: Resource = { type: 'site' };

/** Whether two resources have one plan. */
function isSameKind(a: Resource, b: Resource): boolean {
  return a.type === 'record' && b.type === 'record' && a.app === b.app && a.recordType === b.recordType;
}
