import { DaypassError } from '../errors.ts';
import { checkExpression } from '../expressions/check.ts';
import type { CheckedExpression, Scope, ValueType } from '../expressions/types.ts';
import type { CheckContext } from './check-context.ts';
import { takeExpression } from './check-expressions.ts';
import type { Field, RecordType } from './definition.ts';
import { FORMULAS_LIMIT, longestResult, longestValue } from './formula-length.ts';
import { formulaSources, orderFormulas } from './formulas.ts';
import type { Path } from './problems.ts';
import { fieldsOf, recordScopes } from './scope.ts';

const FORMULA_TYPES: readonly ValueType[] = ['string', 'double', 'bool', 'timestamp', 'list<string>'];

/**
 * Type-checks a record type's formulas, each after those that it reads.
 * @returns the type of each formula that is right, and the formulas that read a token, directly or through others
 */
export function checkFormulas(
  context: CheckContext,
  type: RecordType,
  path: Path,
): { types: ReadonlyMap<string, ValueType>; secret: ReadonlySet<string> } {
  const formulas = new Map<string, { source: string; path: Path }>();
  for (const [at, field] of type.fields.entries()) {
    if (field.type !== 'formula' || field.formula === undefined || formulas.has(field.id)) continue;
    formulas.set(field.id, { source: field.formula, path: [...path, 'fields', at, 'formula'] });
  }
  const types = new Map<string, ValueType>();
  const scopeNow = () => recordScopes(fieldsOf(type, context.find, types)).formula;

  // Types are not known yet: this first reading only finds out what each formula names.
  const untyped = scopeNow();
  const reads = new Map<string, readonly string[]>();
  for (const [id, { source }] of formulas) reads.set(id, readingOf(source, untyped)?.reads ?? []);

  const { order, circles } = orderFormulas(reads);
  for (const circle of circles) {
    for (const id of circle) {
      const names = [...circle, circle[0]].join(' → ');
      context.report(formulas.get(id)?.path ?? path, `formulas read each other in a circle: ${names}`);
    }
  }
  const circular = new Set(circles.flat());
  const lengths = new FormulaLengths(context, type);
  for (const id of order.filter((each) => !circular.has(each))) {
    const { source, path: at } = formulas.get(id) as { source: string; path: Path };
    const checked = takeExpression(context, at, source, scopeNow(), FORMULA_TYPES);
    if (checked) types.set(id, checked.type === 'dyn' ? 'string' : checked.type);
    if (checked) lengths.add(id, checked, at);
    for (const name of namesOfRuntimeOnly(checked, type)) {
      context.report(at, `"${name}" cannot be used here: it is only on the form and never stored`);
    }
  }
  const tokens = new Set(type.fields.filter((field) => field.type === 'token').map((field) => field.id));
  const secret = new Set(
    [...formulas.keys()].filter((id) => [...formulaSources(id, reads)].some((source) => tokens.has(source))),
  );
  return { types, secret };
}

/** How long a record type's formulas can become, each after those that it reads. */
class FormulaLengths {
  readonly #context: CheckContext;
  readonly #type: RecordType;
  readonly #fields: ReadonlyMap<string, Field>;
  readonly #longest = new Map<string, number>();
  #together = 0;

  constructor(context: CheckContext, type: RecordType) {
    this.#context = context;
    this.#type = type;
    this.#fields = new Map(type.fields.map((field) => [field.id, field]));
  }

  /** Takes one more; the first one with which they become too long together is reported. */
  add(id: string, { ast }: CheckedExpression, path: Path): void {
    const longest = longestResult(ast, (read) => this.#ofField(read));
    this.#longest.set(id, longest);
    const before = this.#together;
    this.#together += longest;
    if (before > FORMULAS_LIMIT || this.#together <= FORMULAS_LIMIT) return;
    const [own, all, most] = [longest, this.#together, FORMULAS_LIMIT].map((each) =>
      each.toLocaleString('en'),
    );
    this.#context.report(
      path,
      `"${id}" can become ${own} characters long, and the formulas of ${this.#type.name} ${all} together; at most ${most} are possible. Give the fields that it reads a smaller maxLength, or read fewer of them.`,
    );
  }

  #ofField(id: string): number {
    const known = this.#longest.get(id);
    if (known !== undefined) return known;
    const field = this.#fields.get(id);
    return field ? longestValue(field, this.#context.site.roles) : 0;
  }
}

function readingOf(source: string, scope: Scope): CheckedExpression | undefined {
  try {
    return checkExpression(source, scope);
  } catch (error) {
    if (error instanceof DaypassError) return undefined;
    throw error;
  }
}

function namesOfRuntimeOnly(checked: CheckedExpression | undefined, type: RecordType): string[] {
  const reads = new Set(checked?.reads ?? []);
  return type.fields
    .filter((field) => field.runtimeOnly && reads.has(`record.${field.id}`))
    .map((field) => field.id);
}
