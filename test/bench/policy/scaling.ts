import { compilePolicy } from '../../../core/policy/check.ts';
import type { PolicyDocument, PolicyInput } from '../../../core/policy/document.ts';
import type { AccessRequest, RuleDraft, Subject } from '../../../core/policy/types.ts';
import { context, random } from './workload.ts';

/** Record types that one role reaches, actions on each, and so rules per role. */
const TYPES_PER_ROLE = 5;
const ACTIONS = ['view', 'edit', 'close', 'archive'];
const RULES_PER_ROLE = TYPES_PER_ROLE * ACTIONS.length;

export interface Scaled {
  readonly input: PolicyInput;
  readonly document: PolicyDocument;
  /** Always eight subjects with three roles each, and the same number of record types before them. */
  readonly requests: readonly AccessRequest[];
  /** Text of the same rules for Cedar, by id. */
  readonly cedar: Readonly<Record<string, string>>;
}

/** A policy of so many rules over roles that each reach five record types, with a condition of its own on most. */
export function scaled(rules: number): Scaled {
  const roles = Array.from({ length: rules / RULES_PER_ROLE }, (_, i) => `role${i}`);
  const blocks = Math.max(1, Math.floor(roles.length / 5));
  const blockOf = (role: number): number => role % blocks;
  const types = Array.from({ length: blocks * TYPES_PER_ROLE }, (_, i) => `type${i}`);
  const cedar: Record<string, string> = {};
  const drafts = roles.flatMap((role, r) =>
    Array.from({ length: TYPES_PER_ROLE }, (_, t) => `type${blockOf(r) * TYPES_PER_ROLE + t}`).flatMap(
      (type) =>
        ACTIONS.map((action, a): RuleDraft => {
          const id = `${role}-${type}-${action}`;
          const when = a === 0 ? undefined : a === 1 ? 'record.owner == me.id' : `record.title == "${id}"`;
          const cedarWhen = a === 1 ? 'resource.owner == principal.id' : `resource.title == "${id}"`;
          cedar[id] =
            `permit(principal in Role::"${role}", action == Action::"${action}", resource is ${type})${when ? ` when { ${cedarWhen} }` : ''};`;
          return {
            id,
            effect: 'allow',
            subjects: [{ kind: 'role', id: role }],
            actions: [action],
            resource: { type: 'record', app: 'app', recordType: type },
            ...(when && { condition: when }),
            ...(a === 3 && { fields: ['title', 'text'] }),
            source: `app#/permissions/${r}`,
          };
        }),
    ),
  );
  const fields = { title: 'string', text: 'string', owner: 'string' } as const;
  const operations = Object.fromEntries(ACTIONS.map((action) => [action, { kind: 'transition' as const }]));
  const input: PolicyInput = {
    apps: {
      app: {
        kind: 'records',
        accessModel: 'roles',
        recordTypes: Object.fromEntries(types.map((type) => [type, { fields, operations }])),
      },
    },
    roles,
    rules: drafts,
  };
  return { input, document: compilePolicy(input), requests: requestsFor(roles.length, blocks), cedar };
}

function requestsFor(roles: number, blocks: number): AccessRequest[] {
  const next = random(roles);
  const subjects = Array.from({ length: 8 }, (_, i): { subject: Subject; block: number } => {
    const block = i % blocks;
    const ofBlock = Array.from(
      { length: Math.floor(roles / blocks) },
      (_each, n) => `role${block + n * blocks}`,
    );
    const held = [0, 1, 2].map((n) => ofBlock[(i + n * 2) % ofBlock.length] as string);
    return { block, subject: { type: 'robot', id: `bot${i}`, roles: held } };
  });
  return Array.from({ length: 4096 }, (_, i) => {
    const { subject, block } = subjects[i % subjects.length] as (typeof subjects)[number];
    return {
      subject,
      action: ACTIONS[next(ACTIONS.length)] as string,
      resource: {
        type: 'record',
        app: 'app',
        recordType: `type${block * TYPES_PER_ROLE + next(TYPES_PER_ROLE)}`,
        id: `x${i}`,
        values: { title: `title ${i}`, text: 'text', owner: next(2) ? subject.id : 'somebody' },
      },
      context,
    };
  });
}
