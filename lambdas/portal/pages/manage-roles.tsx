import type { RoleDefinition } from '../../../core/apps/definition.ts';
import { ENVIRONMENTS } from '../../../core/environments.ts';
import type { RoleAnswer } from '../../../core/people/roles.ts';
import { Choices, ManageForm, ManageHead, problemsAt, type Refusal, Table, Text } from './manage-parts.tsx';

/** What roles may do with one operation or view: by role, in one word. */
export interface MatrixRow {
  id: string;
  what: string;
  byRole: Readonly<Record<string, string>>;
}

const environments = ENVIRONMENTS.map((value) => ({ value, label: value }));

/** The apps that a role may publish somewhere; `*` is every one. */
export function publishedBy({ design }: Pick<RoleDefinition, 'design'>): string[] {
  return Object.entries(design?.apps ?? {}).flatMap(([app, actions]) =>
    actions.includes('publish') ? [app] : [],
  );
}

/** Roles with where they sign in, and the matrix of what each may do in the apps of an environment. */
export function RolesPage(props: {
  roles: readonly RoleDefinition[];
  environment: string;
  matrix: readonly MatrixRow[];
  formToken: string;
  typed?: { id?: string; name?: string; description?: string; environments: readonly string[] };
  refusal?: Refusal | undefined;
}) {
  const { roles, environment, matrix, typed } = props;
  const named = new Set(matrix.flatMap(({ byRole }) => Object.keys(byRole)));
  const known = roles.map(({ id }) => id);
  // The site's roles in their order, then those that everybody holds.
  const columns = [...known.filter((id) => named.has(id)), ...[...named].filter((id) => !known.includes(id))];
  const nameOf = (id: string) => roles.find((role) => role.id === id)?.name ?? id;
  return (
    <>
      <ManageHead title="Roles" current="/manage/roles" refusal={props.refusal} />
      <Table
        caption="Roles"
        columns={['Role', 'Signs in to', 'What it is for']}
        rows={roles.map(({ id, name, description, environments: where }) => ({
          id,
          cells: [
            <a key={id} href={`/manage/roles/${id}`}>
              <bdi>{name}</bdi>
            </a>,
            where.join(', ') || '–',
            description ?? '',
          ],
        }))}
      />
      <h2>What each may do</h2>
      <nav class="views" aria-label="Environment">
        <ul>
          {ENVIRONMENTS.map((name) => (
            <li key={name}>
              <a
                href={`/manage/roles?environment=${name}`}
                aria-current={name === environment ? 'page' : undefined}
              >
                {name}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {matrix.length === 0 ? (
        <p class="empty">No app in {environment} permits anything to a role.</p>
      ) : (
        <Table
          caption={`What each role may do in ${environment}`}
          columns={['Operation', ...columns.map(nameOf)]}
          rows={matrix.map(({ id, what, byRole }) => ({
            id,
            cells: [<bdi key={id}>{what}</bdi>, ...columns.map((role) => byRole[role] ?? '–')],
          }))}
        />
      )}
      <h2>New role</h2>
      <ManageForm formToken={props.formToken} label="New role" action="/manage/roles" submit="Create role">
        <Text
          name="id"
          label="Id"
          value={typed?.id}
          required
          help="Small letters, digits and hyphens. Apps name the role by it; it stays."
        />
        <Text name="name" label="Name" value={typed?.name} required />
        <Text name="description" label="What it is for" value={typed?.description} />
        <Choices
          name="environments"
          label="Signs in to"
          options={environments}
          chosen={typed?.environments ?? []}
          problems={problemsAt(props.refusal, '/environments')}
        />
      </ManageForm>
    </>
  );
}

/** One role: what it is called, where it signs in, what it may do with user accounts from apps. */
export function RolePage(props: {
  role: RoleAnswer;
  roles: readonly RoleDefinition[];
  formToken: string;
  refusal?: Refusal | undefined;
}) {
  const { role, roles, formToken, refusal } = props;
  const version = String(role.version);
  const { accounts = {} } = role;
  const granted = (['create', 'update', 'delete'] as const).filter((action) => accounts[action]);
  const published = publishedBy(role);
  return (
    <>
      <ManageHead title={role.name} current="/manage/roles" refusal={refusal} />
      <ManageForm formToken={formToken} label="Role" hidden={{ action: 'save', version }} submit="Save role">
        <Text name="name" label="Name" value={role.name} required />
        <Text name="description" label="What it is for" value={role.description} />
        <Choices
          name="environments"
          label="Signs in to"
          options={environments}
          chosen={role.environments}
          problems={problemsAt(refusal, '/environments')}
        />
        <Choices
          name="accounts"
          label="With user accounts, from apps, it may"
          options={['create', 'update', 'delete'].map((value) => ({ value, label: value }))}
          chosen={granted}
          problems={problemsAt(refusal, '/accounts/create', '/accounts/update', '/accounts/delete')}
        />
        <Choices
          name="assign"
          label="and give or take away the roles"
          options={roles.map(({ id, name }) => ({ value: id, label: name }))}
          chosen={accounts.assign ?? []}
          problems={problemsAt(refusal, '/accounts/assign')}
        />
        {published.length > 0 && (
          <Choices
            name="publish"
            label={`It publishes ${published.includes('*') ? 'every app' : published.join(', ')} to`}
            options={environments}
            chosen={role.design?.publish ?? ENVIRONMENTS}
            problems={problemsAt(refusal, '/design/apps')}
          />
        )}
      </ManageForm>
      <h2>Remove</h2>
      <p>A role can be removed while nobody and nothing uses it. Its id is not used again.</p>
      <ManageForm
        formToken={formToken}
        label="Remove role"
        hidden={{ action: 'remove', version }}
        submit="Remove role"
        danger
      />
    </>
  );
}
