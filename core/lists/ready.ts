import type { LinkedView } from '../apps/published.ts';
import type { Published, Session } from '../runtime.ts';
import { typeName } from './rebuild.ts';
import { indexName } from './rebuild-needs.ts';

/** Types whose rebuild is known to have finished; what is published once stays as it is. */
const finished = new WeakMap<Published, Set<string>>();

/**
 * Which of a view's indexes hold all records by now. Costs a read only between a publication that needs a rebuild and
 * its end.
 */
export async function readyIndexes(
  { published, runtime }: Session,
  { id, recordType }: LinkedView,
): Promise<(index: string) => boolean> {
  const type = { environment: published.environment, app: recordType.app.id, recordType: recordType.id };
  const name = typeName(type);
  const need = published.rebuilds?.[name];
  if (!need || finished.get(published)?.has(name)) return () => true;
  const rebuild = await runtime.store.readRebuild(type);
  if ((rebuild?.built ?? 0) >= need.since) {
    finished.set(published, (finished.get(published) ?? new Set()).add(name));
    return () => true;
  }
  const waited = new Set(need.indexes);
  return (index) => !waited.has(indexName(id, index));
}
