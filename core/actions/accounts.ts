import { decideFor, subjectOf } from '../access.ts';
import type { RequestAction } from '../apps/definition.ts';
import type { Change } from '../changes.ts';
import { DaypassError } from '../errors.ts';
import { type DesignChange, designEvent } from '../journal/design-event.ts';
import { readableEmail } from '../mail/address.ts';
import { greeting } from '../mail/mail.ts';
import {
  changed,
  distinct,
  namesOf,
  newUser,
  partsOfName,
  requireConfirmed,
  signInEnvironments,
} from '../people/account.ts';
import { grantorsOf, mayAssign, requireKnownRoles } from '../people/delegation.ts';
import { accountSettings, welcomeText } from '../people/environment-settings.ts';
import { accountChange } from '../people/session.ts';
import { BUILT_IN_ROLES } from '../policy/built-in.ts';
import type { Grantor } from '../policy/delegation.ts';
import { normaliseEmail, type Principal } from '../principals.ts';
import type { Plan } from '../records/plan.ts';
import type { Session } from '../runtime.ts';
import type { ActionValues } from './action-values.ts';
import { queueMail } from './mail.ts';

/** What an action on an account answers to the record. */
export interface AccountResult {
  id: string;
  name: string;
  firstName: string;
  lastName: string;
  email: string;
  /** Whether the user was there before. */
  existed: boolean;
}

type Create = Pick<
  Extract<RequestAction, { kind: 'createUserAccount' }>,
  'acceptExisting' | 'addRoles' | 'welcomeMail'
>;
type Update = Pick<Extract<RequestAction, { kind: 'updateUserAccount' }>, 'removeRoles'>;

/**
 * User accounts as one operation changes them. Every permission is asked for before anything is looked up, so that the
 * answer tells nothing about accounts that the caller may not touch; what comes of it is written with the record.
 */
export class Accounts {
  readonly #session: Session;
  readonly #confirmed: readonly string[];
  /** By id: as it was read (absent for new ones), and as it shall be (absent: deleted). */
  readonly #touched = new Map<string, { before?: Principal; after?: Principal }>();
  readonly welcomed: Principal[] = [];
  /** The caller as who gives and takes roles, once a role moves. */
  #grantors?: Promise<Grantor[]>;

  constructor(session: Session, confirmed: readonly string[]) {
    this.#session = session;
    this.#confirmed = confirmed;
  }

  async create(definition: Create, values: ActionValues): Promise<AccountResult> {
    const { runtime, now } = this.#session;
    const roles = distinct(values.list('roles') ?? []);
    this.#require('create', { roles });
    await this.#requireAssignable('assign', roles);
    const email = readableEmail(values.text('email') ?? '');
    if (!email) throw values.refuse('email', 'must be an email address like name@example.org');
    const existing = await this.#byEmail(email);
    if (existing) {
      if (!definition.acceptExisting) throw new DaypassError('EMAIL_TAKEN');
      const given = definition.addRoles ? distinct([...existing.roles, ...roles]) : existing.roles;
      return resultOf(this.#change(existing, { roles: given }), true);
    }
    const user = newUser({
      id: runtime.newId(),
      firstName: this.#name(values, 'firstName'),
      lastName: this.#name(values, 'lastName'),
      email,
      roles,
      at: now,
    });
    this.#touched.set(user.id, { after: user });
    if (definition.welcomeMail) this.welcomed.push(user);
    return resultOf(user, false);
  }

  async update(definition: Update, values: ActionValues): Promise<AccountResult> {
    const id = values.text('user') ?? '';
    this.#require('update', { id });
    const added = distinct(values.list('addRoles') ?? []);
    await this.#requireAssignable('assign', added);
    const named = definition.removeRoles === 'all' ? undefined : distinct(values.list('removeRoles') ?? []);
    if (named) await this.#requireAssignable('remove', named);
    const user = await this.#byId(id);
    if (!user) throw values.refuse('user', 'names somebody who does not exist');
    const removed = named ?? user.roles.filter((role) => !added.includes(role));
    if (!named) await this.#requireAssignable('remove', removed);
    const roles = distinct([...user.roles.filter((role) => !removed.includes(role)), ...added]);
    const known = partsOfName(user);
    const firstName = values.text('firstName')?.trim() || known.firstName;
    const lastName = values.text('lastName')?.trim() || known.lastName;
    const renamed = firstName !== known.firstName || lastName !== known.lastName;
    const set = { roles, ...(renamed && namesOf(firstName, lastName)) };
    return resultOf(this.#change(user, set), true);
  }

  /** Whoever is gone already is gone: the record must still be able to follow. */
  async remove(values: ActionValues): Promise<void> {
    const id = values.text('user') ?? '';
    this.#require('delete', { id });
    const user = await this.#byId(id);
    if (!user) return;
    this.#require('delete', { id, roles: user.roles });
    const { environment, settings } = this.#session.published;
    if (environment !== 'production') {
      const elsewhere = signInEnvironments(user.roles, settings).filter((each) => each !== environment);
      requireConfirmed(elsewhere, this.#confirmed);
    }
    const before = this.#touched.get(id)?.before;
    this.#touched.set(id, before ? { before } : {});
  }

  /** An account as it will be so far; undefined for nobody. It says nothing about whether the caller may see it. */
  find(id: string): Promise<Principal | undefined> {
    return this.#byId(id);
  }

  /** What has to be written: one change per account with its entry in the journal, whatever was done to it in turn. */
  changes(via: DesignChange['via']): Change[] {
    const { runtime, caller, now, service } = this.#session;
    const signing = { runtime, now, caller: service?.calledBy ?? caller };
    return [...this.#touched.values()].flatMap(({ before, after }): Change[] => {
      const change = changeOf(before, after, now);
      if (!change) return [];
      const event = designEvent(signing, { ...accountChange(before, after), ...(via && { via }) });
      return [change, { kind: 'addDesignEvent', event }];
    });
  }

  /** Queues the environment's welcome for a new user. */
  async welcome(plan: Plan, user: Principal): Promise<void> {
    const { runtime, published } = this.#session;
    const { subject, body } = welcomeText(published.settings, published.environment);
    await queueMail(this.#session, plan, {
      to: user.email ?? '',
      subject,
      paragraphs: [`${greeting(user.name)},`, ...body.split(/\n\s*\n/)],
      button: { label: 'Sign in', href: `${runtime.siteUrl}/sign-in` },
    });
  }

  #require(
    action: 'create' | 'update' | 'delete',
    account: { id?: string; roles?: readonly string[] },
  ): void {
    if (decideFor(this.#session, action, { type: 'account', ...account }).decision) return;
    const { published, caller } = this.#session;
    if (action === 'delete' && account.id === caller.principalId) throw new DaypassError('OWN_ACCOUNT');
    const { environment, settings } = published;
    const allowed = accountSettings(settings, environment);
    const off = !allowed.manipulation || (action === 'delete' && !allowed.deletion);
    throw new DaypassError(
      'FORBIDDEN',
      off
        ? `Apps do not ${action} user accounts in ${environment}: it is switched off there`
        : `You may not ${action} this user account`,
    );
  }

  /**
   * Each role needs the permission to give or take it, and nobody moves more than they hold: anywhere, for roles are
   * the site's. What built-in roles permit does not count where apps manage accounts.
   */
  async #requireAssignable(action: 'assign' | 'remove', roles: readonly string[]): Promise<void> {
    if (roles.length === 0) return;
    const { published, caller, runtime } = this.#session;
    requireKnownRoles(published.settings, roles);
    const subject = subjectOf(caller);
    const own = { ...subject, roles: subject.roles.filter((role) => !BUILT_IN_ROLES.has(role)) };
    this.#grantors ??= grantorsOf(runtime, own);
    const grantors = await this.#grantors;
    for (const role of roles) {
      const granted = decideFor(this.#session, action, { type: 'role', id: role }).decision;
      if (granted && mayAssign(grantors, role)) continue;
      const doing = action === 'assign' ? 'give' : 'take away';
      throw new DaypassError('FORBIDDEN', `You may not ${doing} the role “${role}”`);
    }
  }

  #name(values: ActionValues, part: 'firstName' | 'lastName'): string {
    const name = values.text(part)?.trim();
    if (!name) throw values.refuse(part, 'is required');
    return name;
  }

  async #byEmail(email: string): Promise<Principal | undefined> {
    const normalised = normaliseEmail(email);
    for (const { after } of this.#touched.values()) {
      if (after?.email && normaliseEmail(after.email) === normalised) return after;
    }
    const found = await this.#session.runtime.store.readUserByEmail(normalised);
    return found && this.#byId(found.id);
  }

  async #byId(id: string): Promise<Principal | undefined> {
    const touched = this.#touched.get(id);
    if (touched) return touched.after;
    const found = id ? await this.#session.runtime.store.readPrincipal(id) : undefined;
    if (found?.type !== 'user') return undefined;
    this.#touched.set(id, { before: found, after: found });
    return found;
  }

  /** The account as it shall be; the same object when nothing about it changes. */
  #change(user: Principal, set: Partial<Principal>): Principal {
    const entries = Object.entries(set) as [keyof Principal, unknown][];
    if (entries.every(([name, value]) => JSON.stringify(user[name]) === JSON.stringify(value))) return user;
    const after = { ...user, ...set };
    this.#touched.set(user.id, { ...this.#touched.get(user.id), after });
    return after;
  }
}

/** The operation that changes accounts, for the journal. */
export function viaOf({ published }: Session, { operation }: Plan): NonNullable<DesignChange['via']> {
  return {
    environment: published.environment,
    app: operation.recordType.app.id,
    operation: operation.id,
  };
}

/** Undefined where nothing changes. */
function changeOf(
  before: Principal | undefined,
  after: Principal | undefined,
  at: number,
): Change | undefined {
  if (!before) return after?.email ? { kind: 'addUser', principal: after, email: after.email } : undefined;
  if (!after) return { kind: 'endAccount', principal: before, at };
  return after === before ? undefined : { kind: 'updateAccount', before, after: changed(before, after) };
}

function resultOf(user: Principal, existed: boolean): AccountResult {
  const { id, name, firstName = '', lastName = '', email = '' } = user;
  return { id, name, firstName, lastName, email, existed };
}
