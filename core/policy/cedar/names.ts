import type { ResourceType, Subject } from '../types.ts';
import { CedarRefusal, stringLiteral } from './syntax.ts';

/** The namespace of everything that is not a site's own. Ids start with a small letter, so no app can be called so. */
export const CORE = 'Daypass';

/** Entity types of those who ask. */
export const PRINCIPAL_TYPES: Readonly<Record<Subject['type'], string>> = {
  anonymous: `${CORE}::Anonymous`,
  user: `${CORE}::User`,
  tokenUser: `${CORE}::TokenUser`,
  serviceAccount: `${CORE}::ServiceAccount`,
  robot: `${CORE}::Robot`,
};

/** Entity types of what is asked about; a record has the type of its record type. */
export const RESOURCE_ENTITIES: Readonly<Record<Exclude<ResourceType, 'record'>, string>> = {
  view: `${CORE}::View`,
  app: `${CORE}::App`,
  flow: `${CORE}::Flow`,
  service: `${CORE}::Service`,
  environment: `${CORE}::Environment`,
  account: `${CORE}::Account`,
  role: `${CORE}::Role`,
  site: `${CORE}::Site`,
};

export const ROLE = RESOURCE_ENTITIES.role;
export const PROFILE = `${CORE}::Profile`;
export const ACTION = `${CORE}::Action`;

/** Words that no name of a type can be. */
const RESERVED = new Set(['if', 'then', 'else', 'in', 'is', 'like', 'has', 'true', 'false']);
const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]*$/;

/** `work-orders/work-order` is `work_orders::work_order`. @throws CedarRefusal for ids that no definition can have */
export function recordEntity(app: string, recordType: string): string {
  return `${typeName(app)}::${typeName(recordType)}`;
}

function typeName(id: string): string {
  const name = id.replaceAll('-', '_');
  if (!IDENTIFIER.test(name)) throw new CedarRefusal(`“${id}” cannot be the name of a type`);
  return RESERVED.has(name) ? `${name}_` : name;
}

/** An entity as policies write it. */
export function entity(type: string, id: string): string {
  return `${type}::${stringLiteral(id)}`;
}

/** `base.name`, or `base["name"]` where the name is no plain word. */
export function member(base: string, name: string): string {
  return isPlain(name) ? `${base}.${name}` : `${base}[${stringLiteral(name)}]`;
}

/** A name as `has` and schemas take it. */
export function attributeName(name: string): string {
  return isPlain(name) ? name : stringLiteral(name);
}

function isPlain(name: string): boolean {
  return IDENTIFIER.test(name) && !RESERVED.has(name);
}
