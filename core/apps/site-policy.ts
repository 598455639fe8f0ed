import type { PolicyFacts, PolicyInput } from '../policy/document.ts';
import { appPermissionRules } from '../policy/sources/app-permissions.ts';
import { builtInRoleRules } from '../policy/sources/built-in-roles.ts';
import { type SignInRole, signInRules } from '../policy/sources/sign-in.ts';
import type { AppDefinition } from './definition.ts';
import type { CheckedApp } from './published.ts';

/**
 * Everything that an environment's definitions say about who may do what, as input for the policy compiler.
 * @param apps apps that were checked together
 */
export function policyInput(apps: readonly CheckedApp[], roles: readonly SignInRole[]): PolicyInput {
  return {
    apps: Object.fromEntries(apps.map(({ definition }) => [definition.id, appFacts(definition)])),
    roles: roles.map(({ id }) => id),
    rules: [
      ...builtInRoleRules(),
      ...signInRules(roles),
      ...apps.flatMap(({ definition, expressions }) => appPermissionRules(definition, expressions)),
    ],
  };
}

function appFacts(app: AppDefinition): PolicyFacts['apps'][string] {
  return {
    kind: app.kind,
    accessModel: app.accessModel,
    recordTypes: Object.fromEntries(
      app.recordTypes.map((type) => [
        type.id,
        {
          operations: Object.fromEntries(
            type.operations.map(({ id, kind, from }) => [id, { kind, ...(from && { from }) }]),
          ),
          views: type.views.map(({ id }) => id),
          // Operations on records write them through returns only, never from a request.
          immutable: [],
        },
      ]),
    ),
  };
}
