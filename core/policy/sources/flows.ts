import { canonicalRole } from '../built-in.ts';
import type { RuleDraft, Selector } from '../types.ts';

/** A cell of a permissions screen: inherited cells say nothing. */
export type Cell = 'inherited' | 'granted' | 'denied';

/** Who may start a flow, in every version of it. */
export interface FlowSource {
  readonly id: string;
  /** By id of a user or service account. */
  readonly users?: Readonly<Record<string, Cell>>;
  /** By id of a role, system roles included. */
  readonly roles?: Readonly<Record<string, Cell>>;
}

/** Flow permissions, the site-wide setting behind them, and the default behind that: everybody may start. */
export function flowRules(flows: readonly FlowSource[], siteWide: Cell = 'inherited'): RuleDraft[] {
  const rules = flows.flatMap(({ id, users = {}, roles = {} }) => [
    ...Object.entries(users).flatMap(([user, cell]) => cellRule(id, { kind: 'principal', id: user }, cell)),
    ...Object.entries(roles).flatMap(([role, cell]) =>
      cellRule(id, { kind: 'role', id: canonicalRole(role) }, cell),
    ),
  ]);
  return [...rules, ...cellRule(undefined, { kind: 'siteWide' }, siteWide), DEFAULT];
}

const DEFAULT: RuleDraft = {
  id: 'default/flows',
  effect: 'allow',
  subjects: [{ kind: 'default' }],
  actions: ['start'],
  resource: { type: 'flow' },
  source: 'default',
};

function cellRule(flow: string | undefined, subject: Selector, cell: Cell): RuleDraft[] {
  if (cell === 'inherited') return [];
  const source = flow === undefined ? 'flows' : `flows/${flow}`;
  const name = 'id' in subject ? `${subject.kind}/${subject.id}` : subject.kind;
  return [
    {
      id: `${source}/${name}`,
      effect: cell === 'granted' ? 'allow' : 'deny',
      subjects: [subject],
      actions: ['start'],
      resource: flow === undefined ? { type: 'flow' } : { type: 'flow', id: flow },
      source,
    },
  ];
}
