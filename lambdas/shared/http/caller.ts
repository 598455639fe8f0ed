import type { Environment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import type { Caller, Ceiling } from '../../../core/ports.ts';
import type { Route } from '../routes/route.ts';
import type { CallerContext, PrincipalContext } from './caller-context.ts';

/**
 * Turns the authorizer's finding into a caller. A bad bearer credential is refused; a bad cookie makes the caller
 * anonymous, except where a pass is named: that pass has ended.
 * @param context absent when the request did not come through the authorizer: then nobody gets in
 * @param namesPass whether the request is made with a certain pass, by its address or by header
 * @throws DaypassError CREDENTIAL_INVALID, CREDENTIAL_MISSING, PASS_ENDED, UNAVAILABLE, INTERNAL
 */
export function identify(context: CallerContext | undefined, route: Route, namesPass: boolean): Caller {
  if (!context?.outcome)
    throw new DaypassError('CREDENTIAL_INVALID', 'The request did not come through the authorizer.');
  if (context.outcome === 'unavailable') throw new DaypassError('UNAVAILABLE');
  if (context.outcome === 'ok') return toCaller(context);
  const refused = context.outcome !== 'anonymous';
  if (refused && context.channel !== 'browser') {
    throw new DaypassError('CREDENTIAL_INVALID', REASONS[context.outcome] ?? undefined);
  }
  if (refused && namesPass) throw new DaypassError('PASS_ENDED');
  if (!route.anonymous) throw new DaypassError('CREDENTIAL_MISSING');
  return anonymousCaller(route.answers === 'page' ? 'browser' : 'api');
}

const REASONS: Partial<Record<CallerContext['outcome'], string>> = {
  revoked: 'The credential was taken away.',
  expired: 'The credential has expired.',
  channel: 'Only an API key can be sent in the Authorization header; passes and sessions come by browser.',
};

/** Somebody of whom nothing is known. */
export function anonymousCaller(channel: Caller['channel']): Caller {
  return {
    outcome: 'anonymous',
    principalId: 'anonymous',
    type: 'anonymous',
    name: '',
    roles: [],
    profiles: [],
    channel,
  };
}

/** The caller of a live credential, as the authorizer describes it. */
export function toCaller(context: CallerContext): Caller {
  const { principalId, credentialId, kind, expiresAt, environment, channel } = context;
  if (!principalId || !credentialId || !kind || !expiresAt || !channel || !context.principal) {
    throw new DaypassError('CREDENTIAL_INVALID', 'The authorizer said less than it must.');
  }
  const { ceiling, lastUsedAt, ...principal } = JSON.parse(context.principal) as PrincipalContext & {
    ceiling?: Ceiling;
  };
  return {
    outcome: 'ok',
    principalId,
    ...principal,
    credential: {
      id: credentialId,
      kind,
      // API Gateway may hand numbers on as text.
      expiresAt: Number(expiresAt),
      ...(environment && { environment: environment as Environment }),
      ...(ceiling && { ceiling }),
      ...(lastUsedAt && { lastUsedAt }),
    },
    channel,
  };
}
