import type { DaypassError } from '../errors.ts';
import type { ScopeValues } from '../expressions/types.ts';

/** Reads an action's parts over the record as it will be saved, with what was typed and is not stored. */
export interface ActionValues {
  readonly scope: ScopeValues;
  /** Undefined where the action has no such part, or it has no value and may be empty. @throws DaypassError VALUES_INVALID when it cannot be evaluated */
  text(part: string): string | undefined;
  list(part: string): string[] | undefined;
  /** Whether the part says the same whatever stands in the record. */
  isFixed(part: string): boolean;
  /** A refusal at the field that the part reads. */
  refuse(part: string, message: string): DaypassError;
}
