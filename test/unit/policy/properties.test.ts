import fc from 'fast-check';
import { compilePolicy } from '../../../core/policy/check.ts';
import { decide } from '../../../core/policy/decide.ts';
import type { PolicyInput } from '../../../core/policy/document.ts';
import { explain } from '../../../core/policy/explain.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import type { NearestChange } from '../../../core/policy/nearest.ts';
import { encodePolicy } from '../../../core/policy/text.ts';
import type { AccessRequest, Decision, Rule } from '../../../core/policy/types.ts';
import { policyInput, request } from './random.ts';
import { referenceDecide } from './reference.ts';

const requests = fc.array(request, { minLength: 8, maxLength: 8 });

function summary({ decision, fields, reasons: [reason] }: Decision) {
  return { decision, fields, code: reason?.code, rules: [...(reason?.rules ?? [])].sort() };
}

function changed(input: PolicyInput, { add, remove = [] }: NearestChange): PolicyInput {
  const kept = input.rules.filter(({ id }) => !remove.includes(id));
  return { ...input, rules: add ? [...kept, textual(add)] : kept };
}

const textual = ({ condition, ...rule }: Rule) => ({
  ...rule,
  ...(condition && { condition: condition.source }),
});

describe('the compiled engine over random policies', () => {
  it('decides as the reference interpreter does: decision, fields, reason and rules', () => {
    const seen = new Map<string, number>();
    fc.assert(
      fc.property(policyInput, requests, (input, asked) => {
        const policy = loadPolicy(compilePolicy(input));
        for (const each of asked) {
          const ours = summary(decide(policy, each));
          seen.set(ours.code ?? '', (seen.get(ours.code ?? '') ?? 0) + 1);
          expect(ours).toEqual(referenceDecide(input, each));
          expect(summary(decide(policy, { ...each, subject: { ...each.subject } }))).toEqual(ours);
        }
      }),
      { numRuns: 600, seed: 11 },
    );
    const codes =
      'BYPASS CEILING CHANNEL ENVIRONMENT FIELD FORBIDDEN GRANTED INVARIANT NOT_GRANTED NOT_LIVE NO_CREDENTIAL SCOPE STATE';
    expect([...seen.keys()].sort()).toEqual(codes.split(' '));
  });

  it('holds what changes a record to both records, as it is and as it would be saved', () => {
    const writing = fc.constantFrom('edit', 'close');
    const records = request.filter(({ resource: { type, values, proposed } }) =>
      Boolean(type === 'record' && values && proposed),
    );
    const counts: Record<string, number> = {};
    fc.assert(
      fc.property(policyInput, records, writing, (input, given, action) => {
        const asked: AccessRequest = { ...given, action, fields: undefined };
        const policy = loadPolicy(compilePolicy(input));
        const { decision } = decide(policy, asked);
        expect(decision).toBe(referenceDecide(input, asked).decision);
        const { proposed: _, ...asStored } = asked.resource;
        const offered = decide(policy, { ...asked, resource: asStored }).decision;
        // What would be saved takes away, and never gives.
        expect(decision && !offered).toBe(false);
        const answer = `${action} ${decision ? 'granted' : offered ? 'refused for what it would save' : 'refused'}`;
        counts[answer] = (counts[answer] ?? 0) + 1;
      }),
      { numRuns: 3000, seed: 29 },
    );
    for (const action of ['edit', 'close']) {
      for (const answer of ['granted', 'refused', 'refused for what it would save']) {
        expect([action, answer, (counts[`${action} ${answer}`] ?? 0) > 20]).toEqual([action, answer, true]);
      }
    }
  });

  it('turns round when the nearest change is made, and says none only where rules cannot help', () => {
    const counts = { add: 0, remove: 0, both: 0, none: 0 };
    let total = 0;
    fc.assert(
      fc.property(policyInput, request, (input, asked) => {
        const { decision, nearest } = explain(loadPolicy(compilePolicy(input)), asked);
        total++;
        if (!nearest) {
          counts.none++;
          expect(isBeyondRules(decision, asked)).toBe(true);
          return;
        }
        counts[nearest.add && nearest.remove ? 'both' : nearest.add ? 'add' : 'remove']++;
        const after = decide(loadPolicy(compilePolicy(changed(input, nearest))), asked);
        expect(after.decision).toBe(!decision.decision);
      }),
      { numRuns: 3000, seed: 13 },
    );
    for (const count of Object.values(counts)) expect(count / total).toBeGreaterThan(1 / 500);
  });

  it('gives the same answers after it was stored and loaded, and the same hash for the same rules', () => {
    fc.assert(
      fc.property(policyInput, requests, (input, asked) => {
        const document = compilePolicy(input);
        const again = [JSON.stringify(document), encodePolicy(document)].map(loadPolicy);
        for (const policy of again) {
          expect(policy.hash).toBe(compilePolicy(input).hash);
          expect(policy.document).toEqual(document);
          for (const each of asked)
            expect(explain(policy, each)).toEqual(explain(loadPolicy(document), each));
        }
      }),
      { numRuns: 60, seed: 17 },
    );
  });

  it('never throws, whatever a condition meets', () => {
    fc.assert(
      fc.property(policyInput, request, fc.anything(), (input, asked, junk) => {
        const policy = loadPolicy(compilePolicy(input));
        const resource = { ...asked.resource, values: { title: junk, amount: junk, due: junk, tags: junk } };
        expect(typeof decide(policy, { ...asked, resource }).decision).toBe('boolean');
      }),
      { numRuns: 500, seed: 19 },
    );
  });
});

/** Decided by a gate, a state, an exemption, or about something that no rule can name. */
function isBeyondRules(
  { reasons: [reason], bypass }: Decision,
  { action, resource, subject }: AccessRequest,
): boolean {
  const gates = ['CHANNEL', 'ENVIRONMENT', 'CEILING', 'INVARIANT', 'NOT_LIVE', 'STATE'];
  const exempt =
    bypass !== undefined || subject.roles.includes('TenantAdministrator') || subject.level === 'admin';
  return (
    exempt ||
    gates.includes(reason?.code ?? '') ||
    action === 'unknown' ||
    resource.app === 'gone' ||
    action === 'close'
  );
}
