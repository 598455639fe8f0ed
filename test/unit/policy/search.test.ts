import fc from 'fast-check';
import { compilePolicy } from '../../../core/policy/check.ts';
import { decide } from '../../../core/policy/decide.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { holderOf, reachedOperations, whoReaches } from '../../../core/policy/search.ts';
import type { AccessRequest } from '../../../core/policy/types.ts';
import { FACTS, policyInput, request } from './cedar-cases.ts';

const aboutRecords = request.filter(({ resource }) => resource.type === 'record');

describe('searching a policy', () => {
  it('names exactly those who are granted something when they are asked about one by one, and see the record', () => {
    let found = 0;
    fc.assert(
      fc.property(
        policyInput,
        aboutRecords,
        fc.array(aboutRecords, { minLength: 4, maxLength: 8 }),
        (input, { resource }, others) => {
          const policy = loadPolicy(compilePolicy(input));
          const reached = whoReaches(
            policy,
            others,
            ({ subject }) => subject,
            resource,
            ({ context }) => context,
          );
          const expected = others.flatMap((of) => {
            const granted = operationsOf(resource).filter((action) => granting(policy, of, action, resource));
            return granted.length > 0 ? [{ of, granted }] : [];
          });
          found += expected.length;
          expect(
            reached.map(({ of, operations }) => ({ of, granted: operations.map(({ id }) => id) })),
          ).toEqual(expected);
        },
      ),
      { numRuns: 100, seed: 37 },
    );
    expect(found).toBeGreaterThan(50);
  });

  it('of a role says what everybody who holds it may do, and nothing that depends on who it is', () => {
    const policy = loadPolicy(
      compilePolicy({
        ...FACTS,
        rules: [
          allow('signsIn', ['signIn'], { type: 'environment' }),
          allow('any', ['view'], CASES),
          { ...allow('own', ['edit'], CASES), condition: 'record.title == me.id' },
          { ...allow('open', ['close'], CASES), condition: 'record.state == "open"' },
        ],
      }),
    );
    const resource = { ...CASES, id: 'x1', state: 'open', values: { title: 'u1' } };
    const context = { now: 0, environment: 'production', channel: 'browser' } as const;

    expect(reachedOperations(policy, holderOf('r1'), resource, context)).toEqual([
      { id: 'view', kind: 'view', fields: '*', rules: ['any'] },
      { id: 'close', kind: 'transition', fields: '*', rules: ['open'] },
    ]);
    expect(reachedOperations(policy, holderOf('r2'), resource, context)).toEqual([]);
  });
});

const CASES = { type: 'record', app: 'desk', recordType: 'case' } as const;

function allow(id: string, actions: string[], resource: { type: 'record' | 'environment' }) {
  const subjects = [{ kind: 'role' as const, id: 'r1' }];
  return { id, effect: 'allow' as const, subjects, actions, resource, source: `test/${id}` };
}

function operationsOf({ app, recordType }: AccessRequest['resource']): string[] {
  const operations = FACTS.apps[app ?? '']?.recordTypes[recordType ?? '']?.operations ?? {};
  return Object.keys(operations).filter((id) => operations[id]?.kind !== 'add');
}

function granting(
  policy: Parameters<typeof decide>[0],
  { subject, context }: AccessRequest,
  action: string,
  resource: AccessRequest['resource'],
): boolean {
  const operations = Object.entries(
    FACTS.apps[resource.app ?? '']?.recordTypes[resource.recordType ?? '']?.operations ?? {},
  );
  const [view = 'view'] = operations.filter(([, { kind }]) => kind === 'view').map(([id]) => id);
  return [action, view].every(
    (each) => decide(policy, { subject, action: each, resource, context }).decision,
  );
}
