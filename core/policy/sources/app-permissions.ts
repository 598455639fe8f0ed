import type { AppDefinition, Permission } from '../../apps/definition.ts';
import type { CheckedExpression } from '../../expressions/types.ts';
import type { RuleDraft, Selector } from '../types.ts';

/**
 * Permissions per role, as an app's definition writes them: what a role may run, on which records, with which fields,
 * and which views it may open. Whoever may do anything in an app may open it.
 * @param conditions already checked ones by JSON pointer; a condition that is not among them is passed on as text
 */
export function appPermissionRules(
  app: Pick<AppDefinition, 'id' | 'permissions'>,
  conditions: Readonly<Record<string, CheckedExpression>> = {},
): RuleDraft[] {
  const rules = app.permissions.flatMap((permission, at) => {
    const source = `/permissions/${at}`;
    const condition =
      permission.when === undefined ? undefined : (conditions[`${source}/when`] ?? permission.when);
    return [
      ...operationRules(app.id, permission, source, condition),
      ...viewRules(app.id, permission, source),
    ];
  });
  const roles = [...new Set(app.permissions.map(({ role }) => role))];
  return [...rules, ...roles.map((role) => openRule(app.id, role))];
}

function operationRules(
  app: string,
  permission: Permission,
  source: string,
  condition: CheckedExpression | string | undefined,
): RuleDraft[] {
  return (permission.operations ?? []).flatMap((operation) => {
    const fields = permission.fields?.[operation];
    return {
      id: `${app}${source}/${operation}`,
      effect: 'allow',
      subjects: [subjectOf(permission)],
      actions: [operation],
      resource: { type: 'record', app, recordType: permission.recordType },
      ...(condition !== undefined && { condition }),
      ...(fields !== undefined && fields !== '*' && { fields }),
      source: `${app}#${source}`,
    } satisfies RuleDraft;
  });
}

function viewRules(app: string, permission: Permission, source: string): RuleDraft[] {
  return (permission.views ?? []).map((id) => ({
    id: `${app}${source}/open/${id}`,
    effect: 'allow',
    subjects: [subjectOf(permission)],
    actions: ['open'],
    resource: { type: 'view', app, recordType: permission.recordType, id },
    source: `${app}#${source}`,
  }));
}

function openRule(app: string, role: string): RuleDraft {
  return {
    id: `${app}/open/${role}`,
    effect: 'allow',
    subjects: [{ kind: 'role', id: role }],
    actions: ['open'],
    resource: { type: 'app', app },
    source: `${app}#/permissions`,
  };
}

function subjectOf({ role }: Permission): Selector {
  return { kind: 'role', id: role };
}
