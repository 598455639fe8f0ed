import type { Environment } from '../../core/environments.ts';
import type { Runtime } from '../../core/runtime.ts';

/** What a record is called, for whoever operates the site: its title, else the name of its type. */
export async function recordTitle(
  { store, published }: Runtime,
  environment: Environment,
  id: string,
): Promise<string> {
  const record = await store.readRecord(environment, id);
  if (!record) return 'a record that was deleted';
  const { site } = await published(environment);
  const { titleField, name = record.recordType } =
    site.recordType(record.app, record.recordType)?.definition ?? {};
  return String((titleField && record.values[titleField]) || name);
}
