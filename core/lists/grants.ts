import type { Environment } from '../environments.ts';
import type { CheckedExpression, Node } from '../expressions/types.ts';
import { type Branch, branches } from '../policy/branches.ts';
import { subjectKeys } from '../policy/keys.ts';
import type { Policy } from '../policy/load.ts';
import type { ResourceKey, Subject } from '../policy/types.ts';
import type { KeyDemand } from './parts.ts';

/** One reason for which a subject may see records: all of them, or those that name it or for which something holds. */
export interface ListGrant {
  readonly condition?: CheckedExpression;
  /** The record has to name the subject: as its owner, or on an access list. */
  readonly named?: KeyDemand;
}

/**
 * Why a subject may see records of a kind: nothing that it may see is outside of these. They are more than it may see
 * where a rule denies, so each record is decided nevertheless.
 */
export function listGrants(
  policy: Policy,
  subject: Subject,
  resource: ResourceKey,
  action: string,
  environment: Environment,
): ListGrant[] {
  const { parts } = policy.linkOf(subject).plan(resource, action, environment);
  if (parts.bypass) return [{}];
  return branches(policy, subject, resource, action, environment)
    .filter(({ effect }) => effect === 'allow')
    .map(({ condition, namedBy }): ListGrant => {
      const named = namedBy && demandOf(namedBy, subject);
      return { ...(condition && { condition }), ...(named && { named }) };
    });
}

const ME: Node = { op: 'get', type: 'string', root: 'me', path: ['id'] };

function demandOf(namedBy: NonNullable<Branch['namedBy']>, subject: Subject): KeyDemand | undefined {
  // An app belongs to one designer: whether that is the reader is the same for every record.
  if (namedBy === 'appOwner') return undefined;
  if (namedBy === 'recordOwner') {
    return { part: { from: 'meta', name: 'owner', many: false }, value: ME, anyOf: false };
  }
  const members = subjectKeys(subject, subject.roles).filter((key) => /^(principal|role):/.test(key));
  const args = members.map((value): Node => ({ op: 'value', type: 'string', value }));
  const part = { from: 'list', name: namedBy.list, many: true } as const;
  return { part, value: { op: 'list', type: 'list<string>', args }, anyOf: true };
}
