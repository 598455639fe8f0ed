import { DaypassError, ERRORS, type ErrorCode } from '../../../core/errors.ts';
import type { PeopleSession } from '../../../core/people/session.ts';
import { BUILT_IN_ROLES } from '../../../core/policy/built-in.ts';
import type { Caller } from '../../../core/ports.ts';
import { formTokenOf } from '../../shared/http/forgery.ts';
import type { ApiRequest, ApiResponse } from '../../shared/http/request.ts';
import type { Frame } from '../frame.ts';
import { type Notice, noticeFor, seeOtherSaying } from '../notice.ts';
import { wordsOf } from '../pages/format.ts';
import type { Refusal } from '../pages/manage-fields.tsx';
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
  request: Pick<ApiRequest, 'caller' | 'cookies' | 'path' | 'now'>,
): Promise<Place> {
  const { caller, now } = request;
  if (caller.type !== 'user') throw new DaypassError('CREDENTIAL_MISSING');
  const [session, frame] = await Promise.all([portal.people({ caller, now }), plainFrame(portal)]);
  const formToken = formTokenOf(caller, session.runtime);
  const said = noticeFor(portal, session.runtime, request);
  return { session, formToken, frame: { ...frame, ...said, user: { name: caller.name, formToken } } };
}

/** What came of a form: the answer of what it asked for, or why that was refused. */
export type Attempt<Done> = { refusal?: undefined; done: Done } | { refusal: Refusal };

/** Does what a form asks for; what no form can mend is thrown on. */
export async function attempt<Done>(work: () => Promise<Done>): Promise<Attempt<Done>> {
  try {
    return { done: await work() };
  } catch (error) {
    if (!(error instanceof DaypassError) || !MENDABLE.has(error.code)) throw error;
    return { refusal: refusalOf(error) };
  }
}

/** Why a form was refused, in the words of whoever filled it in. */
function refusalOf(error: DaypassError): Refusal {
  const { code, status } = error;
  const problems = [
    ...error.problems.map(({ path, message }) => ({
      path,
      message: message.replace(CONFIRM, 'Tick $1 to confirm'),
    })),
    ...(code === 'EMAIL_TAKEN' ? [{ path: '/email', message: ERRORS.EMAIL_TAKEN.title }] : []),
  ];
  return {
    title: titleOf(error, problems.length > 0),
    problems,
    status: status === 403 ? 403 : 422,
    ...(code === 'VERSION_MISMATCH' && { overtaken: true }),
  };
}

/** A refusal that names roles as people know them: the API, which is told ids, names ids. */
export function withRoleNames(refusal: Refusal, roles: readonly { value: string; label: string }[]): Refusal {
  const problems = refusal.problems.map(({ path, message }) => ({
    path,
    message: message.replace(/^“([^”]+)”/, (told, id) => {
      const label = roles.find(({ value }) => value === id)?.label;
      return label === undefined ? told : `“${label}”`;
    }),
  }));
  return { ...refusal, problems };
}

/** As the API words it. */
const CONFIRM = /^name (\S+) to confirm$/;

function titleOf({ code, message }: DaypassError, marked: boolean): string {
  if (marked && AT_FIELDS.has(code)) return 'Please correct what is marked';
  const told = TITLES[code] ?? message;
  const sentence = told.charAt(0).toUpperCase() + told.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** What is wrong with one field or several is said there. */
const AT_FIELDS: ReadonlySet<string> = new Set([
  'ALREADY_EXISTS',
  'EMAIL_TAKEN',
  'REQUEST_INVALID',
  'ROLE_UNKNOWN',
]);

/** Said to people in other words than to programs; whatever is not here says it in the error's own. */
const TITLES: Partial<Record<ErrorCode, string>> = {
  IDEMPOTENCY_MISMATCH:
    'This form was sent before with other contents. To send it once more as it is now, press the button.',
  ROLE_IN_USE: ERRORS.ROLE_IN_USE.title,
  VERSION_MISMATCH: 'Somebody else changed this meanwhile. Check it, then send it again.',
};

/** The answer to a form that has done what it was sent for: to a page of administrators, which says so once. */
export function doneAt(
  portal: Portal,
  { session }: Place,
  request: { caller: Caller },
  location: string,
  said: Notice,
): ApiResponse {
  return seeOtherSaying(portal, session.runtime, request, location, said);
}

const MENDABLE: ReadonlySet<string> = new Set([
  'ALREADY_EXISTS',
  'CONFIRMATION_NEEDED',
  'CONFLICT',
  'EMAIL_TAKEN',
  'FORBIDDEN',
  'IDEMPOTENCY_MISMATCH',
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

/** Built-in roles as they are called: `TenantAdministrator` → `Tenant administrator`. */
export const builtInOptions = [...BUILT_IN_ROLES].map((value) => {
  const words = wordsOf(value);
  return { value, label: words.charAt(0).toUpperCase() + words.slice(1) };
});

/** A version as the form carries it; one that cannot be one fits nothing. */
export const versionIn = (text: string | undefined): number => Number(text ?? Number.NaN);
