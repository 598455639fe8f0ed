import { parseArgs } from 'node:util';
import { ENVIRONMENTS } from '../core/environments.ts';
import type { DaySeal, Finding } from '../core/journal/verify.ts';
import { createJournal } from '../lambdas/shared/table/journal.ts';
import { missingSeals, sealedDays } from './journal-verification/seals.ts';
import { verifyEnvironment, verifySite } from './journal-verification/verify-part.ts';
import { connect, openSite, SITE_OPTIONS, SITE_USAGE } from './site-address/open-site.ts';

const USAGE = `Usage: npm run journal:verify -- [--since 2027-01-01] [--seal production/2027-03-31/MAC]…
                                         [--stage STAGE [--config FILE] [--profile NAME]]

Verifies the journal of a site: every record's chain of events against its head, every sealed day against its
seal, and that no day is without one. Prints the newest seals: what is given back with --seal at a later time must be
there still, which finds that the newest seals were removed and others made in their place. Reads only. Ends with exit
code 1 and a line for each entry that was altered, removed or cut off.

${SITE_USAGE}
These need the rights to read the site's table and its keys.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      since: { type: 'string' },
      seal: { type: 'string', multiple: true, default: [] },
      ...SITE_OPTIONS,
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return console.log(USAGE);
  const open = await openSite(values);
  const wiring = connect(open);
  const { journal: keys, now } = await wiring.runtime();
  const journal = createJournal(wiring.client, open.tableName);
  const findings: Finding[] = [];
  const seals: DaySeal[] = [];
  const span = { since: values.since, now: now() };
  for (const environment of ENVIRONMENTS) {
    const result = await verifyEnvironment(journal, environment, keys, span);
    findings.push(...result.findings);
    seals.push(...result.seals);
    const counts = `${result.events} events of ${result.records} records`;
    if (result.events > 0) console.log(`${environment}: ${counts}, ${sealedDays(result.seals)}`);
  }
  const site = await verifySite(journal, keys, span);
  findings.push(...site.findings);
  seals.push(...site.seals);
  if (site.events > 0) console.log(`site: ${site.events} changes, ${sealedDays(site.seals)}`);
  findings.push(...missingSeals(values.seal, seals));
  for (const { place, message } of findings) console.log(`  ${place}: ${message}`);
  console.log(findings.length === 0 ? 'The journal is whole.' : `${findings.length} findings.`);
  process.exitCode = findings.length === 0 ? 0 : 1;
}

main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
