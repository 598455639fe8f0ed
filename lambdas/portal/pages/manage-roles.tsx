import type { RoleDefinition } from '../../../core/apps/definition.ts';
import { ENVIRONMENTS } from '../../../core/environments.ts';
import type { RoleAnswer } from '../../../core/people/roles.ts';
import { AUTHENTICATED, NON_AUTHENTICATED } from '../../../core/policy/built-in.ts';
import { Choices, type Named, type Refusal, Text } from './manage-fields.tsx';
import { ManageForm, ManageHead, Table } from './manage-parts.tsx';

/** What roles may do with one operation or view: by role, in one word. */
export interface MatrixRow {
  id: string;
  what: string;
  byRole: Readonly<Record<string, string>>;
}

const environments = ENVIRONMENTS.map((value) => ({ value, label: value }));

const ID: Named = { name: 'id', label: 'Id (optional)' };
const NAME: Named = { name: 'name', label: 'Name', empty: 'Enter a name' };
const DESCRIPTION: Named = { name: 'description', label: 'What it is for' };
const SIGNS_IN: Named = { name: 'environments', label: 'Signs in to' };
const ACCOUNTS: Named = {
  name: 'accounts',
  label: 'With user accounts, from apps, it may',
  paths: ['/accounts/create', '/accounts/update', '/accounts/delete'],
};
const ASSIGN: Named = {
  name: 'assign',
  label: 'and give or take away the roles',
  paths: ['/accounts/assign'],
};

/** The apps that a role may publish somewhere; `*` is every one. */
export function publishedBy({ design }: Pick<RoleDefinition, 'design'>): string[] {
  return Object.entries(design?.apps ?? {}).flatMap(([app, actions]) =>
    actions.includes('publish') ? [app] : [],
  );
}

/** Roles that nobody is given. */
const EVERYBODY: Partial<Record<string, string>> = {
  [AUTHENTICATED]: 'Everybody signed in',
  [NON_AUTHENTICATED]: 'Everybody not signed in',
};

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
  const nameOf = (id: string) => roles.find((role) => role.id === id)?.name ?? EVERYBODY[id] ?? id;
  return (
    <>
      <ManageHead
        title="Roles"
        current="/manage/roles"
        refusal={props.refusal}
        fields={[ID, NAME, DESCRIPTION, SIGNS_IN]}
      />
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
        <Text {...NAME} value={typed?.name} required refusal={props.refusal} />
        <Text {...DESCRIPTION} value={typed?.description} refusal={props.refusal} />
        <Choices
          {...SIGNS_IN}
          options={environments}
          chosen={typed?.environments ?? []}
          refusal={props.refusal}
        />
        <Text
          {...ID}
          value={typed?.id}
          help="Apps name the role by it, and it stays. Left empty, it is made of the name: “Night Desk” becomes “night-desk”."
          refusal={props.refusal}
        />
      </ManageForm>
    </>
  );
}

/** What the form of a role was sent with. */
export interface RoleTyped {
  name: string;
  description: string;
  environments: readonly string[];
  accounts: readonly string[];
  assign: readonly string[];
  publish: readonly string[];
}

/** One role: what it is called, where it signs in, what it may do with user accounts from apps. */
export function RolePage(props: {
  role: RoleAnswer;
  roles: readonly RoleDefinition[];
  formToken: string;
  /** What the form was sent with when it was refused. */
  typed?: RoleTyped;
  refusal?: Refusal | undefined;
}) {
  const { role, roles, formToken, typed, refusal } = props;
  const version = String(role.version);
  const { accounts = {} } = role;
  const granted = (['create', 'update', 'delete'] as const).filter((action) => accounts[action]);
  const published = publishedBy(role);
  const publish: Named = {
    name: 'publish',
    label: `It publishes ${published.includes('*') ? 'every app' : published.join(', ')} to`,
    paths: ['/design/apps'],
  };
  return (
    <>
      <ManageHead
        title={role.name}
        current="/manage/roles"
        refusal={refusal}
        fields={[
          ...[NAME, DESCRIPTION, SIGNS_IN, ACCOUNTS, ASSIGN],
          ...(published.length > 0 ? [publish] : []),
        ]}
      />
      <ManageForm formToken={formToken} label="Role" hidden={{ action: 'save', version }} submit="Save role">
        <Text {...NAME} value={typed?.name ?? role.name} required refusal={refusal} />
        <Text {...DESCRIPTION} value={typed?.description ?? role.description} refusal={refusal} />
        <Choices
          {...SIGNS_IN}
          options={environments}
          chosen={typed?.environments ?? role.environments}
          refusal={refusal}
        />
        <Choices
          {...ACCOUNTS}
          options={['create', 'update', 'delete'].map((value) => ({ value, label: value }))}
          chosen={typed?.accounts ?? granted}
          refusal={refusal}
        />
        <Choices
          {...ASSIGN}
          options={roles.map(({ id, name }) => ({ value: id, label: name }))}
          chosen={typed?.assign ?? accounts.assign ?? []}
          refusal={refusal}
        />
        {published.length > 0 && (
          <Choices
            {...publish}
            options={environments}
            chosen={typed?.publish ?? role.design?.publish ?? ENVIRONMENTS}
            refusal={refusal}
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
