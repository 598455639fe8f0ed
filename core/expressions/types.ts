/** Types that an expression's values have. `dyn` is known only when it is evaluated. */
export const VALUE_TYPES = [
  'string',
  'double',
  'bool',
  'timestamp',
  'duration',
  'null',
  'list<string>',
  'list<double>',
  'list<bool>',
  'list',
  'map',
  'dyn',
] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

/**
 * What may be written after a root and a dot, by name. A field that refers to another record is
 * `{ references: … }`: by itself it is the id (a string); one further dot reads the referenced record.
 */
export type Fields = Readonly<Record<string, FieldType>>;
export type FieldType = ValueType | { readonly references: Fields };

/**
 * What an expression may name. A root that is left out cannot be named, except `me`, `site` and (where `record` is
 * given) the record's own properties, which have the standard fields of `scope.ts` unless others are given.
 */
export interface Scope {
  /** The record's fields. */
  readonly record?: Fields;
  /** The record's own properties, read as `record.<name>` where no field has that name. */
  readonly meta?: Fields;
  readonly me?: Fields;
  readonly params?: Fields;
  readonly site?: Fields;
  /** Task mappings: the record that a data action has acted on. */
  readonly result?: Fields;
  /** Task mappings: the record that the data action's source has found. */
  readonly source?: Fields;
}

/** The object that a path starts from. `meta` and `related` are written as `record.…` in the source. */
export type Root = 'record' | 'meta' | 'related' | 'me' | 'params' | 'site' | 'result' | 'source' | 'now';

/** Values for one evaluation: plain JSON. Dates and times are ISO-8601 text, `now` is milliseconds since the epoch. */
export interface ScopeValues {
  readonly record?: object | undefined;
  /** The record's own properties; if absent they are looked up in `record`. */
  readonly meta?: object | undefined;
  /** Referenced records by the referring field: `{ reportedBy: { userAccount: 'u1' } }`. */
  readonly related?: Readonly<Record<string, object | undefined>> | undefined;
  readonly me?: object | undefined;
  readonly params?: object | undefined;
  readonly site?: object | undefined;
  readonly result?: object | undefined;
  readonly source?: object | undefined;
  readonly now?: number | undefined;
}

export type BinaryOperator =
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '&&'
  | '||'
  | 'in'
  | '+'
  | '-'
  | '*'
  | '/';
export type FunctionName = 'size' | 'startsWith' | 'endsWith' | 'contains' | 'string';

/**
 * A checked expression's tree: plain JSON, so that a published definition stores it and no parser is needed to run it.
 * A timestamp or duration literal is a `value` in milliseconds with that type.
 */
export type Node =
  | { readonly op: 'value'; readonly type: ValueType; readonly value: string | number | boolean | null }
  | { readonly op: 'get'; readonly type: ValueType; readonly root: Root; readonly path: readonly string[] }
  | { readonly op: 'has'; readonly type: 'bool'; readonly root: Root; readonly path: readonly string[] }
  | { readonly op: 'list'; readonly type: ValueType; readonly args: readonly Node[] }
  | { readonly op: '!' | 'neg'; readonly type: ValueType; readonly args: readonly [Node] }
  | { readonly op: '==' | '!='; readonly type: ValueType; readonly args: readonly [Node, Node] }
  | {
      readonly op: Exclude<BinaryOperator, '==' | '!='>;
      readonly type: ValueType;
      readonly args: readonly [Node, Node];
    }
  | { readonly op: '?:'; readonly type: ValueType; readonly args: readonly [Node, Node, Node] }
  | {
      readonly op: 'call';
      readonly type: ValueType;
      readonly name: FunctionName;
      readonly args: readonly Node[];
    };

/** What a definition stores: source text for people, tree for the evaluator. */
export interface CheckedExpression {
  readonly source: string;
  readonly type: ValueType;
  /** Paths as written, e.g. `record.assignedTo`, `me.id`, `now`; sorted, each once. */
  readonly reads: readonly string[];
  readonly ast: Node;
}

/** Largest expression that is accepted. */
export const EXPRESSION_LIMITS = { length: 2000, depth: 32, nodes: 400, listElements: 200 } as const;
