import type { Mail } from '../mailbox/mailbox.ts';
import { moment } from './moment.ts';
import { html, type Markup } from './page.ts';

const SHOWN_MAILS = 100;

const peopleOf = ({ from, to, cc, bcc, replyTo }: Mail) => [from, ...to, ...cc, ...bcc, ...replyTo];

/** Whether every word of a search stands in a mail's subject, people or text. */
export function matches(mail: Mail, search: string): boolean {
  const text = [mail.subject, ...peopleOf(mail), mail.text].join('\n').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** Rows of mails, newest first. */
export function mailRows(mails: readonly Mail[]): Markup {
  return html`<table class="rows"><thead><tr><th>Subject</th><th>To</th><th>When</th></tr></thead><tbody>${mails
    .toReversed()
    .map(
      (
        mail,
      ) => html`<tr><td><a href="/mails/${encodeURIComponent(mail.messageId)}"><bdi>${mail.subject || '(no subject)'}</bdi></a></td>
<td><bdi>${mail.to.join(', ')}</bdi></td><td class="when">${moment(mail.at)}</td></tr>`,
    )}</tbody></table>`;
}

export const NO_MAIL = html`<p class="empty">No mail was sent yet. Whatever the system sends stays on this machine, and is shown here.</p>`;

/** All mails, or those that a search finds. */
export function mailList(mails: readonly Mail[], search: string): Markup {
  const found = search ? mails.filter((mail) => matches(mail, search)) : mails;
  return html`
<form class="search" role="search" action="/mails"><label for="q">Search subject, people and text</label>
<div class="row"><input id="q" name="q" type="search" value="${search}" maxlength="200"><button>Search</button></div></form>
<section id="mails" data-live>${listOf(mails, found, search)}</section>`;
}

function listOf(mails: readonly Mail[], found: readonly Mail[], search: string): Markup {
  if (mails.length === 0) return NO_MAIL;
  const all = html`<a href="/mails">Show all mails</a>`;
  if (found.length === 0) return html`<p class="empty">No mail matches “${search}”. ${all}</p>`;
  const shown = found.slice(-SHOWN_MAILS);
  return html`<p>${search ? html`${found.length} of ${inWords(mails.length)} with “${search}”. ${all}` : `${inWords(mails.length)}, newest first.`}</p>
${mailRows(shown)}${
  shown.length < found.length
    ? html`<p class="note">These are the newest ${shown.length}. Search for older ones.</p>`
    : undefined
}`;
}

const inWords = (mails: number) => (mails === 1 ? '1 mail' : `${mails} mails`);

/** How a mail can be looked at. */
export const MAIL_VIEWS = { html: 'Mail', text: 'Text', source: 'Source' } as const;
export type MailView = keyof typeof MAIL_VIEWS;

/** The view that was asked for, or the first that this mail has. */
export function mailViewOf(mail: Mail, asked: string | null): MailView {
  if (asked === 'text' || asked === 'source') return asked;
  return mail.html ? 'html' : 'text';
}

/** One mail: rendered in a frame that may run nothing, as text, or as it goes over the wire. Links open in a new tab. */
export function mailPage(mail: Mail, view: MailView, source: string | undefined): Markup {
  const id = encodeURIComponent(mail.messageId);
  const rows: [string, string][] = [
    ['From', mail.from],
    ['To', mail.to.join(', ')],
    ['Copy', [...mail.cc, ...mail.bcc].join(', ')],
    ['Reply to', mail.replyTo.join(', ')],
    ['Sent', `${moment(mail.at)} UTC`],
  ];
  const body = {
    html: () =>
      html`<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="The mail" src="/mails/${id}/html"></iframe>`,
    text: () => html`<pre>${linked(mail.text || '(This mail has no text.)')}</pre>`,
    source: () => html`<pre>${source}</pre>`,
  }[view]();
  const links = linksOf(mail);
  return html`
<p><a href="/mails">All mails</a></p>
<table class="facts">${rows.filter(([, value]) => value).map(([name, value]) => html`<tr><th scope="row">${name}</th><td><bdi>${value}</bdi></td></tr>`)}</table>
<nav aria-label="Views" class="tabs"><ul>${Object.entries(MAIL_VIEWS)
    .filter(([name]) => name !== 'html' || mail.html)
    .map(
      ([name, label]) =>
        html`<li><a href="/mails/${id}?view=${name}"${name === view ? html` aria-current="page"` : undefined}>${label}</a></li>`,
    )}</ul></nav>
${body}
<h2>Links in this mail</h2>
${
  links.length > 0
    ? html`<ul>${links.map((link) => html`<li>${newTab(link)}</li>`)}</ul><p class="note">They open in a new tab.</p>`
    : html`<p class="empty">There is no link in this mail.</p>`
}`;
}

const newTab = (link: string) =>
  html`<a href="${link}" target="_blank" rel="noopener noreferrer">${link}</a>`;

const LINK = /(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)])/;

const linked = (text: string) =>
  html`${text.split(LINK).map((part, i) => (i % 2 === 1 ? newTab(part) : part))}`;

function linksOf({ text, html: markup }: Mail): string[] {
  const inMarkup = [...markup.matchAll(/href="(https?:\/\/[^"]+)"/g)].map(([, link = '']) =>
    link.replaceAll('&amp;', '&'),
  );
  return [...new Set([...(text.match(new RegExp(LINK, 'g')) ?? []), ...inMarkup])];
}

const NEW_TABS = '<base target="_blank">';
const HEAD = /<head\b[^>]*>/i;
const TARGET = /(<a\b[^>]*?)\starget=("[^"]*"|'[^']*'|[^\s>]+)/gi;

/** What the frame shows. The site's pages let nobody frame them, so no link may stay in the frame. */
export function mailDocument({ html: markup }: Mail): string {
  const free = markup.replace(TARGET, '$1');
  return HEAD.test(free) ? free.replace(HEAD, (head) => head + NEW_TABS) : NEW_TABS + free;
}
