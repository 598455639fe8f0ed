// `npm start`: the whole system on this machine, with a worked example in it, until Ctrl-C.
import { LocalSystemError } from './assembly/problem.ts';
import { announceLocalSite } from './local-site.ts';
import { portsFrom } from './ports.ts';
import { type System, startSystem } from './system.ts';

const FIRST_PORT = 4000;
const LOG_DIRECTORY = '.daypass/logs';

/** Something that is done once the system is up. It says what it did; failing does not stop the system. */
interface StartupStep {
  name: string;
  run(system: System): Promise<void>;
}

/** What is told at the end, collected by the steps. */
const signInAddresses: string[] = [];

const STEPS: StartupStep[] = [
  {
    name: 'The worked example is in',
    async run(system) {
      const { PROPERTY_MANAGEMENT, seedDefinitions, seedRecords } = await import('./seed.ts');
      const files = await seedDefinitions(system, PROPERTY_MANAGEMENT);
      for (const { kind, email } of files.site.people)
        if (kind === 'user' && email) signInAddresses.push(email);
      await seedRecords(system, files, PROPERTY_MANAGEMENT);
      await system.settled();
    },
  },
];

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
const say = (text: string) => console.log(text);
const done = (step: string, ms?: number) =>
  say(ms === undefined ? `  … ${step}` : `  ✓ ${step} (${seconds(ms)})`);

function firstPort(): number {
  const given = process.env.DAYPASS_PORT;
  const port = given === undefined ? FIRST_PORT : Number(given);
  if (Number.isInteger(port) && port > 0 && port < 65_532) return port;
  throw new LocalSystemError(`DAYPASS_PORT must be a port number below 65532, not "${given}".`);
}

async function run(): Promise<void> {
  const began = performance.now();
  const dynamodbEndpoint = process.env.DAYPASS_DYNAMODB_ENDPOINT;
  say('Starting Daypass on this machine …');
  const system = await startSystem({
    ports: portsFrom(firstPort()),
    dynamodb: dynamodbEndpoint ? { endpoint: dynamodbEndpoint } : undefined,
    warm: true,
    logDirectory: LOG_DIRECTORY,
    onProgress: done,
    onReport: (line) => say(`  ! ${line}`),
  });
  stopOnSignals(system);
  for (const step of STEPS) {
    const since = performance.now();
    try {
      await step.run(system);
      done(step.name, performance.now() - since);
    } catch (error) {
      say(`  ✗ ${step.name}: ${(error as Error).message}`);
    }
  }
  announceLocalSite(system);
  say(addresses(system, performance.now() - began));
}

function addresses(system: System, ms: number): string {
  return [
    '',
    `Daypass is ready after ${seconds(ms)}.`,
    '',
    `  Staff page  ${system.url}/`,
    `  Mailbox     ${system.mailboxUrl}/`,
    `  Dashboard   ${system.dashboardUrl}/`,
    `  API         ${system.url}/reference`,
    `  AWS         ${system.awsEndpointUrl}/ (docs/local.md)`,
    `  Logs        ${LOG_DIRECTORY}/`,
    '',
    ...(signInAddresses.length
      ? [`Sign in as ${signInAddresses.join(' or ')}: the link arrives in the mailbox.`]
      : []),
    'Ctrl-C stops everything; nothing is kept.',
  ].join('\n');
}

function stopOnSignals(system: System): void {
  let stoppingSince = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, async () => {
      // One Ctrl-C may arrive twice: from the terminal, and handed on by what started this process.
      if (stoppingSince && performance.now() - stoppingSince > 1_000) process.exit(1);
      if (stoppingSince) return;
      stoppingSince = performance.now();
      say('\nStopping …');
      await system.stop();
      process.exit(0);
    });
  }
}

try {
  await run();
} catch (error) {
  if (!(error instanceof LocalSystemError)) throw error;
  console.error(error.message);
  process.exit(1);
}
