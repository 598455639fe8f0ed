import type { Caller } from '../ports.ts';
import { mayAsk } from '../reach/permission.ts';
import { ANONYMOUS, asCaller, readCaller } from '../reach/subjects.ts';
import type { Session } from '../runtime.ts';
import type { Properties, SubjectEntity } from './question.ts';

/** Subject types are those of Daypass. */
export const SUBJECT_TYPES: readonly Caller['type'][] = [
  'user',
  'serviceAccount',
  'robot',
  'tokenUser',
  'anonymous',
];
const LEVELS = ['admin', 'user', 'guest'] as const;
const NAMES = ['name', 'firstName', 'lastName', 'email'] as const;

/** Whether a question is about the caller as they are, who is somebody that may ask at all. */
export function isOwnQuestion(session: Session, { type, id, properties }: SubjectEntity): boolean {
  const { caller } = session;
  return mayAsk(session) && caller.type === type && caller.principalId === id && properties === undefined;
}

/**
 * The subject of a question as a caller; undefined for nobody. With properties it is a subject as it might be: `role`
 * and `roles` are held besides the stored ones, `profiles` and `level` instead of them, and so the names and the email.
 * Who does not exist is made of properties alone; a token user never is, because its pass says what it may do.
 */
export async function resolveSubject(session: Session, entity: SubjectEntity): Promise<Caller | undefined> {
  const { type, id, properties } = entity;
  if (isOwnQuestion(session, entity)) return session.caller;
  if (type === 'anonymous') return ANONYMOUS;
  if (!isSubjectType(type)) return undefined;
  const known = await readCaller(session, id);
  if (known && known.type !== type) return undefined;
  const stored = known ?? (properties && type !== 'tokenUser' ? unknownCaller(type, id) : undefined);
  return stored && properties ? asItMightBe(stored, properties) : stored;
}

function isSubjectType(type: string): type is Caller['type'] {
  return (SUBJECT_TYPES as readonly string[]).includes(type);
}

function unknownCaller(type: Caller['type'], id: string): Caller | undefined {
  if (type === 'anonymous') return undefined;
  return asCaller({ id, type, name: '', roles: [], profiles: [], createdAt: '' });
}

function asItMightBe(caller: Caller, properties: Properties): Caller {
  const { role, roles, profiles, level } = properties;
  const given = [...textsOf(role), ...textsOf(roles)];
  const known = LEVELS.find((each) => each === level);
  const names = NAMES.filter((name) => typeof properties[name] === 'string');
  return {
    ...caller,
    roles: [...new Set([...caller.roles, ...given])],
    profiles: profiles === undefined ? caller.profiles : textsOf(profiles),
    ...(known && { level: known }),
    ...Object.fromEntries(names.map((name) => [name, properties[name]])),
  };
}

function textsOf(value: unknown): string[] {
  return [value].flat().filter((each): each is string => typeof each === 'string');
}
