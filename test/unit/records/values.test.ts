import type { Field } from '../../../core/apps/definition.ts';
import type { FieldValue } from '../../../core/records/record.ts';
import { checkValue, fieldProblem, fromExpression } from '../../../core/records/values.ts';

type Type = Field['type'];

const CHOICES = { choice: ['Roof', 'Lift'], choices: ['Roof', 'Lift'] };

function check(type: Type, input: unknown, more: Partial<Field> = {}) {
  const choices = type === 'choice' || type === 'choices' ? { choices: CHOICES[type] } : {};
  return checkValue({ id: 'x', label: 'X', type, ...choices, ...more } as Field, input as FieldValue);
}

const ALL: Type[] = ['string', 'text', 'number', 'boolean', 'date', 'dateTime', 'email', 'phone', 'url'];

describe('a value is kept', () => {
  it.each(ALL)('as no value where nothing or an empty text was sent for a %s', (type) => {
    expect([check(type, null), check(type, '')]).toEqual([{ value: null }, { value: null }]);
  });

  it.each<[Type, unknown, unknown]>([
    ['string', '  a b ', 'a b'],
    ['string', '   ', null],
    ['string', 'e\u0301', 'é'],
    ['string', 'a'.repeat(500), 'a'.repeat(500)],
    ['text', 'one\n\ttwo\r\n', 'one\n\ttwo'],
    ['text', 'a'.repeat(20_000), 'a'.repeat(20_000)],
    ['number', 0, 0],
    ['number', -1.5, -1.5],
    ['number', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    ['number', -1e-130, -1e-130],
    ['boolean', false, false],
    ['boolean', true, true],
    ['date', '2028-02-29', '2028-02-29'],
    ['date', '0001-01-01', '0001-01-01'],
    ['date', ' 9999-12-31 ', '9999-12-31'],
    ['dateTime', '2027-03-31T09:00Z', '2027-03-31T09:00Z'],
    ['dateTime', '2027-03-31T23:59:59.123+05:30', '2027-03-31T23:59:59.123+05:30'],
    ['dateTime', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    ['dateTime', '0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
    ['email', ' Ann@Example.org ', 'Ann@Example.org'],
    ['phone', '+1 (555) 010-0/0', '+1 (555) 010-0/0'],
    ['phone', '112', '112'],
    ['url', 'https://a.example/b?c', 'https://a.example/b?c'],
    ['url', 'http://a.example', 'http://a.example'],
    ['choice', 'Lift', 'Lift'],
    ['choices', ['Lift', 'Roof', 'Lift'], ['Lift', 'Roof']],
    ['choices', [], null],
    ['roles', ['any'], ['any']],
    ['geoPoint', { lat: -90, lon: 180 }, { lat: -90, lon: 180 }],
    ['geoPoint', { lat: 90, lon: -180, more: 1 }, { lat: 90, lon: -180 }],
  ])('of type %s: %j as %j', (type, input, value) => {
    expect(check(type, input)).toEqual({ value });
  });
});

describe('a value is refused', () => {
  const FAR = 'must lie between -9007199254740991 and 9007199254740991';
  const NEAR = 'is too close to 0: write 0, or at least 1e-130';
  const DAY = 'must be a date like 2027-03-31';
  const MOMENT = 'must be a date and time with an offset, like 2027-03-31T09:00:00Z';
  const PLACE = 'must be a latitude from -90 to 90 and a longitude from -180 to 180';
  const CONTROL = 'must not hold control characters or line breaks';
  const ADDRESS = 'must be an address that starts with https:// or http://';

  it.each<[Type, unknown, string]>([
    ['string', 1, 'must be text'],
    ['string', ['a'], 'must be a single value'],
    ['string', 'a'.repeat(501), 'must have at most 500 characters; it has 501'],
    ['string', 'a\nb', CONTROL],
    ['string', 'a\u007fb', CONTROL],
    ['string', 'a\ud800', 'holds half a character: it is not well-formed text'],
    ['text', 'a\u0008b', CONTROL],
    ['text', 'a\u000bb', CONTROL],
    ['text', 'a'.repeat(20_001), 'must have at most 20000 characters; it has 20001'],
    ['number', '1', 'must be a number'],
    ['number', Number.NaN, 'must be a number'],
    ['number', Number.MAX_SAFE_INTEGER + 1, FAR],
    ['number', -Infinity, FAR],
    ['number', 9e-131, NEAR],
    ['number', -9e-131, NEAR],
    ['boolean', 'true', 'must be true or false'],
    ['boolean', 1, 'must be true or false'],
    ['date', '2027-02-29', DAY],
    ['date', '0000-12-31', DAY],
    ['date', '2027-3-1', DAY],
    ['date', '2027-03-01T00:00:00Z', DAY],
    ['dateTime', '2027-03-31', MOMENT],
    ['dateTime', '2027-03-31T09:00', MOMENT],
    ['dateTime', '2027-02-30T09:00Z', MOMENT],
    ['dateTime', '2027-03-31T24:00Z', MOMENT],
    ['dateTime', '9999-12-31T23:59-01:00', MOMENT],
    ['dateTime', '0001-01-01T00:00+01:00', MOMENT],
    ['email', 'ann', 'must be an email address like name@example.org'],
    ['phone', 'call me', 'must be a telephone number'],
    ['phone', '12', 'must be a telephone number'],
    ['phone', `1${'2'.repeat(41)}`, 'must be a telephone number'],
    ['url', 'javascript:alert(1)', ADDRESS],
    ['url', 'a.example', ADDRESS],
    ['choice', 'Door', 'must be one of Roof, Lift'],
    ['choices', 'Roof', 'must be a list'],
    ['choices', ['Roof', 'Door'], '“Door” is not among Roof, Lift'],
    ['roles', 'any', 'must be a list'],
    ['geoPoint', '1,2', 'must be a latitude and a longitude'],
    ['geoPoint', { lat: 90.1, lon: 0 }, PLACE],
    ['geoPoint', { lat: 0, lon: -180.1 }, PLACE],
    ['geoPoint', { lat: 0 }, PLACE],
    ['geoPoint', { lat: 1e-131, lon: 1 }, NEAR],
    ['geoPoint', { lat: 1, lon: 1e-131 }, NEAR],
  ])('of type %s: %j %s', (type, input, problem) => {
    expect(check(type, input)).toEqual({ problem });
  });

  it('longer than the field itself says, and of roles that it does not offer', () => {
    expect(check('text', 'abc', { maxLength: 2 })).toEqual({
      problem: 'must have at most 2 characters; it has 3',
    });
    expect(check('text', 'ab ', { maxLength: 2 })).toEqual({ value: 'ab' });
    expect(check('roles', ['a', 'b'], { rolesFrom: ['b'] })).toEqual({ problem: '“a” is not among b' });
  });
});

it('a moment given to a date is its day, and to anything else itself', () => {
  const moment = '2027-03-10T09:00:00.000Z';
  const given = (type: Type, value: FieldValue) =>
    fromExpression({ id: 'x', label: 'X', type } as Field, value);
  expect([
    given('date', moment),
    given('dateTime', moment),
    given('string', moment),
    given('date', null),
  ]).toEqual(['2027-03-10', moment, moment, null]);
});

it('a problem with a field is named by a pointer that any name fits into', () => {
  expect(fieldProblem('a/b~c', 'is wrong')).toEqual({ path: '/values/a~1b~0c', message: 'is wrong' });
});
