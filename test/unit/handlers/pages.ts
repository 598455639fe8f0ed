import type { Caller } from '../../../core/ports.ts';
import { noticeFor } from '../../../lambdas/portal/notice.ts';
import { toCaller } from '../../../lambdas/shared/http/caller.ts';
import { cookieNames, parseCookies } from '../../../lambdas/shared/http/cookies.ts';
import { formTokenOf } from '../../../lambdas/shared/http/forgery.ts';
import { exampleLinked, exampleSite } from '../../fixtures/property-management.ts';
import { type Sent, SITE_URL, userContext } from '../http/events.ts';
import { type Answered, asked, clock, NOW, signing } from './use-cases.ts';

export const user = toCaller(userContext);
export const formToken = formTokenOf(user, signing);

const { name } = exampleSite();
const site = exampleLinked();
/** Its apps name another contact than the site does. */
export const settings = { name, contact: 'The office, office@abc.example', roles: exampleSite().roles };

let made = 0;
/** What handlers are given besides what use cases answer; ids that they mint are `id-1`, `id-2` … since `freshIds`. */
export const runtime = {
  ...signing,
  siteUrl: SITE_URL,
  now: () => clock.now,
  newId: () => `id-${++made}`,
  published: async (environment: string) => ({ environment, site, settings }),
} as Record<string, unknown>;

export function freshIds(): void {
  made = 0;
}

/** A session as the portal opens it, without any store. */
export const session = (environment: string, caller: Caller = user) => ({
  runtime,
  published: { environment, site, settings },
  caller,
  now: NOW,
});

/** What the log was told. */
export const logged: unknown[][] = [];

export const portal = {
  siteUrl: SITE_URL,
  names: cookieNames(SITE_URL),
  assets: { styles: ['/assets/style.css'], script: '/assets/page.js', icon: '/assets/icon.svg' },
  mailer: { the: 'mailer' },
  logger: {
    error: (...said: unknown[]) => logged.push(['error', ...said]),
    warn: (...said: unknown[]) => logged.push(['warn', ...said]),
  },
  runtime: async () => runtime,
  session: async (caller: Caller, environment: string) => session(environment, caller),
  people: async ({ caller, now }: { caller: Caller; now: number }) => ({ runtime, caller, now }),
} as never;

/** What use cases were given, with a word in the place of each session: who asks, and where. */
export const handedOn = () =>
  asked.map((call) =>
    call.map((given) => {
      const { caller, published } = (given ?? {}) as Partial<ReturnType<typeof session>>;
      return caller ? `${caller.name || caller.type} in ${published?.environment ?? 'the site'}` : given;
    }),
  );

/** A form of a page as the browser of somebody who is signed in sends it. */
export function filledIn(fields: Record<string, string | string[]>): Partial<Sent> {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries({ formToken, ...fields })) {
    for (const each of [value].flat()) body.append(name, each);
  }
  return {
    context: userContext,
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin: SITE_URL },
    body: body.toString(),
  };
}

export const signedIn = { context: userContext };

/** Where an answer leads: status and address. */
export const leadsTo = ({ status, headers }: Answered) => [status, headers.location];

/** Where an answer leads, and what the page there says once to whoever is signed in, or to nobody (null). */
export function leadsToSaying(answer: Answered, reader: Caller | null = user): unknown[] {
  const path = new URL(String(answer.headers.location), SITE_URL).pathname;
  const cookies = parseCookies(answer.cookies.map((line) => line.split(';')[0] ?? ''));
  const asked = { cookies, path, ...(reader && { caller: reader }) };
  const { notice } = noticeFor(portal, { ...signing, now: () => clock.now }, asked);
  const words = notice?.pieces.map((piece, place) => piece + (notice.names[place] ?? '')).join('');
  return [...leadsTo(answer), words];
}

/** Status, title and content of a page; links and controls stand in the text, with what they lead to or send. */
export function outline({ status, text }: Answered): [number | undefined, string | undefined, string] {
  const title = /<title>(.*?)<\/title>/.exec(text)?.[1];
  const main = text.slice(text.indexOf('<main'), text.indexOf('</main>'));
  return [status, title && unescaped(title), unescaped(controls(main)).replace(/\s+/g, ' ').trim()];
}

/** Header and footer of a page: whose site, which environment, who is signed in, whose pass it is. */
export function surroundings({ text }: Answered): [string, string] {
  const part = (from: string, to: string) =>
    unescaped(controls(text.slice(text.indexOf(from), text.indexOf(to))))
      .replace(/\s+/g, ' ')
      .trim();
  return [part('<header', '</header>'), part('<footer', '</footer>')];
}

function controls(html: string): string {
  return html
    .replace(/<span[^>]*aria-hidden="true"[^>]*>.*?<\/span>/gs, '')
    .replace(
      /<option([^>]*)>/g,
      (_, tag) => ` {${attribute(tag, 'value')}${/ selected/.test(tag) ? '*' : ''}} `,
    )
    .replace(/<input([^>]*)>/g, (_, tag) => {
      const chosen = / checked/.test(tag) ? '*' : '';
      return ` {${attribute(tag, 'name')}=${attribute(tag, 'value') ?? ''}${chosen}} `;
    })
    .replace(/<textarea([^>]*)>/g, (_, tag) => ` {${attribute(tag, 'name')}} `)
    .replace(/<form([^>]*)>/g, (_, tag) => ` <form ${attribute(tag, 'action') ?? 'here'}> `)
    .replace(
      /<a ([^>]*)>(.*?)<\/a>/gs,
      (_, tag, inner) => ` [${plain(inner)}](${attribute(` ${tag}`, 'href')}) `,
    )
    .replace(/<button([^>]*)>(.*?)<\/button>/gs, (_, tag, inner) => {
      const [sent, value] = [attribute(tag, 'name'), attribute(tag, 'value')];
      return ` (${plain(inner)}${sent ? ` ${sent}=${value}` : ''}) `;
    })
    .replace(/<(?!form (?:here|\/)[^>]*>)[^>]+>/g, ' ');
}

const plain = (html: string) =>
  html
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

function attribute(tag: string, name: string): string | undefined {
  return new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
