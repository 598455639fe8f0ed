import type { Environment } from '../../environments.ts';
import { DaypassError } from '../../errors.ts';
import type { PolicyDocument, StoredRule } from '../document.ts';
import { type Cell, cellsOf } from './cells.ts';
import { type Gates, gatesOf } from './gates.ts';
import { conditionOf, PermitMaker, type Refused } from './permits.ts';
import { printPermits } from './print.ts';
import { printSchema } from './schema.ts';
import { any, CedarRefusal, NEVER, relation, type Test } from './syntax.ts';
import { Vocabulary } from './vocabulary.ts';

/** A policy of one environment for Cedar's tools. */
export interface CedarExport {
  readonly environment: Environment;
  /** Permits only, as text. With the schema they validate strictly, so that none can err and be skipped. */
  readonly policies: string;
  readonly schema: string;
  /**
   * Rules that Cedar cannot say. Allows among them are left out and denies are taken to deny, so that Cedar never permits
   * what Daypass would not; where there are none, it permits exactly the same.
   */
  readonly refused: readonly Refused[];
  /** For `cedarRequests`. */
  readonly vocabulary: Vocabulary;
}

/**
 * Exports a policy to Cedar for one environment. Our tiers become plain permits, each with the denies that stand before
 * it in `unless`; gates and exemptions are written out. Nothing is evaluated here.
 * @throws DaypassError DEFINITION_INVALID when a record type cannot be named in Cedar
 */
export function exportCedar(document: PolicyDocument, environment: Environment): CedarExport {
  const vocabulary = vocabularyOf(document);
  const cells = cellsOf(document, vocabulary);
  const maker = new PermitMaker(document, vocabulary, environment);
  const signsIn = signInTest(cells, maker, environment);
  const permits = cells.flatMap((cell) => maker.permitsOf(cell, gatesOf(cell, signsIn)));
  return {
    environment,
    policies: `${HEAD}${printPermits(permits)}`,
    schema: printSchema(vocabulary, cells),
    refused: [...maker.refused.values()],
    vocabulary,
  };
}

const HEAD = `// Each permit is one rule for one of those whom it names; the rules that deny before it stand in \`unless\`.
// The environment is fixed. Whoever signs in holds Role::"AuthenticatedUser", anonymous callers NonAuthenticatedUser.

`;

function vocabularyOf({ facts }: PolicyDocument): Vocabulary {
  try {
    return new Vocabulary(facts);
  } catch (error) {
    if (!(error instanceof CedarRefusal)) throw error;
    throw new DaypassError('DEFINITION_INVALID', `the policy cannot be exported to Cedar: ${error.message}`);
  }
}

/** Whether a principal may sign in to the environment: the permits for that, as one condition. */
function signInTest(cells: readonly Cell[], maker: PermitMaker, environment: Environment): Test {
  const cell = cells.find(({ kind, action }) => kind.type === 'environment' && action === 'signIn');
  if (!cell) return NEVER;
  const rules = cell.rules.filter(({ resource: { id } }) => id === undefined || id === environment);
  const permits = maker.permitsOf({ ...cell, rules: rules.map(anywhere) }, NO_GATES);
  return any(...together(permits.map(conditionOf)));
}

const NO_GATES: Gates = { ofAnybody: [], ofUsers: [] };

/** A rule on signing in as it counts wherever else something is asked: of an environment, which belongs to nobody. */
function anywhere({ fields: _, ...rule }: StoredRule): StoredRule {
  const subjects = rule.subjects.filter(({ kind }) => kind !== 'appOwner' && kind !== 'recordOwner');
  return { ...rule, subjects, resource: { type: 'environment' } };
}

/** Memberships in single roles as one membership in any of them. */
function together(tests: readonly Test[]): Test[] {
  const roles: string[] = [];
  const others = tests.filter((test) => {
    const [, role] = (test.is === 'relation' && /^principal in (\w+::\w+::"[^"]*")$/.exec(test.text)) || [];
    if (role !== undefined) roles.push(role);
    return role === undefined;
  });
  return roles.length > 1
    ? [relation(`principal in [${[...new Set(roles)].join(', ')}]`), ...others]
    : [...tests];
}
