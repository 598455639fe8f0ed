import type { LinkedApp, LinkedRecordType, LinkedSite } from '../apps/published.ts';
import { indexIdsOf, layoutOf } from './layout.ts';
import { type RebuildNeed, typeName } from './rebuild.ts';

export type RebuildNeeds = Readonly<Record<string, RebuildNeed>>;

/** What a publication changes about indexes. */
export interface IndexChange {
  before: LinkedSite;
  after: LinkedSite;
  /** Version of the manifest that is being published. */
  version: number;
  /** What was needed before, and has not been rebuilt since. */
  pending: RebuildNeeds;
}

/**
 * What has to be rebuilt after a publication. Records of a type that was published before may be there already: indexes
 * that are new to it lack them, and items of another layout lack values.
 * @returns what lists have to wait for, and the types whose records have to be gone through
 */
export function rebuildNeeds({ before, after, version, pending }: IndexChange): {
  needs: RebuildNeeds;
  rebuilds: { app: string; recordType: string }[];
} {
  const needs: Record<string, RebuildNeed> = { ...pending };
  const rebuilds: { app: string; recordType: string }[] = [];
  for (const app of before.apps.values()) {
    for (const type of app.recordTypes.values()) {
      const now = after.recordType(app.id, type.id);
      const name = typeName({ app: app.id, recordType: type.id });
      if (!now) needs[name] = { since: version, indexes: ['*'] };
      else if (layoutOf(type) !== layoutOf(now)) {
        rebuilds.push({ app: app.id, recordType: type.id });
        const indexes = lacking(now, namesOf(type), pending[name]);
        if (indexes.length > 0) needs[name] = { since: version, indexes };
        else delete needs[name];
      }
    }
    const returned = returnedTypes(after.apps.get(app.id), app, pending);
    for (const type of returned) {
      rebuilds.push({ app: app.id, recordType: type.id });
      needs[typeName({ app: app.id, recordType: type.id })] = { since: version, indexes: [...namesOf(type)] };
    }
  }
  return { needs, rebuilds };
}

/** Indexes of a type in which records may be missing. */
function lacking(
  type: LinkedRecordType,
  there: ReadonlySet<string>,
  pending: RebuildNeed | undefined,
): string[] {
  const waited = new Set(pending?.indexes);
  return [...namesOf(type)].filter((name) => !there.has(name) || waited.has(name));
}

/** Types that had left their app and are back, with the records that they had. */
function returnedTypes(
  now: LinkedApp | undefined,
  before: LinkedApp,
  pending: RebuildNeeds,
): LinkedRecordType[] {
  return [...(now?.recordTypes.values() ?? [])].filter(
    (type) =>
      !before.recordTypes.has(type.id) &&
      pending[typeName({ app: before.id, recordType: type.id })] !== undefined,
  );
}

function namesOf(type: LinkedRecordType): ReadonlySet<string> {
  return new Set(
    [...type.views.values()].flatMap((view) => indexIdsOf(view).map((index) => indexName(view.id, index))),
  );
}

export function indexName(view: string, index: string): string {
  return `${view}/${index}`;
}
