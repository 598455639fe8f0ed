import type { Environment } from '../../environments.ts';
import {
  AUTHENTICATED,
  BUILT_IN_ROLES,
  isDesignAction,
  NON_AUTHENTICATED,
  TENANT_ADMINISTRATOR,
} from '../built-in.ts';
import type { ResourceType, Selector } from '../types.ts';
import { attributeName, entity, member, PROFILE, ROLE } from './names.ts';
import { Shape } from './shape.ts';
import { ALWAYS, all, any, NEVER, relation, stringLiteral, type Test } from './syntax.ts';
import type { ResourceKind } from './vocabulary.ts';

/** The circumstances of a question that a whole export, or a part of it, is made for. */
export interface Circumstances {
  readonly environment: Environment;
  readonly kind: ResourceKind;
  readonly action: string;
}

/** Whether a rule's selector names the principal. */
export function names(selector: Selector, at: Circumstances): Test {
  switch (selector.kind) {
    case 'principal':
      return all(relation('principal has id'), relation(`principal.id == ${stringLiteral(selector.id)}`));
    case 'role':
      return counts(selector.id, at) ? isIn(ROLE, selector.id) : NEVER;
    case 'profile':
      return isIn(PROFILE, selector.id);
    case 'level':
      return isOfLevel(selector.level);
    case 'accessList':
      return isOnList(selector.list, at);
    case 'appOwner':
    case 'recordOwner':
      return isOwner(selector.kind === 'appOwner' ? 'appOwner' : 'owner');
    case 'siteWide':
      return ALWAYS;
    case 'default':
      if (selector.of === undefined) return ALWAYS;
      if (selector.of === 'signedIn') return isIn(ROLE, AUTHENTICATED);
      return all(isOfLevel(selector.of), relation('principal.profiles.isEmpty()'));
  }
}

/**
 * Built-in roles count in the design plane and in development, but never where apps manage accounts and roles; a tenant
 * administrator may sign in everywhere.
 */
function counts(role: string, { action, kind, environment }: Circumstances): boolean {
  if (!BUILT_IN_ROLES.has(role) || isDesignAction(action)) return true;
  if (managesAccounts(kind.type)) return false;
  const signsIn = kind.type === 'environment' && action === 'signIn';
  return environment === 'development' || (signsIn && role === TENANT_ADMINISTRATOR);
}

function managesAccounts(type: ResourceType): boolean {
  return type === 'account' || type === 'role';
}

function isIn(type: string, id: string): Test {
  return relation(`principal in ${entity(type, id)}`);
}

function isOfLevel(level: string): Test {
  return all(relation('principal has level'), relation(`principal.level == ${stringLiteral(level)}`));
}

function isOwner(attribute: 'owner' | 'appOwner'): Test {
  return all(
    relation('principal has id'),
    relation(`resource has ${attribute}`),
    relation(`resource.${attribute} == principal.id`),
  );
}

/** Lists are frozen on records, as ids of users and as roles; built-in roles stand apart, because they rarely count. */
function isOnList(list: string, { kind, environment }: Circumstances): Test {
  if (kind.type !== 'record') return NEVER;
  const lists = kind.shape.nested('accessLists');
  if (!lists.attributes.has(list)) lists.declare(list, listShape());
  const at = member('resource.accessLists', list);
  return all(
    relation('resource has accessLists'),
    relation(`resource.accessLists has ${attributeName(list)}`),
    any(
      all(relation('principal has id'), relation(`${at}.principals.contains(principal.id)`)),
      relation(`principal in ${at}.roles`),
      environment === 'development' ? relation(`principal in ${at}.builtInRoles`) : NEVER,
    ),
  );
}

function listShape(): Shape {
  return new Shape()
    .declare('principals', 'Set<String>', true)
    .declare('roles', 'Set<Role>', true)
    .declare('builtInRoles', 'Set<Role>', true);
}

/** The roles that everybody holds by how they come, for who builds entities. */
export const SYSTEM_ROLE_OF = {
  anonymous: NON_AUTHENTICATED,
  user: AUTHENTICATED,
  serviceAccount: AUTHENTICATED,
  tokenUser: undefined,
  robot: undefined,
} as const;
