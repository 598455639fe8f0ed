import { ERRORS } from '../../../core/errors.ts';
import { ANYWHERE, type DescribedGroup, type DescribedRoute } from '../reference/described.ts';
import type { FieldRow } from '../reference/rows.ts';

/** The API for people who call it from another system. */
export function ReferencePage({ groups, siteUrl }: { groups: readonly DescribedGroup[]; siteUrl: string }) {
  return (
    <>
      <h1>API reference</h1>
      <p>
        Every address that answers JSON: who may call it, what goes in, what comes out. For programs the same
        is at <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).
      </p>
      <Basics siteUrl={siteUrl} />
      <nav aria-label="Addresses" class="addresses">
        {groups.map((group) => (
          <section key={group.id}>
            <h2>
              <a href={`#${group.id}`}>{group.title}</a>
            </h2>
            <ul>
              {group.routes.map(({ id, method, path }) => (
                <li key={id}>
                  <a href={`#${id}`}>
                    <span class="method">{method}</span> {path}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </nav>
      {groups.map((group) => (
        <section key={group.id} id={group.id} class="group" aria-labelledby={`${group.id}-title`}>
          <h2 id={`${group.id}-title`}>{group.title}</h2>
          <p>{group.text}</p>
          {group.routes.map((route) => (
            <RouteArticle key={route.id} route={route} />
          ))}
        </section>
      ))}
    </>
  );
}

function Basics({ siteUrl }: { siteUrl: string }) {
  return (
    <>
      <p>
        In the examples, <code>$SITE</code> is <code>{siteUrl}</code>, <code>$KEY</code> an API key of a
        service account (or <code>-b "$COOKIE"</code> with a signed-in browser’s cookie and{' '}
        <code>-H "Origin: $SITE"</code> when something is written), and names in capitals are ids. A click
        marks a line whole, to be copied.
      </p>
      <ul>
        <li>
          What a caller may not see is absent: 404 for a record, no member for a field. Members and parameters
          that are not listed are refused; answers may gain members.
        </li>
        <li>
          A version is an ETag: send it back as <code>If-Match: "3"</code>, and a write is refused if somebody
          was faster. An <code>Idempotency-Key</code> makes a repetition within a day harmless.
        </li>
        <li>
          Errors are problem documents (RFC 9457) with a stable <a href="/errors">code</a>. Any address may
          answer <Codes codes={ANYWHERE} />.
        </li>
      </ul>
    </>
  );
}

function RouteArticle({ route }: { route: DescribedRoute }) {
  const { id, method, path, summary, callers, parameters, body, answers, errors, curl } = route;
  return (
    <article class="route" id={id} aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>
        <span class="method">{method}</span> <code>{path}</code>
      </h3>
      <p>
        {summary}. <span class="aside-text">({id})</span>
      </p>
      <p>
        <strong>Who may call it:</strong> {callers}
      </p>
      {parameters.length > 0 && (
        <FieldTable title="Parameters" about={id} rows={parameters} place={(row) => parameters[row]?.place} />
      )}
      {body && (
        <>
          <FieldTable title="Body" about={id} rows={body.rows} whole="Any members, as described above." />
          <Example label={`Example of a body for ${id}`} text={body.example} />
        </>
      )}
      {answers.map(({ status, text, rows, example }) => (
        <div key={status}>
          {rows && rows.length > 0 ? (
            <FieldTable title={`Answer ${status}: ${text}`} about={id} rows={rows} />
          ) : (
            <p>
              <strong>
                Answer {status}: {text}
              </strong>
              {example === undefined && ', with an empty body'}.
            </p>
          )}
          {example !== undefined && rows && rows.length > 0 && (
            <Example label={`Example of the answer ${status} of ${id}`} text={example} />
          )}
        </div>
      ))}
      <p>
        <strong>Errors:</strong> <Codes codes={errors} />
      </p>
      <pre class="line">{curl}</pre>
    </article>
  );
}

function Codes({ codes }: { codes: readonly (keyof typeof ERRORS)[] }) {
  return (
    <>
      {codes.map((code, at) => (
        <span key={code}>
          {at > 0 && ', '}
          <a href={`/errors#${code}`}>{code}</a> ({ERRORS[code].status})
        </span>
      ))}
    </>
  );
}

function FieldTable(props: {
  title: string;
  about: string;
  rows: readonly FieldRow[];
  place?: (row: number) => string | undefined;
  whole?: string;
}) {
  const { title, about, rows, place, whole } = props;
  if (rows.length === 0) return whole ? <p>{`${title}: ${whole}`}</p> : null;
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: as cards the elements lose their table semantics, and these keep them
    <table class="reference" role="table">
      <caption>
        {title}
        <span class="unseen"> of {about}</span>
      </caption>
      <thead role="rowgroup">
        <tr role="row">
          <th scope="col" role="columnheader">
            Name
          </th>
          <th scope="col" role="columnheader">
            Type
          </th>
          <th scope="col" role="columnheader">
            Meaning
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row, at) => (
          <tr key={`${place?.(at)} ${row.name}`} role="row">
            <td role="cell">
              <code>{row.name}</code>
              {!row.required && <small> optional</small>}
            </td>
            <td role="cell">
              {row.type}
              {place && <small> in {place(at)}</small>}
            </td>
            <td role="cell">{row.text}</td>
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}

function Example({ label, text }: { label: string; text: string }) {
  return (
    <details class="example">
      <summary>
        Example<span class="unseen">: {label}</span>
      </summary>
      <pre>{text}</pre>
    </details>
  );
}
