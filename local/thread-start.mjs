// Every thread begins here, in plain JavaScript: what its module needs is then taken, stripped of types and compiled,
// from the cache that an earlier thread has left.
import { enableCompileCache, flushCompileCache } from 'node:module';
import { workerData } from 'node:worker_threads';

const { module, cache } = workerData;
enableCompileCache(cache);
await import(module);
flushCompileCache();
