import type { Schema } from '../../shared/http/inlined.ts';

/** One line of a table of fields. */
export interface FieldRow {
  /** Where it stands: `page.next_token`, `records[].id`. Empty for the whole. */
  name: string;
  /** In words, e.g. `text, at most 200 characters`. */
  type: string;
  required: boolean;
  text: string;
}

/** The members of a schema, nested ones below what holds them. */
export function rowsOf(schema: Schema, prefix = ''): FieldRow[] {
  const variants = (schema.anyOf ?? schema.oneOf)?.filter(isObject);
  // Of several kinds of object the first is told whole; the type says that there are others.
  const shown = variants?.[0] ?? schema;
  return Object.entries(shown.properties ?? {}).flatMap(([name, member]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    const row = {
      name: path,
      type: typeText(member),
      required: shown.required?.includes(name) ?? false,
      text: member.description ?? '',
    };
    const [inner, suffix] = within(member);
    return [row, ...(inner ? rowsOf(inner, path + suffix) : [])];
  });
}

/** The object inside of a member, through lists and maps, and how its members are addressed from there. */
function within(schema: Schema): [Schema | undefined, string] {
  if (schema.items) {
    const [inner, suffix] = within(schema.items);
    return [inner, `[]${suffix}`];
  }
  const { additionalProperties } = schema;
  if (typeof additionalProperties === 'object' && !schema.properties) {
    const [inner, suffix] = within(additionalProperties);
    return [inner, `.*${suffix}`];
  }
  return [isObject(schema) ? schema : undefined, ''];
}

const isObject = (schema: Schema) => schema.properties !== undefined;

/** What a value may be, in words. */
export function typeText(schema: Schema): string {
  const variants = schema.anyOf ?? schema.oneOf;
  if (variants) return [...new Set(variants.map(typeText))].join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ');
  switch (schema.type) {
    case 'array': {
      const size = limits(schema.minItems, schema.maxItems);
      return `list of ${schema.items ? typeText(schema.items) : 'anything'}${size && `, ${size} of them`}`;
    }
    case 'object': {
      const { additionalProperties } = schema;
      if (schema.properties || typeof additionalProperties !== 'object') return 'object';
      const held = typeText(additionalProperties);
      return held === 'anything' ? 'object with any members' : `object: any name → ${held}`;
    }
    case 'string': {
      const formats: Record<string, string> = {
        'date-time': 'time (ISO 8601)',
        date: 'day (ISO 8601)',
        uri: 'address',
        email: 'email address',
      };
      const size = limits(schema.minLength, schema.maxLength);
      return `${formats[schema.format ?? ''] ?? 'text'}${size && `, ${size} characters`}`;
    }
    case 'integer':
    case 'number': {
      const size = limits(bound(schema.minimum), bound(schema.maximum));
      return `${schema.type === 'integer' ? 'whole number' : 'number'}${size && `, ${size}`}`;
    }
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    default:
      return 'anything';
  }
}

/** The largest whole numbers are limits of the language, not of ours. */
const bound = (limit: number | undefined) =>
  limit === undefined || Math.abs(limit) === Number.MAX_SAFE_INTEGER ? undefined : limit;

function limits(least: number | undefined, most: number | undefined): string {
  if (least && most) return least === most ? `exactly ${least}` : `${least} to ${most}`;
  if (most !== undefined) return `at most ${most}`;
  return least ? `at least ${least}` : '';
}
