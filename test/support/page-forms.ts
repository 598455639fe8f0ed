import type { Answer, Visitor } from '../../local/visitor.ts';

/** What a browser would send back for the form of a page: its hidden fields and what it shows filled in. */
export function fieldsOf(html: string): Record<string, string> {
  const main = html.slice(html.indexOf('<main'));
  const fields: Record<string, string> = {};
  for (const [input] of main.matchAll(/<input[^>]*>/g)) {
    const name = attribute(input, 'name');
    const choice = /type="(checkbox|radio)"/.test(input);
    if (name && (!choice || / checked/.test(input))) fields[name] = attribute(input, 'value') ?? '';
  }
  for (const [, tag = '', text = ''] of main.matchAll(/<textarea([^>]*)>([^<]*)<\/textarea>/g)) {
    const name = attribute(tag, 'name');
    if (name) fields[name] = unescaped(text);
  }
  return fields;
}

/** Opens the page of a form, fills fields in by their ids, and sends it. */
export async function submit(
  visitor: Visitor,
  path: string,
  values: Record<string, string | string[]>,
): Promise<Answer> {
  const page = await visitor.get(path);
  if (page.status !== 200) throw new Error(`The form at ${path} answered ${page.status}: ${page.text}`);
  return send(visitor, path, page, values);
}

/** Sends the form of a page that is already open, by its first button or by the one that is named. */
export function send(
  visitor: Visitor,
  path: string,
  page: Answer,
  values: Record<string, string | string[]>,
  button: Record<string, string> = {},
): Promise<Answer> {
  const typed = Object.fromEntries(Object.entries(values).map(([id, value]) => [`field.${id}`, value]));
  return visitor.form(path, { ...fieldsOf(page.text), ...typed, ...button });
}

/** Sends one of an administrators' page's forms, found by its label, with some fields filled in. */
export async function sendForm(
  visitor: Visitor,
  path: string,
  label: string,
  values: Record<string, string | string[]> = {},
): Promise<Answer> {
  const page = await visitor.get(path);
  const form = new RegExp(`<form[^>]*aria-label="${label}"[\\s\\S]*?</form>`).exec(page.text)?.[0];
  if (!form)
    throw new Error(`${path} has no form “${label}” (it answered ${page.status}): ${readable(page.text)}`);
  const action = / action="([^"]*)"/.exec(form)?.[1] ?? path;
  return visitor.form(action, { ...fieldsOf(`<main>${form}`), ...values });
}

/** The text of a page's content as somebody reads it. */
export function readable(html: string): string {
  const main = html.slice(html.indexOf('<main'), html.indexOf('</main>'));
  return unescaped(main.replace(/<[^>]+>/g, ' '))
    .replace(/\s+/g, ' ')
    .trim();
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
  return found === undefined ? undefined : unescaped(found);
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
