import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { principalIdOf } from '../bin/site-files/apply-person.ts';
import { applySite } from '../bin/site-files/apply-site.ts';
import { readSiteFiles, type SiteFiles } from '../bin/site-files/read-site.ts';
import type { Environment } from '../core/environments.ts';
import { createDefinitions } from '../lambdas/shared/table/definitions.ts';
import { createStore } from '../lambdas/shared/table/store.ts';
import type { System } from './system.ts';
import { signIn, type Visitor } from './visitor.ts';

const DAY_MS = 86_400_000;

/** An entry of an example's `records.json`: an add operation as somebody would submit it. */
interface ExampleRecord {
  app: string;
  recordType: string;
  operation: string;
  /** Id of the person in site.json who submits it. */
  as: string;
  values: Record<string, unknown>;
  /** Date fields, so that an example is never out of date. */
  daysFromToday?: Record<string, number>;
}

export interface SeedOptions {
  folder: string;
  environment: Environment;
}

export const PROPERTY_MANAGEMENT: SeedOptions = {
  folder: fileURLToPath(new URL('../examples/property-management', import.meta.url)),
  environment: 'production',
};

/** Applies a worked example's definition files to a running system, as `npm run apply` does to a deployed one. */
export async function seedDefinitions(
  system: System,
  { folder, environment }: SeedOptions,
): Promise<SiteFiles> {
  const files = await readSiteFiles(folder);
  const { client } = system.dynamodb;
  const table = system.dynamodb.tableName();
  await applySite(files, environment, {
    definitions: createDefinitions(client, table),
    store: createStore(client, table),
    siteId: siteIdOf(system),
    now: system.clock.now(),
    by: 'the local system',
  });
  return files;
}

/** Submits a worked example's records over HTTP, signed in as the people who would. */
export async function seedRecords(
  system: System,
  files: SiteFiles,
  { folder, environment }: SeedOptions,
): Promise<number> {
  const records = JSON.parse(await readFile(join(folder, 'records.json'), 'utf8')) as ExampleRecord[];
  const visitors = new Map<string, Visitor>();
  for (const submitter of new Set(records.map((record) => record.as))) {
    const email = files.site.people.find(({ id }) => id === submitter)?.email ?? '';
    visitors.set(submitter, await signIn(system, email));
  }
  // The sign-in mails were for the seeding alone.
  await system.mail.clear();
  for (const record of records) {
    const { app, recordType, operation } = record;
    const answer = await (visitors.get(record.as) as Visitor).json(
      'POST',
      `/${environment}/apps/${app}/record-types/${recordType}/records`,
      { operation, values: valuesOf(system, files, record) },
    );
    if (answer.status !== 201)
      throw new Error(`Adding an example record answered ${answer.status}: ${answer.text}`);
  }
  return records.length;
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
