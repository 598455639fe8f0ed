import { decideView, recordResource, subjectOf } from '../access.ts';
import type { LinkedRecordType } from '../apps/published.ts';
import { DaypassError } from '../errors.ts';
import { holderOf, type Reached, type ReachedOperation, whoReaches } from '../policy/search.ts';
import type { Context, FieldSet, Resource, Subject } from '../policy/types.ts';
import type { Caller } from '../ports.ts';
import { visibleText } from '../records/answer.ts';
import { findRecord } from '../records/operation.ts';
import type { StoredRecord } from '../records/record.ts';
import type { Session } from '../runtime.ts';
import { readAllAccounts } from './candidates.ts';
import { mayAskAboutOthers } from './permission.ts';
import { ANONYMOUS, type Holder, readHolders } from './subjects.ts';

export interface OperationReach {
  id: string;
  name: string;
  /** The fields that it may show or touch. */
  fields: FieldSet;
  /** Ids of the rules that decided; for administrators only. */
  rules?: readonly string[];
}

/** Who reaches one record, with which operations. */
export interface RecordAccess {
  record: { id: string; app: string; recordType: string; state: string };
  /** What everybody who holds a role may do, whoever they are. */
  roles: { id: string; name: string; operations: OperationReach[] }[];
  subjects: {
    type: Caller['type'];
    id?: string;
    /** Absent for holders of passes whose name the caller may not see. */
    name?: string;
    /** Passes: until when, ISO time. */
    until?: string;
    operations: OperationReach[];
  }[];
  /** Passes that reach the record and whose holders the caller may not see. */
  otherPasses: number;
  /** False where there are more accounts than one answer looks at. */
  complete: boolean;
}

/**
 * Who can reach this record, and with which operations: everybody who holds a role, users, service accounts, robots, and
 * the holders of live passes. Staff who may view the record may ask; they see only those passes whose holders they may
 * see. Whoever may ask about others sees them all, and the rules.
 * @throws DaypassError NOT_FOUND
 */
export async function whoReachesRecord(session: Session, recordId: string): Promise<RecordAccess> {
  const { record, type } = await findRecord(session, recordId);
  const administers = mayAskAboutOthers(session);
  const isStaff = session.caller.type === 'user' || session.caller.type === 'serviceAccount';
  if (!administers && !(isStaff && decideView(session, type, record).decision)) {
    throw new DaypassError('NOT_FOUND');
  }
  const [users, machines, holders] = await Promise.all([
    readAllAccounts(session, 'users'),
    readAllAccounts(session, 'machines'),
    holdersNear(session, record),
  ]);
  const reach = new RecordReach(session, type, record, administers);
  const passes = reach.of(holders, ({ caller }) => caller);
  const shown = administers
    ? passes.map((pass) => ({ ...pass, name: pass.of.caller.name }))
    : await visiblePasses(session, passes);
  return {
    record: { id: record.id, app: type.app.id, recordType: type.id, state: record.state },
    roles: reach.ofRoles(),
    subjects: [
      ...reach
        .of([ANONYMOUS, ...users.callers, ...machines.callers], (caller) => caller)
        .map(({ of, operations }) => ({
          type: of.type,
          ...(of.type !== 'anonymous' && { id: of.principalId }),
          name: of.name,
          operations: reach.named(operations),
        })),
      ...shown.map(({ of: { caller }, name, operations }) => ({
        type: caller.type,
        id: caller.principalId,
        ...(name !== undefined && { name }),
        ...(caller.credential && { until: new Date(caller.credential.expiresAt).toISOString() }),
        operations: reach.named(operations),
      })),
    ],
    otherPasses: passes.length - shown.length,
    complete: users.complete && machines.complete,
  };
}

/**
 * Holders of passes of the record's type: a pass's ceiling names one. Those that were asked for by the record itself are
 * read consistently, the others from the list of open ones.
 */
async function holdersNear(session: Session, { id, app, recordType }: StoredRecord) {
  const { store } = session.runtime;
  const { environment } = session.published;
  const [own, open] = await Promise.all([
    store.readGrants(environment, id),
    store.listOpenGrants(environment),
  ]);
  const others = open.filter((grant) => grant.app === app && grant.recordType === recordType);
  const near = [...own, ...others.filter((grant) => grant.recordId !== id)];
  return readHolders(session, near);
}

interface ShownPass extends Reached<Holder> {
  name: string | undefined;
}

/**
 * Staff see a pass if they may view the record of its token user, and the holder's name if they may view that field of
 * it, as in the list of live passes.
 */
async function visiblePasses(session: Session, passes: readonly Reached<Holder>[]): Promise<ShownPass[]> {
  const { store } = session.runtime;
  const visible = await Promise.all(
    passes.map(async (pass): Promise<ShownPass | undefined> => {
      const { grant } = pass.of;
      const record = grant.tokenRecord && (await store.readRecord(grant.environment, grant.tokenRecord.id));
      const type = record && session.published.site.recordType(record.app, record.recordType);
      if (!record || !type) return undefined;
      const { decision, fields } = decideView(session, type, record);
      return decision ? { ...pass, name: visibleText(session, type, record, fields, 'name') } : undefined;
    }),
  );
  return visible.filter((pass) => pass !== undefined);
}

/** Asks about one record for many. */
class RecordReach {
  readonly #session: Session;
  readonly #type: LinkedRecordType;
  readonly #resource: Resource;
  readonly #showsRules: boolean;

  constructor(session: Session, type: LinkedRecordType, record: StoredRecord, showsRules: boolean) {
    this.#session = session;
    this.#type = type;
    this.#resource = recordResource(type, record);
    this.#showsRules = showsRules;
  }

  of<Of>(candidates: readonly Of[], callerOf: (candidate: Of) => Caller): Reached<Of>[] {
    const { policy } = this.#session.published;
    return whoReaches(
      policy,
      candidates,
      (candidate) => subjectOf(callerOf(candidate)),
      this.#resource,
      (candidate) => this.#context(callerOf(candidate).channel),
    );
  }

  ofRoles(): RecordAccess['roles'] {
    const { policy, settings } = this.#session.published;
    const subjects = new Map<string, Subject>(settings.roles.map(({ id }) => [id, holderOf(id)]));
    return whoReaches(
      policy,
      settings.roles,
      ({ id }) => subjects.get(id) as Subject,
      this.#resource,
      () => this.#context('browser'),
    ).map(({ of: { id, name }, operations }) => ({ id, name, operations: this.named(operations) }));
  }

  named(operations: readonly ReachedOperation[]): OperationReach[] {
    return operations.map(({ id, fields, rules }) => ({
      id,
      name: this.#type.operations.get(id)?.definition.name ?? id,
      fields,
      ...(this.#showsRules && { rules }),
    }));
  }

  #context(channel: Context['channel']): Context {
    const { published, runtime, now } = this.#session;
    return {
      now,
      environment: published.environment,
      channel,
      site: { url: runtime.siteUrl, name: published.settings.name },
    };
  }
}
