import type { UserAnswer } from '../../../core/people/users.ts';
import { Choices, ManageForm, ManageHead, problemsAt, type Refusal, Table, Text } from './manage-parts.tsx';
import { ShowMore } from './show-more.tsx';

type Option = { value: string; label: string };

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
      <ManageHead title="Users" current="/manage/users" refusal={props.refusal} />
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
        <Text name="firstName" label="First name" value={typed?.firstName} required />
        <Text name="lastName" label="Last name" value={typed?.lastName} required />
        <Text
          name="email"
          label="Email"
          type="email"
          value={typed?.email}
          required
          help="They sign in with it. It cannot be changed later."
        />
        <Choices
          name="roles"
          label="Roles"
          options={roles}
          chosen={typed?.roles ?? []}
          problems={problemsAt(props.refusal, '/roles')}
        />
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
  refusal?: Refusal | undefined;
}) {
  const { user, roles, formToken, typed } = props;
  const version = String(user.version);
  return (
    <>
      <ManageHead title={user.name} current="/manage/users" refusal={props.refusal} />
      <p>
        {user.email} · signs in to {user.environments.join(', ') || 'no environment'}
      </p>
      <ManageForm
        formToken={formToken}
        label="Names and roles"
        hidden={{ action: 'save', version }}
        submit="Save user"
      >
        <Text name="firstName" label="First name" value={typed?.firstName ?? user.firstName} />
        <Text name="lastName" label="Last name" value={typed?.lastName ?? user.lastName} />
        <Choices
          name="roles"
          label="Roles"
          options={roles}
          chosen={typed?.roles ?? user.roles}
          problems={problemsAt(props.refusal, '/roles')}
        />
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
            name="confirm"
            label="They can sign in here. Tick each to confirm:"
            options={user.environments.map((value) => ({ value, label: value }))}
            chosen={[]}
          />
        )}
      </ManageForm>
    </>
  );
}
