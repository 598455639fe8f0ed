import { emailIn, readableEmail } from './address.ts';

/** One mail, ready to send: text and HTML say the same. */
export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
  replyTo?: string;
  /** Ids for tracing bounces back: never an address or a token. */
  tags: Record<string, string>;
}

/** @throws MailFailed when the service would not take it, MailUncertain when it did not say */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}

/** The mail will not be sent: the message says why and holds no address. */
export class MailFailed extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'MailFailed';
  }
}

/** No answer came: the mail may have been sent, or not. */
export class MailUncertain extends Error {
  constructor() {
    super('the mail service gave no answer');
    this.name = 'MailUncertain';
  }
}

/** The content of a mail before it is set as text and HTML. */
export interface MailContent {
  to: string;
  subject: string;
  /** Paragraphs before the facts. */
  intro: string[];
  facts: { label: string; value: string; href?: string }[];
  /** The one thing to do. */
  button?: { label: string; href: string };
  /** Paragraphs after it. */
  closing: string[];
  siteName: string;
  contact: string;
  /** Where answers go; without it, or where it is no address, to the contact, if that has one. */
  replyTo?: string;
  tags: Record<string, string>;
}

/** Sets a mail: one column, large type, readable without images and in dark mode; nothing is loaded from anywhere. */
export function composeMail(content: MailContent): Mail {
  const subject = oneLine(content.subject);
  const replyTo = readableEmail(content.replyTo ?? '') ?? emailIn(content.contact);
  return {
    to: content.to,
    subject,
    text: inOrder(asText(content)),
    html: inOrder(asHtml({ ...content, subject })),
    ...(replyTo && { replyTo }),
    tags: content.tags,
  };
}

/** Controls that make a text be read in another order than it is written; scripts from right to left do without. */
const BIDI_CONTROLS = /[\u202A-\u202E\u2066-\u2069]/g;
/** What mail programs turn into links by themselves. */
const LINK_LIKE = /:\/\/|@|[\p{L}\p{N}]\.[\p{L}\p{N}]{2,}/u;

/**
 * “Hello Ana Ruiz”. A name is what somebody entered: one that would become a link, or that pretends to be more than a
 * name, is left out, so that nobody's mails can be made to say what others want them to say.
 */
export function greeting(name: string): string {
  const line = plainName(name);
  return line === undefined ? 'Hello' : `Hello ${line}`;
}

/** A text that can stand in a sentence of ours, on one line; undefined where it is empty, long, or would become a link. */
export function plainName(text: string): string | undefined {
  const line = oneLine(text);
  return line === '' || line.length > 100 || LINK_LIKE.test(line) ? undefined : line;
}

/** A subject is one line: a line break in a value must not start another header. */
function oneLine(text: string): string {
  const line = inOrder(text)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim();
  // Cut between characters: half a surrogate pair cannot be sent.
  return line.length <= 200 ? line : [...line].slice(0, 199).join('').concat('…');
}

/** No value has the words around it read in another order than they are written. */
const inOrder = (text: string) => text.replace(BIDI_CONTROLS, '');

function asText(content: MailContent): string {
  const blocks = [
    ...content.intro,
    ...(content.facts.length > 0
      ? [content.facts.map((fact) => `${fact.label}: ${indented(fact.href ?? fact.value)}`).join('\n')]
      : []),
    ...(content.button ? [`${content.button.label}:\n${content.button.href}`] : []),
    ...content.closing,
    `${content.siteName}\n${content.contact}`,
  ];
  return `${blocks.join('\n\n')}\n`;
}

/** Lines of a value stay recognisable as its own: none looks like a paragraph or the button of the mail. */
const indented = (value: string) => value.replace(/\r\n|[\n\v\f\r\u0085\u2028\u2029]/g, '\n    ');

function asHtml(content: MailContent): string {
  const facts = content.facts
    .map(
      ({ label, value, href }) =>
        `<tr><th style="text-align:left;overflow-wrap:normal;word-break:normal;vertical-align:top;padding:6px 12px 6px 0;font-weight:600">${escapeHtml(label)}</th>` +
        `<td dir="auto" style="padding:6px 0;white-space:pre-line">${href ? `<a href="${escapeHtml(href)}">${escapeHtml(value)}</a>` : escapeHtml(value)}</td></tr>`,
    )
    .join('');
  const button = content.button
    ? `<p style="margin:24px 0"><a href="${escapeHtml(content.button.href)}" style="display:inline-block;padding:14px 22px;border-radius:8px;background:#0b5cad;color:#ffffff;text-decoration:none;font-weight:600">${escapeHtml(content.button.label)}</a></p>`
    : '';
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<meta name="color-scheme" content="light dark"><title>${escapeHtml(content.subject)}</title></head>` +
    `<body style="margin:0;padding:16px;font:17px/1.5 system-ui,sans-serif"><div style="max-width:34em;margin:0 auto;overflow-wrap:anywhere;word-break:break-word">` +
    content.intro.map(paragraph).join('') +
    (facts
      ? `<table role="presentation" style="border-collapse:collapse;margin:16px 0">${facts}</table>`
      : '') +
    button +
    content.closing.map(paragraph).join('') +
    `<hr style="border:0;border-top:1px solid #8888"><p style="font-size:15px">${escapeHtml(content.siteName)}<br>${escapeHtml(content.contact)}</p>` +
    `</div></body></html>`
  );
}

const paragraph = (text: string) => `<p dir="auto">${escapeHtml(text)}</p>`;

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
