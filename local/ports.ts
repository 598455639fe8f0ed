import type { Server as HttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { LocalSystemError } from './assembly/problem.ts';

/** Everything listens on this machine only. */
export const HOST = '127.0.0.1';

/** The well-known ports of `npm start`, counted from the first one. */
export function portsFrom(first: number): Ports {
  return { front: first, dashboard: first + 1, mailbox: first + 2, aws: first + 3, dynamodb: first + 4 };
}

export interface Ports {
  front: number;
  dashboard: number;
  mailbox: number;
  aws: number;
  dynamodb: number;
}

/** Any free port, for each: what tests use. */
export const FREE_PORTS: Ports = { front: 0, dashboard: 0, mailbox: 0, aws: 0, dynamodb: 0 };

const PURPOSES: Record<keyof Ports, string> = {
  front: 'the API and the pages',
  dashboard: 'the dashboard',
  mailbox: 'the mailbox',
  aws: 'the AWS endpoint',
  dynamodb: 'the table',
};

/** Refuses the first of these ports that is in use. */
export async function checkFree(ports: Ports): Promise<void> {
  for (const [name, port] of Object.entries(ports)) {
    if (port !== 0) await reservePort(port, PURPOSES[name as keyof Ports]);
  }
}

export function busyPort(port: number, purpose: string): LocalSystemError {
  return new LocalSystemError(
    `Port ${port} (${purpose}) is in use. Stop what uses it, or choose other ports: DAYPASS_PORT=5000 npm start`,
  );
}

/** Listens, and resolves with the port; a busy one is refused with what to do. */
export function listen(server: Server, port: number, purpose: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? busyPort(port, purpose) : error);
    });
    server.listen(port, HOST, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Closes a server with all its connections; one that never listened is closed already. */
export function closeServer(server: HttpServer): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** A port for a process that binds it by itself: the given one if it is free, any free one for 0. */
export async function reservePort(port: number, purpose: string): Promise<number> {
  const probe = createServer();
  const reserved = await listen(probe, port, purpose);
  await new Promise((resolve) => probe.close(resolve));
  return reserved;
}
