import type { RuleDraft } from '../types.ts';

/** A named endpoint or flow, and the roles that may call it. Nobody else may. */
export interface ServiceGrant {
  readonly service: string;
  readonly roles: readonly string[];
}

export function serviceRules(grants: readonly ServiceGrant[]): RuleDraft[] {
  return grants
    .filter(({ roles }) => roles.length > 0)
    .map(({ service, roles }) => ({
      id: `services/${service}`,
      effect: 'allow',
      subjects: roles.map((id) => ({ kind: 'role', id })),
      actions: ['call'],
      resource: { type: 'service', id: service },
      source: `services/${service}`,
    }));
}
