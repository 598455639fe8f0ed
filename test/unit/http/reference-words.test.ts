import { exampleOf } from '../../../lambdas/portal/reference/example.ts';
import { rowsOf, typeText } from '../../../lambdas/portal/reference/rows.ts';
import type { Schema } from '../../../lambdas/shared/http/inlined.ts';

describe('the reference says of a value', () => {
  it.each<[Schema, string]>([
    [{}, 'anything'],
    [{ type: 'null' }, 'null'],
    [{ type: 'boolean' }, 'true or false'],
    [{ type: 'string' }, 'text'],
    [{ type: 'string', minLength: 1 }, 'text, at least 1 characters'],
    [{ type: 'string', minLength: 0, maxLength: 5 }, 'text, at most 5 characters'],
    [{ type: 'string', minLength: 2, maxLength: 5 }, 'text, 2 to 5 characters'],
    [{ type: 'string', minLength: 6, maxLength: 6 }, 'text, exactly 6 characters'],
    [{ type: 'string', format: 'date-time' }, 'time (ISO 8601)'],
    [{ type: 'string', format: 'date' }, 'day (ISO 8601)'],
    [{ type: 'string', format: 'uri', maxLength: 9 }, 'address, at most 9 characters'],
    [{ type: 'string', format: 'email' }, 'email address'],
    [{ type: 'string', format: 'other' }, 'text'],
    [{ type: 'integer' }, 'whole number'],
    [{ type: 'number', minimum: 1, maximum: 90 }, 'number, 1 to 90'],
    [{ type: 'integer', minimum: 0, maximum: 0 }, 'whole number, at most 0'],
    [
      { type: 'integer', minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
      'whole number',
    ],
    [{ type: 'integer', minimum: 3, maximum: Number.MAX_SAFE_INTEGER }, 'whole number, at least 3'],
    [{ type: 'array' }, 'list of anything'],
    [{ type: 'array', items: { type: 'integer' }, maxItems: 15 }, 'list of whole number, at most 15 of them'],
    [{ type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2 }, 'list of text, 1 to 2 of them'],
    [{ type: 'object' }, 'object'],
    [{ type: 'object', additionalProperties: false }, 'object'],
    [{ type: 'object', additionalProperties: {} }, 'object with any members'],
    [{ type: 'object', additionalProperties: { type: 'boolean' } }, 'object: any name → true or false'],
    [{ type: 'object', properties: {}, additionalProperties: { type: 'boolean' } }, 'object'],
    [{ const: '3.1.0' }, '"3.1.0"'],
    [{ const: false, type: 'boolean' }, 'false'],
    [{ enum: ['a', 1, null], type: 'string' }, '"a" | 1 | null'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }, { type: 'string' }] }, 'text or null'],
    [{ oneOf: [{ type: 'integer' }, { const: 'all' }] }, 'whole number or "all"'],
  ])('%j: %s', (schema, words) => {
    expect(typeText(schema)).toBe(words);
  });

  it('where it stands, whether it has to be there, and what it means', () => {
    const leaf = (description?: string): Schema => ({ type: 'string', ...(description && { description }) });
    const held: Schema = { type: 'object', required: ['b'], properties: { a: leaf('An a'), b: leaf() } };
    const rows = rowsOf({
      type: 'object',
      required: ['lists', 'either'],
      properties: {
        lists: { type: 'array', items: { type: 'array', items: held }, description: 'Lists' },
        maps: { type: 'object', additionalProperties: { type: 'array', items: held } },
        own: { ...held, additionalProperties: { type: 'boolean' } },
        either: { type: 'object', description: 'One', anyOf: [{ type: 'null' }, held] },
      },
    });
    expect(rows).toEqual([
      { name: 'lists', type: 'list of list of object', required: true, text: 'Lists' },
      { name: 'lists[][].a', type: 'text', required: false, text: 'An a' },
      { name: 'lists[][].b', type: 'text', required: true, text: '' },
      { name: 'maps', type: 'object: any name → list of object', required: false, text: '' },
      { name: 'maps.*[].a', type: 'text', required: false, text: 'An a' },
      { name: 'maps.*[].b', type: 'text', required: true, text: '' },
      { name: 'own', type: 'object', required: false, text: '' },
      { name: 'own.a', type: 'text', required: false, text: 'An a' },
      { name: 'own.b', type: 'text', required: true, text: '' },
      { name: 'either', type: 'null or object', required: true, text: 'One' },
    ]);
  });

  it('that is one of several objects what is in the first of them', () => {
    const of = (name: string): Schema => ({ type: 'object', properties: { [name]: { type: 'null' } } });
    expect(rowsOf({ anyOf: [{ type: 'null' }, of('first'), of('second')] }).map(({ name }) => name)).toEqual([
      'first',
    ]);
    expect(rowsOf({ oneOf: [of('second')] }, 'within').map(({ name }) => name)).toEqual(['within.second']);
    expect(rowsOf({ type: 'string' })).toEqual([]);
  });
});

describe('the reference gives as an example', () => {
  it.each<[string, Schema, string, unknown]>([
    ['what the schema gives', { type: 'string', examples: ['given', 'other'] }, 'title', 'given'],
    ['what a member of that name usually holds', { type: 'string' }, 'title', 'North gate'],
    ['not that where it is of another kind', { type: 'integer' }, 'title', 1],
    ['not that where it is no choice', { enum: ['staging', 'test'] }, 'environment', 'staging'],
    ['that where it is a choice', { enum: ['staging', 'production'] }, 'environment', 'production'],
    ['that of a list whose items fit', { type: 'array', items: { type: 'string' } }, 'roles', ['inspector']],
    ['not that of a list whose items do not', { type: 'array', items: { type: 'boolean' } }, 'roles', [true]],
    [
      'that where several kinds fit',
      { anyOf: [{ type: 'null' }, { type: 'string' }] },
      'title',
      'North gate',
    ],
    ['the first of several kinds', { anyOf: [{ type: 'null' }, { type: 'string' }] }, 'else', null],
    ['the first of those of which one', { oneOf: [{ type: 'boolean' }, { type: 'null' }] }, 'else', true],
    ['the only one', { const: 'x', type: 'string' }, '', 'x'],
    ['an item by what one is called', { type: 'array', items: { type: 'string' } }, 'names', ['Inspector']],
    ['an empty list where nothing says what is in it', { type: 'array' }, '', []],
    ['the least whole number, and not below one', { type: 'integer', minimum: -3 }, '', 1],
    ['the least number', { type: 'number', minimum: 15 }, '', 15],
    ['a given whole number', { type: 'integer', examples: [7] }, '', 7],
    ['nothing', { type: 'null' }, '', null],
    ['a time', { type: 'string', format: 'date-time' }, '', '2027-03-31T09:30:00Z'],
    ['a day', { type: 'string', format: 'date' }, '', '2027-03-31'],
    ['an address', { type: 'string', format: 'uri' }, '', 'https://daypass.example/'],
    ['a mail address', { type: 'string', format: 'email' }, '', 'ana@contractor.example'],
    ['some text', { type: 'string' }, '', 'text'],
    ['some text for anything', {}, '', 'text'],
    [
      'an object without what is refused, or instead of another member',
      {
        type: 'object',
        properties: {
          title: { type: 'string' },
          count: { type: 'integer', description: 'Not refused' },
          old: { type: 'string', description: 'Refused since' },
          site: { type: 'boolean', description: 'Instead of an environment' },
          insteadly: { type: 'boolean', description: 'Insteadly, a word' },
        },
      },
      '',
      { title: 'North gate', count: 1, insteadly: true },
    ],
    ['an object without members', { type: 'object' }, '', {}],
  ])('%s', (_, schema, name, value) => {
    expect(exampleOf(schema, name)).toEqual(value);
  });
});
