import type { z } from 'zod';
import type { Environment } from '../../../core/environments.ts';
import type { Caller } from '../../../core/ports.ts';
import type { Route } from '../routes/route.ts';

/** The names between braces in a path; `environment` is one of the four, everything else is text. */
type PathName<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | PathName<Rest>
  : never;
export type PathParams<Path extends string> = {
  readonly [Name in PathName<Path>]: Name extends 'environment' ? Environment : string;
};

/** What a zod schema of the route table turns its input into; `Absent` where the route declares none. */
type Parsed<Schema, Absent> = Schema extends z.ZodType ? z.output<Schema> : Absent;

/** Members of a route that it may or may not declare. */
type Declared<R extends Route, Key extends keyof Route> = Key extends keyof R ? R[Key] : undefined;

/** A request that has passed the middleware: the caller is known, path, query and body fit the route table. */
export interface ApiRequest<R extends Route = Route> {
  readonly route: R;
  /** As it was asked for, without the query. */
  readonly path: string;
  readonly params: PathParams<R['path']>;
  readonly query: Parsed<Declared<R, 'query'>, Record<never, never>>;
  readonly body: Parsed<Declared<R, 'body'>, undefined>;
  readonly caller: Caller;
  /** The version named by `If-Match: "3"`; always there when the route requires it. */
  readonly ifMatch: Declared<R, 'ifMatch'> extends 'required' ? number : number | undefined;
  /** The `Idempotency-Key` header, at most 64 characters; read only on routes that take one. */
  readonly idempotencyKey: string | undefined;
  /** API Gateway's id of this request; quoted in problems, pages and logs. */
  readonly requestId: string;
  /** Cookie name → value, as sent. Values are credentials: never log them. */
  readonly cookies: Readonly<Record<string, string>>;
  /** Header names in small letters. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Epoch milliseconds, read once, so that one request has one time. */
  readonly now: number;
  readonly sourceIp: string;
}

/** What a handler answers. `body` is sent as JSON, `html` as a page; with none of them the answer is empty. */
export interface ApiResponse {
  readonly status: number;
  readonly body?: unknown;
  readonly html?: string;
  /** Anything else, as it is; its type is among the headers. */
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whole `Set-Cookie` values. */
  readonly cookies?: readonly string[];
}

/** One handler for every route of a function: a missing or a surplus one does not compile. */
export type Handlers<R extends Route> = {
  readonly [K in R as K['id']]: (request: ApiRequest<K>) => Promise<ApiResponse>;
};

/** A JSON answer. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): ApiResponse {
  return { status, body, headers };
}

/** A record or a draft: its version is the ETag, which `If-Match` takes back. */
export function versioned(status: number, body: { version: number }, headers: Record<string, string> = {}) {
  return json(status, body, { ...headers, etag: `"${body.version}"` });
}

/** Members that were sent: what was left out is not changed. */
export function defined<T extends object>(body: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as never;
}

/** 204. */
export function noContent(): ApiResponse {
  return { status: 204 };
}

/** 303: the browser asks for `location` with GET. */
export function seeOther(location: string, cookies: readonly string[] = []): ApiResponse {
  return { status: 303, headers: { location }, cookies };
}
