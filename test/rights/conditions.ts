/** What a condition is asked about: a record's values and state, and who asks. */
export interface Asked {
  values: Readonly<Record<string, unknown>>;
  state: string;
  me: string;
}

/** Undefined: it cannot be evaluated. */
type Test = (asked: Asked) => boolean | undefined;

const owned: Test = ({ values, me }) => (typeof values.owner === 'string' ? values.owner === me : undefined);
const small: Test = ({ values }) => (typeof values.amount === 'number' ? values.amount < 1000 : undefined);
const open: Test = ({ state }) => state === 'Open';

/** The conditions of drawn permissions, each with what it means, said a second time and without the product's engine. */
export const CONDITIONS: Readonly<Record<string, readonly Test[]>> = {
  'record.owner == me.id': [owned],
  'record.amount < 1000.0': [small],
  'record.state == "Open"': [open],
  'record.owner == me.id && record.amount < 1000.0': [owned, small],
  'record.owner == me.id && record.state == "Open"': [owned, open],
};

/** Whether a condition holds; a missing one always does. */
export function holds(condition: string | undefined, asked: Asked): boolean | undefined {
  if (condition === undefined) return true;
  const tests = CONDITIONS[condition];
  if (!tests) throw new Error(`the judge does not know the condition ${condition}`);
  const answers = tests.map((test) => test(asked));
  if (answers.includes(false)) return false;
  return answers.includes(undefined) ? undefined : true;
}

/** Whether one condition asks no more than another: all its conjuncts are among the other's. */
export function asksNoMore(own: string | undefined, other: string | undefined): boolean {
  if (own === undefined) return true;
  return other !== undefined && own.split(' && ').every((part) => other.split(' && ').includes(part));
}
