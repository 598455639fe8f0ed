import { accessRequest } from '../access.ts';
import { DaypassError } from '../errors.ts';
import { type Explanation, explain } from '../policy/explain.ts';
import type { ReasonCode } from '../policy/types.ts';
import type { Caller } from '../ports.ts';
import { requireAskAboutOthers } from '../reach/permission.ts';
import { sessionAs } from '../reach/subjects.ts';
import type { Session } from '../runtime.ts';
import { type WrittenChange, writtenChange } from './changes.ts';
import type { ActionEntity, Question, SubjectEntity } from './question.ts';
import { resolveResource, type Target } from './resources.ts';
import { resolveSubject } from './subjects.ts';

/** How a decision came about, and what would turn it round. */
export interface ExplanationAnswer {
  decision: boolean;
  reason: ReasonCode;
  /** Which gate, in words. */
  detail?: string;
  /** Ids of the rules that decided; empty where none did. */
  rules: readonly string[];
  /** Permitted fields of the action. */
  fields: '*' | readonly string[];
  /** The fields that were asked for and are not permitted. */
  refused?: readonly string[];
  /** Every rule that names the subject for this action and resource, by tier. */
  tiers: Explanation['tiers'];
  /** Null where a gate, a state or an exemption decided: no rule changes that. */
  nearest: WrittenChange | null;
}

/**
 * Explains the decision on one question to those who may ask about others; to them a denial by a rule and the absence
 * of any grant are different things.
 * @throws DaypassError FORBIDDEN; NOT_FOUND for a subject or a resource that there is not
 */
export async function explainQuestion(session: Session, question: Question): Promise<ExplanationAnswer> {
  requireAskAboutOthers(session);
  const { subject, action, resource } = question;
  const [caller, target] = await Promise.all([
    resolveSubject(session, subject),
    resolveResource(session, resource),
  ]);
  if (!target) throw nothingAt('/resource', 'names nothing in this environment');
  if (caller) return explainTarget(session, caller, target, action);
  const ended = await endedPass(session, subject);
  if (ended === undefined) throw nothingAt('/subject', 'names nobody');
  return { decision: false, reason: ended, rules: [], fields: [], tiers: [], nearest: null };
}

function explainTarget(
  session: Session,
  caller: Caller,
  target: Target,
  action: ActionEntity,
): ExplanationAnswer {
  const { resource, fields } = target.asked(action);
  const request = { ...accessRequest(sessionAs(session, caller), action.name, resource), fields };
  const { decision, tiers, nearest } = explain(session.published.policy, request);
  const [reason] = decision.reasons;
  return {
    decision: decision.decision,
    reason: reason?.code ?? 'NOT_GRANTED',
    ...(reason?.detail !== undefined && { detail: reason.detail }),
    rules: reason?.rules ?? [],
    fields: decision.fields,
    ...(reason?.fields && { refused: reason.fields }),
    tiers,
    nearest: nearest && writtenChange(nearest, request, tiers),
  };
}

/** Why a token user without a live pass gets in nowhere; undefined for who never had one here. */
async function endedPass(session: Session, { type, id }: SubjectEntity): Promise<ReasonCode | undefined> {
  if (type !== 'tokenUser') return undefined;
  const credentials = await session.runtime.store.listCredentials(id);
  const passes = credentials.filter(
    ({ kind, environment }) => kind === 'access' && environment === session.published.environment,
  );
  if (passes.length === 0) return undefined;
  return passes.some(({ endedAt }) => endedAt === undefined) ? 'EXPIRED' : 'REVOKED';
}

function nothingAt(path: string, message: string): DaypassError {
  return new DaypassError('NOT_FOUND', undefined, [{ path, message }]);
}
