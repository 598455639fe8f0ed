import { DaypassError, ERRORS } from '../../../core/errors.ts';
import type { PeopleSession } from '../../../core/people/session.ts';
import { BUILT_IN_ROLES } from '../../../core/policy/built-in.ts';
import type { Caller } from '../../../core/ports.ts';
import { formTokenOf } from '../../shared/http/forgery.ts';
import type { Frame } from '../frame.ts';
import type { Refusal } from '../pages/manage-parts.tsx';
import { type Portal, plainFrame } from '../portal.ts';

/** What every page of an administrator is made with. */
export interface Place {
  session: PeopleSession;
  frame: Frame;
  formToken: string;
}

/** @throws DaypassError CREDENTIAL_MISSING for whoever has not signed in */
export async function openPlace(
  portal: Portal,
  { caller, now }: { caller: Caller; now: number },
): Promise<Place> {
  if (caller.type !== 'user') throw new DaypassError('CREDENTIAL_MISSING');
  const [session, frame] = await Promise.all([portal.people({ caller, now }), plainFrame(portal)]);
  const formToken = formTokenOf(caller, session.runtime);
  return { session, formToken, frame: { ...frame, user: { name: caller.name, formToken } } };
}

/** Does what a form asks for: undefined, or why it was refused; what no form can mend is thrown on. */
export async function attempt(work: () => Promise<unknown>): Promise<Refusal | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (!(error instanceof DaypassError) || !MENDABLE.has(error.code)) throw error;
    const { title } = ERRORS[error.code];
    const said = error.message === title ? title : `${error.message}. ${title}`;
    return { title: said, problems: error.problems, status: error.status === 403 ? 403 : 422 };
  }
}

const MENDABLE: ReadonlySet<string> = new Set([
  'ALREADY_EXISTS',
  'CONFIRMATION_NEEDED',
  'CONFLICT',
  'EMAIL_TAKEN',
  'FORBIDDEN',
  'LAST_OWNER',
  'LIMIT_EXCEEDED',
  'OWN_ACCOUNT',
  'REQUEST_INVALID',
  'ROLE_IN_USE',
  'ROLE_UNKNOWN',
  'VERSION_MISMATCH',
]);

/** A repeated field of a form: nothing, one or several values. */
export function severalIn(value: string | string[] | undefined): string[] {
  return value === undefined ? [] : [value].flat();
}

export const builtInOptions = [...BUILT_IN_ROLES].map((value) => ({ value, label: value }));

/** A version as the form carries it; one that cannot be one fits nothing. */
export const versionIn = (text: string | undefined): number => Number(text ?? Number.NaN);
