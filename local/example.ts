import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { planPolicy } from '../bin/site-files/plan-policy.ts';
import { readSiteFiles, type SiteFiles } from '../bin/site-files/read-site.ts';
import type { Environment } from '../core/environments.ts';
import { DaypassError } from '../core/errors.ts';
import { LocalSystemError } from './assembly/problem.ts';

/** The example that `npm start` runs unless another folder is named. */
export const PROPERTY_MANAGEMENT_FOLDER = fileURLToPath(
  new URL('../examples/property-management', import.meta.url),
);

const recordSchema = z.strictObject({
  app: z.string(),
  recordType: z.string(),
  operation: z.string(),
  /** Id of the person in site.json who submits it. */
  as: z.string(),
  values: z.record(z.string(), z.unknown()),
  /** Date fields, so that an example is never out of date. */
  daysFromToday: z.record(z.string(), z.number().int()).optional(),
  /** The field whose address is mailed a pass because of this: the start is over when that mail is there. */
  passTo: z.string().optional(),
});

/** An entry of an example's `records.json`: an add operation as somebody would submit it. */
export type ExampleRecord = z.infer<typeof recordSchema>;

/** A folder of definition files, and what its people have submitted before anybody looks. */
export interface Example {
  folder: string;
  environment: Environment;
  files: SiteFiles;
  records: ExampleRecord[];
}

/**
 * Reads a folder of definition files, with its `records.json` if it has one, and checks what can be checked before
 * anything runs.
 * @throws LocalSystemError naming the file and what is wrong with it
 */
export async function readExample(folder: string): Promise<Example> {
  if (!(await isThere(folder))) {
    throw new LocalSystemError(
      `There is no folder ${folder}. Name a folder of definition files: npm start -- examples/person-directory`,
    );
  }
  for (const part of ['site.json', 'apps']) {
    if (await isThere(join(folder, part))) continue;
    throw new LocalSystemError(
      `There is no ${part} in ${folder}. A site is a site.json and one file per app under apps/ (docs/definitions.md).`,
    );
  }
  const environment = 'production';
  const files = await told(folder, async () => {
    const read = await readSiteFiles(folder);
    planPolicy(read, environment);
    return read;
  });
  return { folder, environment, files, records: await readRecords(folder, files) };
}

async function readRecords(folder: string, { site }: SiteFiles): Promise<ExampleRecord[]> {
  const file = join(folder, 'records.json');
  if (!(await isThere(file))) return [];
  const parsed = z
    .array(recordSchema)
    .safeParse(await told(folder, async () => JSON.parse(await readFile(file, 'utf8'))));
  const problems = parsed.success
    ? parsed.data.flatMap(({ as }, at) =>
        site.people.some(({ id, email }) => id === as && email)
          ? []
          : [`/${at}/as: nobody in site.json who can sign in has the id “${as}”`],
      )
    : parsed.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`);
  if (problems.length === 0) return parsed.data ?? [];
  throw new LocalSystemError([`${file} cannot be used:`, ...problems].join('\n  '));
}

/** Does something with the files; what is wrong with them is told with their folder and all places. */
async function told<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new LocalSystemError(inWords(`The files in ${folder} cannot be used`, error as Error));
  }
}

/** What could not be done and why, with the places of an error a line each. */
export function inWords(what: string, error: Error): string {
  if (!(error instanceof DaypassError)) return `${what}: ${error.message}`;
  const places = error.problems.map(({ path, message }) => `${path || '/'}: ${message}`);
  // What is wrong with definitions is told by the places alone.
  const isToldByPlaces = error.code === 'DEFINITION_INVALID' && places.length > 0;
  return [isToldByPlaces ? `${what}:` : `${what}: ${error.message}`, ...places].join('\n  ');
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
