import { type Environment, isEnvironment } from '../../core/environments.ts';
import { DaypassError } from '../../core/errors.ts';
import {
  changeEnvironmentSettings,
  listEnvironments,
  readEnvironmentSettings,
} from '../../core/people/environments.ts';
import { createKey, type KeyReach, revokeKey } from '../../core/people/keys.ts';
import {
  createServiceAccount,
  deleteServiceAccount,
  listServiceAccounts,
  readServiceAccount,
  updateServiceAccount,
} from '../../core/people/service-accounts.ts';
import { defined, type Handlers, json, noContent, versioned } from '../shared/http/request.ts';
import type { OpenPeople } from '../shared/people-session.ts';
import type { PEOPLE_ROUTES } from '../shared/routes/people.ts';
import { confirmedIn } from './people-handlers.ts';

type PeopleRoute = (typeof PEOPLE_ROUTES)[number];
type MachineRoute = Extract<PeopleRoute, { path: `/admin/${'service-accounts' | 'environments'}${string}` }>;

/** Service accounts with their keys, and the settings of environments, over HTTP. */
export function serviceAccountHandlers(open: OpenPeople): Handlers<MachineRoute> {
  return {
    async listServiceAccounts(request) {
      const { limit, cursor } = request.query;
      const { items, cursor: next } = await listServiceAccounts(await open(request), {
        limit,
        ...(cursor && { cursor }),
      });
      return json(200, { serviceAccounts: items, ...(next && { cursor: next }) });
    },

    async createServiceAccount(request) {
      const account = await createServiceAccount(await open(request), request.body, request.idempotencyKey);
      return versioned(201, account, { location: `/admin/service-accounts/${account.id}` });
    },

    async readServiceAccount(request) {
      return versioned(200, await readServiceAccount(await open(request), request.params.account));
    },

    async updateServiceAccount(request) {
      const { params, body, ifMatch } = request;
      const session = await open(request);
      return versioned(200, await updateServiceAccount(session, params.account, defined(body), ifMatch));
    },

    async deleteServiceAccount(request) {
      const session = await open(request);
      await deleteServiceAccount(session, request.params.account, confirmedIn(request.query));
      return noContent();
    },

    async createKey(request) {
      const { name, expiresAt } = request.body;
      const given = { name, reach: reachIn(request.body), expiresAt: Date.parse(expiresAt) };
      const key = await createKey(await open(request), request.params.account, given);
      return json(201, key, { 'cache-control': 'no-store' });
    },

    async revokeKey(request) {
      await revokeKey(await open(request), request.params.account, request.params.key);
      return noContent();
    },

    async listEnvironments(request) {
      return json(200, { environments: await listEnvironments(await open(request)) });
    },

    async readEnvironmentSettings(request) {
      const target = environmentOf(request.params.target);
      return versioned(200, await readEnvironmentSettings(await open(request), target));
    },

    async changeEnvironmentSettings(request) {
      const target = environmentOf(request.params.target);
      const { body, ifMatch } = request;
      return versioned(200, await changeEnvironmentSettings(await open(request), target, body, ifMatch));
    },
  };
}

/** What a key shall be for: nobody gets a site key who has not said so. @throws DaypassError REQUEST_INVALID */
function reachIn(body: { environment?: Environment | undefined; site?: true | undefined }): KeyReach {
  const { environment, site } = body;
  if (environment !== undefined && site === undefined) return environment;
  if (environment === undefined && site) return 'site';
  const message =
    'say one of them: the environment that the key is for, or `"site": true` for the whole site';
  throw new DaypassError('REQUEST_INVALID', undefined, [{ path: '/environment', message }]);
}

function environmentOf(name: string) {
  if (!isEnvironment(name)) throw new DaypassError('NOT_FOUND');
  return name;
}
