import { createHash } from 'node:crypto';

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

const STYLE = `
:root { color-scheme: light dark; --ink: #1c2430; --paper: #fff; --soft: #f2f5f9; --line: #cfd7e0; --edge: #7d8a99; --muted: #4a5563; --link: #0b57a4; --good: #0b6b2c; --good-soft: #e4f4e9; --bad: #a4160b; --bad-soft: #fdeae8; --now-soft: #e3effc }
@media (prefers-color-scheme: dark) { :root { --ink: #e3e8ef; --paper: #14181f; --soft: #1e242e; --line: #3d4755; --edge: #74818f; --muted: #aab4c0; --link: #7db8f5; --good: #7ddc9a; --good-soft: #16301f; --bad: #ff8a80; --bad-soft: #3a1a18; --now-soft: #172c44 } }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem; color: var(--ink); background: var(--paper); overflow-wrap: anywhere }
a { color: var(--link) } :focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0; padding: 0; list-style: none } nav a { display: inline-block; padding: .35rem 0 }
table { border-collapse: collapse; width: 100% } th, td { text-align: start; padding: .35rem .75rem .35rem 0; vertical-align: top; border-bottom: 1px solid var(--line) } th { white-space: nowrap }
pre { background: var(--soft); padding: .8rem; white-space: pre-wrap } summary { padding: .25rem 0 }
iframe { width: 100%; height: 24rem; border: 1px solid var(--line); background: #fff }
.empty { padding: .85rem 1rem; border-inline-start: .35rem solid var(--link); background: var(--soft) }
.status { font-weight: 600 } .FAILED, .ABORTED, .TIMED_OUT, .broken { color: var(--bad) } .SUCCEEDED { color: var(--good) }
.picture { overflow-x: auto } .picture svg { display: block; width: 100%; min-width: 34rem; max-width: 46rem; height: auto }
.state rect { fill: var(--paper); stroke: var(--edge); stroke-width: 1.5 } .state text { text-anchor: middle; fill: var(--ink) } .state .name { font: 600 15px system-ui, sans-serif } .state .note { font: 13px system-ui, sans-serif; fill: var(--muted) }
.state.untouched rect { stroke-dasharray: 5 4 } .state.untouched .name { font-weight: 400; fill: var(--muted) }
.state.visited rect { fill: var(--good-soft); stroke: var(--good) } .state.broken rect { fill: var(--bad-soft); stroke: var(--bad) } .state.current rect { fill: var(--now-soft); stroke: var(--link); stroke-width: 4 }
.way { fill: none; stroke: var(--edge); stroke-width: 1.5 } .way.caught { stroke-dasharray: 4 4 } .way.taken { stroke: var(--ink); stroke-width: 2.5 } .arrow { fill: var(--edge) } .arrow-taken { fill: var(--ink) }
@media (max-width: 40rem) { .rows thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) } .rows, .rows tbody, .rows tr, .rows td { display: block } .rows tr { padding: .5rem 0; border-bottom: 1px solid var(--line) } .rows td { padding: .1rem 0; border: 0 } .rows td:empty { display: none } }
`;

/**
 * Takes over what has changed, in place: where one reads, what one has opened and what has the focus stay. Without
 * script the browser loads the whole page again.
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
  /** Label → address, beside the way home. */
  links?: Record<string, string>;
  /** Parts with `data-live` are brought up to date so often. */
  refreshSeconds?: number;
}

/** A whole page. */
export function page(title: string, body: Markup, { links = {}, refreshSeconds }: PageOptions = {}): string {
  const refresh =
    refreshSeconds === undefined
      ? { head: undefined, script: undefined }
      : {
          head: html`<noscript><meta http-equiv="refresh" content="${refreshSeconds}"></noscript>`,
          script: html`<script>${new Markup(scriptOf(refreshSeconds))}</script>`,
        };
  const content = html`<html lang="en"><head><meta charset="utf-8"><title>${title} – Local system</title>
<meta name="viewport" content="width=device-width, initial-scale=1">${refresh.head}
<style>${new Markup(STYLE)}</style></head>
<body><header><nav aria-label="Places"><ul><li><a href="/">Local system</a></li>${Object.entries(links).map(([label, url]) => html`<li><a href="${url}">${label}</a></li>`)}</ul></nav><h1>${title}</h1></header><main>${body}</main>${refresh.script}</body></html>`;
  return `<!doctype html>${content.text}`;
}
