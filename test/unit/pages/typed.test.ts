import fc from 'fast-check';
import type { FieldValue, FormField } from '../../../core/records/record.ts';
import { readValues, sentOf, typedOf } from '../../../lambdas/portal/typed.ts';
import { field } from './fixtures.ts';

const CASES: [string, FormField, unknown, FieldValue | undefined][] = [
  ['text as it is', field({ id: 'a', type: 'string' }), 'Mill House', 'Mill House'],
  ['line breaks as they were typed', field({ id: 'a', type: 'text' }), 'one\r\ntwo', 'one\ntwo'],
  ['an emptied text as no value', field({ id: 'a', type: 'string', value: 'x' }), '', null],
  ['an empty text that was empty as nothing', field({ id: 'a', type: 'string' }), '', undefined],
  [
    'an unchanged text as nothing',
    field({ id: 'a', type: 'text', value: 'one\ntwo' }),
    'one\r\ntwo',
    undefined,
  ],
  ['a number', field({ id: 'a', type: 'number' }), ' 12.5 ', 12.5],
  ['a number with a decimal comma', field({ id: 'a', type: 'number' }), '12,5', 12.5],
  ['what is no number as it was typed', field({ id: 'a', type: 'number' }), 'a dozen', 'a dozen'],
  ['an unchanged number as nothing', field({ id: 'a', type: 'number', value: 12.5 }), '12.5', undefined],
  ['a ticked box', field({ id: 'a', type: 'boolean' }), 'true', true],
  ['a box that was unticked', field({ id: 'a', type: 'boolean', value: true }), undefined, false],
  ['a box that was never ticked as nothing', field({ id: 'a', type: 'boolean' }), undefined, undefined],
  ['one choice of several as a list', field({ id: 'a', type: 'choices' }), 'Yes', ['Yes']],
  ['choices', field({ id: 'a', type: 'choices' }), ['A', 'B'], ['A', 'B']],
  ['choices that were all unticked', field({ id: 'a', type: 'choices', value: ['A'] }), undefined, null],
  ['a choice', field({ id: 'a', type: 'choice' }), 'Cleaning', 'Cleaning'],
  ['a date', field({ id: 'a', type: 'date' }), '2026-03-06', '2026-03-06'],
  ['a time as UTC', field({ id: 'a', type: 'dateTime' }), '2026-03-06T09:30', '2026-03-06T09:30Z'],
  [
    'an unchanged time as nothing',
    field({ id: 'a', type: 'dateTime', value: '2026-03-06T09:30:00.000Z' }),
    '2026-03-06T09:30',
    undefined,
  ],
  ['a place', field({ id: 'a', type: 'geoPoint' }), ['51.5', '-0.1'], { lat: 51.5, lon: -0.1 }],
  ['half a place as it was typed', field({ id: 'a', type: 'geoPoint' }), ['51.5', ''], '51.5, '],
  ['an emptied place', field({ id: 'a', type: 'geoPoint', value: { lat: 1, lon: 2 } }), ['', ''], null],
  ['an untouched empty place as nothing', field({ id: 'a', type: 'geoPoint' }), ['', ''], undefined],
  ['the place where both are zero', field({ id: 'a', type: 'geoPoint' }), ['0', ' 0 '], { lat: 0, lon: 0 }],
  [
    'a place of blanks as none',
    field({ id: 'a', type: 'geoPoint', value: { lat: 1, lon: 2 } }),
    [' ', ''],
    null,
  ],
  ['a place without its longitude as it was typed', field({ id: 'a', type: 'geoPoint' }), '51.5', '51.5'],
  [
    'an unchanged place as nothing',
    field({ id: 'a', type: 'geoPoint', value: { lat: 1, lon: 2 } }),
    ['1', '2'],
    undefined,
  ],
  [
    'a place whose longitude changed',
    field({ id: 'a', type: 'geoPoint', value: { lat: 1, lon: 2 } }),
    ['1', '3'],
    { lat: 1, lon: 3 },
  ],
  ['zero', field({ id: 'a', type: 'number' }), '0', 0],
  ['a negative number', field({ id: 'a', type: 'number', value: 1 }), '-1,5', -1.5],
  ['an emptied number as no value', field({ id: 'a', type: 'number', value: 1 }), '', null],
  ['a number of blanks as no value', field({ id: 'a', type: 'number', value: 1 }), '  ', null],
  ['a number without end as it was typed', field({ id: 'a', type: 'number' }), 'Infinity', 'Infinity'],
  ['an unchanged zero as nothing', field({ id: 'a', type: 'number', value: 0 }), '0', undefined],
  [
    'a time with its seconds as UTC',
    field({ id: 'a', type: 'dateTime' }),
    '2026-03-06T09:30:15',
    '2026-03-06T09:30:15Z',
  ],
  [
    'a time that names its zone as it is',
    field({ id: 'a', type: 'dateTime' }),
    '2026-03-06T09:30+02:00',
    '2026-03-06T09:30+02:00',
  ],
  [
    'a time within a longer text as it is',
    field({ id: 'a', type: 'dateTime' }),
    'at 2026-03-06T09:30',
    'at 2026-03-06T09:30',
  ],
  [
    'an emptied time as no value',
    field({ id: 'a', type: 'dateTime', value: '2026-03-06T09:30:00Z' }),
    '',
    null,
  ],
  [
    'an unchanged time with parts of a second as nothing',
    field({ id: 'a', type: 'dateTime', value: '2026-03-06T09:30:45.123456Z' }),
    '2026-03-06T09:30',
    undefined,
  ],
  ['a box that stays ticked as nothing', field({ id: 'a', type: 'boolean', value: true }), 'true', undefined],
  [
    'a box that stays unticked as nothing',
    field({ id: 'a', type: 'boolean', value: false }),
    undefined,
    undefined,
  ],
  ['no, where what is held is not shown', field({ id: 'a', type: 'boolean', hidden: true }), 'false', false],
  ['what is left as it is as nothing', field({ id: 'a', type: 'boolean', hidden: true }), '', undefined],
  [
    'one choice fewer as those that are left',
    field({ id: 'a', type: 'choices', value: ['A', 'B'] }),
    'B',
    ['B'],
  ],
  ['roles as a list', field({ id: 'a', type: 'roles' }), ['reader', 'owner'], ['reader', 'owner']],
  ['an emptied choice as no value', field({ id: 'a', type: 'choice', value: 'A' }), '', null],
  [
    'what is sent as another kind of thing as nothing',
    field({ id: 'a', type: 'string' }),
    { a: 1 },
    undefined,
  ],
  [
    'an emptied text that was not sent as no value',
    field({ id: 'a', type: 'string', value: 'x' }),
    undefined,
    null,
  ],
];

describe('a form gives back', () => {
  it.each(CASES)('%s', (_, asked, sent, value) => {
    expect(readValues([asked], { 'field.a': sent })).toEqual(value === undefined ? {} : { a: value });
  });

  it('only the fields that it asked for', () => {
    const sent = { 'field.a': 'mine', 'field.contractorToken': 'forged', contractorToken: 'forged' };
    expect(readValues([field({ id: 'a', type: 'string' })], sent)).toEqual({ a: 'mine' });
  });

  it('nothing at all when it is sent as it was shown, whatever it shows', () => {
    const types = [
      'string',
      'text',
      'number',
      'boolean',
      'date',
      'dateTime',
      'choice',
      'choices',
      'geoPoint',
    ] as const;
    const value = (type: string): fc.Arbitrary<FieldValue> => {
      if (type === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true });
      if (type === 'boolean') return fc.boolean();
      if (type === 'choices') return fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1 });
      if (type === 'geoPoint')
        return fc.record({ lat: fc.double({ noNaN: true }), lon: fc.double({ noNaN: true }) });
      if (type === 'dateTime') return fc.constant('2026-03-06T09:30:00Z');
      return fc.string({ minLength: 1 });
    };
    fc.assert(
      fc.property(
        fc.constantFrom(...types).chain((type) => fc.tuple(fc.constant(type), fc.option(value(type)))),
        ([type, stored]) => {
          const asked = field({ id: 'a', type, value: stored });
          expect(readValues([asked], { 'field.a': [...typedOf(asked).list] })).toEqual({});
        },
      ),
    );
  });

  it('every field that changed, each for itself', () => {
    const asked = [
      field({ id: 'a', type: 'string', value: 'old' }),
      field({ id: 'b', type: 'number', value: 1 }),
      field({ id: 'c', type: 'string', value: 'same' }),
    ];
    const sent = { 'field.a': 'new', 'field.b': '2', 'field.c': 'same' };
    expect(readValues(asked, sent)).toEqual({ a: 'new', b: 2 });
  });

  it.each<[string, Parameters<typeof typedOf>[0], string, string[]]>([
    ['a text', field({ id: 'a', type: 'string', value: 'x' }), 'x', ['x']],
    ['nothing', field({ id: 'a', type: 'string' }), '', []],
    ['an empty text', field({ id: 'a', type: 'string', value: '' }), '', []],
    ['zero', field({ id: 'a', type: 'number', value: 0 }), '0', ['0']],
    ['yes', field({ id: 'a', type: 'boolean', value: true }), 'true', ['true']],
    ['no', field({ id: 'a', type: 'boolean', value: false }), '', []],
    ['a list', field({ id: 'a', type: 'choices', value: ['B', 'A'] }), 'B', ['B', 'A']],
    ['a place', field({ id: 'a', type: 'geoPoint', value: { lat: 1.5, lon: 2 } }), '1.5', ['1.5', '2']],
    ['no place', field({ id: 'a', type: 'geoPoint' }), '', ['', '']],
    [
      'a time, to the minute',
      field({ id: 'a', type: 'dateTime', value: '2026-03-06T09:30:45Z' }),
      '2026-03-06T09:30',
      ['2026-03-06T09:30'],
    ],
    [
      'a day that looks like a time',
      field({ id: 'a', type: 'string', value: '2026-03-06T09:30:45Z' }),
      '2026-03-06T09:30:45Z',
      ['2026-03-06T09:30:45Z'],
    ],
  ])('what it shows for %s', (_, asked, text, list) => {
    expect(typedOf(asked)).toEqual({ text, list });
  });

  it('what was typed, to be shown again', () => {
    expect(sentOf(field({ id: 'a', type: 'number' }), { 'field.a': 'a dozen' }).text).toBe('a dozen');
    expect(sentOf(field({ id: 'a', type: 'choices' }), { 'field.a': ['A', ''] }).list).toEqual(['A']);
  });
});
