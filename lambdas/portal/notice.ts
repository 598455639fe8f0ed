import { createHash } from 'node:crypto';
import type { Caller } from '../../core/ports.ts';
import { openPurpose, sealPurpose } from '../../core/tokens/sealed.ts';
import type { Signing } from '../../core/tokens/signed.ts';
import { clearCookie, setCookie } from '../shared/http/cookies.ts';
import { type ApiRequest, type ApiResponse, seeOther } from '../shared/http/request.ts';
import type { Frame } from './frame.ts';
import type { Portal } from './portal.ts';

/** A page that takes longer to come than this says nothing any more. */
const LIFETIME_MS = 5 * 60_000;
/** A cookie holds four kilobytes, and nobody reads a longer name in a sentence. */
const LONGEST_NAME = 120;
const LONGEST_SHOWN = 320;

/** A sentence on what has just been done, and between its pieces the names that people have given. */
export interface Notice {
  readonly pieces: readonly string[];
  readonly names: readonly string[];
  /** What the page shows this once in its content: an id, an address; never what somebody could get in with. */
  readonly shows?: string;
}

/** What the cookie holds, sealed. */
interface Held extends Notice {
  readonly expiresAt: number;
}

type Site = Pick<Portal, 'siteUrl' | 'names'>;
type Clocked = Signing & { now(): number };

/** Writes a notice: notice`Role ${name} created`, or from its pieces. Names are shown as such, whatever script they are in. */
export function notice(pieces: readonly string[], ...names: readonly string[]): Notice {
  return { pieces: [...pieces], names: names.map((name) => shortened(name, LONGEST_NAME)) };
}

/** Says nothing, and lets the page show something this once, which its handler finds at `frame.notice.shows`. */
export const showing = (shows: string): Notice => ({
  pieces: [],
  names: [],
  shows: shortened(shows, LONGEST_SHOWN),
});

/**
 * The answer to a form that has done what it was sent for: 303 to `location`, whose page says once what was done. The
 * page shows it because its handler puts `noticeFor(…)` into the frame:
 *
 *     return seeOtherSaying(portal, runtime, request, `/manage/roles/${id}`, notice`Role ${name} saved`);
 *     …
 *     const frame = { ...sessionFrame(portal, session), ...noticeFor(portal, runtime, request) };
 *     return page(frame, title, content);   // shows it on top, and takes it out of the browser
 *
 * The notice travels in a sealed cookie of that page, so that addresses stay as they are, a reload does not say it
 * again, and nobody can be sent a link that says something. It belongs to whoever is signed in.
 */
export function seeOtherSaying(
  { siteUrl, names }: Site,
  runtime: Clocked,
  { caller }: { caller?: Caller | undefined },
  location: string,
  said: Notice,
  cookies: readonly string[] = [],
): ApiResponse {
  const { pathname } = new URL(location, siteUrl);
  const expiresAt = runtime.now() + LIFETIME_MS;
  const held: Held = { ...said, expiresAt };
  const text = sealPurpose('notice', JSON.stringify(held), boundTo(pathname, caller), runtime);
  return seeOther(location, [
    ...cookies,
    setCookie(siteUrl, nameIn(names, pathname), text, expiresAt, 'Strict'),
  ]);
}

/** For the frame of the page that is asked for: what there is to say on it, if there is anything. */
export function noticeFor(
  { siteUrl, names }: Site,
  runtime: Clocked,
  { caller, cookies, path }: Pick<ApiRequest, 'cookies' | 'path'> & { caller?: Caller | undefined },
): Pick<Frame, 'notice'> {
  const name = nameIn(names, path);
  const sealed = cookies[name];
  const text = sealed && openPurpose('notice', sealed, boundTo(path, caller), runtime);
  if (!text) return {};
  const { expiresAt, ...said } = JSON.parse(text) as Held;
  return expiresAt > runtime.now() ? { notice: { ...said, cleared: clearCookie(siteUrl, name) } } : {};
}

/** Each page has a cookie of its own, so that two tabs do not take each other's words. */
function nameIn(names: Site['names'], path: string): string {
  return names.notice(createHash('sha256').update(path).digest('base64url').slice(0, 10));
}

/** A pass may have ended with what was done, and with it the caller: its page is named by its address. */
function boundTo(path: string, caller: Caller | undefined): string {
  return JSON.stringify([path, caller?.type === 'user' ? caller.principalId : '']);
}

function shortened(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest).toWellFormed()}…`;
}
