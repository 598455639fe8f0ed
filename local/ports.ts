import type { Server as HttpServer } from 'node:http';
import { connect, createServer, type Server } from 'node:net';
import { LocalSystemError } from './assembly/problem.ts';
import { UNSAFE_PORTS } from './unsafe-ports.ts';

/** Everything listens on this machine only. */
export const HOST = '127.0.0.1';

/** The well-known ports of `npm start`, counted from the first one. */
export function portsFrom(first: number): Ports {
  return { front: first, dashboard: first + 1, aws: first + 2, dynamodb: first + 3 };
}

export const DEFAULT_FIRST_PORT = 4000;
/** The last port that has room for the others behind it. */
export const LAST_FIRST_PORT = 65_532;

export interface Ports {
  front: number;
  dashboard: number;
  aws: number;
  dynamodb: number;
}

/** Any free port, for each: what tests use. */
export const FREE_PORTS: Ports = { front: 0, dashboard: 0, aws: 0, dynamodb: 0 };

const PURPOSES: Record<keyof Ports, string> = {
  front: 'the API and the pages',
  dashboard: 'the dashboard',
  aws: 'the AWS endpoint',
  dynamodb: 'the table',
};

/** Refuses the first of these ports that browsers refuse or that is in use, and names others that are good. */
export async function checkPorts(ports: Ports): Promise<void> {
  for (const [name, port] of Object.entries(ports)) {
    if (port === 0) continue;
    const purpose = PURPOSES[name as keyof Ports];
    if (UNSAFE_PORTS.has(port)) {
      throw new LocalSystemError(
        `Browsers refuse to open port ${port} (${purpose}). ${await otherPorts('Choose')}`,
      );
    }
    if (!(await isFree(port))) throw await busyPort(port, purpose);
  }
}

export async function busyPort(port: number, purpose: string): Promise<LocalSystemError> {
  return new LocalSystemError(
    `Port ${port} (${purpose}) is in use. ${await otherPorts('Stop what uses it, or choose')}`,
  );
}

const STEP = 100;

/** What to do about a port: with a first port that was tried just now, and so were those behind it. */
async function otherPorts(what: string): Promise<string> {
  for (let first = DEFAULT_FIRST_PORT; first <= LAST_FIRST_PORT; first += STEP) {
    const ports = Object.values(portsFrom(first));
    if (ports.some((port) => UNSAFE_PORTS.has(port))) continue;
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return `${what} other ports: DAYPASS_PORT=${first} npm start`;
  }
  return `${what} other ports with DAYPASS_PORT.`;
}

/**
 * Whether nobody has this port, on any address that `localhost` may stand for. Trying to listen does not tell: what
 * listens on all addresses, as AirPlay does on port 5000 of a Mac, leaves room for one more on 127.0.0.1, and whoever
 * listens on ::1 only is asked before us.
 */
async function isFree(port: number): Promise<boolean> {
  const taken = await Promise.all([HOST, '::1'].map((host) => answers(host, port)));
  if (taken.includes(true)) return false;
  const probe = createServer();
  const bound = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, HOST, () => resolve(true));
  });
  if (bound) await new Promise((resolve) => probe.close(resolve));
  return bound;
}

const ANSWERS_WITHIN_MS = 500;

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const told = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(ANSWERS_WITHIN_MS, () => told(false));
    socket.once('connect', () => told(true));
    socket.once('error', () => told(false));
  });
}

/** Listens, and resolves with the port; a busy one is refused with what to do. */
export function listen(server: Server, port: number, purpose: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') busyPort(port, purpose).then(reject, reject);
      else reject(error);
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
