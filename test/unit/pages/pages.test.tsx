import fc from 'fast-check';
import { FailedPage } from '../../../lambdas/portal/pages/failed.tsx';
import { FormPage } from '../../../lambdas/portal/pages/form.tsx';
import { formatDistance, formatEnd, wordsOf } from '../../../lambdas/portal/pages/format.ts';
import { renderPage } from '../../../lambdas/portal/pages/layout.tsx';
import { EndedPage, PassHomePage } from '../../../lambdas/portal/pages/pass.tsx';
import { RecordPage, type ShownRecord } from '../../../lambdas/portal/pages/record.tsx';
import { RedeemPage } from '../../../lambdas/portal/pages/sign-in.tsx';
import type { ShownField } from '../../../lambdas/portal/pages/value.tsx';
import { Value } from '../../../lambdas/portal/pages/value.tsx';
import { ViewPage } from '../../../lambdas/portal/pages/view.tsx';
import { sentOf } from '../../../lambdas/portal/typed.ts';
import { field, form, frame, NOW } from './fixtures.ts';

const record: ShownRecord = {
  typeName: 'Work Order',
  title: 'WO-1',
  stateName: 'Active',
  due: { label: 'Due date', date: '2026-03-06', open: true },
  fields: [{ id: 'building', label: 'Building', type: 'string', value: '12 Harbour Street' }],
  operations: [
    { id: 'delete', name: 'Delete', kind: 'delete', href: '/d' },
    { id: 'edit', name: 'Edit', kind: 'edit', href: '/e' },
    { id: 'complete', name: 'Complete Work Order', kind: 'transition', href: '/c' },
  ],
};
const shown = (change: Partial<ShownField>): ShownField => ({
  id: 'a',
  label: 'A',
  type: 'string',
  value: null,
  ...change,
});
const html = (value: Partial<ShownField>) => renderPage(frame, 'x', <Value field={shown(value)} />);

describe('every page', () => {
  const text = renderPage(
    { ...frame, pass: { name: 'Ana', expiresAt: Date.parse('2026-03-07T00:00:00Z') } },
    'Title',
    <h1>Hello</h1>,
  );

  it('names its language, its title, and lets the keyboard skip to its content', () => {
    expect(text).toMatch(/^<!doctype html><html lang="en">/);
    expect(text).toContain('<title>Title – ABC Property Management</title>');
    expect(text).toContain('<a class="skip" href="#main">');
    expect(text).toContain('<main id="main">');
  });

  it('holds no inline script, style or handler, and loads nothing from elsewhere', () => {
    expect(text).not.toMatch(/<style|style=| on[a-z]+=|https?:\/\//);
    expect([...text.matchAll(/<script[^>]*>([^<]*)<\/script>/g)].map(([, inside]) => inside)).toEqual(['']);
  });

  it('says whom to ask, with links to mail and telephone, and until when the pass works', () => {
    expect(text).toContain('<a href="mailto:dispatch@abc.example">dispatch@abc.example</a>');
    expect(text).toContain('<a href="tel:+15550100">+1 555 0100</a>');
    expect(text).toContain('This pass is for <bdi>Ana</bdi>. It works until the end of Fri, 6 March 2026');
  });
});

describe('what somebody has typed', () => {
  it('is never taken for markup, wherever it is shown', () => {
    const nasty = '"><script>alert(1)</script><img src=x onerror=alert(1)>';
    fc.assert(
      fc.property(
        fc.constantFrom(
          'string',
          'text',
          'email',
          'phone',
          'url',
          'formula',
          'user',
          'choice',
          'date',
          'dateTime',
        ),
        fc.constantFrom(nasty, `https://x.example/${nasty}`, `javascript:alert(1)//${nasty}`),
        (type, value) => {
          for (const page of [
            html({ type, value, names: { [value]: value }, displayText: value }),
            renderPage(frame, value, <EndedPage typed={{ 'field.notes': value }} />),
            renderPage(
              frame,
              'x',
              <FormPage
                form={form([field({ id: 'a', type, label: value, value })])}
                formToken="t"
                once="o"
                back={{ href: '/', label: value }}
              />,
            ),
          ]) {
            expect(page).not.toContain('<script>alert');
            expect(page).not.toContain('<img');
            expect(page).not.toMatch(/href="javascript:/i);
          }
        },
      ),
    );
  });

  it('becomes a link only if it is a web address', () => {
    expect(html({ type: 'url', value: 'https://x.example/a' })).toContain(
      '<a href="https://x.example/a" rel="noreferrer noopener">',
    );
    expect(
      html({ type: 'formula', value: 'https://x.example/?token=t', displayText: 'Click Here' }),
    ).toContain('<bdi>Click Here</bdi>');
    expect(html({ type: 'formula', value: 'javascript:alert(1)' })).not.toContain('<a href="javascript');
    expect(html({ type: 'email', value: 'a b"@x.example?cc=y' })).toContain(
      'href="mailto:a%20b%22@x.example%3Fcc%3Dy"',
    );
  });
});

describe('a record', () => {
  const text = renderPage(frame, 'x', <RecordPage record={record} now={NOW} />);

  it('says at a glance what is due when', () => {
    expect(text).toContain('<span class="kind">Work Order</span> <bdi>WO-1</bdi>');
    expect(text).toMatch(/Due date:<\/span> <time datetime="2026-03-06">Fri, 6 Mar 2026<\/time>/);
    expect(text).toContain('data-day="2026-03-06">in 3 days</span>');
    expect(text).toContain('12 Harbour Street');
  });

  it('offers the step that leads on first and the destructive one last', () => {
    const links = [...text.matchAll(/href="(\/[cde])" class="([^"]+)"/g)].map(
      ([, href, style]) => `${href} ${style}`,
    );
    expect(links).toEqual(['/c button', '/e button quiet', '/d button quiet danger']);
  });

  it('shows names for ids, and no id that has none', () => {
    expect(html({ type: 'user', value: 'P'.repeat(22), names: { ['P'.repeat(22)]: 'Ana' } })).toContain(
      '<bdi>Ana</bdi>',
    );
    expect(html({ type: 'user', value: 'P'.repeat(22) })).not.toContain('PPPP');
    expect(html({ type: 'token', value: 'a.b.c' })).not.toContain('a.b.c');
  });
});

describe('a form', () => {
  const name = field({
    id: 'contractorName',
    type: 'string',
    label: 'Contractor Name',
    required: true,
    help: 'First and last',
  });
  const external = field({
    id: 'external',
    type: 'choices',
    label: 'External contractor',
    choices: [{ value: 'Yes', label: 'Yes' }],
  });
  const conditional = {
    ...name,
    visibleIf: '"Yes" in record.external',
    visibleWhen: { fields: ['external'], combinations: [[['Yes']]] },
  };
  const render = (props: Partial<Parameters<typeof FormPage>[0]> = {}) =>
    renderPage(
      frame,
      'x',
      <FormPage
        form={form([external, conditional])}
        formToken="the-form-token"
        once="the-id"
        back={{ href: '/b', label: 'Back' }}
        {...props}
      />,
    );

  it('ties label, help and control together', () => {
    const text = render();
    expect(text).toContain('<label for="f-contractorName">Contractor Name</label>');
    expect(text).toMatch(
      /<input id="f-contractorName" name="field.contractorName" aria-describedby="f-contractorName-help"[^>]*aria-required="true"/,
    );
    expect(text).toMatch(
      /<fieldset id="f-external"[^>]*><legend>External contractor<span class="optional"> \(optional\)/,
    );
  });

  it('carries its token, its version and an id that makes a second click the same request', () => {
    const text = render();
    for (const [hidden, value] of [
      ['formToken', 'the-form-token'],
      ['once', 'the-id'],
      ['version', '3'],
    ]) {
      expect(text).toContain(`<input type="hidden" name="${hidden}" value="${value}"/>`);
    }
  });

  it('says without script when a conditional field is wanted, and gives the script a table to follow', () => {
    const text = render();
    expect(text).toContain('<small class="hint">Only if “External contractor” is Yes</small>');
    expect(text).toContain(
      'data-visible-when="{&quot;fields&quot;:[&quot;external&quot;],&quot;combinations&quot;:[[[&quot;Yes&quot;]]]}"',
    );
  });

  it('comes back with everything that was typed, and a summary that leads to what is wrong', () => {
    const sent = { 'field.external': 'Yes', 'field.contractorName': 'Zoë <b>' };
    const text = render({
      typedIn: (asked) => sentOf(asked, sent),
      problems: [{ path: '/values/contractorName', message: 'must have at most 3 characters' }],
    });
    expect(text).toContain('value="Zoë &lt;b>"');
    expect(text).toMatch(/<input type="checkbox" name="field.external" value="Yes" checked/);
    expect(text).toContain('<a href="#f-contractorName">Contractor Name must have at most 3 characters</a>');
    expect(text).toContain(
      'aria-describedby="f-contractorName-help f-contractorName-problem" aria-invalid="true"',
    );
    expect(text).toContain('role="alert"');
  });

  it('warns before something is deleted', () => {
    const text = render({
      form: form([], {
        operation: { id: 'delete', name: 'Delete', kind: 'delete', confirm: 'Delete work order' },
      }),
    });
    expect(text).toContain('This cannot be undone.');
    expect(text).toContain('<button type="submit" class="danger">Delete work order</button>');
  });

  it('has a control for every type of field', () => {
    const types = [
      'string',
      'text',
      'number',
      'boolean',
      'date',
      'dateTime',
      'email',
      'url',
      'phone',
      'geoPoint',
      'signature',
      'reference',
    ];
    const text = render({ form: form(types.map((type) => field({ id: `the-${type}`, type }))) });
    for (const type of types) expect(text).toContain(`name="field.the-${type}"`);
    expect(text).toContain('type="date"');
    expect(text).toContain('type="datetime-local"');
    expect(text).toContain('type="tel"');
  });
});

describe('the pages of a pass', () => {
  it('keep what was typed when the pass has ended meanwhile, without the fields that nobody typed', () => {
    const typed = {
      formToken: 'secret',
      once: 'x',
      'field.completionNotes': 'Two hours\nof work',
      'field.empty': '',
    };
    const text = renderPage(frame, 'x', <EndedPage typed={typed} />);
    expect(text).toContain('completion notes');
    expect(text).toContain('Two hours\nof work</textarea>');
    expect(text).not.toContain('secret');
    expect(text).not.toContain('empty');
  });

  it('thank somebody whose job is reported, instead of telling them that something failed', () => {
    expect(renderPage(frame, 'x', <EndedPage reason="completed" />)).toContain('This job is done');
    expect(renderPage(frame, 'x', <EndedPage reason="expired" />)).toContain(
      'The pass expired before the job was done.',
    );
    expect(renderPage(frame, 'x', <EndedPage reason="revoked" />)).toContain('This pass has ended');
  });

  it('say when there is nothing to do', () => {
    expect(renderPage(frame, 'x', <PassHomePage name="Ana" sections={[]} now={NOW} />)).toContain(
      'nothing to do',
    );
  });
});

describe('other pages', () => {
  it('ask for a parameter of the very list that is open, of whichever record type it is', () => {
    const views = [{ id: 'by-number', name: 'By number', parameters: [{ id: 'number', label: 'Number' }] }];
    const list = {
      base: '/app/test',
      app: { id: 'orders', name: 'Orders' },
      view: 'by-number',
      pageNumber: 1,
      query: '',
    };
    const type = { id: 'quote', plural: 'Quotes', views, operations: [] };
    const shownList = { ...list, type, params: { number: 'Q-7' }, columns: [], records: [] };
    const text = renderPage(frame, 'x', <ViewPage {...shownList} />);
    const asked = /<form method="get"[\s\S]*?<\/form>/.exec(text)?.[0] ?? '';
    expect([...asked.matchAll(/name="([^"]*)" value="([^"]*)"/g)].map(([, ...pair]) => pair)).toEqual([
      ['type', 'quote'],
      ['view', 'by-number'],
      ['param.number', 'Q-7'],
    ]);
  });

  it('let one button redeem a sign-in link', () => {
    const text = renderPage(frame, 'x', <RedeemPage token="dp_sx" to="/app/test" />);
    expect([...text.matchAll(/<button/g)]).toHaveLength(1);
    expect(text).toContain('method="post" action="/sign-in/link"');
  });

  it('name the code and the request of a failure, and keep what was typed', () => {
    const text = renderPage(
      frame,
      'x',
      <FailedPage
        code="ORIGIN_REFUSED"
        title="Again"
        requestId="request-1"
        typed={{ 'field.notes': 'kept' }}
        on={{ href: '/', label: 'On' }}
      />,
    );
    expect(text).toContain('ORIGIN_REFUSED, request request-1');
    expect(text).toContain('>kept</textarea>');
  });
});

describe('dates', () => {
  it('are told by their distance in whole days', () => {
    expect(
      ['2026-03-02', '2026-03-03', '2026-03-04', '2026-03-10'].map((day) => formatDistance(day, NOW)),
    ).toEqual(['yesterday', 'today', 'tomorrow', 'in 7 days']);
  });

  it('of an end at midnight name the day that is over then', () => {
    expect(formatEnd(Date.parse('2026-03-07T00:00:00Z'))).toBe('the end of Fri, 6 March 2026');
    expect(formatEnd(Date.parse('2026-03-07T09:30:00Z'))).toBe('7 March 2026 at 09:30 UTC');
  });

  it('and ids are turned into words', () => {
    expect(wordsOf('completionNotes')).toBe('completion notes');
    expect(wordsOf('due-date2')).toBe('due date2');
  });
});
