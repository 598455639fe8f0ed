import type { LinkedAction } from '../apps/published.ts';
import { DaypassError } from '../errors.ts';
import { MAX_LIFETIME_DAYS } from '../grants/grant.ts';
import type { Ceiling } from '../ports.ts';
import type { Principal } from '../principals.ts';
import type { Plan } from '../records/plan.ts';
import type { StoredRecord, Values } from '../records/record.ts';
import type { Session } from '../runtime.ts';
import { parseTokenReference, tokenReference } from '../tokens/token.ts';

/**
 * A record of a tokens app and its token user are one thing: adding the one makes the other with a token, deleting
 * removes both, editing carries the details over and never touches the token. These are the ids of the built-in fields.
 */
const FIELD = { name: 'name', email: 'email', roles: 'roles', token: 'token', self: 'self' } as const;

const DAY_MS = 86_400_000;
export const MAX_LIFETIME_MS = MAX_LIFETIME_DAYS * DAY_MS;
/** What a pass gets when its due date is already over. */
const MIN_LIFETIME_DAYS = 1;

export interface IssueOptions {
  /** Epoch milliseconds. */
  expiresAt: number;
  /** Whatever its roles allow, the token never reaches beyond this. */
  ceiling?: Ceiling;
  grantId?: string;
}

/** Adds to a planned Add User the token user and its token; the record names both. */
export function issueTokenUser(session: Session, plan: Plan, options: IssueOptions): Principal {
  const { runtime, now, published } = session;
  const { values } = plan.after;
  const roles = Array.isArray(values[FIELD.roles]) ? (values[FIELD.roles] as string[]) : [];
  requireKnownRoles(session, roles);
  const createdAt = new Date(now).toISOString();
  const principal: Principal = {
    id: runtime.newId(),
    type: 'tokenUser',
    name: String(values[FIELD.name] ?? ''),
    ...emailOf(values),
    roles,
    profiles: [],
    environment: published.environment,
    createdAt,
  };
  const reference = {
    principalId: principal.id,
    credentialId: runtime.newId(),
    keyId: runtime.keyring.active,
  };
  values[FIELD.token] = tokenReference(reference);
  values[FIELD.self] = principal.id;
  plan.after.names[principal.id] = principal.name;
  plan.changes.push(
    { kind: 'addPrincipal', principal },
    {
      kind: 'addCredential',
      credential: {
        id: reference.credentialId,
        principalId: principal.id,
        kind: 'access',
        environment: published.environment,
        keyId: reference.keyId,
        createdAt,
        expiresAt: options.expiresAt,
        ...(options.ceiling && { ceiling: options.ceiling }),
        ...(options.grantId && { grantId: options.grantId }),
      },
    },
  );
  return principal;
}

/** Carries a changed name or email over to the token user; token and roles stay as they are: no edit takes them. */
export function updateTokenUser(plan: Plan): void {
  const { values } = plan.after;
  const principalId = values[FIELD.self];
  if (typeof principalId !== 'string') return;
  const name = String(values[FIELD.name] ?? '');
  plan.after.names[principalId] = name;
  plan.changes.push({
    kind: 'changePrincipal',
    principalId,
    set: { name, ...emailOf(values) },
  });
}

/** Ends the token and leaves a tombstone of the token user, in the same transaction as the record's removal. */
export function endTokenUser(session: Session, record: StoredRecord, reason: string): Plan['changes'] {
  const reference = tokenOf(record);
  if (!reference) return [];
  const { principalId, credentialId } = reference;
  return [
    { kind: 'endCredential', principalId, credentialId, reason, at: session.now, requireLive: false },
    { kind: 'endPrincipal', principalId, at: session.now },
  ];
}

/** The token that a record of a tokens app stands for. */
export function tokenOf(record: StoredRecord) {
  return parseTokenReference(String(record.values[FIELD.token] ?? ''));
}

/**
 * When a token issued for a record ends: with the day of its due date (UTC), else after the app's or the site's lifetime.
 * @returns epoch milliseconds, between one day and 364 days from now
 */
export function expiryOf(now: number, dueDate: unknown, lifetimeDays: number): number {
  return Math.min(
    Math.max(wantedEnd(now, dueDate, lifetimeDays), now + MIN_LIFETIME_DAYS * DAY_MS),
    now + MAX_LIFETIME_DAYS * DAY_MS,
  );
}

/** As `expiryOf`, however near or far it is. */
export function wantedEnd(now: number, dueDate: unknown, lifetimeDays: number): number {
  return typeof dueDate === 'string' ? endOfDay(dueDate) : now + lifetimeDays * DAY_MS;
}

/** How many days a token lasts that a task issues, where no due date says so. */
export function lifetimeOf({ runtime }: Session, { target }: LinkedAction): number {
  return target.recordType.app.definition.tokenLifetimeDays ?? runtime.tokenLifetimeDays;
}

function endOfDay(date: string): number {
  return Date.parse(date.length === 10 ? `${date}T00:00:00Z` : date) + (date.length === 10 ? DAY_MS : 0);
}

function emailOf(values: Values): { email?: string } {
  const email = values[FIELD.email];
  return typeof email === 'string' ? { email } : {};
}

function requireKnownRoles(session: Session, roles: readonly string[]): void {
  const known = new Set(session.published.settings.roles.map((role) => role.id));
  const stranger = roles.find((role) => !known.has(role));
  if (stranger !== undefined) {
    throw new DaypassError('VALUES_INVALID', undefined, [
      { path: `/values/${FIELD.roles}`, message: `“${stranger}” is not a role of this site` },
    ]);
  }
}
