import type { Environment } from '../../core/environments.ts';
import { readToken, shortId } from '../../core/tokens/token.ts';
import type { PageFailure } from '../shared/http/answered.ts';
import type { ApiResponse } from '../shared/http/request.ts';
import type { Frame } from './frame.ts';
import { heldPasses } from './held-passes.ts';
import { type Notice, notice, noticeFor } from './notice.ts';
import { DonePage, EndedPage } from './pages/pass.tsx';
import { type Portal, page, plainFrame } from './portal.ts';

/** What is left to say to a pass that has ended with what was done; its page makes the thanks of it. */
export const thanks = (operation: string, title: string): Notice => notice`${operation}: ${title}`;

/**
 * The page of a pass that has ended: this once it thanks where the pass has ended with what was done, and says why it
 * has ended otherwise. It leads on to another pass that the browser holds.
 */
export async function endedPassPage(
  portal: Portal,
  failure: PageFailure,
  pass: string,
): Promise<ApiResponse> {
  const { typed, endReason, document } = failure;
  const { said, rest, environment, cleared } = await lookUp(portal, failure, pass);
  const frame = await plainFrame(portal, environment);
  const on = rest !== undefined && { rest };
  if (said) {
    const [operation = '', title = ''] = said.names;
    const content = <DonePage title={title} operation={operation} {...on} />;
    return page(frame, 'Done', content, { cookies: [...cleared, said.cleared] });
  }
  const content = <EndedPage typed={typed} {...on} {...(endReason && { reason: endReason })} />;
  return page(frame, 'This pass has ended', content, { status: document.status, cookies: cleared });
}

interface Found {
  said?: Frame['notice'];
  /** The address of another pass, if there is one. */
  rest?: string;
  /** Of the pass that has ended. */
  environment?: Environment;
  cleared: readonly string[];
}

/** What the browser's cookies tell. A page that says what went wrong must not fail itself. */
async function lookUp(portal: Portal, { path, cookies }: PageFailure, pass: string): Promise<Found> {
  try {
    const runtime = await portal.runtime();
    const { environment } =
      readToken(cookies[portal.names.pass(pass)] ?? '', runtime.keyring, runtime.siteId) ?? {};
    const { notice: said } = noticeFor(portal, runtime, { cookies, path });
    const { live, cleared } = await heldPasses(portal, runtime, cookies, { own: pass, now: runtime.now() });
    const [other] = live;
    return {
      ...(said && { said }),
      ...(other && { rest: `/pass/${shortId(other.credential.id)}` }),
      ...(environment && { environment }),
      cleared,
    };
  } catch {
    return { cleared: [] };
  }
}
