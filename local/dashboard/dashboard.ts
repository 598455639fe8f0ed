import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Executions } from '../executions.ts';
import type { LogBook } from '../functions/log-book.ts';
import type { MachineDefinition } from '../machines.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { listen } from '../ports.ts';
import type { People } from '../site/people.ts';
import type { DescribeRun } from '../site/runs.ts';
import { addressUnderOwnName, foreignRequest } from './guard.ts';
import { createJourneys } from './journeys.ts';
import { page, scriptPolicy } from './page.ts';
import { type Answer, createPlaces, REFRESH_SECONDS } from './places.ts';
import { logView } from './views.ts';

export interface DashboardOptions {
  addresses: { url: string; awsEndpointUrl: string };
  executions: Executions;
  machines: readonly MachineDefinition[];
  mailbox: Mailbox;
  logs: LogBook;
  clock: Clock;
  /** Absent where the template is of something else than a site. */
  site?: { people: People; describeRun: DescribeRun } | undefined;
}

/**
 * Starts the pages that help to try the local system: be somebody, read the mails, move the clock, see what goes on. It
 * is no part of what is deployed.
 */
export async function startDashboard(
  port: number,
  options: DashboardOptions,
): Promise<{ url: string; server: Server }> {
  const find = createPlaces({ ...options, journeys: createJourneys(options) });
  const server = createServer(async (request, response) => {
    try {
      send(response, await answer(request, find));
    } catch (error) {
      send(response, {
        status: 500,
        html: page('Something went wrong', logView([(error as Error).message])),
      });
    }
  });
  const ownPort = await listen(server, port, 'the dashboard');
  return { url: `http://localhost:${ownPort}`, server };
}

const BODY_LIMIT = 10_000;

async function answer(request: IncomingMessage, find: ReturnType<typeof createPlaces>): Promise<Answer> {
  const foreign = foreignRequest(request);
  if (foreign) return { status: 403, html: page('Not from here', logView([foreign])) };
  const location = addressUnderOwnName(request);
  if (location !== undefined) return { status: 307, location };
  const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://localhost');
  const steps = pathname.split('/').slice(1).map(decoded);
  if (request.method !== 'POST') return find.show(steps, { query, request });
  return find.take(steps, new URLSearchParams(await bodyOf(request)));
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= BODY_LIMIT) chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Pages run one script, that of `page`; what a mail brings along runs nothing, wherever it is opened. */
const PAGE_POLICY = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; ${scriptPolicy(REFRESH_SECONDS)}`;
const MAIL_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox";

function send(response: ServerResponse, { status, html = '', location, cookies = [], isMail }: Answer): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': isMail ? MAIL_POLICY : PAGE_POLICY,
    'cache-control': 'no-store',
    // Of its own pages only, and without it a form would not say whose it is.
    'referrer-policy': isMail || location !== undefined ? 'no-referrer' : 'same-origin',
    'x-content-type-options': 'nosniff',
    ...(location !== undefined && { location }),
    ...(cookies.length > 0 && { 'set-cookie': cookies }),
  });
  response.end(html);
}
