import { principalIdOf } from '../bin/site-files/apply-person.ts';
import { applySite } from '../bin/site-files/apply-site.ts';
import { readSiteFiles, type SiteFiles } from '../bin/site-files/read-site.ts';
import type { Environment } from '../core/environments.ts';
import { createDefinitions } from '../lambdas/shared/table/definitions.ts';
import { createStore } from '../lambdas/shared/table/store.ts';
import { type Example, type ExampleRecord, PROPERTY_MANAGEMENT_FOLDER } from './example.ts';
import type { System } from './system.ts';
import { signIn, type Visitor } from './visitor.ts';

const DAY_MS = 86_400_000;

export interface SeedOptions {
  folder: string;
  environment: Environment;
}

export const PROPERTY_MANAGEMENT: SeedOptions = {
  folder: PROPERTY_MANAGEMENT_FOLDER,
  environment: 'production',
};

/** Applies a worked example's definition files to a running system, as `npm run apply` does to a deployed one. */
export async function seedDefinitions(
  system: System,
  { folder, environment }: SeedOptions,
): Promise<SiteFiles> {
  const files = await readSiteFiles(folder);
  await applyFiles(system, files, environment);
  return files;
}

/**
 * Puts an example into a running system: its definition files, and its records over HTTP, submitted by the people who
 * would. It is over when everything that follows from them is, and the passes that they bring are mailed.
 */
export async function seedExample(
  system: System,
  { files, environment, records }: Omit<Example, 'folder'>,
): Promise<void> {
  await applyFiles(system, files, environment);
  const visitors = new Map<string, Visitor>();
  for (const submitter of new Set(records.map((record) => record.as))) {
    const email = files.site.people.find(({ id }) => id === submitter)?.email ?? '';
    visitors.set(submitter, await signIn(system, email));
  }
  // The sign-in mails were for the seeding alone.
  await system.mail.clear();
  for (const [at, record] of records.entries()) {
    const { app, recordType, operation, passTo } = record;
    const values = valuesOf(system, files, record);
    const answer = await (visitors.get(record.as) as Visitor).json(
      'POST',
      `/${environment}/apps/${app}/record-types/${recordType}/records`,
      { operation, values },
    );
    if (answer.status !== 201) throw new Error(`/${at} of records.json was refused: ${answer.text}`);
    if (passTo === undefined) continue;
    const address = String(values[passTo]);
    await system.mail.waitFor(({ to }) => to.includes(address));
  }
  await system.settled();
}

async function applyFiles(system: System, files: SiteFiles, environment: Environment): Promise<void> {
  const { client } = system.dynamodb;
  const table = system.dynamodb.tableName();
  await applySite(files, environment, {
    definitions: createDefinitions(client, table),
    store: createStore(client, table),
    siteId: siteIdOf(system),
    now: system.clock.now(),
    by: 'the local system',
  });
}

/** People are named by their ids in site.json; fields hold principals' ids. */
function valuesOf(system: System, files: SiteFiles, record: ExampleRecord): Record<string, unknown> {
  const people = new Map(
    files.site.people.map((person) => [person.id, principalIdOf(siteIdOf(system), person)]),
  );
  const dates = Object.entries(record.daysFromToday ?? {}).map(([field, days]) => [
    field,
    new Date(system.clock.now() + days * DAY_MS).toISOString().slice(0, 10),
  ]);
  const values = Object.entries(record.values).map(([field, value]) => [
    field,
    people.get(String(value)) ?? value,
  ]);
  return Object.fromEntries([...values, ...dates]);
}

export function siteIdOf(system: System): string {
  return system.outputs.SiteId as string;
}
