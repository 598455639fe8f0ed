import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { appSchema, siteSchema } from '../core/apps/definition.ts';

/** The JSON Schemas that editors and CI check definition files with: file name → text. */
export function definitionSchemas(): Record<string, string> {
  return {
    'app.schema.json': schemaText(appSchema, 'A Daypass app'),
    'site.schema.json': schemaText(siteSchema, 'A Daypass site: its roles and people'),
  };
}

function schemaText(schema: z.ZodType, title: string): string {
  // Files are what is read: members with a default may be left out.
  const body = z.toJSONSchema(schema, { io: 'input' });
  return `${JSON.stringify({ title, ...body }, null, 2)}\n`;
}

export function readSchema(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [file, text] of Object.entries(definitionSchemas())) {
    writeFileSync(new URL(file, import.meta.url), text);
  }
}
