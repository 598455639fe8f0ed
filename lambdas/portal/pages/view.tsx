import { AddButtons, viewHref } from './apps.tsx';
import { RecordTable } from './record-list.tsx';
import type { ShownField } from './value.tsx';

export interface ViewPageProps {
  base: string;
  app: { id: string; name: string };
  type: {
    id: string;
    plural: string;
    views: readonly { id: string; name: string; parameters: readonly { id: string; label: string }[] }[];
    operations: readonly { id: string; name: string }[];
  };
  view: string;
  /** Parameter id → what was asked for. */
  params: Readonly<Record<string, string>>;
  columns: readonly { id: string; label: string }[];
  records: readonly { href: string; title: string; cells: readonly ShownField[] }[];
  /** A problem with a parameter, or none. */
  problem?: string;
  /** Which page of the list this is, from 1. */
  pageNumber: number;
  /** Address of the next page, and of the first one when this is another. */
  next?: string;
  first?: string;
  done?: string;
}

/** One view of an app: its records as a table, the other views beside it, and what can be added. */
export function ViewPage(props: ViewPageProps) {
  const { base, app, type, view, columns, records, next, done, problem } = props;
  const current = type.views.find(({ id }) => id === view);
  return (
    <>
      <p class="back">
        <a href={base}>
          <span aria-hidden="true">← </span>Apps
        </a>
      </p>
      {done && (
        <p class="done" role="status">
          {done}
        </p>
      )}
      <h1>
        <span class="kind">
          <bdi>{app.name}</bdi>
        </span>{' '}
        <bdi>{type.plural}</bdi>
      </h1>
      <AddButtons
        operations={type.operations}
        href={(operation) => `${base}/${app.id}/${type.id}/operations/${operation}`}
      />
      <nav class="views" aria-label="Views">
        <ul>
          {type.views.map(({ id, name }) => (
            <li key={id}>
              <a href={viewHref(base, app.id, type.id, id)} aria-current={id === view ? 'page' : undefined}>
                <bdi>{name}</bdi>
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {current && current.parameters.length > 0 && <Parameters {...props} parameters={current.parameters} />}
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      {records.length === 0 && !problem ? (
        <p class="empty">
          {next
            ? 'Nothing on this page that you may see.'
            : props.first
              ? 'That was all: the list ended with the page before.'
              : 'There is nothing in this list.'}
        </p>
      ) : (
        <RecordTable
          caption={`${type.plural}: ${current?.name ?? view}`}
          columns={columns}
          records={records}
        />
      )}
      <Turning {...props} />
    </>
  );
}

/** Forward from page to page; back to the first, because a list may have changed behind the reader. */
function Turning({ pageNumber, first, next }: Pick<ViewPageProps, 'pageNumber' | 'first' | 'next'>) {
  if (!first && !next) return null;
  return (
    <nav class="turning" aria-label="Pages of the list">
      <ul>
        {first && (
          <li>
            <a class="button quiet" href={first}>
              First page
            </a>
          </li>
        )}
        <li aria-current="page">Page {pageNumber}</li>
        {next && (
          <li>
            <a class="button quiet" href={next} rel="next">
              Next page
            </a>
          </li>
        )}
      </ul>
    </nav>
  );
}

function Parameters(props: ViewPageProps & { parameters: readonly { id: string; label: string }[] }) {
  return (
    <form method="get" class="parameters" aria-label="What to look for">
      <input type="hidden" name="type" value={props.type.id} />
      <input type="hidden" name="view" value={props.view} />
      {props.parameters.map(({ id, label }) => (
        <label key={id}>
          {label}
          <input name={`param.${id}`} value={props.params[id] ?? ''} autocomplete="off" />
        </label>
      ))}
      <button type="submit">Show</button>
    </form>
  );
}
