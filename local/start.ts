// `npm start`: the whole system on this machine, with an example's people and records in it, until Ctrl-C.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LocalSystemError } from './assembly/problem.ts';
import { PROPERTY_MANAGEMENT_FOLDER } from './example.ts';
import { announceLocalSite } from './local-site.ts';
import { DEFAULT_FIRST_PORT, LAST_FIRST_PORT, portsFrom } from './ports.ts';
import { startSite } from './start-site.ts';
import type { System } from './system.ts';

const LOG_DIRECTORY = '.daypass/logs';

const USAGE = `Usage: npm start [-- FOLDER]

Starts the whole system on this machine with the definition files in FOLDER (examples/property-management unless
another is named) and the records of its records.json. DAYPASS_PORT is the first of its ports (${DEFAULT_FIRST_PORT}).`;

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
const say = (text: string) => console.log(text);
const done = (step: string, ms?: number) =>
  say(ms === undefined ? `  … ${step}` : `  ✓ ${step} (${seconds(ms)})`);

function firstPort(): number {
  const given = process.env.DAYPASS_PORT;
  const port = given === undefined ? DEFAULT_FIRST_PORT : Number(given);
  if (Number.isInteger(port) && port > 0 && port <= LAST_FIRST_PORT) return port;
  throw new LocalSystemError(`DAYPASS_PORT must be a port number up to ${LAST_FIRST_PORT}, not "${given}".`);
}

/** What the command was told; anything else than one folder is answered with how the command is used. */
function namedFolder(): string | undefined {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean', default: false } },
    });
    if (values.help) {
      say(USAGE);
      process.exit(0);
    }
    if (positionals.length <= 1) return positionals[0];
  } catch {
    // An option that there is not.
  }
  console.error(USAGE);
  process.exit(2);
}

/** The folder that was named, seen from where the command was given; npm itself goes to the project's folder. */
function folderOf(named: string | undefined): string {
  return named === undefined
    ? PROPERTY_MANAGEMENT_FOLDER
    : resolve(process.env.INIT_CWD ?? process.cwd(), named);
}

async function run(): Promise<void> {
  const began = performance.now();
  const named = namedFolder();
  const dynamodbEndpoint = process.env.DAYPASS_DYNAMODB_ENDPOINT;
  say('Starting Daypass on this machine …');
  const { system, addresses } = await startSite(folderOf(named), {
    ports: portsFrom(firstPort()),
    dynamodb: dynamodbEndpoint ? { endpoint: dynamodbEndpoint } : undefined,
    warm: true,
    logDirectory: LOG_DIRECTORY,
    onProgress: done,
    onReport: (line) => say(`  ! ${line}`),
    onRunning: stopOnSignals,
  });
  announceLocalSite(system);
  say(
    [
      '',
      `Daypass is ready after ${seconds(performance.now() - began)}. Open one of these, each is one click:`,
      '',
      ...addresses,
      `  Logs                     ${LOG_DIRECTORY}/`,
      '',
      'Ctrl-C stops everything; nothing is kept.',
    ].join('\n'),
  );
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
  // What is told in words needs no trace; anything else is a mistake of ours.
  console.error(error instanceof LocalSystemError ? error.message : error);
  process.exit(1);
}
