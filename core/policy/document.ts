import type { AppKind, OPERATION_KINDS } from '../apps/definition.ts';
import type { CheckedExpression, Fields } from '../expressions/types.ts';
import type { Rule, RuleDraft } from './types.ts';

export type AccessModel = 'roles' | 'lists' | 'profiles';
export type OperationKind = (typeof OPERATION_KINDS)[number];

/** Kinds of operations that save a record, of which `check` and the saved record's test are: on a stored one or a new one. */
const SAVING: ReadonlySet<OperationKind | undefined> = new Set(['add', 'edit', 'transition']);

export function savesRecord(kind: OperationKind | undefined): boolean {
  return SAVING.has(kind);
}

/** Whether an operation of a kind changes a record that is stored. */
export function changesRecord(kind: OperationKind | undefined): boolean {
  return kind !== 'add' && SAVING.has(kind);
}

export interface OperationFacts {
  readonly kind: OperationKind;
  /** States in which it is offered; absent = every one. */
  readonly from?: readonly string[];
}

export interface RecordTypeFacts {
  /** For conditions; needed when rules are checked, not kept. */
  readonly fields?: Fields;
  readonly operations: Readonly<Record<string, OperationFacts>>;
  readonly views?: readonly string[];
  /** Fields that nobody writes: tokens. */
  readonly immutable?: readonly string[];
}

export interface AppFacts {
  readonly kind: AppKind;
  readonly accessModel: AccessModel;
  readonly recordTypes: Readonly<Record<string, RecordTypeFacts>>;
}

/** What rules may name, and what the engine has to know about it. */
export interface PolicyFacts {
  readonly apps: Readonly<Record<string, AppFacts>>;
  /** Ids of the custom roles. */
  readonly roles: readonly string[];
  readonly profiles?: readonly string[];
  readonly flows?: readonly string[];
  readonly services?: readonly string[];
}

export interface PolicyInput extends PolicyFacts {
  readonly rules: readonly RuleDraft[];
}

export interface CheckedPolicyInput extends PolicyFacts {
  readonly rules: readonly Rule[];
}

/** A rule in a document: its conditions are positions of shared ones. */
export interface StoredRule extends Omit<Rule, 'condition' | 'check'> {
  readonly condition?: number;
  readonly check?: number;
}

/** Subject key → resource key → action → positions of rules. */
export type RuleIndex = Readonly<
  Record<string, Readonly<Record<string, Readonly<Record<string, readonly number[]>>>>>
>;

/** A policy as it is published and stored: plain JSON, addressed by the hash of its content. */
export interface PolicyDocument {
  readonly format: 1;
  /** SHA-256 of the document without this member, in hex. */
  readonly hash: string;
  readonly facts: PolicyFacts;
  readonly conditions: readonly CheckedExpression[];
  readonly rules: readonly StoredRule[];
  readonly index: RuleIndex;
}
