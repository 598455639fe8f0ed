import { mayDesign } from '../../../core/apps/design-access.ts';
import { readSettings } from '../../../core/apps/settings.ts';
import { DaypassError } from '../../../core/errors.ts';
import { endSession, endSessions, listSessions } from '../../../core/people/sessions.ts';
import {
  createUser,
  deleteUser,
  listUsers,
  readUser,
  signOutUser,
  updateUser,
} from '../../../core/people/users.ts';
import { clearCookie } from '../../shared/http/cookies.ts';
import { seeOther } from '../../shared/http/request.ts';
import { AccountPage } from '../pages/manage-machines.tsx';
import { ManageHead } from '../pages/manage-parts.tsx';
import { UserPage, UsersPage, type UsersPageProps } from '../pages/manage-users.tsx';
import { type Portal, page } from '../portal.ts';
import type { PortalHandlers } from './handlers.ts';
import { attempt, builtInOptions, openPlace, type Place, severalIn, versionIn } from './manage.ts';

const PAGE_SIZE = 50;
const DONE: Record<string, string> = {
  created: 'The user is created.',
  saved: 'It is saved.',
  signedOut: 'They are signed out everywhere.',
  deleted: 'The user is deleted.',
};

type UserHandlers = Pick<
  PortalHandlers,
  'accountPage' | 'accountRun' | 'managePage' | 'usersPage' | 'addUser' | 'userPage' | 'userRun'
>;

/** Everybody's own account, and the users for administrators. */
export function manageUserHandlers(portal: Portal): UserHandlers {
  async function users(
    place: Place,
    asked: { search?: string | undefined; cursor?: string | undefined },
    said: Pick<UsersPageProps, 'done' | 'refusal' | 'typed'>,
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
    const shown = { users: list.items, roles: await roleOptions(place), search, next, formToken, ...said };
    const status = said.refusal?.status ?? 200;
    return page(frame, 'Users', <UsersPage {...shown} once={session.runtime.newId()} />, { status });
  }

  return {
    async accountPage(request) {
      const { session, frame, formToken } = await openPlace(portal, request);
      const { name, email, roles } = session.caller;
      const sessions = await listSessions(session.runtime, session.caller);
      const done = request.query.done && 'That browser is signed out.';
      const props = { name, email, roles, sessions, formToken, done };
      return page(frame, 'My account', <AccountPage {...props} />);
    },

    async accountRun(request) {
      const { session } = await openPlace(portal, request);
      const { runtime, caller } = session;
      const { session: id } = request.body;
      const signedOut = seeOther('/', [clearCookie(portal.siteUrl, portal.names.session)]);
      if (id === undefined) {
        await endSessions(runtime, caller.principalId);
        return signedOut;
      }
      await endSession(runtime, caller, id);
      return id === caller.credential?.id ? signedOut : seeOther('/account?done=signedOut');
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
      return users(place, request.query, { done: DONE[request.query.done ?? ''] });
    },

    async addUser(request) {
      const place = await openPlace(portal, request);
      const { firstName = '', lastName = '', email = '', once } = request.body;
      const typed = { firstName, lastName, email, roles: severalIn(request.body.roles) };
      const refusal = await attempt(() => createUser(place.session, typed, once));
      if (refusal) return users(place, {}, { refusal, typed });
      return seeOther('/manage/users?done=created');
    },

    async userPage(request) {
      const place = await openPlace(portal, request);
      const user = await readUser(place.session, request.params.user);
      const { frame, formToken } = place;
      const roles = await roleOptions(place);
      const done = DONE[request.query.done ?? ''];
      return page(frame, user.name, <UserPage user={user} roles={roles} formToken={formToken} done={done} />);
    },

    async userRun(request) {
      const place = await openPlace(portal, request);
      const { session, frame, formToken } = place;
      const { body, params } = request;
      const id = params.user;
      const { firstName = '', lastName = '' } = body;
      const typed = { firstName, lastName, roles: severalIn(body.roles) };
      const version = versionIn(body.version);
      const work = {
        save: () => updateUser(session, id, typed, version),
        signOut: () => signOutUser(session, id),
        delete: () =>
          deleteUser(session, id, { confirmed: severalIn(body.confirm), expectedVersion: version }),
      }[body.action];
      const refusal = await attempt(work);
      if (!refusal) {
        if (body.action === 'delete') return seeOther('/manage/users?done=deleted');
        return seeOther(`/manage/users/${id}?done=${body.action === 'save' ? 'saved' : 'signedOut'}`);
      }
      const props = {
        user: await readUser(session, id),
        roles: await roleOptions(place),
        formToken,
        refusal,
        ...(body.action === 'save' && { typed }),
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
