import { parseArgs } from 'node:util';
import { ENVIRONMENTS, isEnvironment } from '../core/environments.ts';
import { DaypassError } from '../core/errors.ts';
import { applySite } from './site-files/apply-site.ts';
import { connect, readOutputs } from './site-files/connect.ts';
import { operatorName } from './site-files/operator.ts';
import { readSiteFiles } from './site-files/read-site.ts';

const USAGE = `Usage: npm run apply -- FOLDER [--environment production] [--outputs .daypass/outputs.json]
                               [--replace-drafts]

Brings a deployed site to what the definition files in FOLDER say: checks them all, publishes the apps that changed
into the environment in one step, and adds or updates the people. Drafts that somebody saved on the pages and nobody
published are kept: then nothing is applied, unless --replace-drafts is given. Needs AWS credentials for the site's table.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      environment: { type: 'string', default: 'production' },
      outputs: { type: 'string', default: '.daypass/outputs.json' },
      'replace-drafts': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [folder] = positionals;
  if (values.help || !folder) {
    console.log(USAGE);
    process.exitCode = folder ? 0 : 2;
    return;
  }
  if (!isEnvironment(values.environment)) {
    throw new Error(`“${values.environment}” is no environment; choose one of ${ENVIRONMENTS.join(', ')}.`);
  }
  const files = await readSiteFiles(folder);
  const address = await readOutputs(values.outputs);
  const wiring = connect(address);
  const runtime = await wiring.runtime();
  const { store, now } = runtime;
  const applied = await applySite(files, values.environment, {
    definitions: wiring.definitions,
    store,
    siteId: address.siteId,
    now: now(),
    by: operatorName('apply'),
    replaceDrafts: values['replace-drafts'],
    signing: runtime,
  });
  for (const { id, version, changed } of applied.apps) {
    console.log(`${changed ? 'published' : 'unchanged'}  ${id} version ${version} in ${applied.environment}`);
  }
  for (const { name, outcome } of applied.people) console.log(`${outcome.padEnd(9)}  ${name}`);
}

main().catch((error: unknown) => {
  if (error instanceof DaypassError) {
    console.error(`${error.code}: ${error.message}`);
    for (const { path, message } of error.problems) console.error(`  ${path || '/'}: ${message}`);
  } else {
    console.error((error as Error).message);
  }
  process.exitCode = 1;
});
