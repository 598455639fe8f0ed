import { ENVIRONMENTS } from '../../../core/environments.ts';
import type { KeyAnswer } from '../../../core/people/keys.ts';
import type { ServiceAccountAnswer } from '../../../core/people/service-accounts.ts';
import { formatDateTime, formatEnd } from './format.ts';
import { Choices, type Named, type Refusal, Text } from './manage-fields.tsx';
import { ManageForm, ManageHead, Table } from './manage-parts.tsx';

type NameOf = (role: string) => string;

const NAME: Named = {
  name: 'name',
  id: 'key-name',
  label: 'What it is for',
  paths: ['/key'],
  empty: 'Say what the key is for',
};
const REACH: Named = { name: 'environment', label: 'For one environment', paths: ['/environment'] };
const UNTIL: Named = { name: 'until', label: 'Its last day', paths: ['/expiresAt'] };
export const KEY_FIELDS: readonly Named[] = [NAME, REACH, UNTIL];

/** What the form of a new key was sent with. */
export interface KeyTyped {
  name: string;
  environment: string;
  until: string;
}

/** The keys of a service account: what each is for and carries, and the form for a new one. */
export function Keys(props: {
  account: ServiceAccountAnswer;
  /** What a role is called. */
  nameOf: NameOf;
  formToken: string;
  /** Epoch milliseconds. */
  now: number;
  once: string;
  /** What the form was sent with when it was refused. */
  typed?: KeyTyped;
  refusal?: Refusal | undefined;
}) {
  const { account, nameOf, formToken, now, once, typed, refusal } = props;
  const live = account.keys.filter(({ endedAt, expiresAt }) => !endedAt && Date.parse(expiresAt) > now);
  const notCarried = live.length > 0 ? account.roles.filter((role) => !live.every(carries(role))) : [];
  return (
    <>
      <h2>Keys</h2>
      {notCarried.map((role) => (
        <p key={role}>
          <bdi>{nameOf(role)}</bdi> {carriedBy(role, live)}: make a new key to use it.
        </p>
      ))}
      {account.keys.length > 0 && (
        <Table
          caption="Keys"
          columns={['Name', 'For', 'Roles', 'Ends', 'Last used', 'Revoke']}
          rows={account.keys.map((key) => ({
            id: key.id,
            cells: cellsOf(key, account.id, nameOf, formToken),
          }))}
        />
      )}
      <ManageForm
        formToken={formToken}
        label="New key"
        hidden={{ action: 'createKey', once }}
        submit="Make key"
      >
        <Text {...NAME} value={typed?.name} required refusal={refusal} />
        <Reach chosen={typed?.environment} refusal={refusal} />
        <Text
          {...UNTIL}
          value={typed?.until}
          type="date"
          required
          help="At most a year from now"
          refusal={refusal}
        />
        <p>
          It carries the roles that the account holds now. What the account is given later takes a new key.
        </p>
      </ManageForm>
    </>
  );
}

const carries =
  (role: string) =>
  ({ roles }: KeyAnswer) =>
    roles.includes(role);

function carriedBy(role: string, live: readonly KeyAnswer[]): string {
  const count = live.filter(carries(role)).length;
  return count === 0 ? 'is carried by no key' : `is carried by ${count} of ${live.length} live keys`;
}

function cellsOf(key: KeyAnswer, accountId: string, nameOf: NameOf, formToken: string) {
  const { id, name, environment, roles, expiresAt, lastUsedAt, endedAt } = key;
  return [
    <a key="name" href={`/manage/service-accounts/${accountId}/keys/${id}`}>
      <bdi>{name}</bdi>
    </a>,
    environment ?? 'whole site',
    roles.map(nameOf).join(', ') || 'none',
    endedAt ? 'revoked' : formatEnd(Date.parse(expiresAt)),
    lastUsedAt ? formatDateTime(lastUsedAt) : 'never',
    endedAt ? (
      '–'
    ) : (
      <ManageForm
        key={id}
        formToken={formToken}
        label={`Revoke ${name}`}
        hidden={{ action: 'revokeKey', key: id }}
        submit="Revoke key"
        danger
      />
    ),
  ];
}

/** One key: what it is for; and the key itself, once, right after it was made. */
export function KeyPage(props: {
  account: ServiceAccountAnswer;
  made: KeyAnswer;
  roles: readonly { value: string; label: string }[];
  /** The key itself. */
  text?: string;
  formToken: string;
  now: number;
}) {
  const { account, made, roles, text, formToken, now } = props;
  const { id, name, environment, expiresAt, lastUsedAt, endedAt } = made;
  const nameOf = (role: string) => roles.find(({ value }) => value === role)?.label ?? role;
  const over = endedAt !== undefined || Date.parse(expiresAt) <= now;
  const here = `/manage/service-accounts/${account.id}`;
  return (
    <>
      <ManageHead
        title={name}
        current="/manage/service-accounts"
        back={{ href: here, label: account.name }}
      />
      {text ? (
        <div class="done" role="status">
          <p>This is the key. It is shown only this once: copy it now to where it is needed.</p>
          <p>
            <code class="key">{text}</code>
          </p>
        </div>
      ) : (
        <p>
          The key is shown only once, when it is made. Is it lost?{' '}
          {over ? 'Make' : 'Revoke this one and make'} another one.
        </p>
      )}
      <dl class="fields">
        <Fact label="For" value={environment ?? 'the whole site'} />
        <Fact label="Carries the roles" value={made.roles.map(nameOf).join(', ') || 'none'} />
        <Fact
          label={endedAt ? 'Revoked' : over ? 'Ended' : 'Ends'}
          value={endedAt ? formatDateTime(endedAt) : formatEnd(Date.parse(expiresAt))}
        />
        <Fact label="Last used" value={lastUsedAt ? formatDateTime(lastUsedAt) : 'never'} />
      </dl>
      {!over && (
        <ManageForm
          formToken={formToken}
          label={`Revoke ${name}`}
          action={here}
          hidden={{ action: 'revokeKey', key: id }}
          submit="Revoke key"
          danger
        />
      )}
    </>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div class="field">
      <dt>{label}</dt>
      <dd>
        <bdi>{value}</bdi>
      </dd>
    </div>
  );
}

/** One environment, or apart from them the whole site; nothing is chosen beforehand. */
function Reach({ chosen, refusal }: { chosen?: string | undefined; refusal?: Refusal | undefined }) {
  return (
    <>
      <Choices
        {...REACH}
        type="radio"
        required
        options={ENVIRONMENTS.toReversed().map((value) => ({ value, label: value }))}
        chosen={chosen ? [chosen] : []}
        refusal={refusal}
      />
      <fieldset class="form-field">
        <legend>Or for the whole site</legend>
        <label class="option">
          <input
            type="radio"
            name="environment"
            value="site"
            checked={chosen === 'site'}
            aria-describedby="f-site-help"
          />{' '}
          whole site
        </label>
        <small id="f-site-help">
          It reaches drafts, roles and accounts, and every environment, as far as the account’s roles permit.
        </small>
      </fieldset>
    </>
  );
}
