import { parseArgs } from 'node:util';
import { ENVIRONMENTS, isEnvironment } from '../core/environments.ts';
import { DaypassError } from '../core/errors.ts';
import { connect, openSite, SITE_OPTIONS, SITE_USAGE } from './site-address/open-site.ts';
import { type ApplyPorts, applySite } from './site-files/apply-site.ts';
import { operatorName } from './site-files/operator.ts';
import { pruneRoles } from './site-files/prune-roles.ts';
import { readSiteFiles } from './site-files/read-site.ts';

const USAGE = `Usage: npm run apply -- FOLDER [--environment production] [--replace-drafts] [--prune]
                               [--stage STAGE [--config FILE] [--profile NAME]]

Brings a site to what the definition files in FOLDER say: checks them all, publishes the apps and roles that
changed into the environment in one step, and adds or updates the people. Whatever the files do not mention stays. With
--prune, roles that they do not mention are removed, except those in use, which are named; apps, people, keys and
settings of environments never are. Drafts that somebody saved on the pages and nobody published are kept: then nothing
is applied, unless --replace-drafts is given.

${SITE_USAGE}
These need the rights to read and write the site's table and to read its keys.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      environment: { type: 'string', default: 'production' },
      ...SITE_OPTIONS,
      'replace-drafts': { type: 'boolean', default: false },
      prune: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [folder] = positionals;
  if (values.help || !folder) {
    console.log(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  if (!isEnvironment(values.environment)) {
    throw new Error(`“${values.environment}” is no environment; choose one of ${ENVIRONMENTS.join(', ')}.`);
  }
  const files = await readSiteFiles(folder);
  const site = await openSite(values);
  const wiring = connect(site);
  const runtime = await wiring.runtime();
  const { store, now } = runtime;
  const ports: ApplyPorts = {
    definitions: wiring.definitions,
    store,
    siteId: site.siteId,
    now: now(),
    by: operatorName('apply'),
    replaceDrafts: values['replace-drafts'],
    signing: runtime,
  };
  const applied = await applySite(files, values.environment, ports);
  for (const { id, version, changed } of applied.apps) {
    console.log(`${changed ? 'published' : 'unchanged'}  ${id} version ${version} in ${applied.environment}`);
  }
  for (const { id, name, outcome } of applied.roles) {
    if (outcome !== 'kept') say(outcome, `role ${name} (${id})`);
    else if (!values.prune) say(outcome, `role ${name} (${id}): not in the files`);
  }
  for (const environment of applied.environments) say('updated', `environment ${environment}`);
  for (const { name, outcome } of applied.people) say(outcome, name);
  if (!values.prune) return;
  const { removed, refused } = await pruneRoles(
    applied.roles.filter(({ outcome }) => outcome === 'kept'),
    ports,
  );
  for (const { id, name } of removed) say('removed', `role ${name} (${id})`);
  for (const error of refused) tell(error);
  if (refused.length > 0) process.exitCode = 1;
}

function say(outcome: string, what: string): void {
  console.log(`${outcome.padEnd(9)}  ${what}`);
}

/** An error with its places, a line each. */
function tell({ code, message, problems }: DaypassError): void {
  console.error(`${code}: ${message}`);
  for (const { path, message: why } of problems) console.error(`  ${path || '/'}: ${why}`);
}

main().catch((error: unknown) => {
  if (error instanceof DaypassError) {
    tell(error);
  } else {
    console.error((error as Error).message);
  }
  process.exitCode = 1;
});
