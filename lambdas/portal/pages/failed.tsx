import { ERRORS, type ErrorCode, type Problem } from '../../../core/errors.ts';
import { wordsOf } from './format.ts';
import { TypedText } from './pass.tsx';

/** Short words for what went wrong; whatever is not here is said by its title alone. */
const HEADINGS: Partial<Record<ErrorCode, string>> = {
  CREDENTIAL_MISSING: 'Please sign in',
  FORBIDDEN: 'Access denied',
  NOT_FOUND: 'Not found',
  METHOD_NOT_ALLOWED: 'Not found',
  ORIGIN_REFUSED: 'Please send it again',
  SIGN_IN_REFUSED: 'Not signed in',
  STATE_REFUSED: 'Not possible any more',
  VERSION_MISMATCH: 'Somebody was faster',
  CONFLICT: 'Please try again',
  RATE_LIMITED: 'Please wait a little',
  UNAVAILABLE: 'Please try again',
  INTERNAL: 'Something failed',
};

/** Where the words for programs say nothing to people. */
const SAID: Partial<Record<ErrorCode, string>> = {
  METHOD_NOT_ALLOWED: 'This address is not a page.',
  RATE_LIMITED: 'That was too often in a short time. Wait a minute, then try again.',
  REQUEST_INVALID: 'The address or the form is not complete, or was changed on the way.',
  CONFLICT: 'Somebody else was writing at the same moment. Go back and do it again.',
};
/** What to do next, where the words above do not say so. */
const NEXT: Partial<Record<ErrorCode, string>> = {
  NOT_FOUND:
    'It may have been deleted, or it is not for you to see. If somebody sent you this address, ask them, or an administrator.',
  METHOD_NOT_ALLOWED: 'Go on from the page before.',
  STATE_REFUSED: 'Go back to see what can be done now.',
  REQUEST_INVALID: 'Go back and try again.',
};

export interface FailedPageProps {
  code: ErrorCode;
  title: string;
  detail?: string;
  problems?: readonly Problem[];
  requestId: string;
  typed: Readonly<Record<string, unknown>>;
  /** Where to go on. */
  on: { href: string; label: string };
}

/** A page for every error that has none of its own. */
export function FailedPage({ code, title, detail, problems = [], requestId, typed, on }: FailedPageProps) {
  return (
    <>
      <h1>{HEADINGS[code] ?? 'That did not work'}</h1>
      <p>{SAID[code] ?? title}</p>
      {detail && <p dir="auto">{detail}</p>}
      {problems.length > 0 && (
        <ul>
          {problems.map(({ path, message }) => (
            <li key={path}>
              {wordsOf(path.split('/').at(-1) ?? '')} {message}
            </li>
          ))}
        </ul>
      )}
      {NEXT[code] && <p>{NEXT[code]}</p>}
      <TypedText typed={typed} />
      <p>
        <a class="button" href={on.href}>
          {on.label}
        </a>
      </p>
      <p class="aside">
        <small>
          {code}, request {requestId}
        </small>
      </p>
    </>
  );
}

/** What every error code means; the `type` of a problem document leads to its row. */
export function ErrorCodesPage() {
  return (
    <>
      <h1>Error codes</h1>
      <p>
        Every error is a problem document (RFC 9457) with one of these codes. The codes are stable; the words
        may change. Which address answers which is in the <a href="/reference">API reference</a>.
      </p>
      <dl class="codes">
        {Object.entries(ERRORS).map(([code, { status, title }]) => (
          <div key={code} id={code}>
            <dt>
              <code>{code}</code> <span class="badge">{status}</span>
            </dt>
            <dd>{title}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
