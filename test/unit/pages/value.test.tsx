import { Due } from '../../../lambdas/portal/pages/due.tsx';
import { type ShownField, Value } from '../../../lambdas/portal/pages/value.tsx';
import { NOW } from './fixtures.ts';
import { outline } from './outline.ts';

const shown = (change: Partial<ShownField> & Pick<ShownField, 'type' | 'value'>): ShownField => ({
  id: 'a',
  label: 'A',
  ...change,
});

describe('a value', () => {
  it.each<[string, Partial<ShownField> & Pick<ShownField, 'type' | 'value'>, string]>([
    ['that is none is a dash, whatever its type', { type: 'date', value: null }, '{span.none –}'],
    ['of zero is a number', { type: 'number', value: 0 }, '0'],
    [
      'that is a large number has no signs between its digits',
      { type: 'number', value: 1234567.25 },
      '1234567.25',
    ],
    ['that is a small number has its digits', { type: 'number', value: 0.1 + 0.2 }, '0.3'],
    ['of true is Yes', { type: 'boolean', value: true }, 'Yes'],
    ['of false is No', { type: 'boolean', value: false }, 'No'],
    [
      'that is a list is told by names, in its order',
      { type: 'roles', value: ['b', 'a', 'c'], names: { a: 'Ann', b: 'Bob' } },
      'Bob, Ann, c',
    ],
    [
      'that is a place leads to a map',
      { type: 'geoPoint', value: { lat: 51.5, lon: -0.25 } },
      '[51.5, -0.25](geo:51.5,-0.25)',
    ],
    [
      'that is a day is told whole',
      { type: 'date', value: '2026-03-06' },
      '{time datetime=2026-03-06 Fri, 6 March 2026}',
    ],
    [
      'that is a time is told in UTC',
      { type: 'dateTime', value: '2026-03-06T09:30:00Z' },
      '{time datetime=2026-03-06T09:30:00Z 6 March 2026 at 09:30 UTC}',
    ],
    ['that is no day is told as it is', { type: 'date', value: 'soon' }, '{time datetime=soon soon}'],
    ['that is a long text keeps its lines', { type: 'text', value: 'one' }, '{span.text one}'],
    [
      'that is a mail address leads to it',
      { type: 'email', value: 'a+b@x.example' },
      '[a+b@x.example](mailto:a%2Bb@x.example)',
    ],
    [
      'that is a telephone number leads to its digits',
      { type: 'phone', value: '+1 (555) 01-00' },
      '[+1 (555) 01-00](tel:+15550100)',
    ],
    [
      'that refers to a record leads there where it may',
      { type: 'reference', value: 'R2', href: '/r2', names: { R2: 'Other' } },
      '[Other](/r2)',
    ],
    [
      'that refers to a record is its name where it may not',
      { type: 'reference', value: 'R2', names: { R2: 'Other' } },
      'Other',
    ],
    [
      'that refers to what has no name shows no id',
      { type: 'reference', value: 'R2' },
      'a record that you may not see',
    ],
    [
      'that is a person without a name shows no id',
      { type: 'user', value: 'U1' },
      'somebody whose name is not kept',
    ],
    [
      'that lists persons shows no id either',
      { type: 'user', value: ['U1', 'U2'], names: { U2: 'Bo' } },
      'somebody whose name is not kept, Bo',
    ],
    ['that is a token only says so', { type: 'token', value: 'secret' }, 'Issued'],
    [
      'that is a web address is called as its field says',
      { type: 'url', value: 'HTTPS://x.example', displayText: 'Open' },
      '[Open](HTTPS://x.example rel=noreferrer noopener)',
    ],
    [
      'that is a web address without a word for it is told whole',
      { type: 'formula', value: 'http://x.example' },
      '[http://x.example](http://x.example rel=noreferrer noopener)',
    ],
    [
      'that is a formula of something else is text',
      { type: 'formula', value: 'see https://x.example', displayText: 'Open' },
      'see https://x.example',
    ],
    [
      'that is a choice is called by its name, or as it is',
      { type: 'choice', value: 'in', names: { in: 'Indoors' } },
      'Indoors',
    ],
  ])('%s', (_, field, told) => {
    expect(outline(<Value field={shown(field)} />)).toEqual([told]);
  });

  it('in a table tells a day shortly', () => {
    expect(outline(<Value field={shown({ type: 'date', value: '2026-03-06' })} compact />)).toEqual([
      '{time datetime=2026-03-06 Fri, 6 Mar 2026}',
    ]);
  });
});

describe('a due date', () => {
  it.each([
    [
      '2026-03-02',
      true,
      '{span.due.late {span.due-label Due:} {time datetime=2026-03-02 Mon, 2 Mar 2026} {span.distance data-day=2026-03-02 yesterday}}',
    ],
    [
      '2026-03-03',
      true,
      '{span.due {span.due-label Due:} {time datetime=2026-03-03 Tue, 3 Mar 2026} {span.distance data-day=2026-03-03 today}}',
    ],
    [
      '2026-03-03T23:00:00Z',
      true,
      '{span.due {span.due-label Due:} {time datetime=2026-03-03T23:00:00Z Tue, 3 Mar 2026} {span.distance data-day=2026-03-03 today}}',
    ],
    ['2026-03-02', false, '{span.due {span.due-label Due:} {time datetime=2026-03-02 Mon, 2 Mar 2026} }'],
  ])('of %s is late only once its day is over and something is still to be done (%s)', (date, open, told) => {
    expect(outline(<Due label="Due" date={date} open={open} now={NOW} />)).toEqual([told]);
  });
});
