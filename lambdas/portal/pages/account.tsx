import type { SessionAnswer } from '../../../core/people/sessions.ts';
import { formatDateTime } from './format.ts';
import { ManageForm, Table } from './manage-parts.tsx';

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
