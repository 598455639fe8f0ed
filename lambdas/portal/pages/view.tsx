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
  /** Address of this page, while the list is being prepared. */
  preparing?: string;
  /** Which page of the list this is, from 1. */
  pageNumber: number;
  /** Addresses of the next page, of the one before, and of the first one when this is another. */
  next?: string;
  previous?: string;
  first?: string;
  /** What the address of a form that adds carries along, so that it leads back here. */
  query: string;
}

/** One view of an app: its records as a table, the other views beside it, and what can be added. */
export function ViewPage(props: ViewPageProps) {
  const { base, app, type, view, columns, records, problem, preparing } = props;
  const current = type.views.find(({ id }) => id === view);
  return (
    <>
      <p class="back">
        <a href={base}>
          <span aria-hidden="true">← </span>Apps
        </a>
      </p>
      <h1>
        <span class="kind">
          <bdi>{app.name}</bdi>
        </span>{' '}
        <bdi>{type.plural}</bdi>
      </h1>
      <AddButtons
        operations={type.operations}
        href={(operation) => `${base}/${app.id}/${type.id}/operations/${operation}${props.query}`}
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
      <div id="list" data-refresh={preparing ? '' : undefined}>
        {preparing ? (
          <Preparing here={preparing} />
        ) : records.length === 0 && !problem ? (
          <p class="empty">{nothingIn(props, current?.parameters ?? [])}</p>
        ) : (
          <RecordTable
            caption={`${type.plural}: ${current?.name ?? view}`}
            columns={columns}
            records={records}
          />
        )}
        <Turning {...props} />
      </div>
    </>
  );
}

function nothingIn({ next, first, params }: ViewPageProps, parameters: readonly { id: string }[]): string {
  if (parameters.some(({ id }) => !params[id])) return 'Enter what to look for.';
  if (next) return 'Nothing on this page that you may see.';
  if (first) return 'That was all: the list ended with the page before.';
  return parameters.length > 0 ? 'Nothing matches.' : 'There is nothing in this list.';
}

/** In the list's place while its index is written; the script brings the page up to date meanwhile. */
function Preparing({ here }: { here: string }) {
  return (
    <p class="empty" role="status">
      This list is being prepared. It takes about a minute. <a href={here}>Refresh</a>
    </p>
  );
}

/** From page to page, and to the first one, because a list may have changed behind the reader. */
function Turning(props: Pick<ViewPageProps, 'pageNumber' | 'first' | 'previous' | 'next'>) {
  const { pageNumber, first, previous, next } = props;
  if (!first && !next) return null;
  return (
    <nav class="turning" aria-label="Pages of the list">
      <ul>
        {first && pageNumber > (previous ? 2 : 1) && (
          <li>
            <a class="button quiet" href={first}>
              First page
            </a>
          </li>
        )}
        {previous && (
          <li>
            <a class="button quiet" href={previous} rel="prev">
              Previous page
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
