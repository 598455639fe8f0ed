import type { Operand } from './reader.ts';
import { all, not, relation, type Test } from './syntax.ts';

/**
 * Both sides of a condition that may also be neither: where it cannot be evaluated, an allow does not hold and a deny
 * does not fail. Neither test can err.
 */
export interface Truth {
  readonly holds: Test;
  readonly fails: Test;
}

/** Holds where the values are there and the relation does; fails where they are there and it does not. */
export function compared(operands: readonly Operand[], text: string): Truth {
  const present = all(...operands.map((operand) => operand.present));
  return { holds: all(present, relation(text)), fails: all(present, not(relation(text))) };
}

/** The opposite: neither stays neither. */
export function turned({ holds, fails }: Truth): Truth {
  return { holds: fails, fails: holds };
}
