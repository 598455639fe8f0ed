/** Numbers that look random and are the same in every run. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

interface Schema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  $ref?: string;
  $defs?: Record<string, Schema>;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  format?: string;
}

/** Texts that have broken programs before: empty, long, markup, header breaks, odd Unicode, paths, queries. */
const TEXTS = [
  '',
  ' ',
  'a',
  'dispatcher',
  'production',
  'constructor',
  '__proto__',
  "' OR 1=1 --",
  '<script>alert(1)</script>',
  'name@example.org',
  'a@b\r\nBcc: c@d.example',
  '../../etc',
  '\u0000',
  '\ud800',
  '🔥'.repeat(50),
  'ＦＵＬＬ',
  'x'.repeat(5000),
  '2026-01-01',
  '2999-12-31T00:00:00Z',
  '0000-01-01',
  '0000-01-01T00:00:00Z',
  '0001-01-01T00:00:00+14:00',
  '9999-12-31T23:59:59-14:00',
  '10000-01-01',
  '+275760-09-13T00:00:00Z',
  '-000001-12-31',
  '2027-03-31T24:00:00Z',
  '9007199254740993',
  '1e308',
  '1e-320',
  'a@b',
  '=?utf-8?b?YWxsQGV2aWwuZXhhbXBsZQ==?=@example.org',
];
/** Numbers that JSON, JavaScript and the table do not hold alike. */
const NUMBERS = [
  -0,
  1e126,
  1e308,
  -1e308,
  1e-131,
  1e-320,
  Number.MAX_SAFE_INTEGER,
  Number.MAX_SAFE_INTEGER + 1,
  -Number.MAX_SAFE_INTEGER - 1,
  0.1 + 0.2,
];
const ODD: unknown[] = [null, true, -1, 0, 1.5, ...NUMBERS, [], {}, [[]], { a: { b: [] } }];

/** Draws a value that a schema describes, or now and then one that it does not. */
export function drawValue(schema: Schema, random: () => number, root: Schema = schema, depth = 0): unknown {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  if (random() < 0.12) return pick([...ODD, ...TEXTS]);
  if (schema.$ref) {
    const name = schema.$ref.split('/').at(-1) ?? '';
    return drawValue(root.$defs?.[name] ?? {}, random, root, depth + 1);
  }
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return pick(schema.enum);
  const variants = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (variants) return drawValue(pick(variants), random, root, depth + 1);
  const type = Array.isArray(schema.type) ? pick(schema.type) : schema.type;
  switch (type) {
    case 'object':
      return drawObject(schema, random, root, depth);
    case 'array': {
      const length = depth > 4 ? 0 : Math.floor(random() * 4);
      return Array.from({ length }, () => drawValue(schema.items ?? {}, random, root, depth + 1));
    }
    case 'boolean':
      return random() < 0.5;
    case 'integer':
    case 'number':
      return pick([0, 1, -1, 7, 1e9, 0.5, ...NUMBERS]);
    default:
      return pick(TEXTS);
  }
}

function drawObject(schema: Schema, random: () => number, root: Schema, depth: number): object {
  const members = Object.entries(schema.properties ?? {}).filter(
    ([name]) => schema.required?.includes(name) || random() < 0.6,
  );
  const drawn = members.map(([name, member]) => [name, drawValue(member, random, root, depth + 1)] as const);
  const further =
    typeof schema.additionalProperties === 'object' && depth < 4
      ? [['extra', drawValue(schema.additionalProperties, random, root, depth + 1)] as const]
      : [];
  return Object.fromEntries([...drawn, ...further]);
}
