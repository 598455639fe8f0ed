import { LocalSystemError } from './assembly/problem.ts';
import { type Example, inWords, readExample } from './example.ts';
import { seedExample } from './seed.ts';
import { FIRST_CONTRACTOR, whatTheyAre } from './site/people.ts';
import { type System, startSystem } from './system.ts';
import type { SystemOptions } from './system-options.ts';

/** The system with an example in it, ready to be tried. */
export interface RunningSite {
  system: System;
  /** Where to go: a line each, people first. */
  addresses: string[];
}

export interface SiteOptions extends SystemOptions {
  /** Is told of the system while its example is not in it yet. */
  onRunning?(system: System): void;
}

/**
 * Starts the system with a folder of definition files in it. Nothing is left running when any of it fails.
 * @throws LocalSystemError saying what is wrong with the folder, what is missing on this machine, or what was refused
 */
export async function startSite(folder: string, options: SiteOptions): Promise<RunningSite> {
  const example = await readExample(folder);
  const system = await startSystem(options);
  options.onRunning?.(system);
  const since = performance.now();
  try {
    await seedExample(system, example);
  } catch (error) {
    await system.stop();
    throw new LocalSystemError(inWords(`The example in ${folder} could not be put in`, error as Error));
  }
  options.onProgress?.('The people and records of the example are in', performance.now() - since);
  return { system, addresses: addressesOf(system, example) };
}

const MOST_PEOPLE = 6;
const LABEL_WIDTH = 25;

function addressesOf(system: System, example: Example): string[] {
  const { dashboardUrl, mailboxUrl, url, awsEndpointUrl } = system;
  const people = peopleOf(example);
  const shown = people.slice(0, MOST_PEOPLE);
  const more = people.length - shown.length;
  const line = (label: string, address: string) => `  ${label.padEnd(LABEL_WIDTH)}${address}`;
  return [
    ...shown.map(({ id, label }) => line(`Be ${label}`, `${dashboardUrl}/as/${id}`)),
    ...(more > 0 ? [line(`… and ${more} more`, `${dashboardUrl}/`)] : []),
    '',
    line('Mailbox', mailboxUrl),
    line('Dashboard', `${dashboardUrl}/`),
    line('API', `${url}/reference`),
    line('AWS', `${awsEndpointUrl}/ (docs/local.md)`),
  ];
}

/** Whom one can be: the contractor who was mailed a pass, then whoever signs in. */
function peopleOf({ files: { site }, records }: Example): { id: string; label: string }[] {
  const roleNames = new Map(site.roles.map(({ id, name }) => [id, name]));
  return [
    ...(records.some(({ passTo }) => passTo !== undefined)
      ? [{ id: FIRST_CONTRACTOR, label: 'the contractor' }]
      : []),
    ...site.people
      .filter(({ kind }) => kind === 'user')
      .map(({ id, name, roles }) => ({
        id: encodeURIComponent(id),
        label: `${name.split(' ')[0]}, ${whatTheyAre(roles, roleNames)}`,
      })),
  ];
}
