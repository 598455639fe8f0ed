import { mayDesign } from '../../../core/apps/design-access.ts';
import { readSettings } from '../../../core/apps/settings.ts';
import { isEnvironment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import { createKey, revokeKey, showNewKey } from '../../../core/people/keys.ts';
import {
  createServiceAccount,
  deleteServiceAccount,
  listServiceAccounts,
  readServiceAccount,
  type ServiceAccountAnswer,
  updateServiceAccount,
} from '../../../core/people/service-accounts.ts';
import { isDay } from '../../../core/records/values.ts';
import { notice, showing } from '../notice.ts';
import { comparedWith, type Refusal } from '../pages/manage-fields.tsx';
import { KeyPage } from '../pages/manage-keys.tsx';
import { type MachineTyped, ServiceAccountPage, ServiceAccountsPage } from '../pages/manage-machines.tsx';
import { type Portal, page } from '../portal.ts';
import type { PortalHandlers } from './handlers.ts';
import { attempt, doneAt, openPlace, type Place, severalIn, versionIn, withRoleNames } from './manage.ts';

const PAGE_SIZE = 50;
const DAY_MS = 86_400_000;
const ACCOUNTS = '/manage/service-accounts';

type MachineHandlers = Pick<
  PortalHandlers,
  'serviceAccountsPage' | 'addServiceAccount' | 'serviceAccountPage' | 'serviceAccountRun' | 'keyPage'
>;

/** Service accounts with their keys, for administrators. */
export function manageMachineHandlers(portal: Portal): MachineHandlers {
  async function accounts(
    place: Place,
    cursor: string | undefined,
    said: { refusal?: Refusal; typed?: { name: string; roles: string[] } } = {},
  ) {
    const { session, frame, formToken } = place;
    const list = await listServiceAccounts(session, { limit: PAGE_SIZE, ...(cursor && { cursor }) });
    const next = list.cursor && `/manage/service-accounts?${new URLSearchParams({ cursor: list.cursor })}`;
    const roles = await customRoles(place);
    const refusal = said.refusal && withRoleNames(said.refusal, roles);
    const shown = { accounts: list.items, roles, next, formToken, ...said, refusal };
    const content = <ServiceAccountsPage {...shown} once={session.runtime.newId()} />;
    return page(frame, 'Service accounts', content, { status: said.refusal?.status ?? 200 });
  }

  async function account(place: Place, id: string, said: { refusal?: Refusal; typed?: MachineTyped } = {}) {
    const found = await readServiceAccount(place.session, id);
    const { frame, formToken, session } = place;
    const { typed } = said;
    const [roles, apps] = await Promise.all([customRoles(place), nameableApps(place, found.apps ?? [])]);
    const told = said.refusal && withRoleNames(said.refusal, roles);
    const refusal = told && typed?.action === 'save' ? beside(told, typed, found) : told;
    const shown = { account: found, roles, apps, formToken, now: session.now, refusal };
    const content = (
      <ServiceAccountPage {...shown} once={session.runtime.newId()} {...(typed && { typed })} />
    );
    return page(frame, found.name, content, { status: said.refusal?.status ?? 200 });
  }

  return {
    async serviceAccountsPage(request) {
      const place = await openPlace(portal, request);
      return accounts(place, request.query.cursor);
    },

    async addServiceAccount(request) {
      const place = await openPlace(portal, request);
      const { name = '', once } = request.body;
      const roles = severalIn(request.body.roles);
      const { refusal } = await attempt(() => {
        if (name.trim() === '') throw empty('/name');
        return createServiceAccount(place.session, { name, roles }, once);
      });
      return refusal
        ? accounts(place, undefined, { refusal, typed: { name, roles } })
        : doneAt(portal, place, request, ACCOUNTS, notice`Service account ${name} created.`);
    },

    async serviceAccountPage(request) {
      const place = await openPlace(portal, request);
      return account(place, request.params.account);
    },

    async serviceAccountRun(request) {
      const place = await openPlace(portal, request);
      const { session } = place;
      const { body, params } = request;
      const id = params.account;
      const here = `${ACCOUNTS}/${id}`;
      const typed = {
        action: body.action,
        name: body.name ?? '',
        environment: body.environment ?? '',
        until: body.until ?? '',
        roles: severalIn(body.roles),
        apps: severalIn(body.apps),
        confirm: severalIn(body.confirm),
      };
      const tried = await attempt(async () => {
        switch (body.action) {
          case 'save': {
            const set = {
              roles: typed.roles,
              name: typed.name,
              // A form of which no box is ticked sends none: whether it has boxes depends on the account's kind.
              ...(body.robot && { apps: typed.apps }),
            };
            const { name } = await updateServiceAccount(session, id, set, versionIn(body.version));
            return { to: here, said: notice`${name} saved.` };
          }
          case 'revokeKey': {
            const { name } = await revokeKey(session, id, body.key ?? '');
            return { to: here, said: notice`Key ${name} revoked.` };
          }
          case 'delete': {
            const { name } = await deleteServiceAccount(session, id, typed.confirm);
            return { to: ACCOUNTS, said: notice`Service account ${name} deleted.` };
          }
          case 'createKey': {
            const { name, environment, until } = typed;
            if (name.trim() === '') throw empty('/key');
            if (environment !== 'site' && !isEnvironment(environment)) {
              throw refused('/environment', 'Choose one environment for the key, or the whole site');
            }
            if (!isDay(until)) throw refused('/expiresAt', 'Enter the last day of the key');
            const expiresAt = Date.parse(`${until}T00:00:00Z`) + DAY_MS;
            const given = { name, reach: environment, expiresAt } as const;
            const made = (await createKey(session, id, given, body.once)).id;
            return { to: `${here}/keys/${made}`, said: showing(made) };
          }
        }
      });
      if (tried.refusal) return account(place, id, { refusal: tried.refusal, typed });
      return doneAt(portal, place, request, tried.done.to, tried.done.said);
    },

    async keyPage(request) {
      const place = await openPlace(portal, request);
      const { session, frame, formToken } = place;
      const { account: accountId, key: keyId } = request.params;
      const found = await readServiceAccount(session, accountId);
      const key = found.keys.find(({ id }) => id === keyId);
      if (!key) throw new DaypassError('NOT_FOUND');
      // Only whoever has made it a moment ago comes with this.
      const isNew = frame.notice?.shows === keyId;
      const shown = {
        account: found,
        made: key,
        roles: await customRoles(place),
        formToken,
        now: session.now,
      };
      const { key: text } = isNew ? await showNewKey(session, accountId, keyId) : {};
      return page(frame, key.name, <KeyPage {...shown} {...(text && { text })} />);
    },
  };
}

const refused = (path: string, message: string) =>
  new DaypassError('REQUEST_INVALID', undefined, [{ path, message }]);
const empty = (path: string) => refused(path, 'must not be empty');

function beside(refusal: Refusal, typed: MachineTyped, stored: ServiceAccountAnswer): Refusal {
  return comparedWith(refusal, {
    '/name': [[typed.name], [stored.name]],
    '/roles': [typed.roles, stored.roles],
    ...(stored.apps && { '/apps': [typed.apps, stored.apps] as const }),
  });
}

/** The apps that the reader may see, and those that the robot names already. */
async function nameableApps({ session }: Place, named: readonly string[]) {
  const apps = (await session.definitions.listApps()).filter(({ id }) =>
    mayDesign(session, 'design:read', { type: 'app', app: id }),
  );
  const others = named.filter((id) => !apps.some((app) => app.id === id));
  return [
    ...apps.map(({ id, name }) => ({ value: id, label: `${name} (${id})` })),
    ...others.map((id) => ({ value: id, label: id })),
  ];
}

async function customRoles({ session }: Place) {
  const { settings } = await readSettings(session);
  return settings.roles.map(({ id, name }) => ({ value: id, label: name }));
}
