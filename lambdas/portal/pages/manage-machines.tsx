import type { EnvironmentAnswer } from '../../../core/people/environments.ts';
import type { ServiceAccountAnswer } from '../../../core/people/service-accounts.ts';
import type { SessionAnswer } from '../../../core/people/sessions.ts';
import { formatDateTime } from './format.ts';
import { Keys } from './manage-keys.tsx';
import { Choices, ManageForm, ManageHead, problemsAt, type Refusal, Table, Text } from './manage-parts.tsx';
import { RobotWork } from './robot-work.tsx';
import { ShowMore } from './show-more.tsx';

type Option = { value: string; label: string };

/** Service accounts and robots, and the form for a new one. */
export function ServiceAccountsPage(props: {
  accounts: readonly { id: string; type: string; name: string; roles: readonly string[] }[];
  roles: readonly Option[];
  next?: string | undefined;
  formToken: string;
  once: string;
  refusal?: Refusal | undefined;
}) {
  const { accounts, roles, next } = props;
  const nameOf = (id: string) => roles.find(({ value }) => value === id)?.label ?? id;
  return (
    <>
      <ManageHead title="Service accounts" current="/manage/service-accounts" refusal={props.refusal} />
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
        <Text name="name" label="Name" required />
        <Choices
          name="roles"
          label="Roles"
          options={roles}
          chosen={[]}
          problems={problemsAt(props.refusal, '/roles')}
        />
      </ManageForm>
    </>
  );
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
  refusal?: Refusal | undefined;
}) {
  const { account, roles, formToken } = props;
  const nameOf = (id: string) => roles.find(({ value }) => value === id)?.label ?? id;
  const version = String(account.version);
  return (
    <>
      <ManageHead title={account.name} current="/manage/service-accounts" refusal={props.refusal} />
      <RobotWork account={account} />
      <ManageForm
        formToken={formToken}
        label="Name and roles"
        hidden={{ action: 'save', version, ...(account.apps && { robot: 'yes' }) }}
        submit={account.type === 'robot' ? 'Save robot' : 'Save service account'}
      >
        <Text name="name" label="Name" value={account.name} required />
        <Choices
          name="roles"
          label="Roles"
          options={roles}
          chosen={account.roles}
          problems={problemsAt(props.refusal, '/roles')}
        />
        {account.apps && (
          <Choices
            name="apps"
            label="Apps whose tasks and services it runs; who designs them uses its rights"
            options={props.apps}
            chosen={account.apps}
            problems={problemsAt(props.refusal, '/apps')}
          />
        )}
      </ManageForm>
      {account.type === 'serviceAccount' && (
        <>
          <Keys account={account} nameOf={nameOf} formToken={formToken} now={props.now} once={props.once} />
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
                name="confirm"
                label="It works here. Tick each to confirm:"
                options={account.environments.map((value) => ({ value, label: value }))}
                chosen={[]}
              />
            )}
          </ManageForm>
        </>
      )}
    </>
  );
}

/** What apps may do with user accounts in each environment, and its welcome mail. */
export function EnvironmentSettingsPage(props: {
  environments: readonly EnvironmentAnswer[];
  formToken: string;
  refusal?: Refusal | undefined;
}) {
  return (
    <>
      <ManageHead title="Environments" current="/manage/environments" refusal={props.refusal} />
      {props.environments.map(({ environment, accounts, welcomeMail, version }) => (
        <section key={environment} aria-labelledby={`h-${environment}`}>
          <h2 id={`h-${environment}`}>{environment}</h2>
          <ManageForm
            formToken={props.formToken}
            label={environment}
            action={`/manage/environments/${environment}`}
            hidden={{ version: String(version) }}
            submit={`Save ${environment}`}
          >
            <Choices
              name="allow"
              label="Apps may"
              options={[
                { value: 'manipulation', label: 'create and update user accounts' },
                { value: 'deletion', label: 'delete user accounts' },
              ]}
              chosen={(['manipulation', 'deletion'] as const).filter((part) => accounts[part])}
            />
            <div class="form-field">
              <label for={`subject-${environment}`}>Subject of the welcome mail</label>
              <input id={`subject-${environment}`} name="subject" value={welcomeMail.subject} />
            </div>
            <div class="form-field">
              <label for={`body-${environment}`}>Its text</label>
              <textarea id={`body-${environment}`} name="body" rows={4}>
                {welcomeMail.body}
              </textarea>
            </div>
          </ManageForm>
        </section>
      ))}
    </>
  );
}

/** Who is signed in, and in which browsers. */
export function AccountPage(props: {
  name: string;
  email?: string | undefined;
  roles: readonly string[];
  sessions: readonly SessionAnswer[];
  formToken: string;
}) {
  const { name, email, roles, sessions, formToken } = props;
  return (
    <>
      <h1>
        <bdi>{name}</bdi>
      </h1>
      <p>{[email, roles.join(', ') || 'no role yet'].filter(Boolean).join(' · ')}</p>
      <h2>Where you are signed in</h2>
      <Table
        caption="Sessions"
        columns={['Signed in', 'Ends', 'Sign out']}
        rows={sessions.map(({ id, signedInAt, expiresAt, current }) => ({
          id,
          cells: [
            `${formatDateTime(signedInAt)}${current ? ' (this browser)' : ''}`,
            formatDateTime(expiresAt),
            <ManageForm
              key={id}
              formToken={formToken}
              label={`Sign out of the session since ${formatDateTime(signedInAt)}`}
              hidden={{ session: id }}
              submit="Sign out"
            />,
          ],
        }))}
      />
      <ManageForm formToken={formToken} label="Everywhere" submit="Sign out everywhere" danger />
    </>
  );
}
