import type { EnvironmentAnswer } from '../../../core/people/environments.ts';
import { Choices, type Named, type Refusal, Text } from './manage-fields.tsx';
import { ManageForm, ManageHead } from './manage-parts.tsx';

/** The fields of an environment's form; there are four of them on the page. */
function fieldsOf(environment: string) {
  return {
    allow: { name: 'allow', label: 'Apps may', id: `f-${environment}-allow`, paths: ['/accounts'] },
    subject: {
      name: 'subject',
      label: 'Subject of the welcome mail',
      id: `f-${environment}-subject`,
      paths: ['/welcomeMail/subject'],
      empty: 'Enter a subject for the welcome mail',
    },
    body: {
      name: 'body',
      label: 'Text of the welcome mail',
      id: `f-${environment}-body`,
      paths: ['/welcomeMail/body'],
      empty: 'Enter a text for the welcome mail',
    },
  } satisfies Record<string, Named>;
}

/** What an environment's form was sent with when it was refused. */
export interface EnvironmentTyped {
  environment: string;
  allow: readonly string[];
  subject: string;
  body: string;
}

/** What apps may do with user accounts in each environment, and its welcome mail. */
export function EnvironmentSettingsPage(props: {
  environments: readonly EnvironmentAnswer[];
  formToken: string;
  typed?: EnvironmentTyped;
  refusal?: Refusal | undefined;
}) {
  const { typed, refusal } = props;
  return (
    <>
      <ManageHead
        title="Environments"
        current="/manage/environments"
        refusal={refusal}
        fields={typed ? Object.values(fieldsOf(typed.environment)) : []}
      />
      {props.environments.map(({ environment, accounts, welcomeMail, version }) => {
        const mine = typed?.environment === environment ? { typed, refusal } : {};
        const fields = fieldsOf(environment);
        const allowed = (['manipulation', 'deletion'] as const).filter((part) => accounts[part]);
        return (
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
                {...fields.allow}
                options={[
                  { value: 'manipulation', label: 'create and update user accounts' },
                  { value: 'deletion', label: 'delete user accounts' },
                ]}
                chosen={mine.typed?.allow ?? allowed}
                refusal={mine.refusal}
              />
              <Text
                {...fields.subject}
                value={mine.typed?.subject ?? welcomeMail.subject}
                refusal={mine.refusal}
              />
              <Text
                {...fields.body}
                value={mine.typed?.body ?? welcomeMail.body}
                lines={4}
                refusal={mine.refusal}
              />
            </ManageForm>
          </section>
        );
      })}
    </>
  );
}
