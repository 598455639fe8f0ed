import { createServer, type Server, type ServerResponse } from 'node:http';
import { recordIdOfGrant } from '../../core/grants/grant.ts';
import type { Clock } from '../clock.ts';
import type { Executions } from '../executions.ts';
import type { LogBook } from '../functions/log-book.ts';
import type { MachineDefinition } from '../machines.ts';
import type { Mailbox } from '../mailbox/mailbox.ts';
import { listen } from '../ports.ts';
import { machineGraph } from './machine-graph.ts';
import { page, scriptPolicy } from './page.ts';
import { readVisits } from './state-visits.ts';
import { executionView, logView, mailView, overview } from './views.ts';

export interface DashboardOptions {
  addresses: { url: string; mailboxUrl: string; awsEndpointUrl: string };
  executions: Executions;
  machines: readonly MachineDefinition[];
  mailbox: Mailbox;
  logs: LogBook;
  clock: Clock;
}

/** How many executions show the way that they took. */
const SHOWN_PATHS = 100;
const REFRESH_SECONDS = 2;
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
  { addresses, executions, machines, mailbox, logs, clock }: DashboardOptions,
): Promise<void> {
  const links = {
    'Pages and API': addresses.url,
    'API reference': `${addresses.url}/reference`,
    Mailbox: addresses.mailboxUrl,
  };
  const live = { links, refreshSeconds: REFRESH_SECONDS };
  if (section === '') {
    const list = (await executions.list()).slice(0, SHOWN_PATHS);
    const paths = await Promise.all(list.map(({ executionArn }) => executions.path(executionArn)));
    const view = overview({
      url: addresses.url,
      now: clock.now(),
      executions: list.map((execution, i) => ({ ...execution, path: paths[i] ?? [] })),
      mails: await mailbox.messages(),
      sources: logs.sources(),
    });
    return send(response, 200, page('What is going on', view, live));
  }
  if (section === 'executions') {
    const execution = await executions.describe(id);
    const history = await executions.history(id);
    const machine = machines.find(({ arn }) => arn === execution.stateMachineArn);
    const view = executionView(execution, history, {
      graph: machineGraph(machine?.definition ?? EMPTY),
      visits: readVisits(history, clock.now()),
      record: recordPage(addresses.url, execution.input),
    });
    return send(response, 200, page(execution.name, view, live));
  }
  if (section === 'mails') {
    const mail = (await mailbox.messages()).find(({ messageId }) => messageId === id);
    if (mail)
      return send(
        response,
        200,
        part === 'html'
          ? `${LINKS_LEAVE_THE_FRAME}${mail.html}`
          : page(mail.subject, mailView(mail), { links }),
      );
  }
  if (section === 'logs') return send(response, 200, page(id, logView(logs.lines(id)), live));
  send(response, 404, page('Not found', logView([]), { links }));
}

const EMPTY = JSON.stringify({ StartAt: '', States: {} });

/** The page of the record whose grant an execution was started for. */
function recordPage(url: string, input: string): string | undefined {
  const { environment, grantId } = JSON.parse(input) as { environment?: string; grantId?: string };
  return environment && grantId ? `${url}/app/${environment}/records/${recordIdOfGrant(grantId)}` : undefined;
}

function send(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; ${scriptPolicy(REFRESH_SECONDS)}`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  });
  response.end(text);
}
