import { readDesignJournal } from '../../core/journal/read-design.ts';
import { suggestPeople } from '../../core/people/directory.ts';
import { changeRole, createRole, listRoles, readRole, removeRole } from '../../core/people/roles.ts';
import {
  createUser,
  deleteUser,
  listUsers,
  readUser,
  signOutUser,
  updateUser,
} from '../../core/people/users.ts';
import { defined, type Handlers, json, noContent, versioned } from '../shared/http/request.ts';
import type { OpenPeople } from '../shared/people-session.ts';
import type { PEOPLE_ROUTES } from '../shared/routes/people.ts';

type PeopleRoute = (typeof PEOPLE_ROUTES)[number];
type UserRoute = Extract<
  PeopleRoute,
  { path: `/admin/${'users' | 'suggestions' | 'roles' | 'journal'}${string}` }
>;

/** Users and roles over HTTP. */
export function peopleHandlers(open: OpenPeople): Handlers<UserRoute> {
  return {
    async readDesignJournal(request) {
      const { limit, cursor, subject } = request.query;
      const page = { limit, ...(cursor && { cursor }), ...(subject && { subject }) };
      const { items, cursor: next } = await readDesignJournal(await open(request), page);
      return json(200, { changes: items, ...(next && { cursor: next }) });
    },

    async listUsers(request) {
      const { limit, cursor, search } = request.query;
      const page = { limit, ...(cursor && { cursor }), ...(search && { search }) };
      const { items, cursor: next } = await listUsers(await open(request), page);
      return json(200, { users: items, ...(next && { cursor: next }) });
    },

    async createUser(request) {
      const user = await createUser(await open(request), request.body, request.idempotencyKey);
      return versioned(201, user, { location: `/admin/users/${user.id}` });
    },

    async readUser(request) {
      return versioned(200, await readUser(await open(request), request.params.user));
    },

    async updateUser(request) {
      const { params, body, ifMatch } = request;
      return versioned(200, await updateUser(await open(request), params.user, defined(body), ifMatch));
    },

    async deleteUser(request) {
      await deleteUser(await open(request), request.params.user, {
        confirmed: confirmedIn(request.query),
        ...(request.ifMatch !== undefined && { expectedVersion: request.ifMatch }),
      });
      return noContent();
    },

    async signOutUser(request) {
      const { ended } = await signOutUser(await open(request), request.params.user);
      return json(200, { ended });
    },

    async suggestPeople(request) {
      return json(200, { suggestions: await suggestPeople(await open(request), request.query.text) });
    },

    async listRoles(request) {
      return json(200, await listRoles(await open(request)));
    },

    async createRole(request) {
      const role = await createRole(await open(request), request.body);
      return versioned(201, role, { location: `/admin/roles/${role.id}` });
    },

    async readRole(request) {
      return versioned(200, await readRole(await open(request), request.params.role));
    },

    async changeRole(request) {
      const { params, body, ifMatch } = request;
      return versioned(200, await changeRole(await open(request), params.role, body, ifMatch));
    },

    async removeRole(request) {
      await removeRole(await open(request), request.params.role, request.ifMatch);
      return noContent();
    },
  };
}

/** The environments that a deletion was confirmed with. */
export const confirmedIn = ({ confirm = '' }: { confirm?: string | undefined }): string[] =>
  confirm.split(',');
