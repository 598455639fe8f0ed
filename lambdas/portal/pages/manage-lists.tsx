import type { IndexState } from '../../../core/apps/rebuilding.ts';
import type { Refusal } from './manage-fields.tsx';
import { ManageForm, ManageHead, Table } from './manage-parts.tsx';

const STATUS = {
  requested: 'requested',
  running: 'under way',
  finished: 'finished',
  failed: 'failed, start it again',
} as const;

/** How the indexes of all lists are, how far rebuilding them has come, and a button for each to begin that. */
export function ManageListsPage(props: {
  states: readonly IndexState[];
  formToken: string;
  refusal?: Refusal | undefined;
}) {
  const environments = [...new Set(props.states.map(({ environment }) => environment))];
  return (
    <>
      <ManageHead title="Lists" current="/manage/lists" refusal={props.refusal} />
      <p>
        Lists show what was written for them with each record. Refreshing writes it anew for all records,
        which can be worked with meanwhile.
      </p>
      {environments.length === 0 && <p class="empty">Nothing is published yet.</p>}
      {environments.map((environment) => (
        <section key={environment} aria-labelledby={`h-${environment}`}>
          <h2 id={`h-${environment}`}>{environment}</h2>
          <Table
            caption={`Lists in ${environment}`}
            columns={['Records', 'Lists', 'Last refresh', 'Refresh']}
            rows={props.states
              .filter((state) => state.environment === environment)
              .map((state) => ({
                id: `${state.app}/${state.recordType}`,
                cells: cellsOf(state, props.formToken),
              }))}
          />
        </section>
      ))}
    </>
  );
}

function cellsOf(state: IndexState, formToken: string) {
  const { environment, app, appName, recordType, name, ready, mayRebuild, rebuild } = state;
  return [
    <bdi key="name">{`${name} (${appName})`}</bdi>,
    ready ? 'complete' : 'being prepared',
    rebuild ? progressOf(rebuild) : 'none yet',
    mayRebuild && (
      <ManageForm
        key="refresh"
        formToken={formToken}
        label={`Refresh ${name}, ${appName}, ${environment}`}
        action={`/manage/lists/${environment}/${app}/${recordType}`}
        submit="Refresh searchable fields"
      />
    ),
  ];
}

function progressOf({ status, done, known }: NonNullable<IndexState['rebuild']>): string {
  const records = known === undefined ? `${done}` : `${done} of ${Math.max(known, done)}`;
  return `${STATUS[status]}: ${records} records`;
}
