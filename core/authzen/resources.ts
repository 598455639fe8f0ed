import { recordResource } from '../access.ts';
import type { LinkedRecordType } from '../apps/published.ts';
import { isEnvironment } from '../environments.ts';
import { changesRecord } from '../policy/document.ts';
import type { ProposedMeta, Resource } from '../policy/types.ts';
import type { Caller } from '../ports.ts';
import type { StoredRecord, Values } from '../records/record.ts';
import type { Session } from '../runtime.ts';
import type { ActionEntity, Properties, ResourceEntity } from './question.ts';

/** A question put to the decision function, and the fields that all have to be permitted besides. */
export interface Asked {
  readonly resource: Resource;
  readonly fields: readonly string[];
}

/** What is asked about: which actions it knows, and how each is put. */
export interface Target {
  readonly actions: readonly string[];
  /** @param by who would do it */
  asked(action: ActionEntity, by: Caller, now: number): Asked;
}

/**
 * The resource of a question; undefined where there is none. The type is `app/recordType` for records (or the record
 * type alone where only one app has it), `view` (id `app/recordType/view`), `app`, `service` or `environment`. The
 * properties of a record are its fields, `state` and `owner`: they stand in for what is stored, and make a record that
 * is not saved yet. Adding knows no stored record: whatever has the id is not read. To who asks with a key of one
 * environment there is no other environment.
 * @param action its name; absent where all are looked for
 */
export async function resolveResource(
  session: Session,
  entity: ResourceEntity,
  action?: string,
): Promise<Target | undefined> {
  const type = recordTypeNamed(session, entity.type);
  if (type && isAdd(type, action)) return targetOf(type, undefined, entity.properties, entity.id);
  if (type) return recordTarget(session, type, entity);
  const resource = otherResource(session, entity);
  const known = ACTION_OF.get(entity.type);
  if (!resource || known === undefined) return undefined;
  return { actions: [known], asked: () => ({ resource, fields: [] }) };
}

/**
 * Whether properties stand in for what is stored, or might be. It is said before anything is read, so that the answer
 * does not depend on what there is. What somebody would add is theirs to say.
 */
export function isWhatIf(
  session: Session,
  { type: name, properties }: Pick<ResourceEntity, 'type' | 'properties'>,
  action?: string,
): boolean {
  const type = recordTypeNamed(session, name);
  return type !== undefined && hasAny(properties) && !isAdd(type, action);
}

const hasAny = (properties: Properties = {}) => Object.keys(properties).length > 0;

/** Whether an action adds a record. */
export function isAdd(type: LinkedRecordType, action: string | undefined): boolean {
  return action !== undefined && type.operations.get(action)?.definition.kind === 'add';
}

const ACTION_OF: ReadonlyMap<string, string> = new Map([
  ['view', 'open'],
  ['app', 'open'],
  ['service', 'call'],
  ['environment', 'signIn'],
]);

/** Names of resource types that are no record types. */
export const OTHER_TYPES: ReadonlySet<string> = new Set(ACTION_OF.keys());

/** The record type that a resource type names. */
export function recordTypeNamed({ published }: Session, name: string): LinkedRecordType | undefined {
  const [app = '', recordType, ...more] = name.split('/');
  if (recordType !== undefined) {
    return more.length === 0 ? published.site.recordType(app, recordType) : undefined;
  }
  if (OTHER_TYPES.has(name)) return undefined;
  const found = [...published.site.apps.values()].flatMap((each) => each.recordTypes.get(name) ?? []);
  return found.length === 1 ? found[0] : undefined;
}

function otherResource({ published, caller }: Session, { type, id }: ResourceEntity): Resource | undefined {
  switch (type) {
    case 'view': {
      const [app = '', recordType = '', view = '', ...more] = id.split('/');
      const known = more.length === 0 && published.site.recordType(app, recordType)?.views.has(view);
      return known ? { type, app, recordType, id: view } : undefined;
    }
    case 'app':
      return published.site.apps.has(id) ? { type, app: id } : undefined;
    case 'service':
      return { type, id };
    case 'environment':
      return isEnvironment(id) && id === (caller.credential?.environment ?? id) ? { type, id } : undefined;
    default:
      return undefined;
  }
}

async function recordTarget(
  session: Session,
  type: LinkedRecordType,
  { id, properties }: ResourceEntity,
): Promise<Target | undefined> {
  const found = await session.runtime.store.readRecord(session.published.environment, id);
  const stored = found?.app === type.app.id && found.recordType === type.id ? found : undefined;
  if (found && !stored) return undefined;
  if (!stored && !hasAny(properties)) return undefined;
  return targetOf(type, stored, properties, id);
}

/** A record, with properties in place of what is stored. */
export function targetOf(
  type: LinkedRecordType,
  stored: StoredRecord | undefined,
  properties: Properties = {},
  id = stored?.id ?? '',
): Target {
  const given = fieldsIn(type, properties);
  const resource: Resource = {
    ...(stored
      ? recordResource(type, { ...stored, values: { ...stored.values, ...given } as Values })
      : { type: 'record', app: type.app.id, recordType: type.id, id, values: given }),
    ...ownProperties(type, properties),
  };
  return {
    actions: [...type.operations.keys()].filter((action) => !stored || !isAdd(type, action)),
    asked: (action, { principalId: updatedBy }, now) =>
      askedOf(type, resource, action, { updatedBy, updatedAt: new Date(now).toISOString() }),
  };
}

/** Values that an action brings along are written by it: they make the record as it would be saved. */
function askedOf(
  type: LinkedRecordType,
  resource: Resource,
  { name, properties = {} }: ActionEntity,
  saved: ProposedMeta,
): Asked {
  const kind = type.operations.get(name)?.definition.kind;
  const written = kind === 'view' ? {} : fieldsIn(type, properties);
  const named = [properties.fields].flat().filter((field): field is string => typeof field === 'string');
  const fields = [...new Set([...Object.keys(written), ...named])];
  const proposed = { ...resource.values, ...written };
  if (kind === 'add') return { resource: { ...resource, values: undefined, proposed }, fields };
  if (changesRecord(kind) && Object.keys(written).length > 0) {
    const proposedMeta = { ...saved, ...proposedOf(type, name, resource, written) };
    return { resource: { ...resource, proposed, proposedMeta }, fields };
  }
  return { resource, fields };
}

/** The record's own properties as an operation would leave them, as far as a question tells. */
function proposedOf(
  { definition, operations }: LinkedRecordType,
  operation: string,
  { owner, createdBy }: Resource,
  written: Record<string, unknown>,
): ProposedMeta {
  const { ownerField } = definition;
  const named =
    ownerField !== undefined && ownerField in written ? (written[ownerField] ?? createdBy) : owner;
  const to = operations.get(operation)?.definition.to;
  return { ...(typeof named === 'string' && { owner: named }), ...(to !== undefined && { state: to }) };
}

function fieldsIn(type: LinkedRecordType, properties: Properties): Record<string, unknown> {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => type.fields.has(name)));
}

/** A record's own properties, unless a field is called so. */
function ownProperties(type: LinkedRecordType, properties: Properties): Partial<Resource> {
  return Object.fromEntries(
    ['state', 'owner'].flatMap((name) =>
      typeof properties[name] === 'string' && !type.fields.has(name) ? [[name, properties[name]]] : [],
    ),
  );
}
