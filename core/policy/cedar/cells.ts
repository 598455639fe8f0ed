import { ENVIRONMENTS } from '../../environments.ts';
import { publishAction, RECORD_ACTIONS } from '../actions.ts';
import { isDesignAction } from '../built-in.ts';
import type { PolicyDocument, StoredRule } from '../document.ts';
import { own } from '../own.ts';
import type { ResourceType } from '../types.ts';
import type { Gated } from './gates.ts';
import type { ResourceKind, Vocabulary } from './vocabulary.ts';

/** One action on one kind of resource, with the rules that speak of it. */
export interface Cell extends Gated {
  readonly rules: readonly StoredRule[];
  /** States in which the operation is offered; absent = every one. */
  readonly from: readonly string[] | undefined;
}

const RUNTIME_ACTIONS: Readonly<Record<Exclude<ResourceType, 'record'>, readonly string[]>> = {
  view: ['open'],
  app: ['open'],
  flow: ['start'],
  service: ['call'],
  environment: ['signIn'],
  account: ['create', 'update', 'delete'],
  role: ['assign', 'remove'],
  site: [],
};

/** Actions of the design plane that gates or pages know even where no rule names them. */
const DESIGN_ACTIONS = [
  'design:read',
  'design:create',
  'design:edit',
  ...ENVIRONMENTS.map(publishAction),
  'design:delete',
  'design:changePermissions',
  'design:changeAccessLists',
  'design:removeRole',
];

/** Every question that can be asked of a policy, by kind of resource and action. */
export function cellsOf(document: PolicyDocument, { kinds }: Vocabulary): Cell[] {
  const named = new Set(
    document.rules
      .flatMap(({ actions }) => actions)
      .filter((action) => action !== 'design:*' && isDesignAction(action)),
  );
  const design = [...new Set([...DESIGN_ACTIONS, ...named])];
  return kinds.flatMap((kind) => {
    const rules = document.rules.filter(({ resource }) => speaksOf(resource, kind));
    const facts = own(own(document.facts.apps, kind.app)?.recordTypes, kind.recordType);
    const actions =
      kind.type === 'record'
        ? [...Object.keys(facts?.operations ?? {}), ...[...RECORD_ACTIONS].filter((action) => action !== '*')]
        : [...RUNTIME_ACTIONS[kind.type], ...rules.flatMap((rule) => rule.actions), ...design];
    return [...new Set(actions)]
      .filter((action) => action !== '*' && action !== 'design:*')
      .map((action): Cell => {
        const operation = own(facts?.operations, action);
        return {
          kind,
          action,
          rules: rules.filter((rule) => speaksOfAction(rule, action)),
          operation: operation?.kind,
          immutable: facts?.immutable ?? [],
          from: operation?.from,
        };
      });
  });
}

function speaksOf({ type, app, recordType }: StoredRule['resource'], kind: ResourceKind): boolean {
  if (type !== kind.type) return false;
  if (type !== 'record') return true;
  return (
    (app === undefined || app === kind.app) && (recordType === undefined || recordType === kind.recordType)
  );
}

function speaksOfAction({ actions }: StoredRule, action: string): boolean {
  return actions.includes(action) || actions.includes(isDesignAction(action) ? 'design:*' : '*');
}
