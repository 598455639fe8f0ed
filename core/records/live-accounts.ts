import type { LinkedRecordType } from '../apps/published.ts';
import { BUILT_IN_ROLES } from '../policy/built-in.ts';
import { normaliseEmail, type Principal } from '../principals.ts';
import type { Session } from '../runtime.ts';
import type { FieldValue, RecordAnswer, Values } from './record.ts';

/** Records of one page whose accounts are looked up; what goes beyond shows what was saved. */
const MOST = 100;

/**
 * Some records stand for user accounts: those of a users app, and those with fields of a user. Whoever changes an account
 * elsewhere changes what they show: the names and roles are the account's as they are now, and not as they were saved.
 */
export async function withLiveAccounts(
  session: Session,
  answers: readonly RecordAnswer[],
): Promise<readonly RecordAnswer[]> {
  const { site } = session.published;
  const known = new Map<string, Promise<Principal | undefined>>();
  const once = (key: string, read: () => Promise<Principal | undefined>) => {
    const found = known.get(key) ?? (known.size < MOST ? read() : Promise.resolve(undefined));
    known.set(key, found);
    return found;
  };
  const { store } = session.runtime;
  const byId = (id: string) => once(id, () => store.readPrincipal(id));
  const byEmail = (email: string) =>
    once(`email ${email}`, () => store.readUserByEmail(normaliseEmail(email)));

  return Promise.all(
    answers.map(async (answer) => {
      const type = site.recordType(answer.app, answer.recordType);
      if (!type || !standsForAccount(type)) return answer;
      const named = await Promise.all(userIdsIn(type, answer).map(byId));
      const names = named.flatMap((user) => (user ? [[user.id, user.name]] : []));
      const { user: id, email } = answer.values;
      const account =
        isUsersApp(type) && typeof id === 'string'
          ? await byId(id)
          : isUsersApp(type) && typeof email === 'string'
            ? await byEmail(email)
            : undefined;
      return shown(type, { ...answer, names: { ...answer.names, ...Object.fromEntries(names) } }, account);
    }),
  );
}

/** The built-in fields of a users app that are the account's own. */
export function accountFields({ firstName, lastName, roles }: Principal): Values {
  return {
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    roles: roles.filter((role) => !BUILT_IN_ROLES.has(role)),
  };
}

export const isUsersApp = ({ app }: LinkedRecordType) => app.definition.kind === 'users';

const standsForAccount = (type: LinkedRecordType) =>
  isUsersApp(type) || [...type.fields.values()].some(({ definition }) => definition.ofUser);

function userIdsIn(type: LinkedRecordType, { values, names }: RecordAnswer): string[] {
  const ids = [...type.fields.values()].flatMap(({ id, definition }): FieldValue[] =>
    definition.type === 'user' ? [values[id] ?? null] : [],
  );
  return ids.filter((id): id is string => typeof id === 'string' && id in names);
}

/** Only members that the caller was shown anyway. */
function shown(type: LinkedRecordType, answer: RecordAnswer, account: Principal | undefined): RecordAnswer {
  if (account?.type !== 'user') return answer;
  const live = Object.entries(accountFields(account)).filter(([field]) => field in answer.values);
  const values = { ...answer.values, ...Object.fromEntries(live) };
  const { titleField } = type.definition;
  const title = titleField !== undefined && values[titleField];
  return { ...answer, values, title: typeof title === 'string' ? title : answer.title };
}
