import type { Policy } from './load.ts';
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
  const { subject, action, context } = request;
  const link = policy.linkOf(subject);
  const permitted: Permitted<Of>[] = [];
  for (const resource of resources) {
    const { decision, fields } = link
      .plan(resource, action, context.environment)
      .decide({ ...request, resource });
    if (decision) permitted.push({ resource, fields });
  }
  return permitted;
}
