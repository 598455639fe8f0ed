import { isDeepStrictEqual } from 'node:util';
import type { AppDefinition } from '../../core/apps/definition.ts';
import type { StoredRecord } from '../../core/records/record.ts';
import { type Actor, holderOf } from './holders.ts';
import { type Holder, hasRight, isExempt, mayDo, rightsOf } from './reach.ts';
import type { Stored } from './stored.ts';

/** What a request says that it does to records. */
export interface Deed {
  operation?: string;
  /** A service that does it with the rights of its app's robot. */
  service?: string;
}

/** What one request did to records and the actor could not: each finding is a sentence. */
export function judgeRecords(before: Stored, after: Stored, actor: Actor, deed: Deed): string[] {
  const ids = new Set([...before.records.keys(), ...after.records.keys()]);
  return [...ids].flatMap((id) => {
    const [was, is] = [before.records.get(id), after.records.get(id)];
    const record = is ?? was;
    if (!record || isDeepStrictEqual(content(was), content(is))) return [];
    const app = before.running.get(record.environment)?.get(record.app);
    if (!app) return [];
    const finding = judgeRecord(before, app, { was, is, record }, actor, deed);
    return finding
      ? [`RECORD ${finding} (${deed.operation ?? deed.service} in ${app.id} of ${record.environment})`]
      : [];
  });
}

const content = (record: StoredRecord | undefined) =>
  record && { values: record.values, state: record.state };

function judgeRecord(
  stored: Stored,
  app: AppDefinition,
  { was, is, record }: { was: StoredRecord | undefined; is: StoredRecord | undefined; record: StoredRecord },
  actor: Actor,
  { operation, service }: Deed,
): string | undefined {
  const { environment } = record;
  const rights = rightsOf(stored, holderOf(stored, actor));
  if (actor.type !== 'anonymous' && !rights.has(`signIn:${environment}`)) {
    return 'somebody who may not sign in there changed a record';
  }
  const found = app.services?.find(({ id }) => id === service);
  if (service !== undefined && (!found || !hasRight(rights, `service:${service}`)))
    return 'a service that the actor may not call';
  const does: Holder = found ? { ...robotOf(stored, app) } : holderOf(stored, actor);
  const run = found?.operation ?? operation ?? '';
  const place = { environment, app };
  const changed = is
    ? Object.keys(is.values).filter(
        (field) => !isDeepStrictEqual(is.values[field], was?.values[field] ?? null),
      )
    : [];
  const beyond = found?.fields && changed.find((field) => !found.fields?.includes(field));
  if (beyond) return `the service does not take ${beyond}`;
  if (isExempt(does, environment)) return undefined;
  if (was && !mayDo(place, does, 'view', was)) return 'a record was changed that its changer may not view';
  const fields = mayDo(place, does, run, was, is);
  if (!fields)
    return was && mayDo(place, does, run, was)
      ? 'a record was saved as its changer may not save it'
      : 'a record was changed that its changer may not change';
  const stranger = changed.find((field) => !fields.has(field));
  return stranger && `the field ${stranger} was written, which its changer may not write`;
}

function robotOf(stored: Stored, { robot = '' }: AppDefinition): Holder {
  return { id: robot, type: 'robot', roles: stored.principals.get(robot)?.roles ?? [] };
}
