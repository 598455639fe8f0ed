import type { Caller } from '../ports.ts';
import type { Session } from '../runtime.ts';
import { asCaller } from './subjects.ts';

export type AccountPart = 'users' | 'machines';

/** Accounts of one read of the directory, each as the caller that it would be. */
export interface AccountPage {
  readonly accounts: readonly { readonly caller: Caller; readonly place: string }[];
  /** The place to go on after; absent at the end. */
  readonly last?: string;
}

/**
 * Users, or service accounts and robots, in order of name. Roles and profiles come from the accounts themselves, read
 * consistently, not from the directory.
 */
export async function readAccounts(
  session: Session,
  part: AccountPart,
  page: { limit: number; after?: string },
): Promise<AccountPage> {
  const { store } = session.runtime;
  const { entries, last } = await store.listDirectory(part, page);
  const principals = await Promise.all(entries.map(({ id }) => store.readPrincipal(id)));
  const accounts = entries.flatMap(({ place }, at) => {
    const principal = principals[at];
    return principal ? [{ caller: asCaller(principal), place }] : [];
  });
  return { accounts, ...(last !== undefined && { last }) };
}

/** Accounts read at once, and the most that one answer looks at. */
const AT_ONCE = 100;
export const MOST_ACCOUNTS = 1000;

/** Every account of a part of the directory, up to a limit. */
export async function readAllAccounts(
  session: Session,
  part: AccountPart,
): Promise<{ callers: Caller[]; complete: boolean }> {
  const callers: Caller[] = [];
  for (let after: string | undefined; ; ) {
    const page = await readAccounts(session, part, { limit: AT_ONCE, ...(after !== undefined && { after }) });
    callers.push(...page.accounts.map(({ caller }) => caller));
    if (page.last === undefined) return { callers, complete: true };
    if (callers.length >= MOST_ACCOUNTS) return { callers, complete: false };
    after = page.last;
  }
}
