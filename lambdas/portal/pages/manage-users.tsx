import { partsOfName } from '../../../core/people/account.ts';
import type { UserAnswer } from '../../../core/people/users.ts';
import { Choices, type Named, type Refusal, Text } from './manage-fields.tsx';
import { ManageForm, ManageHead, Table } from './manage-parts.tsx';
import { ShowMore } from './show-more.tsx';

type Option = { value: string; label: string };

const FIRST: Named = { name: 'firstName', label: 'First name', empty: 'Enter a first name' };
const LAST: Named = { name: 'lastName', label: 'Last name', empty: 'Enter a last name' };
const EMAIL: Named = { name: 'email', label: 'Email' };
const ROLES: Named = { name: 'roles', label: 'Roles' };
const CONFIRM: Named = { name: 'confirm', label: 'They can sign in here. Tick each to confirm:' };

export interface UsersPageProps {
  users: readonly { id: string; name: string; email?: string; roles: readonly string[] }[];
  roles: readonly Option[];
  search?: string | undefined;
  next?: string | undefined;
  formToken: string;
  once: string;
  typed?: { firstName?: string; lastName?: string; email?: string; roles: readonly string[] };
  refusal?: Refusal | undefined;
}

/** Users in order of name, to be searched, and the form for a new one. */
export function UsersPage(props: UsersPageProps) {
  const { users, roles, search, next, typed } = props;
  const nameOf = (id: string) => roles.find(({ value }) => value === id)?.label ?? id;
  return (
    <>
      <ManageHead
        title="Users"
        current="/manage/users"
        refusal={props.refusal}
        fields={[FIRST, LAST, EMAIL, ROLES]}
      />
      <form method="get" class="parameters" aria-label="Find users">
        <label>
          Name or email
          <input name="search" type="search" value={search ?? ''} autocomplete="off" />
        </label>
        <button type="submit">Find</button>
      </form>
      {users.length === 0 ? (
        <p class="empty">Nobody is called so.</p>
      ) : (
        <Table
          caption="Users"
          columns={['Name', 'Email', 'Roles']}
          rows={users.map(({ id, name, email, roles: held }) => ({
            id,
            cells: [
              <a key={id} href={`/manage/users/${id}`}>
                <bdi>{name}</bdi>
              </a>,
              email,
              held.map(nameOf).join(', ') || '–',
            ],
          }))}
        />
      )}
      <ShowMore next={next} />
      <h2>New user</h2>
      <ManageForm
        formToken={props.formToken}
        label="New user"
        action="/manage/users"
        hidden={{ once: props.once }}
        submit="Create user"
      >
        <Text {...FIRST} value={typed?.firstName} required refusal={props.refusal} />
        <Text {...LAST} value={typed?.lastName} required refusal={props.refusal} />
        <Text
          {...EMAIL}
          type="email"
          value={typed?.email}
          required
          help="They sign in with it. It cannot be changed later."
          refusal={props.refusal}
        />
        <Choices {...ROLES} options={roles} chosen={typed?.roles ?? []} refusal={props.refusal} />
      </ManageForm>
    </>
  );
}

/** One user: names and roles, sign out everywhere, delete. */
export function UserPage(props: {
  user: UserAnswer;
  roles: readonly Option[];
  formToken: string;
  typed?: { firstName?: string; lastName?: string; roles: readonly string[] };
  /** Environments that were ticked when deleting was refused. */
  confirmed?: readonly string[];
  refusal?: Refusal | undefined;
}) {
  const { user, roles, formToken, typed, refusal } = props;
  const version = String(user.version);
  const { firstName, lastName, guessed } = partsOfName(user);
  return (
    <>
      <ManageHead
        title={user.name}
        current="/manage/users"
        refusal={refusal}
        fields={user.environments.length > 0 ? [FIRST, LAST, ROLES, CONFIRM] : [FIRST, LAST, ROLES]}
      />
      <p>
        {user.email} · signs in to {user.environments.join(', ') || 'no environment'}
      </p>
      <ManageForm
        formToken={formToken}
        label="Names and roles"
        hidden={{ action: 'save', version }}
        submit="Save user"
      >
        <Text
          {...FIRST}
          value={typed?.firstName ?? firstName}
          refusal={refusal}
          {...(guessed && { help: `Taken from “${user.name}”: check which part is which.` })}
        />
        <Text {...LAST} value={typed?.lastName ?? lastName} refusal={refusal} />
        <Choices {...ROLES} options={roles} chosen={typed?.roles ?? user.roles} refusal={refusal} />
      </ManageForm>
      <h2>Sessions</h2>
      <ManageForm
        formToken={formToken}
        label="Sessions"
        hidden={{ action: 'signOut', version }}
        submit="Sign out everywhere"
      />
      <h2>Delete</h2>
      <p>The account ends in all environments, for good. What they did stays in the history.</p>
      <ManageForm
        formToken={formToken}
        label="Delete user"
        hidden={{ action: 'delete', version }}
        submit="Delete user"
        danger
      >
        {user.environments.length > 0 && (
          <Choices
            {...CONFIRM}
            options={user.environments.map((value) => ({ value, label: value }))}
            chosen={props.confirmed ?? []}
            refusal={refusal}
          />
        )}
      </ManageForm>
    </>
  );
}
