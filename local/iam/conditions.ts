import { wildcardMatches } from './wildcard.ts';

/** What a request says about itself: condition key (lower case) → its values. */
export type RequestContext = Record<string, string[]>;

type Comparison = (actual: string, expected: string) => boolean;

const COMPARISONS: Record<string, Comparison> = {
  StringEquals: (actual, expected) => actual === expected,
  StringEqualsIgnoreCase: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  StringLike: (actual, expected) => wildcardMatches(expected, actual),
  ArnEquals: (actual, expected) => wildcardMatches(expected, actual),
  ArnLike: (actual, expected) => wildcardMatches(expected, actual),
  Bool: (actual, expected) => actual.toLowerCase() === expected.toLowerCase(),
  NumericEquals: (actual, expected) => Number(actual) === Number(expected),
  NumericLessThanEquals: (actual, expected) => Number(actual) <= Number(expected),
};

const NEGATED: Record<string, string> = {
  StringNotEquals: 'StringEquals',
  StringNotEqualsIgnoreCase: 'StringEqualsIgnoreCase',
  StringNotLike: 'StringLike',
  ArnNotEquals: 'ArnEquals',
  ArnNotLike: 'ArnLike',
};

/** The condition keys that the local system can answer; those of a service are set by its part of the endpoint. */
const KNOWN_KEYS = new Set([
  'aws:principalarn',
  'aws:securetransport',
  'aws:sourceaccount',
  'aws:sourcearn',
  'dynamodb:attributes',
  'dynamodb:enclosingoperation',
  'dynamodb:leadingkeys',
  'dynamodb:returnvalues',
  'dynamodb:select',
  'ses:fromaddress',
  'ses:recipients',
]);

function parseOperator(operator: string) {
  const match = /^(?:(ForAllValues|ForAnyValue):)?(.*?)(IfExists)?$/.exec(operator);
  return { set: match?.[1], base: match?.[2] ?? '', ifExists: match?.[3] !== undefined };
}

/** Why this operator or key cannot be evaluated here; undefined when it can. */
export function conditionProblem(operator: string, key: string): string | undefined {
  const { base } = parseOperator(operator);
  if (base !== 'Null' && !COMPARISONS[base] && !NEGATED[base])
    return `the operator ${operator} is not supported`;
  if (!KNOWN_KEYS.has(key.toLowerCase())) return `the condition key ${key} is not supported`;
  return undefined;
}

/** Whether one operator with one key holds for a request. */
export function conditionHolds(
  operator: string,
  key: string,
  expected: string[],
  context: RequestContext,
): boolean {
  const { set, base, ifExists } = parseOperator(operator);
  const actual = context[key.toLowerCase()];
  if (base === 'Null') return expected.some((value) => (value === 'true') === (actual === undefined));
  if (actual === undefined) return ifExists || set === 'ForAllValues' || base in NEGATED;
  const compare = COMPARISONS[NEGATED[base] ?? base] as Comparison;
  const matchesOne = (value: string) => expected.some((candidate) => compare(value, candidate));
  const test = base in NEGATED ? (value: string) => !matchesOne(value) : matchesOne;
  if (set === 'ForAllValues') return actual.every(test);
  if (set === 'ForAnyValue') return actual.some(test);
  return base in NEGATED ? actual.every(test) : actual.some(test);
}
