import { RecordCards } from '../../../lambdas/portal/pages/record-list.tsx';
import type { ShownField } from '../../../lambdas/portal/pages/value.tsx';
import { ViewPage, type ViewPageProps } from '../../../lambdas/portal/pages/view.tsx';
import { NOW } from './fixtures.ts';
import { outline } from './outline.ts';

const shown = (change: Partial<ShownField> & Pick<ShownField, 'id' | 'type' | 'value'>): ShownField => ({
  label: `Label of ${change.id}`,
  ...change,
});

describe('the page of a view', () => {
  const props: ViewPageProps = {
    base: '/app/test',
    app: { id: 'orders', name: 'Orders' },
    type: {
      id: 'order',
      plural: 'Work orders',
      views: [
        { id: 'all', name: 'All', parameters: [] },
        {
          id: 'mine',
          name: 'Mine',
          parameters: [
            { id: 'who', label: 'Who' },
            { id: 'when', label: 'When' },
          ],
        },
      ],
      operations: [],
    },
    view: 'all',
    params: {},
    columns: [
      { id: 'number', label: 'Number' },
      { id: 'due', label: 'Due' },
    ],
    records: [],
    pageNumber: 1,
    query: '',
  };
  const due = shown({ id: 'due', type: 'date', value: '2026-03-06' });
  const records = [
    {
      href: '/r1',
      title: 'WO-1',
      cells: [shown({ id: 'number', type: 'email', value: 'a@x.example' }), due],
    },
    {
      href: '/r2',
      title: 'WO-2',
      cells: [
        shown({ id: 'number', type: 'string', value: null }),
        shown({ id: 'due', type: 'date', value: null }),
      ],
    },
  ];

  it('has a row for each record with a link in its first column, the other views, and what can be added', () => {
    const type = { ...props.type, operations: [{ id: 'add', name: 'Add order' }] };
    expect(
      outline(
        <ViewPage
          {...props}
          type={type}
          records={records}
          next="/next"
          previous="/previous"
          first="/first"
          pageNumber={3}
          query="?list=here"
        />,
      ),
    ).toEqual([
      'p.back [← Apps](/app/test)',
      'h1 {span.kind Orders} Work orders',
      'p.buttons [Add order](/app/test/orders/order/operations/add?list=here .button)',
      'nav.views aria-label=Views',
      'li [All](/app/test/orders?type=order&view=all aria-current=page)',
      'li [Mine](/app/test/orders?type=order&view=mine)',
      'caption.unseen Work orders: All',
      'th Number',
      'th Due',
      'td Number: [a@x.example](/r1)',
      'td Due: {time datetime=2026-03-06 Fri, 6 Mar 2026}',
      'td Number: [WO-2](/r2)',
      'td Due: {span.none –}',
      'nav.turning aria-label=Pages of the list',
      'li [First page](/first .button.quiet)',
      'li [Previous page](/previous .button.quiet rel=prev)',
      'li aria-current=page Page 3',
      'li [Next page](/next .button.quiet rel=next)',
    ]);
  });

  it('with parameters asks for each, keeps what was asked for, and says what is wrong instead of that there is nothing', () => {
    expect(
      outline(
        <ViewPage {...props} view="mine" params={{ who: 'Ana', other: 'x' }} problem="Say when." />,
      ).slice(5),
    ).toEqual([
      'form.parameters method=get aria-label=What to look for',
      'input type=hidden name=type value=order',
      'input type=hidden name=view value=mine',
      'label Who {input name=param.who value=Ana}',
      'label When {input name=param.when value=}',
      'button type=submit Show',
      'p.problem role=alert Say when.',
      'caption.unseen Work orders: Mine',
      'th Number',
      'th Due',
    ]);
  });

  it('with one parameter asks for it', () => {
    const views = [{ id: 'mine', name: 'Mine', parameters: [{ id: 'who', label: 'Who' }] }];
    expect(outline(<ViewPage {...props} type={{ ...props.type, views }} view="mine" />)).toContain(
      'label Who {input name=param.who value=}',
    );
  });

  it.each([
    ['nothing at all', {}, ['p.empty There is nothing in this list.']],
    [
      'nothing for this reader, and more behind it',
      { next: '/next' },
      [
        'p.empty Nothing on this page that you may see.',
        'nav.turning aria-label=Pages of the list',
        'li aria-current=page Page 1',
        'li [Next page](/next .button.quiet rel=next)',
      ],
    ],
    [
      'an end behind the page before',
      { first: '/first', pageNumber: 3 },
      [
        'p.empty That was all: the list ended with the page before.',
        'nav.turning aria-label=Pages of the list',
        'li [First page](/first .button.quiet)',
        'li aria-current=page Page 3',
      ],
    ],
    [
      'an empty page between others',
      { first: '/first', next: '/next', pageNumber: 2 },
      [
        'p.empty Nothing on this page that you may see.',
        'nav.turning aria-label=Pages of the list',
        'li [First page](/first .button.quiet)',
        'li aria-current=page Page 2',
        'li [Next page](/next .button.quiet rel=next)',
      ],
    ],
  ])('tells %s', (_, change, told) => {
    const lines = outline(<ViewPage {...props} {...change} />);
    expect(lines.slice(lines.findIndex((line) => line.startsWith('p.empty')))).toEqual(told);
  });

  it('that the reader cannot choose is called by its id', () => {
    expect(
      outline(<ViewPage {...props} view="gone" records={records} />).find((line) =>
        line.startsWith('caption'),
      ),
    ).toBe('caption.unseen Work orders: gone');
  });
});

describe('the first column of a list', () => {
  it.each<[string, ShownField['value'], string]>([
    ['email', 'a@x.example', 'a@x.example'],
    ['phone', '+1 555', '+1 555'],
    ['url', 'https://x.example', 'https://x.example'],
    ['formula', 'https://x.example', 'https://x.example'],
    ['reference', 'R2', 'Other'],
    ['user', 'R2', 'Other'],
    ['date', '2026-03-06', '{time datetime=2026-03-06 Fri, 6 March 2026}'],
  ])('is one link also where it holds %s', (type, value, text) => {
    const cells = [shown({ id: 'a', type, value, href: '/elsewhere', names: { R2: 'Other' } })];
    const list = { base: '', app: { id: 'a', name: 'A' }, view: 'v', params: {}, pageNumber: 1, query: '' };
    const kind = { id: 't', plural: 'T', views: [], operations: [] };
    expect(
      outline(
        <ViewPage
          {...list}
          type={kind}
          columns={[{ id: 'a', label: 'A' }]}
          records={[{ href: '/r1', title: 'T', cells }]}
        />,
      ),
    ).toContain(`td A: [${text}](/r1)`);
  });
});

it('a card is one link, with title, due date and those fields that hold something, each as text', () => {
  const fields = [
    shown({ id: 'site', type: 'string', value: 'Harbour' }),
    shown({ id: 'none', type: 'string', value: null }),
    shown({ id: 'notes', type: 'text', value: 'long' }),
    shown({ id: 'mail', type: 'email', value: 'a@x.example' }),
    shown({ id: 'where', type: 'reference', value: 'R2', href: '/r2', names: { R2: 'Other' } }),
  ];
  const due = { label: 'Due date', date: '2026-03-02', open: true };
  expect(
    outline(
      <RecordCards
        now={NOW}
        records={[
          { href: '/r1', title: 'WO-1', due, fields },
          { href: '/r2', title: 'WO-2', fields: [] },
        ]}
      />,
    ),
  ).toEqual([
    'ul.cards',
    'li [{strong.card-title WO-1}{span.due.late {span.due-label Due date:} {time datetime=2026-03-02 Mon, 2 Mar 2026} {span.distance data-day=2026-03-02 yesterday}}{span.card-field {span.card-label Label of site} Harbour}{span.card-field.clamped {span.card-label Label of notes} {span.text long}}{span.card-field {span.card-label Label of mail} a@x.example}{span.card-field {span.card-label Label of where} Other}](/r1 .card)',
    'li [{strong.card-title WO-2}](/r2 .card)',
  ]);
});
