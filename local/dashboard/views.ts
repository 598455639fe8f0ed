import type { ExecutionDescription, ExecutionSummary, HistoryEvent } from '../executions.ts';
import type { Mail } from '../mailbox/mailbox.ts';
import { html, type Markup } from './page.ts';

const SHOWN_MAILS = 50;
const SHOWN_EXECUTIONS = 100;

const moment = (seconds: number | undefined) =>
  seconds === undefined ? '' : new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');

const status = (name: string) => html`<span class="status ${name}">${name}</span>`;

export interface OverviewData {
  addresses: Record<string, string>;
  now: number;
  executions: (ExecutionSummary & { path: string[] })[];
  mails: Mail[];
  sources: string[];
}

/** Addresses, executions, mails and logs at a glance. */
export function overview({ addresses, now, executions, mails, sources }: OverviewData): Markup {
  return html`
<p>The system's time is ${moment(now / 1000)} UTC.</p>
<table>${Object.entries(addresses).map(([name, url]) => html`<tr><th>${name}</th><td><a href="${url}">${url}</a></td></tr>`)}</table>
<h2>Executions</h2>
${
  executions.length
    ? html`<table><tr><th>Name</th><th>Status</th><th>States</th><th>Started</th></tr>${executions
        .slice(0, SHOWN_EXECUTIONS)
        .map(
          (execution) => html`<tr>
<td><a href="/executions/${encodeURIComponent(execution.executionArn)}">${execution.name}</a></td>
<td>${status(execution.status)}</td><td>${execution.path.join(' → ')}</td><td>${moment(execution.startDate)}</td></tr>`,
        )}</table>`
    : html`<p>None yet.</p>`
}
<h2>Mails</h2>
${
  mails.length
    ? html`<table><tr><th>Subject</th><th>To</th><th>Sent</th></tr>${mails
        .toReversed()
        .slice(0, SHOWN_MAILS)
        .map(
          (mail) => html`<tr><td><a href="/mails/${mail.messageId}">${mail.subject}</a></td>
<td>${mail.to.join(', ')}</td><td>${moment(mail.at)}</td></tr>`,
        )}</table>`
    : html`<p>None yet.</p>`
}
<h2>Logs</h2>
<ul>${sources.map((source) => html`<li><a href="/logs/${encodeURIComponent(source)}">${source}</a></li>`)}</ul>`;
}

const pretty = (json: string | undefined) =>
  json === undefined ? '' : JSON.stringify(JSON.parse(json), null, 2);

/** One execution: where it is, what it was given, and its history. */
export function executionView(
  execution: ExecutionDescription,
  path: string[],
  history: HistoryEvent[],
): Markup {
  const failure = execution.error
    ? html`<h2>Error</h2><pre>${execution.error}\n${execution.cause}</pre>`
    : undefined;
  return html`
<p>${status(execution.status)} – ${path.join(' → ')}</p>
<p>${moment(execution.startDate)} – ${moment(execution.stopDate)}</p>
<h2>Input</h2><pre>${pretty(execution.input)}</pre>
${failure}
${execution.output === undefined ? undefined : html`<h2>Output</h2><pre>${pretty(execution.output)}</pre>`}
<h2>History</h2>
<table>${history.map(({ id, type, timestamp, previousEventId: _, ...details }) => {
    const [detail] = Object.values(details);
    return html`<tr><td>${id}</td><td>${moment(timestamp)}</td><td>${type}</td><td>${detail ? html`<details><summary>${(detail as { name?: string }).name ?? 'details'}</summary><pre>${JSON.stringify(detail, null, 2)}</pre></details>` : undefined}</td></tr>`;
  })}</table>`;
}

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
  return html`<pre>${lines.slice(-500).join('\n') || '(nothing yet)'}</pre>`;
}
