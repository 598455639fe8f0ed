import { DaypassError, ERRORS, type ErrorCode, type Problem } from '../../../core/errors.ts';

/** An RFC 9457 problem document. */
export interface ProblemDocument {
  /** Address of the code's explanation on this site. */
  type: string;
  title: string;
  status: number;
  code: ErrorCode;
  /** What happened this time; absent when the title says it all. */
  detail?: string;
  /** The places to correct: a JSON pointer into the body, `/name` of a query parameter, or a header's name. */
  problems?: readonly Problem[];
  requestId: string;
}

/** A request that failed, in the form in which documents and pages are made of it. */
export interface Failure {
  document: ProblemDocument;
  headers: Record<string, string>;
}

/** The methods that an address does take travel with the error, because the answer must list them. */
export class MethodNotAllowed extends DaypassError {
  readonly allowed: readonly string[];

  constructor(allowed: readonly string[]) {
    super('METHOD_NOT_ALLOWED');
    this.allowed = allowed;
  }
}

/** Turns whatever was thrown into what the outside may know of it: of unforeseen errors nothing but the request id. */
export function toFailure(error: unknown, siteUrl: string, requestId: string): Failure {
  const known = error instanceof DaypassError && error.code !== 'INTERNAL' ? error : undefined;
  const code = known?.code ?? (isPassing(error) ? 'UNAVAILABLE' : 'INTERNAL');
  const { status, title } = ERRORS[code];
  return {
    document: {
      type: `${siteUrl}/errors#${code}`,
      title,
      status,
      code,
      ...(known && known.message !== title && { detail: known.message }),
      ...(known && known.problems.length > 0 && { problems: known.problems }),
      requestId,
    },
    headers: {
      ...(status === 401 && { 'www-authenticate': 'Bearer realm="daypass"' }),
      ...(error instanceof MethodNotAllowed && { allow: error.allowed.join(', ') }),
      ...(code === 'RATE_LIMITED' && { 'retry-after': '60' }),
      ...(code === 'UNAVAILABLE' && { 'retry-after': '2' }),
    },
  };
}

const PASSING =
  /Throttl|ProvisionedThroughput|RequestLimit|TooManyRequests|TimeoutError|ServiceUnavailable|InternalServerError/;

/** Whether an error of a service that we call will probably be gone at the next try. */
function isPassing(error: unknown): boolean {
  return error instanceof Error && PASSING.test(error.name);
}
