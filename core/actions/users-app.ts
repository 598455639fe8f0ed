import { DaypassError } from '../errors.ts';
import { normaliseEmail } from '../principals.ts';
import { accountFields } from '../records/live-accounts.ts';
import type { Plan } from '../records/plan.ts';
import { recordScope } from '../records/scope.ts';
import type { Session } from '../runtime.ts';
import { Accounts, viaOf } from './accounts.ts';
import type { ActionValues } from './action-values.ts';

/** Ids of the built-in fields of a users app. */
const FIELD = { email: 'email', roles: 'roles', user: 'user' } as const;
const NAMES: readonly string[] = ['firstName', 'lastName'];

/**
 * A record of a users app and its user are one thing: Add User makes the user, Edit User carries names and roles over,
 * Delete User deletes it. What the caller may do with user accounts decides, besides what they may do with the record.
 * @throws DaypassError as `runActions`, and EMAIL_IMMUTABLE
 */
export async function withUserAccount(
  session: Session,
  plan: Plan,
  confirmed: readonly string[],
): Promise<void> {
  const { after, before, operation } = plan;
  const accounts = new Accounts(session, confirmed);
  switch (operation.definition.kind) {
    case 'add': {
      const { id, name } = await accounts.create({}, valuesOf(session, plan, {}));
      after.values[FIELD.user] = id;
      after.names[id] = name;
      break;
    }
    case 'edit': {
      requireSameEmail(before?.values[FIELD.email], after.values[FIELD.email]);
      await editAccount(session, plan, accounts);
      break;
    }
    case 'delete':
      await accounts.remove(valuesOf(session, plan, {}));
      break;
  }
  plan.changes.push(...accounts.changes(viaOf(session, plan)));
}

/**
 * Only what was sent is carried over: the account may have been changed elsewhere since the record was saved. The record
 * then says what the account does.
 */
async function editAccount(session: Session, plan: Plan, accounts: Accounts): Promise<void> {
  const { after, sent = [] } = plan;
  const account = await accounts.find(String(after.values[FIELD.user] ?? ''));
  const had = account ? accountFields(account) : {};
  const roles = { had: rolesIn(had), has: rolesIn(sent.includes(FIELD.roles) ? after.values : had) };
  const values = valuesOf(session, plan, {
    addRoles: roles.has.filter((role) => !roles.had.includes(role)),
    removeRoles: roles.had.filter((role) => !roles.has.includes(role)),
  });
  const text = (part: string) =>
    NAMES.includes(part) && !sent.includes(part) ? undefined : values.text(part);
  const { id, name, firstName, lastName } = await accounts.update({}, { ...values, text });
  Object.assign(after.values, { firstName, lastName, [FIELD.roles]: roles.has });
  after.names[id] = name;
}

function rolesIn(values: Plan['after']['values'] | undefined): string[] {
  const roles = values?.[FIELD.roles];
  return Array.isArray(roles) ? roles : [];
}

function requireSameEmail(before: unknown, after: unknown): void {
  if (normaliseEmail(String(before ?? '')) === normaliseEmail(String(after ?? ''))) return;
  throw new DaypassError('EMAIL_IMMUTABLE', undefined, [
    { path: `/values/${FIELD.email}`, message: 'cannot be changed' },
  ]);
}

/** The record's own fields are the action's parts. */
function valuesOf(
  session: Session,
  { after }: Plan,
  roles: { addRoles?: string[]; removeRoles?: string[] },
): ActionValues {
  const lists: Record<string, string[]> = { roles: rolesIn(after.values), ...roles };
  return {
    scope: recordScope(session, after),
    text: (part) => {
      const value = after.values[part];
      return value == null ? undefined : String(value);
    },
    list: (part) => lists[part],
    isFixed: () => false,
    refuse: (part, message) =>
      new DaypassError('VALUES_INVALID', undefined, [{ path: `/values/${part}`, message }]),
  };
}
