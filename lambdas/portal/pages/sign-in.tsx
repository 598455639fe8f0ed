import type { OpenApp } from '../open-apps.ts';

export interface SignInPageProps {
  to?: string;
  problem?: string;
  email?: string;
  /** What people call the issuer that they may sign in with; absent where there is none. */
  issuer?: string | undefined;
  /** Apps that anybody may open. */
  open?: readonly OpenApp[];
}

/** Asks for an address; the answer never tells whether it is known. */
export function SignInPage({ to, problem, email = '', issuer, open = [] }: SignInPageProps) {
  return (
    <>
      <h1>Sign in</h1>
      {issuer && (
        <>
          <p>
            <a class="button" href={to ? `/sign-in/oidc?${new URLSearchParams({ to })}` : '/sign-in/oidc'}>
              Sign in with {issuer}
            </a>
          </p>
          <h2>Or by mail</h2>
        </>
      )}
      <p>We send you a link by mail. There is no password.</p>
      <form method="post" action="/sign-in" data-once>
        {to && <input type="hidden" name="to" value={to} />}
        <label for="email">Email</label>
        {problem && (
          <small class="problem" id="email-problem" role="alert">
            {problem}
          </small>
        )}
        <input
          id="email"
          name="email"
          type="email"
          autocomplete="email"
          required
          maxLength={320}
          value={email}
          aria-invalid={problem ? 'true' : undefined}
          aria-describedby={problem ? 'email-problem' : undefined}
        />
        <button type="submit">Send me a link</button>
      </form>
      <p class="aside">You were sent a link to a job? Open it from that mail: you need not sign in here.</p>
      {open.length > 0 && (
        <section aria-labelledby="open">
          <h2 id="open">Without signing in</h2>
          <ul class="links">
            {open.map(({ href, name, description }) => (
              <li key={href}>
                <a href={href}>
                  <bdi>{name}</bdi>
                </a>
                {description && <small dir="auto">{description}</small>}
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

/** What to do next; the address is there only right after it was typed. */
export function LinkSentPage({ email, to }: { email?: string; to?: string }) {
  return (
    <>
      <h1>Check your email</h1>
      <p>
        If {email ? <bdi>{email}</bdi> : 'the address that you entered'} belongs to somebody here, a link is
        on its way. It works once, for 15 minutes.
      </p>
      <p>
        Nothing there after a few minutes? Look among the spam, or{' '}
        <a href={to ? `/sign-in?${new URLSearchParams({ to })}` : '/sign-in'}>try again</a>.
      </p>
    </>
  );
}

/** One button, so that programs which open links in mails use nothing up. */
export function RedeemPage({ token, to }: { token: string; to?: string }) {
  return (
    <>
      <h1>Sign in</h1>
      <p>Press the button to sign in with this browser.</p>
      <form method="post" action="/sign-in/link" data-once>
        <input type="hidden" name="token" value={token} />
        {to && <input type="hidden" name="to" value={to} />}
        <button type="submit">Sign in</button>
      </form>
    </>
  );
}

export function DeadLinkPage({ to }: { to?: string }) {
  return (
    <>
      <h1>This link cannot be used any more</h1>
      <p>A sign-in link works once, for 15 minutes. Ask for another one.</p>
      <p>
        <a class="button" href={to ? `/sign-in?${new URLSearchParams({ to })}` : '/sign-in'}>
          Send me another link
        </a>
      </p>
    </>
  );
}
