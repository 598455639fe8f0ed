import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { designGrantSchema } from '../../../core/apps/definition.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import type { Route } from '../../../lambdas/shared/routes/route.ts';
import type { Sample } from '../../support/route-samples.ts';

/** Says where the rights to publish count; it is none itself. */
const LIMIT = 'publish';

/** Every right that a role can have in the design plane, as its schema says: `apps: edit`, and so on. */
export function rightsInSchema(): string[] {
  return Object.entries(designGrantSchema.shape)
    .filter(([kind]) => kind !== LIMIT)
    .flatMap(([kind, schema]) => actionsIn(z.toJSONSchema(schema)).map((action) => `${kind}: ${action}`))
    .sort();
}

function actionsIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { propertyNames: _, ...rest } = schema as Record<string, unknown>;
  if (Array.isArray(rest.enum)) return rest.enum.map(String);
  return Object.values(rest).flatMap(actionsIn);
}

/** The rights that the administrator's table explains, each with a sentence. */
export function rightsInDocs(): string[] {
  const page = readFileSync(new URL('../../../docs/administrator.md', import.meta.url), 'utf8');
  const [, section = ''] = page.split('### Rights in the design plane');
  const rows = section.split(/^#+ /m)[0]?.match(/^\| \w+: `\w+` \| \S.*\. \|$/gm) ?? [];
  return rows.map((row) => row.split('|')[1]?.trim().replaceAll('`', '') ?? '').sort();
}

/** The built-in roles that the administrator's table explains. */
export function builtInRolesInDocs(): string[] {
  const page = readFileSync(new URL('../../../docs/administrator.md', import.meta.url), 'utf8');
  const [, table = ''] = page.split('| built-in role |');
  const rows = table.split('\n\n')[0]?.match(/^\| [A-Z]\w+ \| \S.* \|$/gm) ?? [];
  return rows.map((row) => row.split('|')[1]?.trim() ?? '').sort();
}

/** Forms that do several things: each of them, with what is taken or out of date, so that nothing is changed. */
const VARIANTS: Record<string, Record<string, object>> = {
  userRun: { save: {}, signOut: {}, delete: {} },
  roleRun: { save: { name: 'Dispatcher' }, remove: {} },
  serviceAccountRun: {
    save: { roles: 'dispatcher' },
    createKey: { name: 'Key', environment: 'test', until: '2020-01-01' },
    revokeKey: { key: '0'.repeat(22) },
    delete: { confirm: '' },
  },
};

/** The requests that rights of the design plane are about, by route and where it does several things by action. */
export function designRequests(
  samples: Readonly<Record<string, Sample>>,
  right: string,
): [string, Route, Sample][] {
  // Beside `read` little is left that only shows something; and pages ask what the API asks.
  const shows = !right.includes('read, ') || right.startsWith('apps');
  const alone = /: \w+$/.test(right) && !right.endsWith(': read');
  const asked = ROUTES.filter(
    ({ path, method, answers }) =>
      /^\/(admin|manage|access)|\/access$/.test(path) &&
      (method !== 'GET' || (shows && !(alone && answers === 'page'))),
  );
  return asked.flatMap((route) => {
    const sample = samples[route.id] as Sample;
    return Object.entries(VARIANTS[route.id] ?? { '': {} }).map(([action, body]): [string, Route, Sample] =>
      action === ''
        ? [route.id, route, sample]
        : [`${route.id}/${action}`, route, { ...sample, body: { action, version: '999', ...body } }],
    );
  });
}

/**
 * The requests that each right opens: alone against no right at all, and together with `read` against `read` alone.
 * @param answered statuses by right and request
 */
export function openedBy(answered: Readonly<Record<string, Record<string, number>>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(answered)
      .filter(([right]) => right !== 'nothing')
      .map(([right, answers]) => {
        const without =
          answered[right.includes('read, ') ? (right.split(',')[0] as string) : 'nothing'] ?? {};
        const opened = Object.keys(answers).filter(
          (id) => answers[id] !== without[id] && answers[id] !== 403,
        );
        return [right, opened.join(' ')];
      }),
  );
}
