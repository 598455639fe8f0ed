import type { ExecutionDescription, ExecutionSummary, HistoryEvent } from '../executions.ts';
import type { Mail } from '../mailbox/mailbox.ts';
import type { Person } from '../site/people.ts';
import type { Run } from '../site/runs.ts';
import { type ClockState, clockCard } from './clock-card.ts';
import type { MachineGraph } from './machine-graph.ts';
import { machinePicture, noteOf, standing } from './machine-picture.ts';
import { mailRows, NO_MAIL } from './mail-pages.ts';
import { moment } from './moment.ts';
import { html, type Markup } from './page.ts';
import { type ExecutionVisits, readableTime } from './state-visits.ts';

const SHOWN_MAILS = 10;

const status = (name: string) => html`<span class="status ${name}">${name}</span>`;

export interface OverviewData {
  /** Where somebody starts who wants something to happen. */
  url: string;
  people: Person[];
  clock: ClockState;
  /** Newest first. */
  executions: (ExecutionSummary & { run: Run | undefined })[];
  mails: Mail[];
  sources: string[];
}

/** Who one can be, what the time is, what runs, what was mailed, what was logged. */
export function overview({ url, people, clock, executions, mails, sources }: OverviewData): Markup {
  return html`
<section id="people" data-live aria-labelledby="people-heading"><h2 id="people-heading">Be one of these people</h2>
${
  people.length > 0
    ? html`<ul class="people">${people.map(
        ({ id, name, what }) =>
          html`<li><a class="person" href="/as/${encodeURIComponent(id)}" target="_blank" rel="noopener"><strong><bdi>${name}</bdi></strong><span>${what}</span></a></li>`,
      )}</ul>
<p class="note">Each opens the site in a new tab, signed in. A browser is one person of the staff at a time: use a private window to be a second one.</p>`
    : html`<p class="empty">Nobody can get in yet.</p>`
}</section>
${clockCard(clock)}
<section id="executions" data-live><h2>Workflows</h2>
${
  executions.length
    ? html`<table class="rows"><thead><tr><th>What</th><th>How far it is</th><th>Began</th></tr></thead><tbody>${executions.map(
        ({ executionArn, name, run, status: state, startDate }) => html`<tr>
<td><a href="/executions/${encodeURIComponent(executionArn)}"><bdi>${run?.name ?? name}</bdi></a></td>
<td>${run ? run.stage : status(state)}</td><td class="when">${moment(startDate)}</td></tr>`,
      )}</tbody></table>`
    : html`<p class="empty">Nothing has run yet. As soon as somebody submits a record that a task follows, its workflow is drawn here. <a href="${url}">Sign in and submit one</a>.</p>`
}</section>
<section id="mails" data-live><h2>Mails</h2>
${
  mails.length
    ? html`${mailRows(mails.slice(-SHOWN_MAILS))}<p><a href="/mails">All mails, with search</a></p>`
    : NO_MAIL
}</section>
<section id="logs" data-live><h2>Logs</h2>
${
  sources.length
    ? html`<ul>${sources.map((source) => html`<li><a href="/logs/${encodeURIComponent(source)}">${source}</a></li>`)}</ul>`
    : html`<p class="empty">Nothing was logged yet.</p>`
}</section>`;
}

const pretty = (json: string | undefined) =>
  json === undefined ? '' : JSON.stringify(JSON.parse(json), null, 2);

/** One execution: its way through the machine, what it was given, and its history. */
export function executionView(
  execution: ExecutionDescription,
  history: HistoryEvent[],
  { graph, visits, run }: { graph: MachineGraph; visits: ExecutionVisits; run: Run | undefined },
): Markup {
  const failure = execution.error
    ? html`<h2>Error</h2><pre>${execution.error}\n${execution.cause}</pre>`
    : undefined;
  const end = execution.stopDate === undefined ? 'it goes on' : moment(execution.stopDate);
  return html`
<section id="way" data-live>
${run && html`<p>It is ${run.stage}.${run.page && html` <a href="${run.page}">The record that it works for</a>`}</p>`}
<p>${status(execution.status)}, ${moment(execution.startDate)} – ${end}. Step Functions knows it as ${execution.name}.</p>
${machinePicture(graph, visits)}
<table class="rows"><caption hidden>The states that it has entered</caption><thead><tr><th>State</th><th>Where it stands</th><th>Visits, retries, time</th><th>Last error</th></tr></thead>
<tbody>${[...visits.states].map(
    ([name, state]) =>
      html`<tr><td>${name}</td><td class="${standing(state)}">${STANDINGS[standing(state)]}</td><td>${noteOf(state)}</td><td>${state.error}</td></tr>`,
  )}</tbody></table>
<p>All together ${readableTime([...visits.states.values()].reduce((sum, { ms }) => sum + ms, 0))} in states.</p>
${failure}</section>
<h2>Input</h2><pre>${pretty(execution.input)}</pre>
<section id="history" data-live>
${execution.output === undefined ? undefined : html`<h2>Output</h2><pre>${pretty(execution.output)}</pre>`}
<h2>History</h2>
<table>${history.map(({ id, type, timestamp, previousEventId: _, ...details }) => {
    const [detail] = Object.values(details);
    return html`<tr><td>${id}</td><td>${moment(timestamp)}</td><td>${type}${detail ? html`<details id="event-${id}"><summary>${(detail as { name?: string }).name ?? 'details'}</summary><pre>${JSON.stringify(detail, null, 2)}</pre></details>` : undefined}</td></tr>`;
  })}</table></section>`;
}

const STANDINGS: Record<string, string> = {
  current: 'is there now',
  visited: 'done',
  broken: 'ended with an error',
};

/** The last lines of one source. */
export function logView(lines: string[]): Markup {
  return html`<div id="log" data-live><pre>${lines.slice(-500).join('\n') || '(nothing yet)'}</pre></div>`;
}
