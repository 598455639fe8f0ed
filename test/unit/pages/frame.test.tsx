import { ERRORS, type ErrorCode } from '../../../core/errors.ts';
import type { Frame } from '../../../lambdas/portal/frame.ts';
import { ErrorCodesPage, FailedPage } from '../../../lambdas/portal/pages/failed.tsx';
import {
  formatDate,
  formatDateTime,
  formatDistance,
  formatEnd,
  formatNumber,
  isPast,
  wordsOf,
} from '../../../lambdas/portal/pages/format.ts';
import { Contact, renderPage } from '../../../lambdas/portal/pages/layout.tsx';
import { frame, NOW } from './fixtures.ts';
import { outline, outlineOf } from './outline.ts';

describe('around the content of every page', () => {
  const around = (change: Partial<Frame>) =>
    outlineOf(renderPage({ ...frame, ...change }, 'Title', <h1>Content</h1>));

  it('is the site’s name, whom to ask, and nothing of anybody where nobody is signed in', () => {
    expect(around({})).toEqual([
      '<!doctype html>',
      'meta',
      'meta name=viewport content=width=device-width, initial-scale=1',
      'meta name=color-scheme content=light dark',
      'title Title – ABC Property Management',
      'link href=/assets/icon.svg rel=icon',
      'link href=/assets/style.css rel=stylesheet',
      'script type=module src=/assets/page.js',
      'body.narrow [Skip to the content](#main .skip)',
      'header.top',
      'p.site ABC Property Management',
      'main',
      'h1 Content',
      'footer',
      'p Questions? ABC dispatch, [dispatch@abc.example](mailto:dispatch@abc.example), [+1 555 0100](tel:+15550100)',
    ]);
  });

  it('are for staff who is signed in, the way out, and a desk’s width', () => {
    const lines = around({ user: { name: 'Dana', formToken: 'token' }, environment: 'test' });
    expect(lines.slice(lines.findIndex((line) => line.startsWith('body')))).toEqual([
      'body.wide [Skip to the content](#main .skip)',
      'header.top',
      'p.site [ABC Property Management](/){span.badge test}',
      'form.who method=post action=/sign-out',
      'input type=hidden name=formToken value=token',
      '[Dana](/account)',
      'button.quiet type=submit Sign out',
      'main',
      'h1 Content',
      'footer',
      'p Questions? ABC dispatch, [dispatch@abc.example](mailto:dispatch@abc.example), [+1 555 0100](tel:+15550100)',
      'p [API reference](/reference)',
    ]);
  });

  it('offers to sign in where that is not needed, and leads back', () => {
    const lines = around({ signIn: '/sign-in?to=%2Fapp%2Ftest' });
    expect(lines.slice(lines.indexOf('header.top'), lines.indexOf('main'))).toEqual([
      'header.top',
      'p.site ABC Property Management',
      'p.who [Sign in](/sign-in?to=%2Fapp%2Ftest)',
    ]);
  });

  it('is for contractors whose pass it is, and until when', () => {
    const pass = { name: 'Ana', expiresAt: Date.parse('2026-03-07T12:00:00Z') };
    const { contact: _, ...silent } = frame;
    const lines = outlineOf(
      renderPage({ ...silent, pass, wide: true, environment: 'production' }, 'Title', <h1>Content</h1>),
    );
    expect(lines.slice(lines.findIndex((line) => line.startsWith('body')))).toEqual([
      'body.wide [Skip to the content](#main .skip)',
      'header.top',
      'p.site ABC Property Management',
      'main',
      'h1 Content',
      'footer',
      'p This pass is for Ana. It works until 7 March 2026 at 12:00 UTC, or until the job is done. No password is needed; do not pass the link on.',
    ]);
  });
});

describe('a contact', () => {
  it.each([
    ['ask Dana', 'ask Dana'],
    ['dana@abc.example', '[dana@abc.example](mailto:dana@abc.example)'],
    [
      'Dana <dana@abc.example>, 030 123-456.',
      'Dana <[dana@abc.example](mailto:dana@abc.example)>, [030 123-456](tel:030123456).',
    ],
    ['+1 (555) 0100 or 555/0101', '[+1 (555) 0100](tel:+15550100) or [555/0101](tel:5550101)'],
    ['room 12345', 'room 12345'],
    ['room 1234567', 'room [1234567](tel:1234567)'],
    ['a@b.c; d@e.f', '[a@b.c](mailto:a@b.c); [d@e.f](mailto:d@e.f)'],
  ])('written as %j has links where they are', (text, told) => {
    expect(outline(<Contact text={text} />)).toEqual([told]);
  });
});

describe('the page of a failure', () => {
  const on = { href: '/on', label: 'Go on' };

  it('says what failed, with every problem, what was typed, and a way on', () => {
    const problems = [
      { path: '/values/notes', message: 'is too long' },
      { path: 'x', message: 'is unknown' },
    ];
    expect(
      outline(
        <FailedPage
          code="REQUEST_INVALID"
          title="The request is not valid."
          detail="Two things are wrong."
          problems={problems}
          requestId="request-1"
          typed={{ 'field.notes': 'kept' }}
          on={on}
        />,
      ),
    ).toEqual([
      'h1 That did not work',
      'p The address or the form is not complete, or was changed on the way.',
      'p Two things are wrong.',
      'li notes is too long',
      'li x is unknown',
      'p Go back and try again.',
      'section.kept labelled “What you had typed”',
      'h2 What you had typed',
      'p It was not saved. You can copy it from here.',
      'label notes',
      'textarea readonly rows=3 "kept"',
      'p [Go on](/on .button)',
      'p.aside REQUEST_INVALID, request request-1',
    ]);
  });

  it.each<[ErrorCode, string, ...string[]]>([
    ['CREDENTIAL_MISSING', 'Please sign in', 'Why.'],
    ['FORBIDDEN', 'Access denied', 'Why.'],
    [
      'NOT_FOUND',
      'Not found',
      'Why.',
      'It may have been deleted, or it is not for you to see. If somebody sent you this address, ask them, or an administrator.',
    ],
    ['METHOD_NOT_ALLOWED', 'Not found', 'This address is not a page.', 'Go on from the page before.'],
    ['ORIGIN_REFUSED', 'Please send it again', 'Why.'],
    ['SIGN_IN_REFUSED', 'Not signed in', 'Why.'],
    ['STATE_REFUSED', 'Not possible any more', 'Why.', 'Go back to see what can be done now.'],
    ['VERSION_MISMATCH', 'Somebody was faster', 'Why.'],
    [
      'CONFLICT',
      'Please try again',
      'Somebody else was writing at the same moment. Go back and do it again.',
    ],
    [
      'RATE_LIMITED',
      'Please wait a little',
      'That was too often in a short time. Wait a minute, then try again.',
    ],
    ['UNAVAILABLE', 'Please try again', 'Why.'],
    ['INTERNAL', 'Something failed', 'Why.'],
    [
      'REQUEST_INVALID',
      'That did not work',
      'The address or the form is not complete, or was changed on the way.',
      'Go back and try again.',
    ],
  ])('says for %s what happened and what to do', (code, heading, ...words) => {
    expect(outline(<FailedPage code={code} title="Why." requestId="request-1" typed={{}} on={on} />)).toEqual(
      [
        `h1 ${heading}`,
        ...words.map((text) => `p ${text}`),
        'p [Go on](/on .button)',
        `p.aside ${code}, request request-1`,
      ],
    );
  });

  it('of error codes has a row for each, to which its problem documents lead', () => {
    const codes = Object.keys(ERRORS);
    const lines = outline(
      <>
        <ErrorCodesPage />
        {codes.map((code) => (
          <a key={code} href={`#${code}`}>
            {code}
          </a>
        ))}
      </>,
    );
    expect(lines.slice(0, 2)).toEqual([
      'h1 Error codes',
      'p Every error is a problem document (RFC 9457) with one of these codes. The codes are stable; the words may change. Which address answers which is in the [API reference](/reference).',
    ]);
    expect(lines.slice(3, -1)).toEqual(
      Object.entries(ERRORS).flatMap(([code, { status, title }]) => [
        `dt {code ${code}} {span.badge ${status}}`,
        `dd ${title}`,
      ]),
    );
  });
});

describe('days, times and numbers', () => {
  it.each([
    ['a day', formatDate('2026-03-06'), 'Fri, 6 March 2026'],
    ['a day of a time', formatDate('2026-09-30T23:59:59Z', 'short'), 'Wed, 30 Sept 2026'],
    ['what is no day', formatDate('2026-13-40'), '2026-13-40'],
    ['a time', formatDateTime('2026-03-06T09:05:59.999Z'), '6 March 2026 at 09:05 UTC'],
    ['a time elsewhere', formatDateTime('2026-03-06T00:30:00+02:00'), '5 March 2026 at 22:30 UTC'],
    ['milliseconds', formatDateTime(NOW), '3 March 2026 at 15:00 UTC'],
    ['what is no time', formatDateTime('soon'), 'soon'],
    ['an end at midnight', formatEnd(Date.parse('2026-01-01T00:00:00Z')), 'the end of Wed, 31 December 2025'],
    [
      'an end a moment later',
      formatEnd(Date.parse('2026-01-01T00:00:00.001Z')),
      '1 January 2026 at 00:00 UTC',
    ],
    ['a distance of no day', formatDistance('soon', NOW), ''],
    ['a distance to a time', formatDistance('2026-03-05T00:00:00Z', NOW), 'in 2 days'],
    ['a distance back', formatDistance('2026-02-24', NOW), '7 days ago'],
    ['a number of many digits', formatNumber(12345.0123456789), '12345.0123456789'],
    ['an id', wordsOf('dueDate2-ofJob'), 'due date2 of job'],
  ])('tell %s', (_, told, wanted) => {
    expect(told).toBe(wanted);
  });

  it('a day is past once it is over, and not before', () => {
    const midnight = Date.parse('2026-03-04T00:00:00Z');
    expect([
      isPast('2026-03-03', midnight - 1),
      isPast('2026-03-03', midnight),
      isPast('soon', midnight),
    ]).toEqual([false, true, false]);
    expect(formatDistance('2026-03-03', midnight - 1)).toBe('today');
    expect(formatDistance('2026-03-03', midnight)).toBe('yesterday');
  });
});
