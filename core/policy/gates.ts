import { BUILT_IN_ROLES, DESIGN, isDesignAction, OWNER } from './built-in.ts';
import type { OperationKind } from './document.ts';
import { denied } from './outcome.ts';
import type { AccessRequest, Decision, ResourceType, Subject } from './types.ts';

/** A check that nobody is exempt from: a denial, or undefined where the way is free. */
export type Gate = (request: AccessRequest) => Decision | undefined;

export interface GateNeeds {
  readonly subject: Subject;
  readonly action: string;
  readonly resourceType: ResourceType;
  readonly kind: OperationKind | undefined;
  readonly immutable: readonly string[];
}

/** The gates of a plan, in the order in which they close. */
export interface Gates {
  /** Whether a role must permit signing in to the environment first: users and service accounts. */
  readonly signIn: boolean;
  /** Those that look at subject and context alone. */
  readonly context: readonly Gate[];
  readonly resource: readonly Gate[];
}

const NONE: readonly Gate[] = [];

/** The gates that can concern a subject, an action and a kind of resource. */
export function gatesFor(needs: GateNeeds): Gates {
  const { subject, action, resourceType, immutable } = needs;
  const isPerson = subject.type === 'user' || subject.type === 'serviceAccount';
  const isToken = subject.type === 'tokenUser';
  const isFree = resourceType === 'record' && immutable.length === 0;
  const invariants = isFree ? NONE : invariantsFor(needs);
  return {
    signIn: isPerson && resourceType !== 'environment' && !isDesignAction(action),
    context: isToken ? [channelGate] : NONE,
    resource: isToken ? [ceilingGate, ...invariants] : invariants,
  };
}

export const ENVIRONMENT = denied('ENVIRONMENT');
const CHANNEL = denied('CHANNEL');

function channelGate({ context }: AccessRequest): Decision | undefined {
  return context.channel === 'browser' ? undefined : CHANNEL;
}

const CEILING = {
  none: denied('CEILING', { detail: 'none' }),
  app: denied('CEILING', { detail: 'app' }),
  recordType: denied('CEILING', { detail: 'recordType' }),
  operation: denied('CEILING', { detail: 'operation' }),
  view: denied('CEILING', { detail: 'view' }),
  record: denied('CEILING', { detail: 'record' }),
};

function ceilingGate({ subject, action, resource }: AccessRequest): Decision | undefined {
  const { ceiling } = subject;
  if (!ceiling) return CEILING.none;
  const { type } = resource;
  if (type !== 'record' && type !== 'view' && type !== 'app') return CEILING.app;
  if (resource.app !== ceiling.app || isDesignAction(action)) return CEILING.app;
  if (type === 'app') return undefined;
  if (ceiling.recordType !== undefined && resource.recordType !== ceiling.recordType)
    return CEILING.recordType;
  if (type === 'view') return isWithin(ceiling.views, resource.id) ? undefined : CEILING.view;
  if (!isWithin(ceiling.operations, action)) return CEILING.operation;
  return isWithin(ceiling.records, resource.id) ? undefined : CEILING.record;
}

function isWithin(ceiling: readonly string[] | undefined, value: string | undefined): boolean {
  return ceiling === undefined || (value !== undefined && ceiling.includes(value));
}

/** Actions whose invariants are looked at; the names are those of the design plane and of accounts in apps. */
const CHANGES_KIND = 'design:edit';
const CHANGES_LISTS = 'design:changeAccessLists';

const INVARIANT = {
  kind: denied('INVARIANT', { detail: "an app's kind never changes" }),
  self: denied('INVARIANT', { detail: 'nobody deletes their own account' }),
  selfRemoval: denied('INVARIANT', { detail: 'nobody takes themselves off an access list' }),
  lastOwner: denied('INVARIANT', { detail: 'the last owner stays' }),
  builtIn: denied('INVARIANT', { detail: 'built-in roles are not managed from apps' }),
  notLive: denied('NOT_LIVE'),
};

function invariantsFor({ action, resourceType, kind, immutable }: GateNeeds): readonly Gate[] {
  const runtime = !isDesignAction(action);
  const verb = runtime ? action : action.slice(DESIGN.length);
  switch (resourceType) {
    case 'record':
      return kind !== undefined && WRITES.has(kind) ? [immutableGate(immutable)] : NONE;
    case 'flow':
      return action === 'start' ? [liveGate] : NONE;
    case 'app':
      if (action === CHANGES_KIND) return [kindGate];
      return action === CHANGES_LISTS ? [selfRemovalGate] : NONE;
    case 'account':
      return accountGates(verb, runtime);
    case 'role':
      return runtime && (verb === 'assign' || verb === 'remove') ? [builtInRoleGate] : NONE;
    default:
      return NONE;
  }
}

function liveGate({ resource }: AccessRequest): Decision | undefined {
  return resource.status === 'LIVE' ? undefined : INVARIANT.notLive;
}

const WRITES: ReadonlySet<OperationKind> = new Set(['add', 'edit', 'transition']);

/** A token is made by issuing it: whoever writes one, in whatever operation, is refused. */
function immutableGate(names: readonly string[]): Gate {
  const refusal = denied('INVARIANT', { detail: 'a token never changes', fields: names });
  return ({ resource, fields }) => {
    if (fields?.some((name) => names.includes(name))) return refusal;
    const proposed = resource.proposed as Readonly<Record<string, unknown>> | undefined;
    if (!proposed) return undefined;
    const stored = resource.values as Readonly<Record<string, unknown>> | undefined;
    return names.some((name) => (proposed[name] ?? null) !== (stored?.[name] ?? null)) ? refusal : undefined;
  };
}

function kindGate({ resource }: AccessRequest): Decision | undefined {
  const { kind, proposedKind } = resource;
  return proposedKind === undefined || proposedKind === kind ? undefined : INVARIANT.kind;
}

function selfRemovalGate({ subject, resource }: AccessRequest): Decision | undefined {
  const self = `principal:${subject.id}`;
  const leaves = resource.members?.includes(self) && !resource.proposedMembers?.includes(self);
  return leaves ? INVARIANT.selfRemoval : undefined;
}

function accountGates(verb: string, runtime: boolean): Gate[] {
  const gates: Gate[] = [];
  if (verb === 'delete') {
    gates.push(({ subject, resource }) =>
      subject.id !== undefined && subject.id === resource.id ? INVARIANT.self : undefined,
    );
  }
  if (verb === 'delete' || verb === 'removeRole') {
    gates.push(({ resource }) =>
      resource.roles?.includes(OWNER) && resource.ownersLeft === 0 ? INVARIANT.lastOwner : undefined,
    );
  }
  if (runtime && verb === 'delete') {
    gates.push(({ resource }) =>
      resource.roles?.some((role) => BUILT_IN_ROLES.has(role)) ? INVARIANT.builtIn : undefined,
    );
  }
  return gates;
}

function builtInRoleGate({ resource }: AccessRequest): Decision | undefined {
  return resource.id !== undefined && BUILT_IN_ROLES.has(resource.id) ? INVARIANT.builtIn : undefined;
}
