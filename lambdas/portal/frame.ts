import type { Notice } from './notice.ts';

/** What surrounds the content of every page. */
export interface Frame {
  siteName: string;
  /** Whom people can ask, as the site or the app says; absent while nothing is published. */
  contact?: string;
  assets: { styles: readonly string[]; script: string; icon: string };
  /** Shown beside the name unless it is production. */
  environment?: string;
  /** Whether the page wants a desk's width, as staff's pages do. */
  wide?: boolean;
  /** Staff: who is signed in, and the token of the sign-out form. */
  user?: { name: string; formToken: string };
  /** For who has not signed in: the address that asks them to, and leads back here. */
  signIn?: string;
  /** What is said on top, this once; `cleared` is the `Set-Cookie` that takes it out of the browser. */
  notice?: Notice & { cleared: string };
  /** Contractors: whose pass it is, and until when (epoch milliseconds). */
  pass?: { name: string; expiresAt: number };
}
