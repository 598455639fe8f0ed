import { createHash } from 'node:crypto';
import { STYLE } from './style.ts';

/** Markup that needs no further escaping. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

type Part = Markup | string | number | undefined | Part[];

function render(part: Part): string {
  if (part === undefined) return '';
  if (Array.isArray(part)) return part.map(render).join('');
  if (part instanceof Markup) return part.text;
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** A template that escapes whatever is put into it, except other markup. */
export function html(strings: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(strings.map((text, i) => (i === 0 ? '' : render(parts[i - 1])) + text).join(''));
}

/**
 * Takes over what has changed, in place: where one reads, what one has opened and what has the focus stay. Without
 * script there is a link that loads the page again.
 */
const REFRESH = `
const main = document.querySelector('main');
const parts = () => new Map([...main.querySelectorAll('[data-live]')].map((part) => [part.id, part]));
const shown = new Map([...parts()].map(([id, part]) => [id, part.innerHTML]));
async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href);
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const [id, part] of parts()) {
    const text = fresh.getElementById(id)?.innerHTML;
    if (text === undefined || text === shown.get(id)) continue;
    shown.set(id, text);
    const open = new Set([...part.querySelectorAll('details[open]')].map((details) => details.id));
    const focus = part.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    const { scrollTop, scrollLeft } = part.querySelector('.picture') ?? part;
    part.innerHTML = text;
    for (const details of part.querySelectorAll('details')) details.open = open.has(details.id);
    if (focus) part.querySelector('a[href="' + CSS.escape(focus) + '"]')?.focus({ preventScroll: true });
    (part.querySelector('.picture') ?? part).scrollTo(scrollLeft, scrollTop);
  }
}
setInterval(() => refresh().catch(() => {}), SECONDS * 1000);
`;

const scriptOf = (seconds: number) => REFRESH.replace('SECONDS', String(seconds));

/** What a page that refreshes itself every so often may run: that script, and nothing else. */
export function scriptPolicy(seconds: number): string {
  const hash = createHash('sha256').update(scriptOf(seconds)).digest('base64');
  return `script-src 'sha256-${hash}'; connect-src 'self'`;
}

export interface PageOptions {
  /** Label → address: the places of the bar. */
  links?: Record<string, string>;
  /** The address among them that this page is. */
  current?: string;
  /** Parts with `data-live` are brought up to date so often. */
  refreshSeconds?: number;
}

/** A whole page. */
export function page(
  title: string,
  body: Markup,
  { links = {}, current, refreshSeconds }: PageOptions = {},
): string {
  const refresh =
    refreshSeconds === undefined
      ? { link: undefined, script: undefined }
      : {
          link: html`<noscript><p><a href="">Refresh</a></p></noscript>`,
          script: html`<script>${new Markup(scriptOf(refreshSeconds))}</script>`,
        };
  const content = html`<html lang="en"><head><meta charset="utf-8"><title>${title} – Daypass on this machine</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>${new Markup(STYLE)}</style></head>
<body><header><nav aria-label="Places"><ul>${Object.entries(links).map(([label, url]) => html`<li><a href="${url}"${url === current ? html` aria-current="page"` : undefined}>${label}</a></li>`)}</ul></nav><h1>${title}</h1>${refresh.link}</header><main>${body}</main>${refresh.script}</body></html>`;
  return `<!doctype html>${content.text}`;
}
