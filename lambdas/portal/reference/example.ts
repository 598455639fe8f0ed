import type { Schema } from '../../shared/http/inlined.ts';

/** What a member with this name usually holds, where its schema says nothing better. */
const BY_NAME: Readonly<Record<string, unknown>> = {
  id: 'inspector',
  name: 'Inspector',
  roles: ['inspector'],
  environment: 'production',
  until: '2027-03-31T09:30:00Z',
  passes: ['7fXq2LmT0aVbN4cRkWz9Es-0Bq5YtHn3JdKx8MwPc1RvU'],
  apps: ['inspections'],
  values: { title: 'North gate' },
  title: 'North gate',
  label: 'Title',
  app: 'inspections',
  appName: 'Inspections',
  recordType: 'inspection',
  plural: 'Inspections',
  operation: 'add',
  state: 'open',
  stateName: 'Open',
  email: 'ana@contractor.example',
  firstName: 'Ana',
  lastName: 'Ruiz',
  person: 'Ana Ruiz',
  reason: 'ALLOWED',
  subject: 'Welcome',
  body: 'Good to have you here.',
  description: 'What it is for',
};

const BY_FORMAT: Readonly<Record<string, string>> = {
  'date-time': '2027-03-31T09:30:00Z',
  date: '2027-03-31',
  uri: 'https://daypass.example/',
  email: 'ana@contractor.example',
};

/** How descriptions of members begin that are refused, or take the place of another one. */
const LEFT_OUT = /^(Refused|Instead)\b/;

/** A value that fits a schema and looks like one, with its optional members. */
export function exampleOf(schema: Schema, name = ''): unknown {
  const [given = BY_NAME[name]] = schema.examples ?? [];
  if (given !== undefined && fits(schema, given)) return given;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  const [first] = schema.anyOf ?? schema.oneOf ?? [];
  if (first) return exampleOf(first, name);
  switch (schema.type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(schema.properties ?? {})
          .filter(([, { description = '' }]) => !LEFT_OUT.test(description))
          .map(([member, inner]) => [member, exampleOf(inner, member)]),
      );
    case 'array':
      return schema.items ? [exampleOf(schema.items, singular(name))] : [];
    case 'integer':
    case 'number':
      return Math.max(schema.minimum ?? 1, 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    case 'string':
      return BY_FORMAT[schema.format ?? ''] ?? 'text';
    default:
      return 'text';
  }
}

/** Names mean one thing in one place and another elsewhere; the kind of value tells. */
function fits({ type, anyOf, enum: choices, items }: Schema, value: unknown): boolean {
  if (choices) return choices.includes(value);
  if (Array.isArray(value)) return type === 'array' && (!items || value.every((item) => fits(items, item)));
  if (anyOf || type === undefined) return true;
  const kind = value === null ? 'null' : typeof value;
  return kind === type || (kind === 'number' && type === 'integer');
}

const singular = (name: string) => name.replace(/s$/, '');
