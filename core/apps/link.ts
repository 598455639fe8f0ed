import { createHash } from 'node:crypto';
import { type BuiltApp, expressionsOf } from './built.ts';
import { linkFollowUps } from './link-follow-ups.ts';
import { linkRecordType } from './link-record-type.ts';
import { pointerOf } from './problems.ts';
import type { CheckedApp, LinkedSite } from './published.ts';

/**
 * Links checked apps for use at run time. Pure and quick: expressions were parsed when they were saved.
 * @param apps apps that were checked together, so that everything they name is among them
 */
export function linkDefinitions(apps: readonly CheckedApp[]): LinkedSite {
  const linked = new Map<string, BuiltApp>();
  for (const app of apps) linked.set(app.definition.id, linkApp(app));
  for (const app of apps) linkFollowUps(app.definition, linked, expressionsOf(app));
  linkReferences(linked);
  return {
    hash: hashDefinitions(apps),
    apps: linked,
    recordType: (app, recordType) => linked.get(app)?.recordTypes.get(recordType),
  };
}

/** SHA-256 over the definitions in the order of their ids, in hex. */
export function hashDefinitions(apps: readonly CheckedApp[]): string {
  const sorted = apps.map(({ definition }) => definition).sort((a, b) => (a.id < b.id ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
}

function linkApp(app: CheckedApp): BuiltApp {
  const { definition } = app;
  const linked: BuiltApp = {
    id: definition.id,
    definition,
    recordTypes: new Map(),
    tasks: new Map(),
    notifications: new Map(),
    permissions: definition.permissions.map((permission, at) => {
      const when = app.expressions[pointerOf(['permissions', at, 'when'])];
      return { definition: permission, ...(when && { when }) };
    }),
  };
  for (const [at, type] of definition.recordTypes.entries()) {
    linked.recordTypes.set(type.id, linkRecordType(app, linked, type, at));
  }
  return linked;
}

/** Tells each record type which fields refer to it. */
function linkReferences(apps: ReadonlyMap<string, BuiltApp>): void {
  for (const app of apps.values()) {
    for (const recordType of app.recordTypes.values()) {
      for (const field of recordType.fields.values()) {
        const { target } = field.definition;
        if (!target) continue;
        const types = apps.get(target.app)?.recordTypes;
        const referenced = target.recordType ? types?.get(target.recordType) : types?.values().next().value;
        referenced?.referencedBy.push({ recordType, field });
      }
    }
  }
}
