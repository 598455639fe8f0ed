/** What Cedar cannot say, in words that end a sentence about a rule or a record. */
export class CedarRefusal extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'CedarRefusal';
  }
}

/** A Boolean expression of Cedar, as a tree: what is always true or never true falls away before it is written. */
export type Test =
  | { readonly is: 'constant'; readonly value: boolean }
  | { readonly is: 'relation'; readonly text: string }
  | { readonly is: 'not'; readonly of: Test }
  /** Cedar knows after `if x has a` that `x.a` is there, and not after `!(x has a) ||`. */
  | { readonly is: 'where'; readonly condition: Test; readonly then: Test }
  | { readonly is: 'all' | 'any'; readonly of: readonly Test[] };

/** A condition of a policy, with a word on what it is for where the policy is not the place to look. */
export interface Clause {
  readonly says?: string;
  readonly test: Test;
}

export const ALWAYS: Test = { is: 'constant', value: true };
export const NEVER: Test = { is: 'constant', value: false };

/** A comparison, a `has`, a call: whatever stands between two `&&` without parentheses. */
export function relation(text: string): Test {
  return { is: 'relation', text };
}

/** All of them, tried from left to right: an attribute is read after the `has` before it. */
export function all(...tests: readonly Test[]): Test {
  return joined('all', tests);
}

export function any(...tests: readonly Test[]): Test {
  return joined('any', tests);
}

export function not(test: Test): Test {
  if (test.is === 'constant') return test.value ? NEVER : ALWAYS;
  return test.is === 'not' ? test.of : { is: 'not', of: test };
}

/** `then`, where `condition` holds; nothing is asked elsewhere. */
export function where(condition: Test, then: Test): Test {
  if (condition.is === 'constant') return condition.value ? then : ALWAYS;
  if (then.is === 'constant') return then.value ? ALWAYS : not(condition);
  return { is: 'where', condition, then };
}

function joined(is: 'all' | 'any', tests: readonly Test[]): Test {
  const neutral = is === 'all';
  const kept: Test[] = [];
  for (const test of tests) {
    if (test.is === 'constant') {
      if (test.value !== neutral) return test;
      continue;
    }
    for (const part of test.is === is ? test.of : [test]) {
      if (!kept.some((other) => sameTest(other, part))) kept.push(part);
    }
  }
  if (kept.length === 0) return neutral ? ALWAYS : NEVER;
  return kept.length === 1 ? (kept[0] as Test) : { is, of: kept };
}

function sameTest(a: Test, b: Test): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** The text of an expression; long ones over several lines. */
export function printTest(test: Test, indent = '  '): string {
  switch (test.is) {
    case 'constant':
      return String(test.value);
    case 'relation':
      return test.text;
    case 'not':
      return `!(${printTest(test.of, indent)})`;
    case 'where': {
      const inner = `${indent}  `;
      const [condition, then] = [printTest(test.condition, inner), printTest(test.then, inner)];
      const line = `if ${condition} then ${then} else true`;
      return isShort(line) ? line : `if ${condition}\n${indent}then ${then}\n${indent}else true`;
    }
    default: {
      const parts = test.of.map((part) =>
        part.is === 'all' || part.is === 'any' || part.is === 'where'
          ? `(${printTest(part, `${indent}  `)})`
          : printTest(part, indent),
      );
      const sign = test.is === 'all' ? '&&' : '||';
      const line = parts.join(` ${sign} `);
      return isShort(line) ? line : parts.join(` ${sign}\n${indent}`);
    }
  }
}

function isShort(line: string): boolean {
  return line.length <= 96 && !line.includes('\n');
}

/** A string literal. @throws CedarRefusal for text that is no Unicode */
export function stringLiteral(text: string): string {
  return `"${escaped(text)}"`;
}

/** The literal of a `like` pattern that stands for the text itself. */
export function patternText(text: string): string {
  return escaped(text).replaceAll('*', '\\*');
}

function escaped(text: string): string {
  if (!text.isWellFormed()) throw new CedarRefusal('a text in it is no Unicode');
  return text.replace(/["\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character === '"' || character === '\\'
      ? `\\${character}`
      : `\\u{${(character.codePointAt(0) as number).toString(16)}}`,
  );
}

/** A number as Cedar's decimal: at most four digits after the point. @throws CedarRefusal for any other */
export function decimalText(value: number): string {
  const text = value.toFixed(4);
  if (!(Math.abs(value) <= LARGEST_DECIMAL) || Number(text) !== value) {
    throw new CedarRefusal(`${value} is no number of at most four decimal places`);
  }
  return text.replace(/0{1,3}$/, '');
}

const LARGEST_DECIMAL = 922_337_203_685_477;

/** An instant (epoch milliseconds) as Cedar's datetime. @throws CedarRefusal outside of the years 0 to 9999 */
export function datetimeText(at: number): string {
  const text = Number.isNaN(new Date(at).getTime()) ? '' : new Date(at).toISOString();
  if (!/^\d{4}-/.test(text)) throw new CedarRefusal(`${at} ms is an instant outside of the years 0 to 9999`);
  return text;
}
