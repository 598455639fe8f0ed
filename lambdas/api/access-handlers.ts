import { evaluate, evaluateAll } from '../../core/authzen/evaluate.ts';
import { explainQuestion } from '../../core/authzen/explain.ts';
import { accessMetadata } from '../../core/authzen/metadata.ts';
import type { Properties } from '../../core/authzen/question.ts';
import { searchActions, searchSubjects } from '../../core/authzen/search.ts';
import { searchResources } from '../../core/authzen/search-resources.ts';
import { ENVIRONMENTS, type Environment } from '../../core/environments.ts';
import { DaypassError } from '../../core/errors.ts';
import type { Caller } from '../../core/ports.ts';
import { whoReachesRecord } from '../../core/reach/record-access.ts';
import { whatSubjectReaches } from '../../core/reach/subject-access.ts';
import { type Handlers, json } from '../shared/http/request.ts';
import type { ACCESS_ROUTES } from '../shared/routes/access.ts';
import type { Wiring } from '../shared/wiring.ts';

type AccessRoute = (typeof ACCESS_ROUTES)[number];

/** Where questions go that name no environment, from callers who are bound to none. */
const USUAL: Environment = 'production';

/** Questions about who may do what: AuthZEN, and the answers for people who administer. */
export function accessHandlers(wiring: Pick<Wiring, 'session'>, siteUrl: string): Handlers<AccessRoute> {
  const open = (caller: Caller, context: Properties | undefined) =>
    wiring.session(caller, environmentOf(caller, context));

  return {
    async evaluateAccess({ caller, body }) {
      return json(200, await evaluate(await open(caller, body.context), body));
    },
    async evaluateAccesses({ caller, body }) {
      return json(200, await evaluateAll((context) => open(caller, context), body));
    },
    async searchSubjects({ caller, body }) {
      return json(200, await searchSubjects(await open(caller, body.context), body));
    },
    async searchResources({ caller, body }) {
      return json(200, await searchResources(await open(caller, body.context), body));
    },
    async searchActions({ caller, body }) {
      return json(200, await searchActions(await open(caller, body.context), body));
    },
    async readAccessMetadata() {
      return json(200, accessMetadata(siteUrl));
    },
    async explainAccess({ caller, body }) {
      return json(200, await explainQuestion(await open(caller, body.context), body));
    },
    async readRecordAccess({ caller, params }) {
      return json(
        200,
        await whoReachesRecord(await wiring.session(caller, params.environment), params.record),
      );
    },
    async readSubjectAccess({ caller, params }) {
      const session = await wiring.session(caller, params.environment);
      return json(200, await whatSubjectReaches(session, params.subject));
    },
  };
}

/**
 * The environment that a question is about.
 * @throws DaypassError REQUEST_INVALID for a name that is none; FORBIDDEN where the caller's key is for another one
 */
function environmentOf({ credential }: Caller, context: Properties | undefined): Environment {
  const bound = credential?.environment;
  const named = context?.environment;
  if (named === undefined) return bound ?? USUAL;
  const known = ENVIRONMENTS.find((name) => name === named);
  if (!known) {
    throw new DaypassError('REQUEST_INVALID', undefined, [
      { path: '/context/environment', message: `must be one of ${ENVIRONMENTS.join(', ')}` },
    ]);
  }
  if (bound !== undefined && bound !== known) {
    throw new DaypassError('FORBIDDEN', `your credential is for ${bound}; its questions are about ${bound}`);
  }
  return known;
}
