import type { AppDefinition, Permission } from '../../apps/definition.ts';
import type { CheckedExpression } from '../../expressions/types.ts';
import type { RuleDraft, Selector } from '../types.ts';

/**
 * Permissions as an app's definition writes them: what a role, or one account, may run, on which records, with which
 * fields, and which views it may open; or what it is forbidden. Whoever may do anything in an app may open it.
 * @param conditions already checked ones by JSON pointer; a condition that is not among them is passed on as text
 */
export function appPermissionRules(
  app: Pick<AppDefinition, 'id' | 'permissions'>,
  conditions: Readonly<Record<string, CheckedExpression>> = {},
): RuleDraft[] {
  const rules = app.permissions.flatMap((permission, at) => {
    const source = `/permissions/${at}`;
    const asked = (part: 'when' | 'check') => conditions[`${source}/${part}`] ?? permission[part];
    return [
      ...operationRules(app.id, permission, source, { condition: asked('when'), check: asked('check') }),
      ...viewRules(app.id, permission, source),
    ];
  });
  const permitted = app.permissions.filter(({ effect }) => effect !== 'deny').map(subjectOf);
  const openers = new Map(permitted.map((selector) => [`${selector.kind}:${selector.id}`, selector]));
  return [...rules, ...[...openers.values()].map((selector) => openRule(app.id, selector))];
}

function operationRules(
  app: string,
  permission: Permission,
  source: string,
  { condition, check }: { [Part in 'condition' | 'check']: CheckedExpression | string | undefined },
): RuleDraft[] {
  return (permission.operations ?? []).flatMap((operation) => {
    const fields = permission.fields?.[operation];
    return {
      id: `${app}${source}/${operation}`,
      effect: permission.effect ?? 'allow',
      subjects: [subjectOf(permission)],
      actions: [operation],
      resource: { type: 'record', app, recordType: permission.recordType },
      ...(condition !== undefined && { condition }),
      ...(check !== undefined && { check }),
      ...(fields !== undefined && fields !== '*' && { fields }),
      source: `${app}#${source}`,
    } satisfies RuleDraft;
  });
}

function viewRules(app: string, permission: Permission, source: string): RuleDraft[] {
  return (permission.views ?? []).map((id) => ({
    id: `${app}${source}/open/${id}`,
    effect: permission.effect ?? 'allow',
    subjects: [subjectOf(permission)],
    actions: ['open'],
    resource: { type: 'view', app, recordType: permission.recordType, id },
    source: `${app}#${source}`,
  }));
}

function openRule(app: string, selector: Named): RuleDraft {
  const { kind, id } = selector;
  return {
    id: `${app}/open/${kind === 'role' ? id : `${kind}/${id}`}`,
    effect: 'allow',
    subjects: [selector],
    actions: ['open'],
    resource: { type: 'app', app },
    source: `${app}#/permissions`,
  };
}

type Named = Extract<Selector, { kind: 'role' | 'principal' }>;

/** Whom a permission is about: the definition's schema demands a role or an account, one of them. */
function subjectOf({ role, subject }: Pick<Permission, 'role' | 'subject'>): Named {
  return subject === undefined ? { kind: 'role', id: role ?? '' } : { kind: 'principal', id: subject };
}
