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

  it('what was typed, to be shown again', () => {
    expect(sentOf(field({ id: 'a', type: 'number' }), { 'field.a': 'a dozen' }).text).toBe('a dozen');
    expect(sentOf(field({ id: 'a', type: 'choices' }), { 'field.a': ['A', ''] }).list).toEqual(['A']);
  });
});
