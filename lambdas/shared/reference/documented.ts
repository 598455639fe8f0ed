import type { z } from 'zod';
import type { ErrorCode } from '../../../core/errors.ts';
import type { Callers } from './callers.ts';

/**
 * What readers of the API are told about a route besides what the route table says. It lies apart from the table,
 * because nothing but the documents needs it: the functions that answer do not load it.
 */
export interface Documented {
  callers: Callers;
  /** Errors of this route's own; those that its parts bring along (a body, a version) are added to them. */
  errors?: readonly ErrorCode[];
  /** What a successful answer holds; made when it is asked for. Absent where the answer is empty. */
  answer?: () => z.ZodType;
}
