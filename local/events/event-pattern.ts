import { refuse } from '../assembly/problem.ts';
import { wildcardMatches } from '../iam/wildcard.ts';

/** Whether an event has what a pattern asks for. */
export type EventMatcher = (event: unknown) => boolean;

type Test = (value: unknown, present: boolean) => boolean;

/**
 * Compiles a pattern of EventBridge's language (rules, stream filters). A field's list means "one of", fields
 * together mean "and", `$or` means "one of these patterns". Operators it does not know are refused with the place.
 */
export function compilePattern(pattern: unknown, place: string): EventMatcher {
  if (typeof pattern !== 'object' || pattern === null || Array.isArray(pattern)) {
    refuse(place, 'an event pattern is an object');
  }
  const fields = Object.entries(pattern).map(([key, value]) => compileField(key, value, `${place}/${key}`));
  return (event) => fields.every((holds) => holds(event));
}

function compileField(key: string, pattern: unknown, place: string): EventMatcher {
  if (key === '$or') {
    if (!Array.isArray(pattern)) refuse(place, '$or takes a list of patterns');
    const choices = pattern.map((choice, i) => compilePattern(choice, `${place}/${i}`));
    return (event) => choices.some((matches) => matches(event));
  }
  const read = (event: unknown) =>
    typeof event === 'object' && event !== null && !Array.isArray(event)
      ? { value: (event as Record<string, unknown>)[key], present: Object.hasOwn(event, key) }
      : { value: undefined, present: false };
  if (Array.isArray(pattern)) {
    const tests = pattern.map((test, i) => compileTest(test, `${place}/${i}`));
    return (event) => {
      const { value, present } = read(event);
      const values = Array.isArray(value) ? value : [value];
      return tests.some((test) => values.some((one) => test(one, present)));
    };
  }
  const nested = compilePattern(pattern, place);
  return (event) => {
    const { value } = read(event);
    return Array.isArray(value) ? value.some(nested) : nested(value);
  };
}

function compileTest(test: unknown, place: string): Test {
  if (typeof test !== 'object' || test === null) return (value, present) => present && value === test;
  const [operator = '', argument] = Object.entries(test)[0] ?? [];
  const onText =
    (holds: (text: string) => boolean): Test =>
    (value) =>
      typeof value === 'string' && holds(value);
  switch (operator) {
    case 'exists':
      return (_, present) => present === argument;
    case 'prefix':
      return onText((text) => text.startsWith(textOf(argument, place)));
    case 'suffix':
      return onText((text) => text.endsWith(textOf(argument, place)));
    case 'equals-ignore-case':
      return onText((text) => text.toLowerCase() === textOf(argument, place).toLowerCase());
    case 'wildcard':
      return onText((text) => wildcardMatches(textOf(argument, place), text));
    case 'numeric':
      return numeric(argument as unknown[], place);
    case 'anything-but': {
      const tests = [argument].flat().map((excluded) => compileTest(excluded, place));
      return (value, present) => present && !tests.some((excluded) => excluded(value, present));
    }
    default:
      return refuse(place, `the operator ${operator} is not supported`);
  }
}

function textOf(argument: unknown, place: string): string {
  return typeof argument === 'string' ? argument : refuse(place, 'expected a text');
}

const COMPARISONS: Record<string, (left: number, right: number) => boolean> = {
  '=': (left, right) => left === right,
  '<': (left, right) => left < right,
  '<=': (left, right) => left <= right,
  '>': (left, right) => left > right,
  '>=': (left, right) => left >= right,
};

/** `[">", 0, "<=", 5]`; stream filters compare numbers that DynamoDB writes as texts. */
function numeric(argument: unknown[], place: string): Test {
  const tests: ((value: number) => boolean)[] = [];
  for (let i = 0; i < argument.length; i += 2) {
    const compare = COMPARISONS[String(argument[i])] ?? refuse(place, `no comparison ${argument[i]}`);
    const right = Number(argument[i + 1]);
    tests.push((left) => compare(left, right));
  }
  return (value) => {
    const isNumber = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
    return isNumber && tests.every((holds) => holds(Number(value)));
  };
}
