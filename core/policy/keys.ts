import { AUTHENTICATED, NON_AUTHENTICATED, SYSTEM_ROLES } from './built-in.ts';
import type { Resource, ResourcePattern, ResourceType, Selector, Subject, Tier } from './types.ts';

/** The parts that tell resources of a type apart, from the whole to the part. */
const PARTS: Readonly<Record<ResourceType, readonly ('app' | 'recordType' | 'id')[]>> = {
  record: ['app', 'recordType'],
  view: ['app', 'recordType', 'id'],
  app: ['app'],
  flow: ['id'],
  service: ['id'],
  environment: ['id'],
  account: [],
  role: ['id'],
  site: [],
};

export function partsOf(type: ResourceType): readonly ('app' | 'recordType' | 'id')[] {
  return PARTS[type];
}

/** The key under which a rule's resource is indexed, e.g. `record/helpDesk/case`, `flow`. */
export function patternKey(pattern: ResourcePattern): string {
  const key: string[] = [pattern.type];
  for (const part of PARTS[pattern.type]) {
    const value = pattern[part];
    if (value === undefined) break;
    key.push(value);
  }
  return key.join('/');
}

/** The keys of all patterns that a resource fits, from the closest to the widest. */
export function resourceKeys(resource: Pick<Resource, 'type' | 'app' | 'recordType' | 'id'>): string[] {
  const keys: string[] = [resource.type];
  let key: string = resource.type;
  for (const part of PARTS[resource.type]) {
    const value = resource[part];
    if (value === undefined) break;
    key += `/${value}`;
    keys.unshift(key);
  }
  return keys;
}

/** The key under which a rule is indexed for one of its subjects. */
export function selectorKey(selector: Selector): string {
  switch (selector.kind) {
    case 'principal':
    case 'role':
    case 'profile':
      return `${selector.kind}:${selector.id}`;
    case 'level':
      return `level:${selector.level}`;
    case 'accessList':
      return `list:${selector.list}`;
    case 'default':
      return selector.of ? `default:${selector.of}` : 'default';
    default:
      return selector.kind;
  }
}

/** Tiers by the first word of the key. */
const TIERS: Readonly<Record<string, Tier>> = {
  principal: 1,
  role: 2,
  profile: 2,
  level: 2,
  list: 2,
  appOwner: 3,
  recordOwner: 3,
  siteWide: 5,
  default: 6,
};
const SYSTEM_TIER: Tier = 4;

/** The tier of a rule under one of its keys. */
export function selectorTier(key: string): Tier {
  const colon = key.indexOf(':');
  if (colon > 0 && SYSTEM_ROLES.has(key.slice(colon + 1)) && key.startsWith('role:')) return SYSTEM_TIER;
  return TIERS[colon < 0 ? key : key.slice(0, colon)] as Tier;
}

/** The system role of each kind of subject; token users and robots hold none. */
const SYSTEM_ROLE_OF: Readonly<Partial<Record<Subject['type'], string>>> = {
  anonymous: NON_AUTHENTICATED,
  user: AUTHENTICATED,
  serviceAccount: AUTHENTICATED,
};

/**
 * The keys under which rules may name a subject, apart from access lists.
 * @param roles those of its roles that count
 */
export function subjectKeys(subject: Subject, roles: readonly string[]): string[] {
  const keys: string[] = [];
  const profiles = subject.profiles ?? [];
  if (subject.id !== undefined && subject.type !== 'anonymous') keys.push(`principal:${subject.id}`);
  for (const role of roles) keys.push(`role:${role}`);
  for (const profile of profiles) keys.push(`profile:${profile}`);
  if (subject.level) keys.push(`level:${subject.level}`);
  if (subject.id !== undefined && subject.type !== 'anonymous') keys.push('appOwner', 'recordOwner');
  const system = SYSTEM_ROLE_OF[subject.type];
  if (system) keys.push(`role:${system}`);
  keys.push('siteWide', 'default');
  if (system === AUTHENTICATED) keys.push('default:signedIn');
  if (subject.level && profiles.length === 0) keys.push(`default:${subject.level}`);
  return keys;
}
