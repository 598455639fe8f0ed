import type { IncomingMessage } from 'node:http';
import type { ExecutionDescription } from '../executions.ts';
import { FIRST_CONTRACTOR } from '../site/people.ts';
import type { Run } from '../site/runs.ts';
import type { DashboardOptions } from './dashboard.ts';
import { isLedByOthers } from './guard.ts';
import { type Journeys, STEPS } from './journeys.ts';
import { machineGraph } from './machine-graph.ts';
import { mailDocument, mailList, mailPage, mailViewOf } from './mail-pages.ts';
import { html, page } from './page.ts';
import { readVisits } from './state-visits.ts';
import { executionView, logView, overview } from './views.ts';

export const REFRESH_SECONDS = 2;
/** How many executions are listed, newest first. */
const SHOWN_EXECUTIONS = 50;
const NO_STATES = JSON.stringify({ StartAt: '', States: {} });

export interface Answer {
  status: number;
  html?: string;
  location?: string;
  cookies?: string[];
  /** What a mail brings along, and not a page of ours. */
  isMail?: boolean;
}

interface Asked {
  query: URLSearchParams;
  request: IncomingMessage;
}

/** The dashboard's addresses. */
export function createPlaces(options: DashboardOptions & { journeys: Journeys }) {
  const { addresses, executions, machines, mailbox, logs, clock, site, journeys } = options;
  const links = {
    Dashboard: '/',
    Mailbox: '/mails',
    'The site': addresses.url,
    'API reference': `${addresses.url}/reference`,
  };
  const live = { links, refreshSeconds: REFRESH_SECONDS };
  const shown = (title: string, body: Parameters<typeof page>[1], more: object = {}): Answer => ({
    status: 200,
    html: page(title, body, { links, ...more }),
  });
  const notice = (status: number, title: string, text: string): Answer => ({
    ...shown(title, html`<p>${text}</p><p><a href="/">To the dashboard</a></p>`),
    status,
  });
  const notFound = () => notice(404, 'Not found', 'There is nothing at this address.');

  async function runOf(executionArn: string): Promise<Run | undefined> {
    return site?.describeRun(await executions.describe(executionArn));
  }

  async function home(refusal?: { problem: string; typed: string }): Promise<Answer> {
    const journey = journeys.last();
    const listed = (await executions.list()).slice(0, SHOWN_EXECUTIONS);
    const view = overview({
      url: addresses.url,
      people: (await site?.people.list()) ?? [],
      clock: {
        now: clock.now(),
        next: clock.nextDue(),
        journey,
        ended: await Promise.all((journey?.ended ?? []).map(({ executionArn }) => runOf(executionArn))),
        ...(refusal && { refusal }),
      },
      executions: await Promise.all(
        listed.map(async (execution) => ({ ...execution, run: await runOf(execution.executionArn) })),
      ),
      mails: await mailbox.messages(),
      sources: logs.sources(),
    });
    return shown('Dashboard', view, { ...live, current: '/' });
  }

  async function execution(found: ExecutionDescription): Promise<Answer> {
    const history = await executions.history(found.executionArn);
    const machine = machines.find(({ arn }) => arn === found.stateMachineArn);
    const run = await site?.describeRun(found);
    const view = executionView(found, history, {
      graph: machineGraph(machine?.definition ?? NO_STATES),
      visits: readVisits(history, clock.now()),
      run,
    });
    return shown(run?.name ?? found.name, view, live);
  }

  async function mails([id, part]: string[], query: URLSearchParams): Promise<Answer> {
    const all = await mailbox.messages();
    if (id === undefined)
      return shown('Mailbox', mailList(all, (query.get('q') ?? '').trim()), { ...live, current: '/mails' });
    const mail = all.find(({ messageId }) => messageId === id);
    if (!mail) return notFound();
    if (part === 'html') return { status: 200, html: mailDocument(mail), isMail: true };
    const view = mailViewOf(mail, query.get('view'));
    const source = view === 'source' ? await mailbox.source(id) : undefined;
    return shown(mail.subject, mailPage(mail, view, source));
  }

  async function enterAs(id: string, request: IncomingMessage): Promise<Answer> {
    if (isLedByOthers(request)) {
      return notice(
        403,
        'Open it from here',
        'Another site’s page has led you here. Choose on the dashboard who you want to be.',
      );
    }
    const entrance = request.method === 'GET' ? await site?.people.enter(id) : undefined;
    if (entrance) return { status: 303, ...entrance };
    const nobody =
      id === FIRST_CONTRACTOR
        ? 'No contractor was sent a link yet. Be a dispatcher, and add a record for an outside contractor.'
        : `Nobody here is called “${id}”. Choose on the dashboard who you want to be.`;
    return notice(404, 'Nobody of that name', nobody);
  }

  return {
    async show([section = '', ...rest]: string[], { query, request }: Asked): Promise<Answer> {
      const [id = ''] = rest;
      if (section === '') return home();
      if (section === 'as') return enterAs(id, request);
      if (section === 'mails') return mails(rest, query);
      if (section === 'logs' && id) return shown(id, logView(logs.lines(id)), live);
      const found =
        section === 'executions' && (await executions.list()).find((one) => one.executionArn === id);
      return found ? execution(await executions.describe(id)) : notFound();
    },

    /** Takes what a form sends. */
    async take([section]: string[], form: URLSearchParams): Promise<Answer> {
      if (section !== 'clock') return notFound();
      const typed = form.get('to') ?? '';
      const problem = await journeys.begin(targetOf(form));
      return problem === undefined
        ? { status: 303, location: '/#clock' }
        : { ...(await home({ problem, typed })), status: 422 };
    },
  };

  /** The moment that a form asks for; not a number where it asks for none. */
  function targetOf(form: URLSearchParams): number {
    const by = form.get('by');
    if (by === null) return Date.parse(`${form.get('to')}Z`);
    if (by === 'next') return clock.nextDue() ?? Number.NaN;
    return clock.now() + (STEPS[by]?.ms ?? Number.NaN);
  }
}
