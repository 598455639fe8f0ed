import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Executions } from '../executions.ts';
import type { LogBook } from '../functions/log-book.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { listen } from '../ports.ts';
import { page } from './page.ts';
import { executionView, logView, mailView, overview } from './views.ts';

export interface DashboardOptions {
  addresses: { url: string; mailboxUrl: string; awsEndpointUrl: string };
  executions: Executions;
  mailbox: Mailbox;
  logs: LogBook;
  clock: Clock;
}

/** How many executions show the way that they took. */
const SHOWN_PATHS = 100;
const REFRESH_SECONDS = 5;
/** The site's pages let nobody frame them. */
const LINKS_LEAVE_THE_FRAME = '<base target="_blank">';

/** Starts the page that shows what the local system is doing. It only reads. */
export async function startDashboard(
  port: number,
  options: DashboardOptions,
): Promise<{ url: string; server: Server }> {
  const server = createServer(async (request, response) => {
    try {
      const path = (request.url ?? '/').split('?')[0] ?? '/';
      await show(path.split('/').slice(1).map(decodeURIComponent), response, options);
    } catch (error) {
      send(response, 500, page('Something went wrong', logView([(error as Error).message])));
    }
  });
  const ownPort = await listen(server, port, 'the dashboard');
  return { url: `http://localhost:${ownPort}`, server };
}

async function show(
  [section = '', id = '', part]: string[],
  response: ServerResponse,
  { addresses, executions, mailbox, logs, clock }: DashboardOptions,
): Promise<void> {
  if (section === '') {
    const list = (await executions.list()).slice(0, SHOWN_PATHS);
    const paths = await Promise.all(list.map(({ executionArn }) => executions.path(executionArn)));
    const view = overview({
      addresses: { 'Pages and API': addresses.url, Mailbox: addresses.mailboxUrl },
      now: clock.now(),
      executions: list.map((execution, i) => ({ ...execution, path: paths[i] ?? [] })),
      mails: await mailbox.messages(),
      sources: logs.sources(),
    });
    return send(response, 200, page('What is going on', view, REFRESH_SECONDS));
  }
  if (section === 'executions') {
    const execution = await executions.describe(id);
    const [path, history] = await Promise.all([executions.path(id), executions.history(id)]);
    return send(response, 200, page(execution.name, executionView(execution, path, history)));
  }
  if (section === 'mails') {
    const mail = (await mailbox.messages()).find(({ messageId }) => messageId === id);
    if (mail)
      return send(
        response,
        200,
        part === 'html' ? `${LINKS_LEAVE_THE_FRAME}${mail.html}` : page(mail.subject, mailView(mail)),
      );
  }
  if (section === 'logs') return send(response, 200, page(id, logView(logs.lines(id)), REFRESH_SECONDS));
  send(response, 404, page('Not found', logView([])));
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy':
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'",
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  });
  response.end(text);
}
