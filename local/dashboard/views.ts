import type { ExecutionDescription, ExecutionSummary, HistoryEvent } from '../executions.ts';
import type { Mail } from '../mailbox/mailbox.ts';
import type { MachineGraph } from './machine-graph.ts';
import { machinePicture, noteOf, standing } from './machine-picture.ts';
import { html, type Markup } from './page.ts';
import { type ExecutionVisits, readableTime } from './state-visits.ts';

const SHOWN_MAILS = 50;
const SHOWN_EXECUTIONS = 100;

const moment = (seconds: number | undefined) =>
  seconds === undefined ? '' : new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');

const status = (name: string) => html`<span class="status ${name}">${name}</span>`;

export interface OverviewData {
  /** Where somebody starts who wants something to happen. */
  url: string;
  now: number;
  executions: (ExecutionSummary & { path: string[] })[];
  mails: Mail[];
  sources: string[];
}

/** Executions, mails and logs at a glance. */
export function overview({ url, now, executions, mails, sources }: OverviewData): Markup {
  return html`
<p id="time" data-live>The system's time is ${moment(now / 1000)} UTC.</p>
<section id="executions" data-live><h2>Executions</h2>
${
  executions.length
    ? html`<table class="rows"><thead><tr><th>Name</th><th>Status</th><th>States</th><th>Started</th></tr></thead><tbody>${executions
        .slice(0, SHOWN_EXECUTIONS)
        .map(
          (execution) => html`<tr>
<td><a href="/executions/${encodeURIComponent(execution.executionArn)}">${execution.name}</a></td>
<td>${status(execution.status)}</td><td>${execution.path.join(' → ')}</td><td>${moment(execution.startDate)}</td></tr>`,
        )}</tbody></table>`
    : html`<p class="empty">Nothing has run yet. As soon as somebody submits a record that a task follows, its workflow is drawn here. <a href="${url}">Sign in and submit one</a>.</p>`
}</section>
<section id="mails" data-live><h2>Mails</h2>
${
  mails.length
    ? html`<table class="rows"><thead><tr><th>Subject</th><th>To</th><th>Sent</th></tr></thead><tbody>${mails
        .toReversed()
        .slice(0, SHOWN_MAILS)
        .map(
          (mail) => html`<tr><td><a href="/mails/${mail.messageId}"><bdi>${mail.subject}</bdi></a></td>
<td>${mail.to.join(', ')}</td><td>${moment(mail.at)}</td></tr>`,
        )}</tbody></table>`
    : html`<p class="empty">No mail was sent yet. Whatever the system sends stays on this machine, and is shown here.</p>`
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
  { graph, visits, record }: { graph: MachineGraph; visits: ExecutionVisits; record: string | undefined },
): Markup {
  const failure = execution.error
    ? html`<h2>Error</h2><pre>${execution.error}\n${execution.cause}</pre>`
    : undefined;
  const end = execution.stopDate === undefined ? 'it goes on' : moment(execution.stopDate);
  return html`
<section id="way" data-live>
<p>${status(execution.status)}, ${moment(execution.startDate)} – ${end}${record && html`. <a href="${record}">The record that it works for</a>`}</p>
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

/** One mail, as HTML (in a frame that may run nothing), as text, and its links. */
export function mailView(mail: Mail): Markup {
  const links = [...new Set(`${mail.text} ${mail.html}`.match(/https?:\/\/[^\s"'<>]+/g) ?? [])].map((link) =>
    link.replaceAll('&amp;', '&'),
  );
  return html`
<table>
<tr><th>From</th><td>${mail.from}</td></tr><tr><th>To</th><td>${[...mail.to, ...mail.cc, ...mail.bcc].join(', ')}</td></tr>
<tr><th>Reply to</th><td>${mail.replyTo.join(', ')}</td></tr><tr><th>Sent</th><td>${moment(mail.at)}</td></tr></table>
<h2>Links</h2><ul>${[...new Set(links)].map((link) => html`<li><a href="${link}">${link}</a></li>`)}</ul>
${mail.html ? html`<h2>HTML</h2><iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="The mail" src="/mails/${mail.messageId}/html"></iframe>` : undefined}
<h2>Text</h2><pre>${mail.text || '(none)'}</pre>`;
}

/** The last lines of one source. */
export function logView(lines: string[]): Markup {
  return html`<div id="log" data-live><pre>${lines.slice(-500).join('\n') || '(nothing yet)'}</pre></div>`;
}
