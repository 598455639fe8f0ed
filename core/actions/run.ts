import type { LinkedRequestAction } from '../apps/published.ts';
import { DaypassError } from '../errors.ts';
import { isUnevaluable } from '../expressions/compile.ts';
import type { Plan } from '../records/plan.ts';
import type { FieldValue } from '../records/record.ts';
import { recordScope } from '../records/scope.ts';
import { checkValue } from '../records/values.ts';
import type { Session } from '../runtime.ts';
import { type AccountResult, Accounts, viaOf } from './accounts.ts';
import type { ActionValues } from './action-values.ts';
import { sendEmail } from './mail.ts';

/**
 * Runs an operation's actions in their order: as the caller, on what will be committed with the record, so that either
 * all of it happens or none. What an action returns is set on the record before the next one reads it.
 * @param confirmed environments that the caller has named to confirm a deletion
 * @throws DaypassError FORBIDDEN, OWN_ACCOUNT, EMAIL_TAKEN, ROLE_UNKNOWN, CONFIRMATION_NEEDED, VALUES_INVALID,
 * RATE_LIMITED; nothing has happened then
 */
export async function runActions(session: Session, plan: Plan, confirmed: readonly string[]): Promise<void> {
  const { actions } = plan.operation;
  if (actions.length === 0) return;
  const accounts = new Accounts(session, confirmed);
  for (const action of actions) {
    const values = readerOf(session, plan, action);
    if (action.when && !action.when(values.scope)) continue;
    const { definition } = action;
    switch (definition.kind) {
      case 'createUserAccount':
        await bringBack(session, plan, action, await accounts.create(definition, values));
        break;
      case 'updateUserAccount':
        await bringBack(session, plan, action, await accounts.update(definition, values));
        break;
      case 'deleteUserAccount':
        await accounts.remove(values);
        break;
      case 'sendEmail':
        await sendEmail(session, plan, values);
        break;
    }
  }
  plan.changes.push(...accounts.changes(viaOf(session, plan)));
  for (const user of accounts.welcomed) await accounts.welcome(plan, user);
}

/** Parts that say by themselves what it means that a field has no value; elsewhere that is a mistake. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(['firstName', 'lastName', 'email', 'user', 'to']);

function readerOf(session: Session, plan: Plan, action: LinkedRequestAction): ActionValues {
  const record = { ...plan.after.values, ...plan.runtimeValues };
  const scope = { ...recordScope(session, plan.after), record };
  const refuse = (part: string, message: string) =>
    new DaypassError('VALUES_INVALID', undefined, [
      { path: `/values/${action.reads.get(part) ?? ''}`, message },
    ]);
  const value = (part: string): unknown => {
    const evaluated = action.values.get(part)?.(scope);
    if (isUnevaluable(evaluated)) {
      if (MAY_BE_EMPTY.has(part)) return undefined;
      throw refuse(part, 'is needed here');
    }
    return evaluated ?? undefined;
  };
  return {
    scope,
    refuse,
    isFixed: (part) => !action.reads.has(part),
    text: (part) => {
      const found = value(part);
      return found === undefined ? undefined : String(found);
    },
    list: (part) => {
      const found = value(part);
      return found === undefined ? undefined : (Array.isArray(found) ? found : [found]).map(String);
    },
  };
}

/** Sets on the record what an action returns. */
async function bringBack(
  session: Session,
  plan: Plan,
  action: LinkedRequestAction,
  result: AccountResult,
): Promise<void> {
  const scope = {
    ...recordScope(session, plan.after),
    record: { ...plan.after.values, ...plan.runtimeValues },
    result,
  };
  for (const [id, evaluate] of action.returns) {
    const field = plan.operation.recordType.fields.get(id);
    const value = evaluate(scope);
    if (!field || isUnevaluable(value)) continue;
    const checked = checkValue(field.definition, value as FieldValue);
    if ('problem' in checked) {
      throw new DaypassError('VALUES_INVALID', undefined, [
        { path: `/values/${id}`, message: checked.problem },
      ]);
    }
    plan.after.values[id] = checked.value;
    if (checked.value === result.id) plan.after.names[result.id] = result.name;
  }
}
