import type { System } from './system.ts';

/** An answer as somebody outside sees it. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The body, if it is JSON. */
  json: unknown;
}

/**
 * Somebody who calls the site over HTTP as a browser does: keeps cookies, sends the site's own Origin, and follows
 * redirects only when told to. For seeding and tests.
 */
export class Visitor {
  readonly #url: string;
  readonly #cookies = new Map<string, string>();

  constructor(url: string) {
    this.#url = url;
  }

  get cookies(): ReadonlyMap<string, string> {
    return this.#cookies;
  }

  setCookie(name: string, value: string): void {
    this.#cookies.set(name, value);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('GET', path, { headers });
  }

  /** Posts a page's form. */
  form(path: string, fields: Record<string, string | readonly string[]>): Promise<Answer> {
    const body = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) {
      for (const one of typeof value === 'string' ? [value] : value) body.append(name, one);
    }
    return this.send('POST', path, {
      body: body.toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  }

  json(method: string, path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send(method, path, {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  }

  /** Follows redirects within the site, as a browser does. */
  async follow(path: string): Promise<Answer> {
    let answer = await this.get(path);
    for (let hops = 0; hops < 5 && answer.status === 303; hops++) {
      const to = new URL(answer.headers.get('location') ?? '/', this.#url);
      answer = await this.get(to.pathname + to.search);
    }
    return answer;
  }

  async send(
    method: string,
    path: string,
    request: { body?: string; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, this.#url), {
      method,
      redirect: 'manual',
      headers: {
        ...(cookie && { cookie }),
        ...(method !== 'GET' && method !== 'HEAD' && { origin: new URL(this.#url).origin }),
        ...request.headers,
      },
      ...(request.body !== undefined && { body: request.body }),
    });
    for (const line of response.headers.getSetCookie()) this.#keep(line);
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, json: parse(text) };
  }

  #keep(line: string): void {
    const [pair = '', ...attributes] = line.split(';');
    const at = pair.indexOf('=');
    const [name, value] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    const over = attributes.some((attribute) => /^\s*max-age=0\s*$/i.test(attribute));
    if (value === '' || over) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Signs somebody in as they do it themselves: asks for the link, takes it out of the mail, presses the button. */
export async function signIn(system: System, email: string): Promise<Visitor> {
  const visitor = new Visitor(system.url);
  const known = new Set((await system.mail.messages()).map(({ messageId }) => messageId));
  await visitor.form('/sign-in', { email });
  const mail = await system.mail.waitFor(({ to, messageId }) => to.includes(email) && !known.has(messageId));
  const link = new URL(linkIn(mail.text));
  const answer = await visitor.form('/sign-in/link', { token: link.searchParams.get('token') ?? '' });
  if (answer.status !== 303)
    throw new Error(`Signing in as ${email} answered ${answer.status}: ${answer.text}`);
  return visitor;
}

/** The address of the first link to the site in a mail's text. */
export function linkIn(text: string): string {
  const [link] = /https?:\/\/\S+/.exec(text) ?? [];
  if (!link) throw new Error(`There is no link in this mail: ${text}`);
  return link;
}
