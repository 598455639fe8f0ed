import { compileCondition, compileExpression } from '../expressions/compile.ts';
import type { ValueType } from '../expressions/types.ts';
import { pointerOf } from './problems.ts';
import type {
  CheckedApp,
  Condition,
  Evaluate,
  LinkedApp,
  LinkedField,
  LinkedNotification,
  LinkedOperation,
  LinkedRecordType,
  LinkedRequestAction,
  LinkedTask,
  LinkedView,
} from './published.ts';

/** Linked parts while they are still growing: they refer to each other in circles. */
export interface BuiltOperation extends LinkedOperation {
  readonly actions: LinkedRequestAction[];
  readonly tasks: { task: LinkedTask; when?: Condition }[];
  readonly notifications: LinkedNotification[];
}

export interface BuiltRecordType extends LinkedRecordType {
  readonly operations: Map<string, BuiltOperation>;
  readonly views: Map<string, LinkedView>;
  readonly referencedBy: { recordType: LinkedRecordType; field: LinkedField }[];
}

export interface BuiltApp extends LinkedApp {
  readonly recordTypes: Map<string, BuiltRecordType>;
  readonly tasks: Map<string, LinkedTask>;
  readonly notifications: Map<string, LinkedNotification>;
}

/** An app's expressions as closures, by where they stand; undefined where the definition has none. */
export interface Expressions {
  value(...path: (string | number)[]): Evaluate | undefined;
  condition(...path: (string | number)[]): Condition | undefined;
  /** The paths that it reads; empty where there is none. */
  reads(...path: (string | number)[]): readonly string[];
  type(...path: (string | number)[]): ValueType | undefined;
}

export function expressionsOf(app: CheckedApp): Expressions {
  const at = (path: (string | number)[]) => app.expressions[pointerOf(path)];
  return {
    value(...path) {
      const checked = at(path);
      return checked && compileExpression(checked);
    },
    condition(...path) {
      const checked = at(path);
      return checked && compileCondition(checked);
    },
    reads: (...path) => at(path)?.reads ?? [],
    type: (...path) => at(path)?.type,
  };
}
