import type { RuleDraft } from '../types.ts';

/** What a role may do with user accounts from apps. */
export interface AccountGrant {
  readonly role: string;
  readonly create?: boolean;
  readonly update?: boolean;
  readonly delete?: boolean;
  /** Custom roles that it may give and take away. */
  readonly assign?: readonly string[];
}

/** What an environment lets apps do with user accounts at all. */
export interface AccountSettings {
  readonly manipulation: boolean;
  /** Deleting can be forbidden apart from the rest. */
  readonly deletion: boolean;
}

/** Permissions on user accounts for the runtime plane; none where the environment has them switched off. */
export function accountRules(grants: readonly AccountGrant[], settings: AccountSettings): RuleDraft[] {
  if (!settings.manipulation) return [];
  return grants.flatMap((grant) => {
    const actions = (['create', 'update', 'delete'] as const).filter(
      (action) => grant[action] && (action !== 'delete' || settings.deletion),
    );
    const source = `accounts/${grant.role}`;
    const common = { effect: 'allow', subjects: [{ kind: 'role', id: grant.role }], source } as const;
    const assign = [...new Set(grant.assign)].map(
      (role): RuleDraft => ({
        ...common,
        id: `${source}/assign/${role}`,
        actions: ['assign', 'remove'],
        resource: { type: 'role', id: role },
      }),
    );
    const manage: RuleDraft[] = actions.length
      ? [{ ...common, id: source, actions, resource: { type: 'account' } }]
      : [];
    return [...manage, ...assign];
  });
}
