import type { z } from 'zod';

export type FunctionName = 'api' | 'admin' | 'portal';
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * One address. The table of them drives API Gateway's routes, the OpenAPI document, validation and the router;
 * nothing else in the project spells a path.
 */
export interface Route {
  /** Names the handler, and the operation in the OpenAPI document. */
  id: string;
  method: Method;
  /** `{environment}` is expanded into the four literal prefixes when it is deployed, so that no greedy route wins over it. */
  path: string;
  function: FunctionName;
  summary: string;
  /** `page`: answers HTML, errors are pages; `json`: answers JSON, errors are problem documents. */
  answers: 'page' | 'json';
  /** Whether anybody without a credential gets past the middleware (a use case may still refuse). */
  anonymous: boolean;
  query?: z.ZodObject;
  /** JSON body, or the fields of a form post on pages. */
  body?: z.ZodType;
  /** Needs `If-Match` with a record's or a draft's version. */
  ifMatch?: 'required' | 'optional';
  /** Takes an `Idempotency-Key`. */
  idempotent?: boolean;
  /**
   * Follows a standard of its own: AuthZEN knows 400 alone for what cannot be read, and has `X-Request-ID` sent back.
   */
  standard?: 'authzen';
  /** Documented success statuses and shapes. */
  responses: Record<number, { description: string; schema?: z.ZodType }>;
}
