import { Ajv } from 'ajv';
import { compilePolicy } from '../../../core/policy/check.ts';
import { decide } from '../../../core/policy/decide.ts';
import type { PolicyInput } from '../../../core/policy/document.ts';
import { explain } from '../../../core/policy/explain.ts';
import { filterPermitted } from '../../../core/policy/filter.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import type { NearestChange } from '../../../core/policy/nearest.ts';
import type { AccessRequest, FieldSet } from '../../../core/policy/types.ts';
import {
  CONCERNS,
  type CorpusCase,
  type CorpusFile,
  type CorpusMatrix,
  corpusContext,
  corpusPolicy,
  corpusResource,
  filesIn,
  readJson,
} from '../../corpus/load.ts';
import { referenceDecide } from './reference.ts';

const ajv = new Ajv({ allErrors: true });
const isPolicy = ajv.compile(readJson('policy.schema.json') as object);
const isCaseFile = ajv.compile(readJson('cases.schema.json') as object);
const isMatrix = ajv.compile(readJson('matrix.schema.json') as object);

const caseFiles = CONCERNS.flatMap(filesIn).map((path): [string, CorpusFile] => [
  path,
  readJson(path) as CorpusFile,
]);
const matrices = filesIn('matrices').map((path): [string, CorpusMatrix] => [
  path,
  readJson(path) as CorpusMatrix,
]);

function member<Value>(of: Readonly<Record<string, Value>>, name: string): Value {
  const value = of[name];
  if (value === undefined) throw new Error(`the file has no ${name}; it has ${Object.keys(of).join(', ')}`);
  return value;
}

function requestOf(
  file: CorpusFile,
  { subject, action, resource, with: more, context, fields }: CorpusCase,
): AccessRequest {
  return {
    subject: member(file.subjects, subject),
    action,
    resource: corpusResource(file.policy, { ...member(file.resources, resource), ...more }),
    context: corpusContext(file.context, context),
    ...(fields && { fields }),
  };
}

const sorted = (fields: FieldSet): FieldSet => (fields === '*' ? fields : [...fields].sort());

function kindOf(nearest: NearestChange | null): string {
  if (!nearest) return 'none';
  return [nearest.remove && 'remove', nearest.add && 'add'].filter(Boolean).join(' and ');
}

function changed(input: PolicyInput, { add, remove = [] }: NearestChange): PolicyInput {
  const kept = input.rules.filter(({ id }) => !remove.includes(id));
  return { ...input, rules: add ? [...kept, add] : kept };
}

describe('the corpus itself', () => {
  it.each(filesIn('policies'))('%s fits the schema of policies', (path) => {
    expect([isPolicy(readJson(path)), isPolicy.errors]).toEqual([true, null]);
  });
  it.each(caseFiles.map(([path]) => path))('%s fits the schema of cases', (path) => {
    expect([isCaseFile(readJson(path)), isCaseFile.errors]).toEqual([true, null]);
  });
  it.each(matrices.map(([path]) => path))('%s fits the schema of matrices', (path) => {
    expect([isMatrix(readJson(path)), isMatrix.errors]).toEqual([true, null]);
  });
  it('has no two cases with one title in a file', () => {
    for (const [path, { cases }] of caseFiles) {
      const titles = cases.map(({ title }) => title);
      expect([path, titles.filter((title, at) => titles.indexOf(title) !== at)]).toEqual([path, []]);
    }
  });
});

describe.each(caseFiles)('%s', (_, file) => {
  it.each(file.cases.map((each) => [each.title, each.rows.join(' '), each] as const))(
    '%s (%s)',
    (_title, _rows, each) => {
      const { input, policy } = corpusPolicy(file.policy);
      const request = requestOf(file, each);
      const { decision, nearest } = explain(policy, request);
      const [reason] = decision.reasons;
      const { expect: wanted } = each;
      expect({
        decision: decision.decision,
        reason: reason?.code,
        ...(wanted.fields && { fields: sorted(decision.fields) }),
        ...(wanted.rules && { rules: reason?.rules }),
        ...(wanted.nearest && { nearest: kindOf(nearest) }),
        bypass: decision.bypass,
      }).toEqual({
        ...wanted,
        ...(wanted.fields && { fields: sorted(wanted.fields) }),
        bypass: wanted.bypass,
      });

      const reference = referenceDecide(input, request);
      expect(reference).toMatchObject({ decision: wanted.decision, code: wanted.reason });
      expect(filterPermitted(policy, request, [request.resource])).toHaveLength(Number(wanted.decision));
      if (nearest) {
        const after = decide(loadPolicy(compilePolicy(changed(input, nearest))), request);
        expect(after.decision).toBe(!decision.decision);
      }
    },
  );

  const lists = file.lists ?? [];
  if (lists.length > 0) {
    it.each(lists.map((each) => [each.title, each] as const))('%s', (_title, each) => {
      const { policy } = corpusPolicy(file.policy);
      const request = {
        subject: member(file.subjects, each.subject),
        action: each.action,
        context: corpusContext(file.context),
      };
      const among = each.among.map((name) => ({
        ...corpusResource(file.policy, member(file.resources, name)),
        name,
      }));
      const found = filterPermitted(policy, request, among);
      const answer = Object.fromEntries(found.map(({ resource, fields }) => [resource.name, sorted(fields)]));
      const wanted = Object.entries(each.expect).map(([name, fields]) => [name, sorted(fields)]);
      expect(answer).toEqual(Object.fromEntries(wanted));
    });
  }
});

describe.each(matrices)('%s', (_, file) => {
  it.each(Object.keys(file.people))('%s may do what the matrix says, and nothing else', (person) => {
    const { input, policy } = corpusPolicy(file.policy);
    const subject = member(file.people, person);
    const context = corpusContext(file.context);
    const cells: Record<string, string> = {};
    for (const [name, written] of Object.entries(file.records)) {
      const resource = corpusResource(file.policy, written);
      const granted = file.operations.flatMap((action) => {
        const { decision, fields } = decide(policy, { subject, action, resource, context });
        expect(referenceDecide(input, { subject, action, resource, context }).decision).toBe(decision);
        if (!decision) return [];
        return fields === '*' ? [action] : [`${action}(${fields.join(' ')})`];
      });
      cells[name] = granted.join(', ');
    }
    expect(cells).toEqual(member(file.matrix, person));
  });
});
