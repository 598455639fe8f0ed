import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { definitionSchemas, readSchema } from '../../../schemas/generate.ts';

const EXAMPLES = new URL('../../../examples/', import.meta.url);
const json = (url: URL) => JSON.parse(readFileSync(url, 'utf8'));
const validator = (schema: string) =>
  new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(schema));

const files = readdirSync(EXAMPLES).flatMap((example) => [
  { name: `${example}/site.json`, schema: 'site.schema.json' },
  ...readdirSync(new URL(`${example}/apps/`, EXAMPLES)).map((app) => ({
    name: `${example}/apps/${app}`,
    schema: 'app.schema.json',
  })),
]);

describe('the JSON Schemas of definition files', () => {
  it.each(Object.keys(definitionSchemas()))(
    '%s is what the code reads (else run: npm run schemas)',
    (file) => {
      expect(JSON.parse(readSchema(file))).toEqual(JSON.parse(definitionSchemas()[file] as string));
    },
  );

  it.each(files)('$name is valid and names its schema', ({ name, schema }) => {
    const url = new URL(name, EXAMPLES);
    const document = json(url);
    const validate = validator(readSchema(schema));

    expect({ valid: validate(document), errors: validate.errors }).toEqual({ valid: true, errors: null });
    expect(json(new URL(document.$schema, url))).toEqual(JSON.parse(readSchema(schema)));
  });

  it('an unknown property is refused by the schema, too', () => {
    const validate = validator(readSchema('app.schema.json'));
    const app = json(new URL('property-management/apps/work-orders.json', EXAMPLES));

    expect(validate({ ...app, colour: 'red' })).toBe(false);
    expect(validate.errors?.map((error) => error.params)).toContainEqual({ additionalProperty: 'colour' });
  });
});
