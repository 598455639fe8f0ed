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
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 70rem; padding: 1rem; color: #1c2430; background: #fff }
a { color: #0b57a4 } h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .3rem .6rem .3rem 0; vertical-align: top; border-bottom: 1px solid #dde3ea }
pre { background: #f4f6f9; padding: .8rem; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere }
iframe { width: 100%; height: 24rem; border: 1px solid #dde3ea; background: #fff }
.status { font-weight: 600 } .FAILED, .ABORTED, .TIMED_OUT { color: #a4160b } .SUCCEEDED { color: #0b6b2c }
@media (prefers-color-scheme: dark) { body { color: #e3e8ef; background: #14181f } a { color: #7db8f5 } pre { background: #1e242e } th, td { border-color: #333c49 } .FAILED, .ABORTED, .TIMED_OUT { color: #ff8a80 } .SUCCEEDED { color: #7ddc9a } }
`;

/** A whole page. `refreshSeconds` makes the browser load it again and again. */
export function page(title: string, body: Markup, refreshSeconds?: number): string {
  const refresh = refreshSeconds && html`<meta http-equiv="refresh" content="${refreshSeconds}">`;
  const content = html`<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">${refresh || undefined}
<style>${new Markup(STYLE)}</style></head>
<body><header><p><a href="/">Local system</a></p><h1>${title}</h1></header><main>${body}</main></body></html>`;
  return `<!doctype html>${content.text}`;
}
