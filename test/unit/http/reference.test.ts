import { Ajv2020 } from 'ajv/dist/2020.js';
import { describeApi } from '../../../lambdas/portal/reference/described.ts';
import { exampleOf } from '../../../lambdas/portal/reference/example.ts';
import { rowsOf, typeText } from '../../../lambdas/portal/reference/rows.ts';
import type { Schema } from '../../../lambdas/shared/http/inlined.ts';
import { openApiDocument } from '../../../lambdas/shared/http/openapi.ts';
import { MATRIX } from '../../workflow/people/route-matrix.ts';
import { SITE_URL } from './events.ts';

const ajv = new Ajv2020({ strict: false, validateFormats: false });
const groups = describeApi(SITE_URL);
const routes = groups.flatMap((group) => group.routes);
const find = (id: string) => routes.find((route) => route.id === id);

/** Every schema of a body or an answer in the document. */
function schemas(): [string, Schema][] {
  const { paths } = openApiDocument(SITE_URL) as {
    paths: Record<
      string,
      Record<string, { operationId: string; requestBody?: Held; responses: Record<string, Held> }>
    >;
  };
  return Object.values(paths).flatMap((methods) =>
    Object.values(methods).flatMap(({ operationId, requestBody, responses }) =>
      [requestBody, ...Object.values(responses)].flatMap((held): [string, Schema][] => {
        const schema = held?.content?.['application/json']?.schema;
        return schema ? [[operationId, schema]] : [];
      }),
    ),
  );
}
interface Held {
  content?: Record<string, { schema: Schema }>;
}

describe('the API reference', () => {
  it('shows examples that fit their schemas, and schemas that stand by themselves', () => {
    expect(schemas().length).toBeGreaterThan(60);
    for (const [id, schema] of schemas()) {
      expect([id, JSON.stringify(schema).includes('"$ref"')]).toEqual([id, false]);
      expect([id, Object.keys(schema).length > 0]).toEqual([id, true]);
      const fits = ajv.compile(schema);
      fits(exampleOf(schema));
      expect([id, fits.errors ?? []]).toEqual([id, []]);
    }
  });

  it('says who may call a route as the matrix of everybody has it', () => {
    const answer = (id: string, who: string) => MATRIX.rows[id]?.split(' ')[MATRIX.columns.indexOf(who)];
    const readers = ['developer', 'maintainer', 'owner', 'tenantAdm'];
    for (const { id, callers } of routes) {
      if (callers.startsWith('Anybody, also')) expect([id, answer(id, 'anonymous')]).toEqual([id, '200']);
      else if (callers.includes('credential') && !callers.includes('without a credential')) {
        expect([id, answer(id, 'anonymous')]).toEqual([id, '401']);
      }
      for (const who of callers.includes('permission to read it') ? readers : []) {
        expect([id, who, answer(id, who)]).not.toEqual([id, who, '403']);
      }
      if (callers.startsWith('Owners, maintainers, tenant')) {
        expect([id, answer(id, 'developer')]).toEqual([id, '403']);
        expect([id, answer(id, 'maintainer')]).not.toEqual([id, '403']);
      }
    }
  });

  it('gives a command line whose ids and credentials are variables', () => {
    expect(find('runOperation')?.curl).toBe(
      `curl -H "Authorization: Bearer $KEY" -H 'If-Match: "3"' -H "Idempotency-Key: $(uuidgen)" --json '${JSON.stringify(
        { values: { title: 'North gate' }, confirm: ['development'] },
      )}' "$SITE/production/records/$RECORD/operations/$OPERATION"`,
    );
    expect(find('endSession')?.curl).toBe(
      'curl -X DELETE -b "$COOKIE" -H "Origin: $SITE" "$SITE/me/sessions/$SESSION"',
    );
    expect(find('suggestPeople')?.curl).toContain('"$SITE/admin/suggestions?text=$TEXT"');
    expect(find('readMe')?.curl).toBe('curl "$SITE/me"');
    // Of two members that exclude each other an example has one.
    expect(find('createKey')?.curl).toContain('"environment":"production"');
    expect(find('createKey')?.curl).not.toContain('"site"');
  });

  it('tells members of members, of lists and of maps by where they stand', () => {
    const schema: Schema = {
      type: 'object',
      required: ['items'],
      properties: {
        items: {
          type: 'array',
          items: { type: 'object', properties: { id: { type: 'string', maxLength: 9 } } },
        },
        byName: {
          type: 'object',
          additionalProperties: { type: 'object', properties: { at: { type: 'null' } } },
        },
      },
    };
    expect(rowsOf(schema).map(({ name, type, required }) => [name, type, required])).toEqual([
      ['items', 'list of object', true],
      ['items[].id', 'text, at most 9 characters', false],
      ['byName', 'object: any name → object', false],
      ['byName.*.at', 'null', false],
    ]);
    expect(typeText({ anyOf: [{ type: 'integer', minimum: 1 }, { enum: ['a', 'b'] }] })).toBe(
      'whole number, at least 1 or "a" | "b"',
    );
  });
});
