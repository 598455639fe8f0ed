import { z } from 'zod';
import { existingPath, type Path, type Report, suggestion } from './problems.ts';

/**
 * Reads a document by a schema. Reports each mistake with the path and what to write; undefined if there was any.
 */
export function parseDocument<Schema extends z.ZodType>(
  schema: Schema,
  document: unknown,
  report: Report,
): z.output<Schema> | undefined {
  const parsed = schema.safeParse(document, { reportInput: true });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) reportIssue(issue, schema, document, report);
  return undefined;
}

function reportIssue(issue: z.core.$ZodIssue, schema: z.ZodType, document: unknown, report: Report): void {
  const path = issue.path as Path;
  if (issue.code === 'unrecognized_keys') {
    const known = membersAt(schema, path);
    for (const key of issue.keys) {
      report([...path, key], `"${key}" is not known here; remove it.${suggestion(key, known)}`);
    }
    return;
  }
  const last = path.at(-1);
  if (existingPath(document, path).length < path.length && last !== undefined) {
    report(path, `"${last}" is missing; add it: ${wording(issue)}`);
    return;
  }
  if (issue.code === 'invalid_key') {
    report(path, `the name "${last}" cannot be used: ${issue.issues.map((each) => each.message).join('; ')}`);
    return;
  }
  report(path, wording(issue));
}

function wording(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `${TYPE_NAMES[issue.expected] ?? issue.expected} is needed here`;
    case 'invalid_value': {
      const values = issue.values.map(String);
      const given = typeof issue.input === 'string' ? suggestion(issue.input, values) : '';
      return `write one of ${values.map((each) => `"${each}"`).join(', ')}.${given.startsWith(' Did') ? given : ''}`;
    }
    case 'too_small':
      return `this is too ${issue.origin === 'number' ? 'small' : 'short'}: at least ${issue.minimum}${UNITS[issue.origin] ?? ''}`;
    case 'too_big':
      return `this is too ${issue.origin === 'number' ? 'large' : 'long'}: at most ${issue.maximum}${UNITS[issue.origin] ?? ''}`;
    default:
      return issue.message;
  }
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};
const UNITS: Readonly<Record<string, string>> = { string: ' characters', array: ' entries' };

/** The member names that the schema knows at a path of the document. */
function membersAt(schema: z.ZodType, path: Path): string[] {
  let at: z.ZodType | undefined = schema;
  for (const part of path) at = childOf(inner(at), part);
  const object = inner(at);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

function childOf(schema: z.ZodType | undefined, part: string | number): z.ZodType | undefined {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<string, z.ZodType>)[part];
  if (schema instanceof z.ZodArray) return schema.element as z.ZodType;
  if (schema instanceof z.ZodRecord) return schema.valueType as z.ZodType;
  return undefined;
}

function inner(schema: z.ZodType | undefined): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return inner(schema.unwrap() as z.ZodType);
  }
  return schema;
}
