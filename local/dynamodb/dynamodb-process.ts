import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LocalSystemError } from '../assembly/problem.ts';
import { busyPort, HOST, reservePort } from '../ports.ts';
import { findJava } from './java.ts';

/** A running DynamoDB Local. */
export interface DynamodbProcess {
  endpoint: string;
  stop(): Promise<void>;
}

/** A short-lived, small database starts faster with the first compiler tier and the simple collector. */
const JVM_OPTIONS = [
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseSerialGC',
  '-Xshare:auto',
  '-Dorg.eclipse.jetty.util.log.announce=false',
  '-Dorg.eclipse.jetty.LEVEL=WARN',
];
/** Makes what a file describes and starts it; it is among the libraries of DynamoDB Local. */
const JETTY = 'org.eclipse.jetty.xml.XmlConfiguration';
const START_LIMIT_MS = 60_000;

/**
 * Starts Amazon's DynamoDB Local in memory on a port of this machine only (0: any free one) and waits until it answers.
 * @param options `apart`: the tables of each access key lie in a database of their own. Default: all keys see the same.
 */
export async function startDynamodbProcess(
  port: number,
  { apart = false }: { apart?: boolean } = {},
): Promise<DynamodbProcess> {
  const [java, freePort] = await Promise.all([findJava(), reservePort(port, 'the table')]);
  const emulator = join(
    dirname(createRequire(import.meta.url).resolve('amplify-dynamodb-simulator/package.json')),
    'emulator',
  );
  const guard = fileURLToPath(new URL('guard.mjs', import.meta.url));
  // Not by its own command line, which binds the port on every network interface: see server.xml.
  const server = fileURLToPath(new URL('server.xml', import.meta.url));
  const options = ['-Djava.library.path=./DynamoDBLocal_lib', '-cp', 'DynamoDBLocal.jar', JETTY, server];
  const settings = [`host=${HOST}`, `port=${freePort}`, `sharedDb=${!apart}`];
  const child = spawn(process.execPath, [guard, java, ...JVM_OPTIONS, ...options, ...settings], {
    cwd: emulator,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, DDB_LOCAL_TELEMETRY: '0' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.stdin.destroy();
    await ended;
  };

  const endpoint = `http://${HOST}:${freePort}`;
  const deadline = Date.now() + START_LIMIT_MS;
  let exited = false;
  void ended.then(() => {
    exited = true;
  });
  while (!(await answers(endpoint))) {
    // Some of its threads stay when the port is taken.
    const busy = output.includes('Address already in use');
    if (busy || exited || Date.now() > deadline) {
      await stop();
      if (busy) throw await busyPort(freePort, 'the table');
      throw new LocalSystemError(`DynamoDB Local did not start on port ${freePort}:\n${output.trim()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return { endpoint, stop };
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    await fetch(endpoint);
    return true;
  } catch {
    return false;
  }
}
