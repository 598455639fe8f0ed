import { BUILT_IN_ROLES, isDesignAction, OWNER } from '../built-in.ts';
import type { OperationKind } from '../document.ts';
import { attributeName, entity, member, PRINCIPAL_TYPES, ROLE } from './names.ts';
import {
  ALWAYS,
  all,
  any,
  type Clause,
  NEVER,
  not,
  relation,
  stringLiteral,
  type Test,
  where,
} from './syntax.ts';
import type { ResourceKind } from './vocabulary.ts';

export interface Gated {
  readonly kind: ResourceKind;
  readonly action: string;
  readonly operation: OperationKind | undefined;
  /** Fields that nobody writes. */
  readonly immutable: readonly string[];
}

const isPerson = any(
  relation(`principal is ${PRINCIPAL_TYPES.user}`),
  relation(`principal is ${PRINCIPAL_TYPES.serviceAccount}`),
);
const isTokenUser = relation(`principal is ${PRINCIPAL_TYPES.tokenUser}`);

/** Gates that concern an action on a kind of resource, as conditions of every permit for it. */
export interface Gates {
  readonly ofAnybody: readonly Clause[];
  /** For permits that concern users only. */
  readonly ofUsers: readonly Clause[];
}

/** @param signsIn whether the principal may sign in to the export's environment */
export function gatesOf(gated: Gated, signsIn: Test): Gates {
  const { action, kind } = gated;
  const asksForSignIn = !isDesignAction(action) && kind.type !== 'environment';
  const mustSignIn = asksForSignIn ? signsIn : ALWAYS;
  const ceiling = all(relation('context.channel == "browser"'), withinCeiling(gated));
  const invariants = { says: 'what nobody may do', test: invariantsOf(gated) };
  return {
    ofAnybody: [
      { says: 'who signs in may do so here', test: where(isPerson, mustSignIn) },
      { says: 'a pass reaches no further than its ceiling', test: where(isTokenUser, ceiling) },
      invariants,
    ],
    ofUsers: [{ says: 'who signs in may do so here', test: mustSignIn }, invariants],
  };
}

function withinCeiling({ kind, action }: Gated): Test {
  const { type, app, recordType } = kind;
  if (isDesignAction(action) || (type !== 'record' && type !== 'view' && type !== 'app')) return NEVER;
  const ceiling = 'principal.ceiling';
  const narrows = (part: string, test: Test) => where(relation(`${ceiling} has ${part}`), test);
  const lists = (part: string, value: string) => relation(`${ceiling}.${part}.contains(${value})`);
  const has = relation('principal has ceiling');
  if (type === 'record') {
    return all(
      has,
      relation(`${ceiling}.app == ${stringLiteral(app ?? '')}`),
      narrows('recordType', relation(`${ceiling}.recordType == ${stringLiteral(recordType ?? '')}`)),
      narrows('operations', lists('operations', stringLiteral(action))),
      narrows('records', all(relation('resource has id'), lists('records', 'resource.id'))),
    );
  }
  const inApp = all(has, relation('resource has app'), relation(`${ceiling}.app == resource.app`));
  if (type === 'app') return inApp;
  return all(
    inApp,
    narrows(
      'recordType',
      all(relation('resource has recordType'), relation(`${ceiling}.recordType == resource.recordType`)),
    ),
    narrows('views', all(relation('resource has id'), lists('views', 'resource.id'))),
  );
}

const WRITES: ReadonlySet<string> = new Set(['add', 'edit', 'transition']);

function invariantsOf({ kind, action, operation, immutable }: Gated): Test {
  const design = isDesignAction(action);
  switch (kind.type) {
    case 'record':
      return operation && WRITES.has(operation)
        ? all(...immutable.map((name) => unchanged(name, kind)))
        : ALWAYS;
    case 'flow':
      return action === 'start'
        ? all(relation('resource has status'), relation('resource.status == "LIVE"'))
        : ALWAYS;
    case 'app':
      if (action === 'design:edit') return SAME_KIND;
      return action === 'design:changeAccessLists' ? STAYS_ON_LIST : ALWAYS;
    case 'account':
      return accountInvariants(design ? action.slice('design:'.length) : action, design);
    case 'role':
      return !design && (action === 'assign' || action === 'remove') ? not(IS_BUILT_IN) : ALWAYS;
    default:
      return ALWAYS;
  }
}

/** A field that nobody writes: it is neither named by the request nor different in the record as it would be saved. */
function unchanged(name: string, { shape }: ResourceKind): Test {
  const values = shape.nested('values', true);
  if (!values.attributes.has(name)) values.declare(name, 'String');
  const stored = relation(`resource.values has ${attributeName(name)}`);
  const proposed = relation(`resource.proposed has ${attributeName(name)}`);
  const same = `${member('resource.values', name)} == ${member('resource.proposed', name)}`;
  return all(
    not(all(relation('context has field'), relation(`context.field == ${stringLiteral(name)}`))),
    any(relation('resource.stored'), not(stored)),
    where(
      relation('resource has proposed'),
      any(all(stored, proposed, relation(same)), all(not(stored), not(proposed))),
    ),
  );
}

const SAME_KIND = where(
  relation('resource has proposedKind'),
  all(relation('resource has kind'), relation('resource.proposedKind == resource.kind')),
);

const STAYS_ON_LIST = not(
  all(
    relation('principal has id'),
    relation('resource has members'),
    relation('resource.members.contains(principal.id)'),
    not(
      all(
        relation('resource has proposedMembers'),
        relation('resource.proposedMembers.contains(principal.id)'),
      ),
    ),
  ),
);

const BUILT_INS = `[${[...BUILT_IN_ROLES].map((role) => entity(ROLE, role)).join(', ')}]`;
const IS_BUILT_IN = relation(`${BUILT_INS}.contains(resource)`);

function accountInvariants(verb: string, design: boolean): Test {
  const deletes = verb === 'delete';
  const self = all(
    relation('principal has id'),
    relation('resource has id'),
    relation('principal.id == resource.id'),
  );
  const lastOwner = all(
    relation('resource has roles'),
    relation(`resource.roles.contains(${entity(ROLE, OWNER)})`),
    relation('resource has ownersLeft'),
    relation('resource.ownersLeft == 0'),
  );
  const builtIn = all(relation('resource has roles'), relation(`resource.roles.containsAny(${BUILT_INS})`));
  return all(
    deletes ? not(self) : ALWAYS,
    deletes || verb === 'removeRole' ? not(lastOwner) : ALWAYS,
    deletes && !design ? not(builtIn) : ALWAYS,
  );
}
