import { type ComponentChildren, Fragment } from 'preact';
import { renderToString } from 'preact-render-to-string';
import type { Frame } from '../frame.ts';
import type { Notice } from '../notice.ts';
import { formatEnd } from './format.ts';

/** A whole page as HTML. `title` comes first in the browser's tab, because there may be many of them. */
export function renderPage(frame: Frame, title: string, content: ComponentChildren): string {
  return `<!doctype html>${renderToString(
    <Layout frame={frame} title={title}>
      {content}
    </Layout>,
  )}`;
}

function Layout({ frame, title, children }: { frame: Frame; title: string; children: ComponentChildren }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${title} – ${frame.siteName}`}</title>
        <link rel="icon" href={frame.assets.icon} />
        {frame.assets.styles.map((href) => (
          <link key={href} rel="stylesheet" href={href} />
        ))}
        <script type="module" src={frame.assets.script} />
      </head>
      <body class={frame.user || frame.wide ? 'wide' : 'narrow'}>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <Header frame={frame} />
        <main id="main">
          {frame.notice && <Said {...frame.notice} />}
          {children}
        </main>
        <Footer frame={frame} />
      </body>
    </html>
  );
}

/** What has just been done; a name in another script does not turn the sentence round. */
function Said({ pieces, names }: Notice) {
  if (pieces.length === 0) return null;
  return (
    <p class="done" role="status">
      {pieces.map((piece, at) => (
        <Fragment key={piece}>
          {piece}
          {names[at] !== undefined && <bdi>{names[at]}</bdi>}
        </Fragment>
      ))}
    </p>
  );
}

function Header({ frame }: { frame: Frame }) {
  const { user, signIn, environment } = frame;
  return (
    <header class="top">
      <p class="site">
        {user ? <a href="/">{frame.siteName}</a> : frame.siteName}
        {environment && environment !== 'production' && <span class="badge">{environment}</span>}
      </p>
      {signIn && (
        <p class="who">
          <a href={signIn}>Sign in</a>
        </p>
      )}
      {user && (
        <form class="who" method="post" action="/sign-out">
          <input type="hidden" name="formToken" value={user.formToken} />
          <a href="/account" dir="auto">
            {user.name}
          </a>
          <button type="submit" class="quiet">
            Sign out
          </button>
        </form>
      )}
    </header>
  );
}

function Footer({ frame }: { frame: Frame }) {
  const { pass, contact, user } = frame;
  return (
    <footer>
      {pass && (
        <p>
          This pass is for <bdi>{pass.name}</bdi>. It works until {formatEnd(pass.expiresAt)}, or until the
          job is done. No password is needed; do not pass the link on.
        </p>
      )}
      {contact && (
        <p>
          Questions? <Contact text={contact} />
        </p>
      )}
      {user && (
        <p>
          <a href="/reference">API reference</a>
        </p>
      )}
    </footer>
  );
}

const REACHABLE = /([^\s@,;<>()]+@[^\s@,;<>()]+\.[^\s@,;<>().]+|\+?\d[\d ()/-]{5,}\d)/;

/** A contact as it is written, with mail addresses and telephone numbers as links. */
export function Contact({ text }: { text: string }) {
  return (
    <span dir="auto">
      {text.split(REACHABLE).map((part, index) => {
        if (index % 2 === 0) return part;
        const href = part.includes('@') ? `mailto:${part}` : `tel:${part.replace(/[^\d+]/g, '')}`;
        return (
          <a key={part} href={href}>
            {part}
          </a>
        );
      })}
    </span>
  );
}
