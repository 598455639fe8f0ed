import { Logger } from '@aws-lambda-powertools/logger';
import { jest } from '@jest/globals';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { readKeyring } from '../../../core/tokens/keyring.ts';
import type { HandlerOptions } from '../../../lambdas/shared/http/create-handler.ts';
import { createHandler } from '../../../lambdas/shared/http/create-handler.ts';
import type { FunctionName } from '../../../lambdas/shared/routes/route.ts';
import { httpEvent, lambdaContext, type Sent, SITE_URL } from '../http/events.ts';

/** What was asked of use cases, in order: the name of each, and what it was given. */
export const asked: unknown[][] = [];
const answers = new Map<string, unknown>();

/** Use cases that note what they are given and answer what a test says: seen is what a handler hands on. */
export async function standIn(module: string, ...names: string[]): Promise<void> {
  const actual = (await import(module)) as object;
  const noting = (name: string) =>
    [
      name,
      (...given: unknown[]) => {
        asked.push([name, ...given]);
        const answer = answers.get(name);
        return typeof answer === 'function' ? answer(...given) : answer;
      },
    ] as const;
  jest.unstable_mockModule(module, () => ({ ...actual, ...Object.fromEntries(names.map(noting)) }));
}

/** What use cases answer from now on, by their names; a function is called, and may throw. */
export function answering(more: Record<string, unknown>): void {
  asked.length = 0;
  for (const [name, answer] of Object.entries(more)) answers.set(name, answer);
}

export const NOW = Date.parse('2026-03-01T12:00:00Z');
/** What time it is; tests move it. */
export const clock = { now: NOW };

export const signing = {
  siteId: 'site-one',
  keyring: readKeyring(JSON.stringify({ active: '0001', '0001': 'a signing key '.repeat(4) })),
};

/** A request at the address of a route, with `values` in the place of what stands in braces. */
export function at(
  method: string,
  address: string,
  values: Record<string, string>,
  more: Partial<Sent> = {},
): Sent {
  const { environment = '', ...params } = values;
  const expanded = address.startsWith('/{environment}/');
  const fill = (path: string) => path.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
  const key = expanded ? address.replace('{environment}', environment) : address;
  return {
    method,
    path: fill(address),
    routeKey: `${method} ${key}`,
    params: expanded ? params : values,
    ...more,
  };
}

export interface Answered {
  status: number | undefined;
  headers: Record<string, unknown>;
  cookies: string[];
  text: string;
  json: unknown;
}

/** A function with these handlers, as API Gateway calls it. */
export function serving<Name extends FunctionName>(
  functionName: Name,
  handlers: HandlerOptions<Name>['handlers'],
  errorPage?: HandlerOptions<Name>['errorPage'],
): (sent: Sent) => Promise<Answered> {
  const logger = new Logger({ serviceName: functionName, logLevel: 'SILENT' });
  const handler = createHandler<Name>({
    functionName,
    handlers,
    siteUrl: SITE_URL,
    signing: async () => signing,
    ...(errorPage && { errorPage }),
    logger,
    metrics: { addMetric: () => undefined, publishStoredMetrics: () => undefined } as never,
    now: () => clock.now,
  });
  return async (sent) => {
    const result = (await handler(httpEvent(sent), {
      ...lambdaContext,
    } as never)) as APIGatewayProxyStructuredResultV2;
    const { statusCode, headers = {}, body = '', cookies = [] } = result;
    const isJson = String(headers['content-type']).includes('json');
    return {
      status: statusCode,
      headers,
      cookies,
      text: body,
      json: isJson && body ? JSON.parse(body) : undefined,
    };
  };
}
