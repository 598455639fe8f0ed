import type { AppDefinition } from './definition.ts';

/** Ids of the other apps that a definition names: what references and tokens refer to, what tasks find and act on. */
export function namedApps(app: AppDefinition): string[] {
  const referred = app.recordTypes.flatMap(({ fields }) => fields.flatMap(({ target }) => target?.app ?? []));
  const acted = app.tasks.flatMap(({ actions }) =>
    actions.flatMap(({ source, target }) => [...(source ? [source.app] : []), target.app]),
  );
  return [...new Set([...referred, ...acted])].filter((id) => id !== app.id).sort();
}

/** The given apps and all that they need, directly or through others; each once, in order of need. */
export function withDependencies(ids: readonly string[], apps: ReadonlyMap<string, AppDefinition>): string[] {
  const found = new Set<string>();
  const visit = (id: string): void => {
    const app = apps.get(id);
    if (!app || found.has(id)) return;
    found.add(id);
    for (const other of namedApps(app)) visit(other);
  };
  for (const id of ids) visit(id);
  return [...found];
}
