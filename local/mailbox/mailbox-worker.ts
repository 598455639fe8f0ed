// The mailbox keeps its mails in its module, so each system runs it in a thread of its own.
import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import type mailboxModule from 'aws-ses-v2-local';
import { followClock } from '../movable-date.ts';

const { port, host, clock } = workerData as { port: number; host: string; clock: SharedArrayBuffer };
followClock(clock);

const mailbox = createRequire(import.meta.url)('aws-ses-v2-local') as typeof mailboxModule;
const server = await mailbox.default({ port, host });
server.once('error', (error: NodeJS.ErrnoException) => parentPort?.postMessage({ error: error.code }));
parentPort?.postMessage({ ready: true });
