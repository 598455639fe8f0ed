import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';

/** What threads have compiled. Made anew with the functions' code, so that it does not grow with every change. */
export const THREAD_CACHE = fileURLToPath(new URL('../.daypass/threads', import.meta.url));

/**
 * Starts a thread; the module finds `data` in its `workerData`. Many threads are started, and each would spend most of
 * its start on compiling what others have compiled before.
 * @param module file name of a module in this folder or below it
 */
export function startThread(module: URL, data: object, options: WorkerOptions): Worker {
  const workerData = { ...data, module: module.href, cache: THREAD_CACHE };
  return new Worker(new URL('thread-start.mjs', import.meta.url), { ...options, workerData });
}
