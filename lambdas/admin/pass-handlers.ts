import { type Environment, isEnvironment } from '../../core/environments.ts';
import { DaypassError } from '../../core/errors.ts';
import { listLivePasses } from '../../core/grants/live-passes.ts';
import { extendPass, resendPass, revokePasses } from '../../core/grants/staff.ts';
import type { Mailer } from '../../core/mail/mail.ts';
import type { Caller } from '../../core/ports.ts';
import { type Handlers, json } from '../shared/http/request.ts';
import type { TOKEN_ROUTES } from '../shared/routes/tokens.ts';
import type { Wiring } from '../shared/wiring.ts';

/** Staff's handles on live passes. */
export function passHandlers(
  wiring: Pick<Wiring, 'session'>,
  mailer: Mailer,
): Handlers<(typeof TOKEN_ROUTES)[number]> {
  const open = ({ caller, params }: { caller: Caller; params: { target: string } }) =>
    wiring.session(caller, environmentOf(params.target));

  return {
    async listPasses(request) {
      const { limit, cursor } = request.query;
      const page = { limit, ...(cursor && { cursor }) };
      const { items, cursor: next } = await listLivePasses(await open(request), page);
      return json(200, { passes: items, ...(next && { cursor: next }) });
    },
    async extendPass(request) {
      const until = Date.parse(request.body.until);
      return json(200, await extendPass(await open(request), request.params.grant, until));
    },
    async resendPass(request) {
      const session = await open(request);
      const withMail = { ...session, runtime: { ...session.runtime, mailer } };
      return json(200, await resendPass(withMail, request.params.grant));
    },
    async revokePasses(request) {
      return json(200, await revokePasses(await open(request), request.body.passes));
    },
  };
}

function environmentOf(target: string): Environment {
  if (!isEnvironment(target)) throw new DaypassError('NOT_FOUND');
  return target;
}
