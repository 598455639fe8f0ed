import { mayDesign } from '../../../core/apps/design-access.ts';
import { readSettings } from '../../../core/apps/settings.ts';
import { DaypassError } from '../../../core/errors.ts';
import { partsOfName } from '../../../core/people/account.ts';
import { endSession, endSessions, listSessions } from '../../../core/people/sessions.ts';
import {
  createUser,
  deleteUser,
  listUsers,
  readUser,
  signOutUser,
  updateUser,
} from '../../../core/people/users.ts';
import { notice } from '../notice.ts';
import { AccountPage } from '../pages/account.tsx';
import { comparedWith } from '../pages/manage-fields.tsx';
import { ManageHead } from '../pages/manage-parts.tsx';
import { UserPage, UsersPage, type UsersPageProps } from '../pages/manage-users.tsx';
import { type Portal, page } from '../portal.ts';
import type { PortalHandlers } from './handlers.ts';
import {
  attempt,
  builtInOptions,
  doneAt,
  openPlace,
  type Place,
  severalIn,
  versionIn,
  withRoleNames,
} from './manage.ts';
import { signedOut } from './sign-in.tsx';

const PAGE_SIZE = 50;
type UserHandlers = Pick<
  PortalHandlers,
  'accountPage' | 'accountRun' | 'managePage' | 'usersPage' | 'addUser' | 'userPage' | 'userRun'
>;

/** Everybody's own account, and the users for administrators. */
export function manageUserHandlers(portal: Portal): UserHandlers {
  async function users(
    place: Place,
    asked: { search?: string | undefined; cursor?: string | undefined },
    said: Pick<UsersPageProps, 'refusal' | 'typed'> = {},
  ) {
    const { session, frame, formToken } = place;
    const { search, cursor } = asked;
    const list = await listUsers(session, {
      limit: PAGE_SIZE,
      ...(search && { search }),
      ...(cursor && { cursor }),
    });
    const next =
      list.cursor && `/manage/users?${new URLSearchParams({ search: search ?? '', cursor: list.cursor })}`;
    const roles = await roleOptions(place);
    const refusal = said.refusal && withRoleNames(said.refusal, roles);
    const shown = { users: list.items, roles, search, next, formToken, ...said, refusal };
    const status = refusal?.status ?? 200;
    return page(frame, 'Users', <UsersPage {...shown} once={session.runtime.newId()} />, { status });
  }

  return {
    async accountPage(request) {
      const place = await openPlace(portal, request);
      const { session, frame, formToken } = place;
      const { name, email, roles: held } = session.caller;
      const sessions = await listSessions(session.runtime, session.caller);
      const named = await roleOptions(place);
      const roles = held.map((role) => named.find(({ value }) => value === role)?.label ?? role);
      const props = { name, email, roles, sessions, formToken };
      return page(frame, 'My account', <AccountPage {...props} />);
    },

    async accountRun(request) {
      const place = await openPlace(portal, request);
      const { runtime, caller } = place.session;
      const { session: id } = request.body;
      if (id === undefined) {
        await endSessions(runtime, caller.principalId);
        return signedOut(portal, runtime, notice`You are signed out everywhere.`);
      }
      await endSession(runtime, caller, id);
      return id === caller.credential?.id
        ? signedOut(portal, runtime)
        : doneAt(portal, place, request, '/account', notice`The other browser is signed out.`);
    },

    async managePage(request) {
      const { session, frame } = await openPlace(portal, request);
      const may = (['account', 'role', 'environment'] as const).some((type) =>
        mayDesign(session, 'design:read', { type }),
      );
      if (!may) throw new DaypassError('FORBIDDEN');
      return page(frame, 'Administration', <ManageHead title="Administration" current="" />);
    },

    async usersPage(request) {
      const place = await openPlace(portal, request);
      return users(place, request.query);
    },

    async addUser(request) {
      const place = await openPlace(portal, request);
      const { firstName = '', lastName = '', email = '', once } = request.body;
      const typed = { firstName, lastName, email, roles: severalIn(request.body.roles) };
      const tried = await attempt(() => createUser(place.session, typed, once));
      if (tried.refusal) return users(place, {}, { refusal: tried.refusal, typed });
      return doneAt(portal, place, request, '/manage/users', notice`User ${tried.done.name} created.`);
    },

    async userPage(request) {
      const place = await openPlace(portal, request);
      const user = await readUser(place.session, request.params.user);
      const { frame, formToken } = place;
      const roles = await roleOptions(place);
      return page(frame, user.name, <UserPage user={user} roles={roles} formToken={formToken} />);
    },

    async userRun(request) {
      const place = await openPlace(portal, request);
      const { session, frame, formToken } = place;
      const { body, params } = request;
      const id = params.user;
      const { firstName = '', lastName = '' } = body;
      const typed = { firstName, lastName, roles: severalIn(body.roles) };
      const version = versionIn(body.version);
      const here = `/manage/users/${id}`;
      const tried = await attempt(
        {
          save: async () => {
            const { name } = await updateUser(session, id, typed, version);
            return { to: here, said: notice`User ${name} saved.` };
          },
          signOut: async () => {
            const { name } = await signOutUser(session, id);
            return { to: here, said: notice`${name} is signed out everywhere.` };
          },
          delete: async () => {
            const confirmed = severalIn(body.confirm);
            const { name } = await deleteUser(session, id, { confirmed, expectedVersion: version });
            return { to: '/manage/users', said: notice`User ${name} deleted.` };
          },
        }[body.action],
      );
      if (!tried.refusal) return doneAt(portal, place, request, tried.done.to, tried.done.said);
      const [user, roles] = [await readUser(session, id), await roleOptions(place)];
      const named = (held: readonly string[]) =>
        held.map((role) => roles.find(({ value }) => value === role)?.label ?? role);
      const known = partsOfName(user);
      const refusal =
        body.action === 'save'
          ? comparedWith(withRoleNames(tried.refusal, roles), {
              '/firstName': [[firstName], [known.firstName]],
              '/lastName': [[lastName], [known.lastName]],
              '/roles': [named(typed.roles), named(user.roles)],
            })
          : tried.refusal;
      const props = {
        user,
        roles,
        formToken,
        refusal,
        ...(body.action === 'save' && { typed }),
        ...(body.action === 'delete' && { confirmed: severalIn(body.confirm) }),
      };
      return page(frame, props.user.name, <UserPage {...props} />, { status: refusal.status });
    },
  };
}

/** Roles that a user can hold: custom ones by name, then the built-in ones. */
async function roleOptions({ session }: Place) {
  const { settings } = await readSettings(session);
  return [...settings.roles.map(({ id, name }) => ({ value: id, label: name })), ...builtInOptions];
}
