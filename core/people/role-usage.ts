import { type AppDefinition, appSchema } from '../apps/definition.ts';
import type { DefinitionStore } from '../apps/definition-store.ts';
import { readPublished } from '../apps/publishing.ts';
import type { SettingsState } from '../apps/settings.ts';
import { ENVIRONMENTS } from '../environments.ts';
import type { Problem } from '../errors.ts';
import type { Runtime } from '../runtime.ts';
import { wholeDirectory } from './directory.ts';

/** How many places are named; there can be thousands of people. */
const MOST_NAMED = 100;

/** Where that is looked up. */
export interface UsageSources {
  readonly definitions: DefinitionStore;
  readonly runtime: Pick<Runtime, 'store'>;
}

/**
 * Where a role is in use: by people and machines, by apps (as they are published and as they are drafted), by other
 * roles that may assign it, and by live passes.
 */
export async function roleUsage(
  session: UsageSources,
  state: Pick<SettingsState, 'settings' | 'manifests'>,
  role: string,
): Promise<Problem[]> {
  const { store } = session.runtime;
  const [users, machines, apps, passes] = await Promise.all([
    wholeDirectory(store, 'users'),
    wholeDirectory(store, 'machines'),
    appsNaming(session, state, role),
    passesWith(session, role),
  ]);
  const held = [...users, ...machines]
    .filter(({ roles }) => roles.includes(role))
    .map(({ id, type, name }) => ({
      path: `/${type === 'user' ? 'users' : 'service-accounts'}/${id}`,
      message: `${name} holds it`,
    }));
  const assigning = state.settings.roles
    .filter(({ id, accounts }) => id !== role && accounts?.assign?.includes(role))
    .map(({ id, name }) => ({ path: `/roles/${id}`, message: `${name} may assign it` }));
  return [...apps, ...assigning, ...passes, ...held].slice(0, MOST_NAMED);
}

async function appsNaming(
  session: UsageSources,
  { manifests }: Pick<SettingsState, 'manifests'>,
  role: string,
): Promise<Problem[]> {
  const { definitions } = session;
  const listed = await definitions.listApps();
  const drafts = await Promise.all(listed.map(({ id }) => definitions.readDraft(id)));
  const found = drafts.flatMap((draft) => {
    const parsed = appSchema.safeParse(draft?.definition);
    return parsed.success ? naming(parsed.data, role, `/apps/${parsed.data.id}/draft`, 'the draft') : [];
  });
  for (const [environment, manifest] of manifests) {
    for (const { definition } of await readPublished(definitions, manifest)) {
      const path = `/environments/${environment}/apps/${definition.id}`;
      found.push(...naming(definition, role, path, `${definition.name} in ${environment}`));
    }
  }
  return found;
}

/** Permissions name roles, fields of roles list them, and defaults give them. */
function naming(app: AppDefinition, role: string, path: string, where: string): Problem[] {
  const permitted = app.permissions.some((permission) => permission.role === role);
  const offered = app.recordTypes.flatMap(({ fields }) =>
    fields.filter(
      ({ type, rolesFrom, default: initial }) =>
        type === 'roles' && (rolesFrom?.includes(role) || initial?.includes(`"${role}"`)),
    ),
  );
  return [
    ...(permitted ? [{ path: `${path}/permissions`, message: `${where} gives it permissions` }] : []),
    ...offered.map(({ id, label }) => ({
      path: `${path}/fields/${id}`,
      message: `“${label}” in ${where} offers it`,
    })),
  ];
}

async function passesWith({ runtime }: UsageSources, role: string): Promise<Problem[]> {
  const grants = (await Promise.all(ENVIRONMENTS.map((name) => runtime.store.listOpenGrants(name)))).flat();
  const holders = await Promise.all(
    grants.map(async ({ id, principalId }) => ({
      id,
      holder: principalId ? await runtime.store.readPrincipal(principalId) : undefined,
    })),
  );
  return holders.flatMap(({ id, holder }) =>
    holder?.roles.includes(role)
      ? [{ path: `/tokens/${id}`, message: `${holder.name} has a live pass with it` }]
      : [],
  );
}
