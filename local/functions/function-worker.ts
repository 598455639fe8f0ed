// Runs one function's bundle in a thread of its own, one event at a time, as Lambda's runtime would.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { followClock } from '../movable-date.ts';
import type { FromWorker, ToWorker, WorkerSetup } from './worker-messages.ts';

const { directory, handler, clock } = workerData as WorkerSetup;
followClock(clock);

const post = (message: FromWorker) => parentPort?.postMessage(message);

// Sent over the same channel as results, so that what a function logged is there before its answer.
for (const stream of [process.stdout, process.stderr]) {
  stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]) => {
    post({ type: 'log', text: typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8') });
    const done = rest.find((argument) => typeof argument === 'function') as (() => void) | undefined;
    if (done) queueMicrotask(done);
    return true;
  }) as typeof stream.write;
}

type Handler = (event: unknown, context: object) => unknown;

async function load(): Promise<Handler> {
  const [file, name] = [
    handler.slice(0, handler.lastIndexOf('.')),
    handler.slice(handler.lastIndexOf('.') + 1),
  ];
  const path = ['.mjs', '.js', '.cjs'].map((extension) => join(directory, file + extension)).find(existsSync);
  if (!path)
    throw Object.assign(new Error(`Cannot find module '${file}'`), { name: 'Runtime.ImportModuleError' });
  const module = await import(pathToFileURL(path).href);
  const found = module[name] ?? module.default?.[name];
  if (typeof found === 'function') return found;
  throw Object.assign(new Error(`${handler} is undefined or not exported`), {
    name: 'Runtime.HandlerNotFound',
  });
}

function shapeOf(error: unknown): { errorType: string; errorMessage: string; trace: string[] } {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), trace: [] };
  return { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') };
}

let loaded: Promise<Handler> | undefined;
try {
  loaded = load();
  await loaded;
} catch {
  // The first invocation answers with this error, as Lambda does.
}
post({ type: 'ready' });

parentPort?.on('message', async ({ id, event, context, deadline }: ToWorker) => {
  try {
    const run = await (loaded as Promise<Handler>);
    const getRemainingTimeInMillis = () => Math.max(deadline - Date.now(), 0);
    const result = await run(JSON.parse(event), { ...context, getRemainingTimeInMillis });
    post({ type: 'result', id, payload: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    const shape = shapeOf(error);
    post({ type: 'log', text: `ERROR Invoke Error ${JSON.stringify(shape)}\n` });
    post({ type: 'error', id, error: shape });
  }
});
