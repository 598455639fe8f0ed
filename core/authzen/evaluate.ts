import { accessRequest } from '../access.ts';
import { DaypassError } from '../errors.ts';
import { decideOnRecord } from '../policy/on-record.ts';
import type { Caller } from '../ports.ts';
import { mayAskAboutOthers, requireAskAboutOthers } from '../reach/permission.ts';
import { sessionAs } from '../reach/subjects.ts';
import type { Session } from '../runtime.ts';
import {
  type ActionEntity,
  type DecisionAnswer,
  type Question,
  type Questions,
  questionSchema,
} from './question.ts';
import { isWhatIf, resolveResource, type Target } from './resources.ts';
import { isOwnQuestion, resolveSubject } from './subjects.ts';

/**
 * Answers one question as the decision function does. Everybody who has signed in may ask about themselves, records as they
 * are and what they would add; all else, other people or things as they might be, needs the right to ask about others,
 * and is answered with the reason.
 * @throws DaypassError FORBIDDEN
 */
export async function evaluate(session: Session, question: Question): Promise<DecisionAnswer> {
  const { subject, action, resource } = question;
  const isOwn = isOwnQuestion(session, subject) && !isWhatIf(session, resource, action.name);
  if (!isOwn) requireAskAboutOthers(session);
  const [caller, target] = await Promise.all([
    resolveSubject(session, subject),
    resolveResource(session, resource, action.name),
  ]);
  if (!caller || !target) return { decision: false };
  const answer = decideTarget(session, caller, target, action);
  return isOwn && !mayAskAboutOthers(session) ? { decision: answer.decision } : answer;
}

/** The decision about a subject that may be somebody else, and which fields there are, whatever was asked for. */
export function decideTarget(
  session: Session,
  caller: Caller,
  target: Target,
  action: ActionEntity,
): { decision: boolean; context: NonNullable<DecisionAnswer['context']> } {
  const { resource, fields: asked } = target.asked(action, caller, session.now);
  const request = accessRequest(sessionAs(session, caller), action.name, resource);
  const whole = decideOnRecord(session.published.policy, request);
  const { decision, reasons } =
    asked.length > 0 ? decideOnRecord(session.published.policy, { ...request, fields: asked }) : whole;
  const [reason] = reasons;
  return {
    decision,
    context: {
      reason: reason?.code ?? '',
      rules: [...(reason?.rules ?? [])],
      fields: whole.fields === '*' ? '*' : [...whole.fields],
    },
  };
}

/**
 * Answers several questions in their order. What is wrong with one of them denies that one, with the error.
 * @param open the session for a question's context; rejects for an environment that is none, or not the caller's
 * @throws DaypassError REQUEST_INVALID or FORBIDDEN where there is but one question, at the top
 */
export async function evaluateAll(
  open: (context: Question['context']) => Promise<Session>,
  questions: Questions,
): Promise<DecisionAnswer | { evaluations: DecisionAnswer[] }> {
  const { evaluations = [], options, ...defaults } = questions;
  if (evaluations.length === 0) {
    const question = readQuestion({}, defaults);
    return evaluate(await open(question.context), question);
  }
  const semantic = options?.evaluations_semantic ?? 'execute_all';
  const answers: DecisionAnswer[] = [];
  for (const evaluation of evaluations) {
    const answer = await answerOne(open, evaluation, defaults);
    answers.push(answer);
    if (semantic === 'deny_on_first_deny' && !answer.decision) break;
    if (semantic === 'permit_on_first_permit' && answer.decision) break;
  }
  return { evaluations: answers };
}

type Defaults = Omit<Questions, 'evaluations' | 'options'>;

async function answerOne(
  open: (context: Question['context']) => Promise<Session>,
  evaluation: unknown,
  defaults: Defaults,
): Promise<DecisionAnswer> {
  try {
    const question = readQuestion(evaluation, defaults);
    return await evaluate(await open(question.context), question);
  } catch (error) {
    if (!(error instanceof DaypassError) || error.status >= 500) throw error;
    const [problem] = error.problems;
    const message = problem ? `${problem.path}: ${problem.message}` : error.message;
    return { decision: false, context: { error: { status: error.status, message } } };
  }
}

/** A member of a question replaces the default whole, except that required parts which it lacks are taken from there. */
function readQuestion(evaluation: unknown, defaults: Defaults): Question {
  const given = isObject(evaluation) ? evaluation : undefined;
  const merged = given && {
    ...given,
    subject: withParts(given.subject, defaults.subject, ['type', 'id']),
    action: withParts(given.action, defaults.action, ['name']),
    resource: withParts(given.resource, defaults.resource, ['type', 'id']),
    context: given.context ?? defaults.context,
  };
  const parsed = questionSchema.safeParse(merged);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({
    path: `/${path.join('/')}`,
    message: message.replace(/^Invalid input: /, ''),
  }));
  throw new DaypassError('REQUEST_INVALID', undefined, problems);
}

function withParts(given: unknown, standard: object | undefined, required: readonly string[]): unknown {
  if (given === undefined) return standard;
  if (!isObject(given) || !standard) return given;
  const parts = required.flatMap((part) => (part in standard ? [[part, (standard as never)[part]]] : []));
  return { ...Object.fromEntries(parts), ...given };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
