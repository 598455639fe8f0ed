import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ENVIRONMENTS, isEnvironment } from '../core/environments.ts';
import { DaypassError } from '../core/errors.ts';
import { exportCedar } from '../core/policy/cedar/export.ts';
import { planPolicy } from './site-files/plan-policy.ts';
import { readSiteFiles } from './site-files/read-site.ts';

const USAGE = `Usage: npm run policy:cedar -- FOLDER [--environment production] [--out .daypass/cedar]

Exports the policy that the definition files in FOLDER would publish to Cedar: policies.cedar and schema.cedarschema, for
one environment. Nothing is deployed and no AWS account is needed. Rules that Cedar cannot say are named, and the command
then fails: allows among them are left out, and denies are taken to deny.`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      environment: { type: 'string', default: 'production' },
      out: { type: 'string', default: '.daypass/cedar' },
      help: { type: 'boolean', default: false },
    },
  });
  const [folder] = positionals;
  if (values.help || !folder) {
    console.log(USAGE);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const { environment } = values;
  if (!isEnvironment(environment)) {
    throw new Error(`“${environment}” is no environment; choose one of ${ENVIRONMENTS.join(', ')}.`);
  }
  const document = planPolicy(await readSiteFiles(folder), environment);
  const { policies, schema, refused } = exportCedar(document, environment);
  await mkdir(values.out, { recursive: true });
  for (const [name, text] of [
    ['policies.cedar', policies],
    ['schema.cedarschema', schema],
  ] as const) {
    await writeFile(join(values.out, name), text);
    console.log(`wrote  ${join(values.out, name)}`);
  }
  console.log(`${policies.match(/^permit/gm)?.length ?? 0} policies for ${environment}`);
  for (const { rule, source, reason } of refused) console.error(`refused  ${rule} (${source}): ${reason}`);
  if (refused.length > 0) process.exitCode = 1;
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
