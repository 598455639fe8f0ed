import type { ServiceAccountAnswer } from '../../../core/people/service-accounts.ts';
import { Choices, type Named, type Refusal, Text } from './manage-fields.tsx';
import { KEY_FIELDS, Keys, type KeyTyped } from './manage-keys.tsx';
import { ManageForm, ManageHead, Table } from './manage-parts.tsx';
import { RobotWork } from './robot-work.tsx';
import { ShowMore } from './show-more.tsx';

type Option = { value: string; label: string };

const NAME: Named = { name: 'name', label: 'Name', empty: 'Enter a name' };
const ROLES: Named = { name: 'roles', label: 'Roles' };
const APPS: Named = {
  name: 'apps',
  label: 'Apps whose tasks and services it runs; who designs them uses its rights',
};
const CONFIRM: Named = { name: 'confirm', label: 'It works here. Tick each to confirm:' };

/** Service accounts and robots, and the form for a new one. */
export function ServiceAccountsPage(props: {
  accounts: readonly { id: string; type: string; name: string; roles: readonly string[] }[];
  roles: readonly Option[];
  next?: string | undefined;
  formToken: string;
  once: string;
  /** What the form was sent with when it was refused. */
  typed?: { name: string; roles: readonly string[] };
  refusal?: Refusal | undefined;
}) {
  const { accounts, roles, next, typed, refusal } = props;
  const nameOf = (id: string) => roles.find(({ value }) => value === id)?.label ?? id;
  return (
    <>
      <ManageHead
        title="Service accounts"
        current="/manage/service-accounts"
        refusal={refusal}
        fields={[NAME, ROLES]}
      />
      {accounts.length === 0 ? (
        <p class="empty">There are none.</p>
      ) : (
        <Table
          caption="Service accounts and robots"
          columns={['Name', 'Kind', 'Roles']}
          rows={accounts.map(({ id, type, name, roles: held }) => ({
            id,
            cells: [
              <a key={id} href={`/manage/service-accounts/${id}`}>
                <bdi>{name}</bdi>
              </a>,
              type === 'robot' ? 'robot' : 'service account',
              held.map(nameOf).join(', ') || '–',
            ],
          }))}
        />
      )}
      <ShowMore next={next} />
      <h2>New service account</h2>
      <ManageForm
        formToken={props.formToken}
        label="New service account"
        action="/manage/service-accounts"
        hidden={{ once: props.once }}
        submit="Create service account"
      >
        <Text {...NAME} value={typed?.name} required refusal={refusal} />
        <Choices {...ROLES} options={roles} chosen={typed?.roles ?? []} refusal={refusal} />
      </ManageForm>
    </>
  );
}

/** What a form of a service account's page was sent with. */
export interface MachineTyped extends KeyTyped {
  action: string;
  roles: readonly string[];
  apps: readonly string[];
  confirm: readonly string[];
}

/** One service account: roles, keys, delete. */
export function ServiceAccountPage(props: {
  account: ServiceAccountAnswer;
  roles: readonly Option[];
  /** Those that a robot can be made to work for. */
  apps: readonly Option[];
  formToken: string;
  now: number;
  /** Makes a second click on “Make key” the same request. */
  once: string;
  /** What the form that was refused was sent with, and which of them it was. */
  typed?: MachineTyped;
  refusal?: Refusal | undefined;
}) {
  const { account, roles, formToken, typed, refusal } = props;
  const saved = typed?.action === 'save' ? typed : undefined;
  const saving = typed?.action === 'save' ? refusal : undefined;
  const deleting = typed?.action === 'delete' ? refusal : undefined;
  const nameOf = (id: string) => roles.find(({ value }) => value === id)?.label ?? id;
  const version = String(account.version);
  const fields = (
    {
      createKey: KEY_FIELDS,
      save: account.apps ? [NAME, ROLES, APPS] : [NAME, ROLES],
      delete: account.environments.length > 0 ? [CONFIRM] : [],
    } as Partial<Record<string, readonly Named[]>>
  )[typed?.action ?? ''];
  return (
    <>
      <ManageHead
        title={account.name}
        current="/manage/service-accounts"
        refusal={refusal}
        {...(fields && { fields })}
      />
      <RobotWork account={account} />
      <ManageForm
        formToken={formToken}
        label="Name and roles"
        hidden={{ action: 'save', version, ...(account.apps && { robot: 'yes' }) }}
        submit={account.type === 'robot' ? 'Save robot' : 'Save service account'}
      >
        <Text {...NAME} value={saved?.name ?? account.name} required refusal={saving} />
        <Choices {...ROLES} options={roles} chosen={saved?.roles ?? account.roles} refusal={saving} />
        {account.apps && (
          <Choices {...APPS} options={props.apps} chosen={saved?.apps ?? account.apps} refusal={saving} />
        )}
      </ManageForm>
      {account.type === 'serviceAccount' && (
        <>
          <Keys
            account={account}
            nameOf={nameOf}
            formToken={formToken}
            now={props.now}
            once={props.once}
            {...(typed?.action === 'createKey' && { typed, refusal })}
          />
          <h2>Delete</h2>
          <ManageForm
            formToken={formToken}
            label="Delete service account"
            hidden={{ action: 'delete' }}
            submit="Delete service account"
            danger
          >
            {account.environments.length > 0 && (
              <Choices
                {...CONFIRM}
                options={account.environments.map((value) => ({ value, label: value }))}
                chosen={deleting ? (typed?.confirm ?? []) : []}
                refusal={deleting}
              />
            )}
          </ManageForm>
        </>
      )}
    </>
  );
}
