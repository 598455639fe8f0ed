import { accessRequest } from '../access.ts';
import { DaypassError } from '../errors.ts';
import { decide } from '../policy/decide.ts';
import { type Explanation, explain } from '../policy/explain.ts';
import type { Policy } from '../policy/load.ts';
import { viewingOf } from '../policy/on-record.ts';
import type { AccessRequest, ReasonCode } from '../policy/types.ts';
import type { Caller } from '../ports.ts';
import { requireAskAboutOthers } from '../reach/permission.ts';
import { sessionAs } from '../reach/subjects.ts';
import type { Session } from '../runtime.ts';
import { together, type WrittenChange, writtenChange } from './changes.ts';
import type { ActionEntity, Question, SubjectEntity } from './question.ts';
import { resolveResource, type Target } from './resources.ts';
import { resolveSubject } from './subjects.ts';

/** How a decision came about, and what would turn it round. */
export interface ExplanationAnswer {
  decision: boolean;
  reason: ReasonCode;
  /** Which gate, in words; or that the record may not be viewed, which an operation on it needs. */
  detail?: string;
  /** Ids of the rules that decided; empty where none did. */
  rules: readonly string[];
  /** Permitted fields of the action. */
  fields: '*' | readonly string[];
  /** The fields that were asked for and are not permitted. */
  refused?: readonly string[];
  /** Every rule that names the subject for this action and resource, by tier; and for viewing, where that is what lacks. */
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
    resolveResource(session, resource, action.name),
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
  const { resource, fields } = target.asked(action, caller, session.now);
  const request = { ...accessRequest(sessionAs(session, caller), action.name, resource), fields };
  const { policy } = session.published;
  const own = explained(policy, request);
  const blind = viewingRefused(policy, request);
  const lacking = own.decision.decision ? [blind] : [blind, own];
  const { decision } = own.decision.decision && blind ? blind : own;
  const tiers = blind ? byTier([...own.tiers, ...blind.tiers]) : own.tiers;
  const nearest = blind ? together(lacking.map((each) => each?.nearest ?? null)) : own.nearest;
  const [reason] = decision.reasons;
  return {
    decision: decision.decision,
    reason: reason?.code ?? 'NOT_GRANTED',
    ...(blind && decision === blind.decision && { detail: BLIND }),
    ...(reason?.detail !== undefined && { detail: reason.detail }),
    rules: reason?.rules ?? [],
    fields: decision.fields,
    ...(reason?.fields && { refused: reason.fields }),
    tiers,
    nearest,
  };
}

const BLIND = 'the record may not be viewed';

type Explained = Omit<Explanation, 'nearest'> & { nearest: WrittenChange | null };

function explained(policy: Policy, request: AccessRequest): Explained {
  const { nearest, ...rest } = explain(policy, request);
  return { ...rest, nearest: nearest && writtenChange(nearest, request, rest.tiers) };
}

/** Why the record may not be viewed, where what is asked for needs that; undefined where that is not what lacks. */
function viewingRefused(policy: Policy, request: AccessRequest): Explained | undefined {
  const viewing = viewingOf(policy, request);
  if (!viewing || decide(policy, viewing).decision) return undefined;
  // Nobody has to see more for it than what they are to write.
  return explained(policy, { ...viewing, fields: request.fields });
}

function byTier(tiers: Explanation['tiers']): Explanation['tiers'] {
  const numbers = [...new Set(tiers.map(({ tier }) => tier))].sort((a, b) => a - b);
  return numbers.map((tier) => ({
    tier,
    rules: tiers.filter((each) => each.tier === tier).flatMap(({ rules }) => rules),
  }));
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
