import { instantOf } from '../../expressions/time.ts';
import { BUILT_IN_ROLES } from '../built-in.ts';
import { partsOf } from '../keys.ts';
import type { AccessRequest, Resource, Subject } from '../types.ts';
import type { CedarExport } from './export.ts';
import { ACTION, PRINCIPAL_TYPES, PROFILE, ROLE } from './names.ts';
import { SYSTEM_ROLE_OF } from './selectors.ts';
import { type AttributeType, Shape } from './shape.ts';
import { CedarRefusal, datetimeText, decimalText } from './syntax.ts';
import type { ResourceKind } from './vocabulary.ts';

/** Cedar's JSON forms, as its tools take them. */
export interface EntityUid {
  readonly type: string;
  readonly id: string;
}
export type CedarValue =
  | string
  | boolean
  | number
  | readonly CedarValue[]
  | { readonly __entity: EntityUid }
  | { readonly __extn: { readonly fn: string; readonly arg: string } }
  | { readonly [name: string]: CedarValue };
export interface CedarRequest {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: Readonly<Record<string, CedarValue>>;
  readonly entities: readonly {
    readonly uid: EntityUid;
    readonly attrs: Readonly<Record<string, CedarValue>>;
    readonly parents: readonly EntityUid[];
  }[];
}

/**
 * A question in Cedar's words: one request for each field that it names, or one where it names none. Daypass grants it
 * if Cedar allows them all.
 * @throws CedarRefusal for resources that the policy does not know, and values that are not of their field's type
 */
export function cedarRequests(
  { vocabulary, environment }: CedarExport,
  request: AccessRequest,
): CedarRequest[] {
  const { subject, action, resource, context, fields } = request;
  if (context.environment !== environment) throw new CedarRefusal(`the export is for ${environment}`);
  const kind = vocabulary.kinds.find((each) => isOfKind(resource, each));
  if (!kind) throw new CedarRefusal(`the policy knows no ${resource.app}/${resource.recordType}`);
  const principal = { type: PRINCIPAL_TYPES[subject.type], id: subject.id ?? subject.type };
  const asked = { type: kind.entity, id: idOf(resource) };
  const entities = [
    {
      uid: principal,
      attrs: encode(vocabulary.principalShape(subject.type), subjectOf(subject)),
      parents: parentsOf(subject),
    },
    { uid: asked, attrs: encode(kind.shape, resourceOf(resource)), parents: [] },
  ];
  const circumstances = { ...context, now: new Date(context.now).toISOString() };
  return (fields?.length ? fields : [undefined]).map((field) => ({
    principal,
    action: { type: ACTION, id: action },
    resource: asked,
    context: encode(vocabulary.context, { ...circumstances, field }),
    entities,
  }));
}

function isOfKind(resource: Resource, kind: ResourceKind): boolean {
  if (resource.type !== kind.type) return false;
  return kind.type !== 'record' || (resource.app === kind.app && resource.recordType === kind.recordType);
}

function idOf(resource: Resource): string {
  if (resource.type === 'record') return resource.id ?? '';
  const parts = resource.type === 'account' ? (['id'] as const) : partsOf(resource.type);
  return parts.flatMap((part) => resource[part] ?? []).join('/');
}

function parentsOf({ type, roles, profiles = [] }: Subject): EntityUid[] {
  const system = SYSTEM_ROLE_OF[type];
  const held = system ? [...roles, system] : roles;
  return [
    ...[...new Set(held)].map((id) => ({ type: ROLE, id })),
    ...[...new Set(profiles)].map((id) => ({ type: PROFILE, id })),
  ];
}

function subjectOf(subject: Subject): object {
  const { type, id, roles, profiles = [], level, ceiling, attributes } = subject;
  if (id === '') throw new CedarRefusal('the id of the subject is empty');
  return { ...attributes, type, id, roles, profiles, level, ceiling };
}

/** A record as it is tested is called `values`, whether it is stored or not; `proposed` is as it would be saved. */
function resourceOf(resource: Resource): object {
  const { values, proposed, proposedMeta, related, proposedRelated = related, accessLists } = resource;
  const members = (list: readonly string[] | undefined) => list && idsOf(list, 'principal:');
  const common = {
    ...resource,
    members: members(resource.members),
    proposedMembers: members(resource.proposedMembers),
  };
  if (resource.type !== 'record') return common;
  const tested = values ?? proposed;
  const saved = proposed !== undefined;
  return {
    ...common,
    stored: values !== undefined,
    values: tested ?? {},
    proposed,
    proposedMeta: saved ? { ...resource, ...present(proposedMeta) } : undefined,
    related: tested !== undefined && tested === proposed ? proposedRelated : related,
    proposedRelated: saved ? proposedRelated : undefined,
    accessLists:
      accessLists &&
      Object.fromEntries(Object.entries(accessLists).map(([name, list]) => [name, listOf(list)])),
  };
}

function present(properties: object = {}): object {
  return Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined));
}

function listOf(list: readonly string[]): object {
  const roles = idsOf(list, 'role:');
  return {
    principals: idsOf(list, 'principal:'),
    roles: roles.filter((role) => !BUILT_IN_ROLES.has(role)),
    builtInRoles: roles.filter((role) => BUILT_IN_ROLES.has(role)),
  };
}

function idsOf(list: readonly string[], kind: 'principal:' | 'role:'): string[] {
  return list.flatMap((member) => (member.startsWith(kind) ? [member.slice(kind.length)] : []));
}

/** The attributes of a shape that have a value. */
function encode(shape: Shape, source: object): Record<string, CedarValue> {
  const encoded: Record<string, CedarValue> = {};
  for (const [name, { type }] of shape.attributes) {
    const value = (source as Record<string, unknown>)[name];
    if (value === undefined || value === null || typeof value === 'function') continue;
    encoded[name] = type instanceof Shape ? encode(type, value as object) : encodeValue(type, value, name);
  }
  return encoded;
}

function encodeValue(type: AttributeType, value: unknown, name: string): CedarValue {
  const encoded = ENCODERS[type](value);
  if (encoded === undefined) throw new CedarRefusal(`the value of ${name} is no ${type}`);
  return encoded;
}

const text = (value: unknown) => (typeof value === 'string' && value.isWellFormed() ? value : undefined);
const extension = (fn: string, arg: string) => ({ __extn: { fn, arg } });
const decimal = (value: unknown) =>
  typeof value === 'number' ? extension('decimal', decimalText(value)) : undefined;
const instant = (value: unknown) => {
  const at = instantOf(value);
  return at === undefined ? undefined : extension('datetime', datetimeText(at));
};
const flag = (value: unknown) => (typeof value === 'boolean' ? value : undefined);
const set = (encodeOne: (value: unknown) => CedarValue | undefined) => (value: unknown) => {
  if (!Array.isArray(value)) return undefined;
  const items = value.map(encodeOne);
  return items.every((item) => item !== undefined) ? items : undefined;
};

const ENCODERS: Readonly<Record<AttributeType, (value: unknown) => CedarValue | undefined>> = {
  String: text,
  Bool: flag,
  Long: (value) => (Number.isSafeInteger(value) ? (value as number) : undefined),
  decimal,
  datetime: instant,
  'Set<String>': set(text),
  'Set<Bool>': set(flag),
  'Set<decimal>': set(decimal),
  'Set<Role>': set((value) =>
    typeof value === 'string' ? { __entity: { type: ROLE, id: value } } : undefined,
  ),
  presence: () => true,
};
