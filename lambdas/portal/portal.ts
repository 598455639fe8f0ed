import type { Logger } from '@aws-lambda-powertools/logger';
import type { ComponentChildren } from 'preact';
import { ENVIRONMENTS, type Environment } from '../../core/environments.ts';
import type { Mailer } from '../../core/mail/mail.ts';
import type { Caller } from '../../core/ports.ts';
import type { Runtime, Session } from '../../core/runtime.ts';
import type { CookieNames } from '../shared/http/cookies.ts';
import type { ApiRequest, ApiResponse } from '../shared/http/request.ts';
import type { OpenPeople } from '../shared/people-session.ts';
import type { Frame } from './frame.ts';
import type { Issuer } from './issuer.ts';
import { renderPage } from './pages/layout.tsx';

/** What the handlers of pages work with. */
export interface Portal {
  siteUrl: string;
  names: CookieNames;
  assets: Frame['assets'];
  mailer: Mailer;
  /** Where staff may sign in besides; absent where none is configured. */
  issuer?: Issuer;
  logger: Pick<Logger, 'error' | 'warn'>;
  runtime(): Promise<Runtime>;
  /** A caller's session in an environment. */
  session(caller: Caller, environment: Environment): Promise<Session>;
  /** The design plane, for administrators' pages. */
  people: OpenPeople;
  /** An asset by its file name, packed as the browser takes it. */
  readAsset(
    file: string,
    accepts: string | undefined,
  ): { bytes: Uint8Array; type: string; encoding?: string } | undefined;
}

/** A page as an answer. */
export function page(
  frame: Frame,
  title: string,
  content: ComponentChildren,
  options: Pick<ApiResponse, 'cookies' | 'headers'> & { status?: number } = {},
): ApiResponse {
  const { status = 200, cookies = [], ...rest } = options;
  const shown = frame.notice ? [frame.notice.cleared] : [];
  return { status, html: renderPage(frame, title, content), cookies: [...cookies, ...shown], ...rest };
}

/**
 * The frame of pages that belong to no environment, e.g. for signing in: with the site's name and contact from the first
 * environment in which something is published, the preferred one or else production before the others. A page that says
 * what went wrong must not fail itself, so whatever goes wrong here leaves the product's name.
 */
export async function plainFrame({ assets, runtime }: Portal, preferred?: Environment): Promise<Frame> {
  for (const environment of [...(preferred ? [preferred] : []), ...ENVIRONMENTS.toReversed()]) {
    try {
      const { settings } = await (await runtime()).published(environment);
      return { assets, siteName: settings.name, contact: settings.contact };
    } catch {
      // Not published there, or not to be had just now.
    }
  }
  return { assets, siteName: 'Daypass' };
}

/**
 * The frame of a page in an environment.
 * @param request for a page that people may see without signing in: they are offered to, and to come back to it
 */
export function sessionFrame(
  { assets }: Portal,
  { published, caller }: Session,
  request?: Pick<ApiRequest, 'path'> & { query?: object },
): Frame {
  const { name, contact } = published.settings;
  const offer = request && caller.type === 'anonymous' && { signIn: signInTo(request) };
  return { assets, siteName: name, contact, environment: published.environment, ...offer };
}

function signInTo({ path, query = {} }: Pick<ApiRequest, 'path'> & { query?: object }): string {
  const asked = Object.entries(query).flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' ? [[name, value]] : [],
  );
  const to = asked.length > 0 ? `${path}?${new URLSearchParams(asked)}` : path;
  // A longer address is not taken along: the page itself is.
  return `/sign-in?${new URLSearchParams({ to: to.length > LONGEST_TO ? path : to })}`;
}

/** What the sign-in page takes as an address to go on to. */
const LONGEST_TO = 300;
