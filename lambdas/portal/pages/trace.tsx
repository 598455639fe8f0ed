import type { EventAnswer, TaskRun } from '../../../core/records/trace.ts';
import { STATUS, standing, stepInWords } from './access-words.ts';
import { formatDateTime } from './format.ts';
import { type ShownField, Value } from './value.tsx';

interface TaskRunsProps {
  runs: readonly TaskRun[];
  /** Where another run is asked for. */
  again: string;
  /** Absent for who is not signed in: nobody else is offered it. */
  formToken: string | undefined;
}

/** Who was given access to a record by a link: where that stands, and every step so far. While it moves, the page follows. */
export function TaskRuns({ runs, again, formToken }: TaskRunsProps) {
  if (runs.length === 0) return null;
  const moves = runs.some(({ status }) => status === 'requested' || status === 'ending');
  return (
    <section id="access" aria-labelledby="task-runs" data-refresh={moves ? '' : undefined}>
      <h2 id="task-runs">Access</h2>
      {runs.map((run) => (
        <article key={run.id} class="run">
          <h3>
            {run.person === undefined ? 'By link' : <bdi>{run.person}</bdi>}{' '}
            <span class={`state ${run.status}`} role="status">
              {STATUS[run.status] ?? run.status}
            </span>
          </h3>
          <p>{standing(run)}</p>
          <ol class="steps">
            {run.steps.map((step) => {
              const { what, more } = stepInWords(step);
              return (
                <li key={`${step.at} ${step.step}`} class={`step-${step.outcome}`}>
                  <span class="step">{what}</span> <time dateTime={step.at}>{formatDateTime(step.at)}</time>
                  {more && <p dir="auto">{more}</p>}
                </li>
              );
            })}
          </ol>
          {run.mayRunAgain && formToken && (
            <form method="post" action={again} data-once>
              <input type="hidden" name="formToken" value={formToken} />
              <button type="submit" class="quiet">
                Issue a new pass
              </button>
            </form>
          )}
        </article>
      ))}
    </section>
  );
}

/** An event whose values are ready to be shown. */
export type ShownEvent = Pick<EventAnswer, 'number' | 'at'> & {
  /** What was done, and by whom, in words. */
  title: string;
  actor: string;
  /** As what the actor is exempt from the rules, if they needed that. */
  exemption?: string;
  stateBefore?: string;
  stateAfter?: string;
  changes: readonly { label: string; before: ShownField; after: ShownField }[];
};

/** Who did what, newest first, with the values before and after. */
export function History({ events, more }: { events: readonly ShownEvent[]; more?: string }) {
  return (
    <section id="events" aria-labelledby="history" data-along>
      <h2 id="history">History</h2>
      <ol class="history">
        {events.map((event) => (
          <li key={event.number}>
            <p>
              <strong>{event.title}</strong> by <bdi>{event.actor}</bdi>
              {event.exemption && `, exempt from the rules as ${event.exemption}`},{' '}
              <time dateTime={event.at}>{formatDateTime(event.at)}</time>
              {event.stateAfter && event.stateAfter !== event.stateBefore && (
                <>
                  {' '}
                  <span class="state">
                    {event.stateBefore ? `${event.stateBefore} → ${event.stateAfter}` : event.stateAfter}
                  </span>
                </>
              )}
            </p>
            <Changes changes={event.changes} />
          </li>
        ))}
      </ol>
      {more && (
        <p>
          <a href={more}>Earlier events</a>
        </p>
      )}
    </section>
  );
}

/** More values than these are folded away: a new record changes all of them. */
const FEW = 4;

function Changes({ changes }: Pick<ShownEvent, 'changes'>) {
  if (changes.length === 0) return null;
  const list = (
    <dl class="changes">
      {changes.map(({ label, before, after }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>
            {before.value !== null && (
              <>
                <del>
                  <Value field={before} />
                </del>{' '}
              </>
            )}
            {after.value !== null && (
              <ins>
                <Value field={after} />
              </ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
  if (changes.length <= FEW) return list;
  return (
    <details>
      <summary>{changes.length} values</summary>
      {list}
    </details>
  );
}
