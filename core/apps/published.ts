import type { Evaluation } from '../expressions/compile.ts';
import type { CheckedExpression, ScopeValues, ValueType } from '../expressions/types.ts';
import type { NarrowIndex, ViewParts } from '../lists/indexes.ts';
import type {
  AppDefinition,
  DataAction,
  Field,
  FieldType,
  Notification,
  Permission,
  RecordType,
  RequestAction,
  Task,
  View,
} from './definition.ts';
import type { NamedOperation } from './operation-name.ts';

/**
 * An app that was checked: what a published version stores. No parser is needed to run it, because every expression
 * lies beside the definition as a checked tree.
 */
export interface CheckedApp {
  definition: AppDefinition;
  /** By JSON pointer into the definition, e.g. `/recordTypes/0/fields/3/visibleIf`. */
  expressions: Record<string, CheckedExpression>;
}

/** An expression ready to run: its value, or an `Unevaluable` (ask `isUnevaluable`). Never throws. */
export type Evaluate = (values: ScopeValues) => Evaluation;
/** A condition ready to run: true only where it holds; what cannot be evaluated does not hold. Never throws. */
export type Condition = (values: ScopeValues) => boolean;

/**
 * The apps that are published together, linked for look-up at run time. Expressions are closures over the
 * scope's values.
 */
export interface LinkedSite {
  /** Changes whenever any of its definitions does. */
  readonly hash: string;
  readonly apps: ReadonlyMap<string, LinkedApp>;
  recordType(app: string, recordType: string): LinkedRecordType | undefined;
}

export interface LinkedApp {
  readonly id: string;
  readonly definition: AppDefinition;
  readonly recordTypes: ReadonlyMap<string, LinkedRecordType>;
  readonly tasks: ReadonlyMap<string, LinkedTask>;
  readonly notifications: ReadonlyMap<string, LinkedNotification>;
  readonly permissions: readonly LinkedPermission[];
}

export interface LinkedRecordType {
  readonly id: string;
  readonly app: LinkedApp;
  readonly definition: RecordType;
  /** In the order of the definition. */
  readonly fields: ReadonlyMap<string, LinkedField>;
  /** State id → name. */
  readonly states: ReadonlyMap<string, string>;
  readonly operations: ReadonlyMap<string, LinkedOperation>;
  readonly views: ReadonlyMap<string, LinkedView>;
  /** Formula fields in an order in which each comes after those that it reads. */
  readonly formulas: readonly LinkedField[];
  /** Fields of type `token`: they hold references, which end with the record's job. */
  readonly tokenFields: readonly LinkedField[];
  /** Fields of other record types (or this one) that refer to it. */
  readonly referencedBy: readonly { recordType: LinkedRecordType; field: LinkedField }[];
}

export interface LinkedField {
  readonly id: string;
  readonly definition: Field;
  readonly valueType: ValueType;
  readonly visibleIf?: Condition;
  /** Fields of the record that `visibleIf` reads: a list must be able to decide without the record. */
  readonly visibilityReads: readonly string[];
  readonly default?: Evaluate;
  readonly formula?: Evaluate;
  /** Ids that the formula reads from the record, by itself or through other formulas; those are left out. */
  readonly formulaReads: readonly string[];
  /**
   * A formula that reads a token: given the real token only where the link is needed (a mail, a permitted reader's
   * page), and never stored, indexed, journalled or filtered.
   */
  readonly secret: boolean;
  /** Whether the record keeps a value: neither a formula nor runtime-only. */
  readonly stored: boolean;
  /** Whether a form or request may write it at all: no formula, not read-only, no token. */
  readonly writable: boolean;
}

export interface LinkedOperation {
  readonly id: string;
  readonly recordType: LinkedRecordType;
  readonly definition: NamedOperation;
  /** What its form shows, in order; read-only ones are shown and never taken. */
  readonly fields: readonly LinkedField[];
  /** What a request may send: the writable ones of `fields`. Required ones among them are enforced while visible. */
  readonly writable: ReadonlySet<string>;
  /** Run as the caller before the record is saved, in this order. */
  readonly actions: readonly LinkedRequestAction[];
  readonly tasks: readonly { task: LinkedTask; when?: Condition }[];
  readonly notifications: readonly LinkedNotification[];
}

export interface LinkedRequestAction {
  readonly id: string;
  readonly definition: RequestAction;
  readonly when?: Condition;
  /** Part of the action (`email`, `roles`, …) → its value over `record`, with what was typed and is not stored. */
  readonly values: ReadonlyMap<string, Evaluate>;
  /** Part of the action → the first field that it reads, for refusals. */
  readonly reads: ReadonlyMap<string, string>;
  /** Field of the record → value over `record` and `result`. */
  readonly returns: ReadonlyMap<string, Evaluate>;
}

export interface LinkedColumn {
  readonly id: string;
  readonly label: string;
  readonly type: FieldType;
  readonly displayText?: string;
  /** Absent for the properties that every record has (`state`, `createdAt`, …). */
  readonly field?: LinkedField;
}

export interface LinkedView {
  readonly id: string;
  readonly recordType: LinkedRecordType;
  readonly definition: View;
  readonly columns: readonly LinkedColumn[];
  /** The whole filter, for checking one record against it; absent = every record. */
  readonly filter?: Condition;
  /** The filter taken apart for the index. */
  readonly index: {
    /** Changes with everything that decides which records have an item, and where. */
    readonly id: string;
    readonly parts: ViewParts;
    /** Further indexes by their ids, for readers who may see only part of the view. */
    readonly narrow: ReadonlyMap<string, NarrowIndex>;
    /** In the order of the index's partition: a field (or `state`) and the value that a reader asks for. */
    readonly equality: readonly { field: string; value: Evaluate }[];
    /** Applied when the index item is written: reads the record only. Absent = every record has an item. */
    readonly written?: Condition;
    /** Applied when the list is read: what neither of the others covers. Absent = nothing is left over. */
    readonly residual?: Condition;
    /** Stored fields that the index item must hold besides its columns: what `residual` and formula columns read. */
    readonly residualFields: readonly string[];
  };
}

export interface LinkedTask {
  readonly id: string;
  readonly definition: Task;
  readonly recordType: LinkedRecordType;
  readonly actions: readonly LinkedAction[];
  /** `issue`: adds a token user; `end`: deletes one; otherwise it only works on records. */
  readonly grant?: 'issue' | 'end';
}

export interface LinkedAction {
  readonly definition: DataAction;
  readonly source?: { view: LinkedView; parameters: ReadonlyMap<string, Evaluate> };
  readonly target: LinkedOperation;
  /** Target field → value, over `record` (and `source`, the record found). */
  readonly fields: ReadonlyMap<string, Evaluate>;
  /** Field of the submitted record → value, over `record` and `result`. */
  readonly returns: ReadonlyMap<string, Evaluate>;
}

export interface LinkedNotification {
  readonly id: string;
  readonly definition: Notification;
  readonly recordType: LinkedRecordType;
  readonly to: Evaluate;
  readonly subject: Evaluate;
  readonly replyTo?: Evaluate;
  readonly button?: Evaluate;
  readonly fields: readonly LinkedField[];
}

export interface LinkedPermission {
  readonly definition: Permission;
  /** Its condition, for the policy compiler. */
  readonly when?: CheckedExpression;
}
