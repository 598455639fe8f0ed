import type { RoleDefinition } from '../../apps/definition.ts';
import { ENVIRONMENTS } from '../../environments.ts';
import { publishAction } from '../actions.ts';
import { DESIGN } from '../built-in.ts';
import type { ResourcePattern, RuleDraft } from '../types.ts';

type DesignGrant = NonNullable<RoleDefinition['design']>;

/** What custom roles may do in the design plane, besides what built-in ones may. */
export function designGrantRules(roles: readonly Pick<RoleDefinition, 'id' | 'design'>[]): RuleDraft[] {
  return roles.flatMap(({ id, design }) =>
    (design ? grantsOf(design) : [])
      .filter(({ actions }) => actions.length > 0)
      .map(({ resource, actions }, at) => ({
        id: `roles/${id}/design/${at}`,
        effect: 'allow',
        subjects: [{ kind: 'role', id }],
        actions,
        resource,
        source: `roles/${id}`,
      })),
  );
}

function grantsOf(design: DesignGrant): { resource: ResourcePattern; actions: readonly string[] }[] {
  const { publish = ENVIRONMENTS } = design;
  const apps = Object.entries(design.apps ?? {}).map(([app, actions]) => ({
    resource: app === '*' ? ({ type: 'app' } as const) : ({ type: 'app', app } as const),
    actions: actions.flatMap((action) =>
      action === 'publish' ? publish.map(publishAction) : named([action]),
    ),
  }));
  return [
    ...apps,
    { resource: { type: 'role' }, actions: named(design.roles) },
    { resource: { type: 'account' }, actions: named(design.accounts) },
    { resource: { type: 'environment' }, actions: named(design.environments) },
  ];
}

const named = (actions: readonly string[] = []) => actions.map((action) => `${DESIGN}${action}`);

/** Apps that the roles name; they need not be published to be designed. */
export function designedApps(roles: readonly Pick<RoleDefinition, 'design'>[]): string[] {
  const named = roles.flatMap(({ design }) => Object.keys(design?.apps ?? {}));
  return [...new Set(named)].filter((app) => app !== '*');
}
