import cedar, { type AuthorizationAnswer } from '@cedar-policy/cedar-wasm/nodejs';
import fc from 'fast-check';
import { DaypassError } from '../../../core/errors.ts';
import { type CedarExport, exportCedar } from '../../../core/policy/cedar/export.ts';
import { cedarRequests } from '../../../core/policy/cedar/request.ts';
import { compilePolicy } from '../../../core/policy/check.ts';
import { decide } from '../../../core/policy/decide.ts';
import type { PolicyInput } from '../../../core/policy/document.ts';
import { selectorKey } from '../../../core/policy/keys.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { sitePolicy } from '../../../core/policy/site-policy.ts';
import type { AccessRequest, RuleDraft } from '../../../core/policy/types.ts';
import { exampleApps, exampleSite } from '../../fixtures/property-management.ts';
import { FACTS, policyInput, request } from './cedar-cases.ts';

/** Policies; `CEDAR_RUNS=5000` tries as many as it says. */
const RUNS = Number(process.env.CEDAR_RUNS ?? 250);
/** Questions to each of them, at most. */
const QUESTIONS = 24;

/** What Cedar answers to one of our questions. */
interface Verdict {
  allows: boolean;
  /** The permits that allow, and whatever went wrong. */
  because: string[];
}

/** Has requests checked against the schema; for some policies only, because reading a schema takes Cedar longest. */
type Checking = { preparsedSchemaName: 'schema'; validateRequest: true } | object;

function prepare(exported: CedarExport, input: PolicyInput): Checking {
  const checks = input.rules.length % 4 === 0;
  const answers = [
    ...(checks ? [cedar.preparseSchema('schema', exported.schema)] : []),
    cedar.preparsePolicySet('policies', { staticPolicies: exported.policies }),
  ];
  for (const answer of answers) if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
  return checks ? { preparsedSchemaName: 'schema', validateRequest: true } : {};
}

function ask(exported: CedarExport, asked: AccessRequest, checking: Checking): Verdict {
  const answers = cedarRequests(exported, asked).map((each) =>
    cedar.statefulIsAuthorized({
      ...each,
      ...checking,
      preparsedPolicySetId: 'policies',
    } as unknown as Parameters<typeof cedar.statefulIsAuthorized>[0]),
  );
  return {
    allows: answers.every((answer) => answer.type === 'success' && answer.response.decision === 'allow'),
    because: answers.flatMap((answer) => reasons(exported, answer)),
  };
}

function reasons({ policies }: CedarExport, answer: AuthorizationAnswer): string[] {
  if (answer.type === 'failure') return answer.errors.map(({ message }) => `failed: ${message}`);
  const { reason, errors } = answer.response.diagnostics;
  const permits = policies.split(/\n(?=@rule)/).slice(1);
  return [
    ...reason.map((id) => permits[Number(id.replace('policy', ''))] ?? id),
    ...errors.map(({ error }) => `erred: ${error.message}`),
  ];
}

/** Where the two do not agree, or Cedar had to skip a policy. */
function disagreement(input: PolicyInput, questions: readonly AccessRequest[]): string | undefined {
  const document = compilePolicy(input);
  const exported = exportCedar(document, 'production');
  if (exported.refused.length > 0) return `refused: ${JSON.stringify(exported.refused)}`;
  const policy = loadPolicy(document);
  const checking = prepare(exported, input);
  for (const asked of questions) {
    const ours = decide(policy, asked);
    const theirs = ask(exported, asked, checking);
    const skipped = theirs.because.some((text) => /^(failed|erred)/.test(text));
    if (ours.decision !== theirs.allows || skipped) {
      return [
        `Daypass: ${ours.decision} (${ours.reasons[0]?.code}, ${ours.reasons[0]?.rules.join(' ')})`,
        `Cedar:   ${theirs.allows}`,
        ...input.rules.map(ruleText),
        `asked:   ${JSON.stringify(asked)}`,
        ...theirs.because,
      ].join('\n');
    }
  }
  return undefined;
}

function ruleText({ id, effect, subjects, actions, resource, condition, fields }: RuleDraft): string {
  const { type, ...parts } = resource;
  return [
    `${id}:  `,
    effect,
    subjects.map(selectorKey).join('|'),
    actions.join('|'),
    [type, ...Object.values(parts)].join('/'),
    condition ? `if ${condition}` : '',
    fields ? `fields ${fields}` : '',
  ].join(' ');
}

describe('the export to Cedar', () => {
  it(`decides ${RUNS} random policies as Daypass does, and no policy errs`, () => {
    const answers = { true: 0, false: 0 };
    const property = fc.property(
      policyInput,
      fc.array(request, { minLength: 1, maxLength: QUESTIONS, size: 'max' }),
      (input, questions) => {
        const policy = loadPolicy(compilePolicy(input));
        for (const asked of questions) answers[`${decide(policy, asked).decision}`]++;
        return disagreement(input, questions) === undefined;
      },
    );
    const { failed, counterexample } = fc.check(property, { numRuns: RUNS, seed: 29 });

    // fast-check has made the policy and its questions as small as it can before this is told.
    if (failed && counterexample) throw new Error(smallest(...counterexample));
    expect(answers.true).toBeGreaterThan(RUNS);
    expect(answers.false).toBeGreaterThan(RUNS);
  });

  it('never permits what Daypass does not, whatever had to be refused', () => {
    const counts = { refused: 0, permitted: 0 };
    const property = fc.property(
      policyInput,
      fc.array(request, { maxLength: QUESTIONS }),
      (input, questions) => {
        const partly = { ...input, rules: input.rules.map(unexportable) };
        const document = compilePolicy(partly);
        const exported = exportCedar(document, 'production');
        const policy = loadPolicy(document);
        const checking = prepare(exported, partly);
        counts.refused += exported.refused.length;
        for (const asked of questions) {
          if (!ask(exported, asked, checking).allows) continue;
          counts.permitted++;
          expect([asked, decide(policy, asked).decision]).toEqual([asked, true]);
        }
      },
    );
    fc.assert(property, { numRuns: 60, seed: 41 });
    expect(counts.refused).toBeGreaterThan(30);
    expect(counts.permitted).toBeGreaterThan(30);
  });

  it('validates strictly: no policy can err on any request that fits the schema', () => {
    const inputs = fc.sample(policyInput, { numRuns: 6, seed: 31 });
    const documents = [...inputs.map(compilePolicy), examplePolicy()];

    for (const document of documents) {
      const { policies, schema } = exportCedar(document, 'production');
      expect(cedar.validate({ schema, policies: { staticPolicies: policies } })).toMatchObject({
        type: 'success',
        validationErrors: [],
      });
    }
  });

  it('is of permits only, each with the denies of its tier and of those before it', () => {
    const { policies } = exportCedar(
      compilePolicy({
        ...FACTS,
        rules: [
          onCases('ofRole', 'allow', { kind: 'role', id: 'r1' }),
          onCases('ofProfile', 'deny', { kind: 'profile', id: 'p1' }, 'record.title == "a"'),
          onCases('ofDefault', 'deny', { kind: 'default' }),
        ],
      }),
      'production',
    );
    const permit = policies.split(/\n(?=@rule)/).find((text) => text.startsWith('@rule("ofRole")'));

    expect(policies).not.toMatch(/^forbid/m);
    expect(permit).toContain('principal in Daypass::Role::"r1",\n  action == Daypass::Action::"view"');
    expect(permit).toContain(
      'unless { // "ofProfile"\n  principal in Daypass::Profile::"p1" &&\n  !(resource.values has title && !(resource.values.title == "a"))\n}',
    );
    expect(permit).not.toContain('ofDefault');
  });

  it.each([
    ['record.title + "x" == "ax"', 'Cedar cannot join texts'],
    ['record.amount * 2 > 3', 'Cedar has no arithmetic with numbers that have a fraction'],
    ['size(record.tags) == 2', 'Cedar can tell whether there is nothing, and cannot count'],
    ['record.title < "m"', 'Cedar does not order a string and a string'],
    ['record.title.startsWith(me.name)', 'Cedar looks for fixed texts only: startsWith(…) needs a literal'],
    ['record.amount == 0.00001', '0.00001 is no number of at most four decimal places'],
  ])('refuses by name what Cedar cannot say: %s', (condition, reason) => {
    const input = {
      ...FACTS,
      rules: [
        onCases('allows', 'allow', { kind: 'role', id: 'r1' }),
        onCases('denies', 'deny', { kind: 'role', id: 'r2' }, condition),
        onCases('allowsMore', 'allow', { kind: 'role', id: 'r2' }, condition),
      ],
    };
    const { refused, policies } = exportCedar(compilePolicy(input), 'production');

    const named = ['denies', 'allowsMore'].map((rule) => ({ rule, source: `test/${rule}`, reason }));
    expect(refused).toEqual(named);
    // A refused deny is taken to deny, a refused allow is left out.
    expect(policies).toContain('unless { // "denies"\n  principal in Daypass::Role::"r2"\n}');
    expect(policies).not.toContain('allowsMore');
  });

  it('refuses a site whose record types cannot be told apart in Cedar', () => {
    const { desk } = FACTS.apps;
    const input = { ...FACTS, apps: { 'a-b': desk, a_b: desk }, rules: [] } as PolicyInput;

    expect(() => exportCedar(compilePolicy(input), 'production')).toThrow(DaypassError);
  });
});

function smallest(input: PolicyInput, questions: readonly AccessRequest[]): string {
  return `${disagreement(input, questions)}`;
}

/** Half of the rules with conditions that Cedar cannot say. */
function unexportable(rule: RuleDraft, at: number): RuleDraft {
  const { app, recordType } = rule.resource;
  const isOfCases = app === 'desk' && recordType === 'case' && rule.resource.type === 'record';
  return at % 2 === 0 && isOfCases ? { ...rule, condition: 'record.title < "b"' } : rule;
}

function onCases(
  id: string,
  effect: 'allow' | 'deny',
  selector: RuleDraft['subjects'][number],
  condition?: string,
): RuleDraft {
  return {
    id,
    effect,
    subjects: [selector],
    actions: ['view'],
    resource: { type: 'record', app: 'desk', recordType: 'case' },
    ...(condition && { condition }),
    source: `test/${id}`,
  };
}

function examplePolicy() {
  return sitePolicy({ roles: exampleSite().roles, apps: exampleApps() });
}
