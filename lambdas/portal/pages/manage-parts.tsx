import type { ComponentChildren } from 'preact';
import { type Named, type Refusal, Summary } from './manage-fields.tsx';

/** Where administrators' pages are, in the order of the menu. */
export const SECTIONS = [
  { href: '/manage/users', label: 'Users' },
  { href: '/manage/roles', label: 'Roles' },
  { href: '/manage/service-accounts', label: 'Service accounts' },
  { href: '/manage/environments', label: 'Environments' },
  { href: '/manage/lists', label: 'Lists' },
  { href: '/manage/journal', label: 'Journal' },
] as const;

/** The top of an administrators' page: where one is, and what was refused. */
export function ManageHead(props: {
  title: string;
  current: string;
  /** What the page stands under, besides its section. */
  back?: { href: string; label: string };
  refusal?: Refusal | undefined;
  /** The fields of the form that was refused, so that the summary leads to them. */
  fields?: readonly Named[];
}) {
  const { title, current, back, refusal, fields = [] } = props;
  return (
    <>
      <nav class="views" aria-label="Administration">
        <ul>
          {SECTIONS.map(({ href, label }) => (
            <li key={href}>
              <a href={href} aria-current={href === current ? 'page' : undefined}>
                {label}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {back && (
        <p class="back">
          <a href={back.href}>
            <span aria-hidden="true">← </span>
            <bdi>{back.label}</bdi>
          </a>
        </p>
      )}
      <h1>
        <bdi>{title}</bdi>
      </h1>
      {refusal && <Summary refusal={refusal} fields={fields} />}
    </>
  );
}

/** A form that is sent to `action` (default: the page itself) with the token that only this site's pages hold. */
export function ManageForm(props: {
  formToken: string;
  label: string;
  action?: string;
  hidden?: Readonly<Record<string, string>>;
  submit: string;
  danger?: boolean;
  children?: ComponentChildren;
}) {
  const { formToken, label, action, hidden = {}, submit, danger, children } = props;
  return (
    <form method="post" action={action} aria-label={label} data-once>
      <input type="hidden" name="formToken" value={formToken} />
      {Object.entries(hidden).map(([name, value]) => (
        <input key={name} type="hidden" name={name} value={value} />
      ))}
      {children}
      <div class="buttons">
        <button type="submit" class={danger ? 'danger' : undefined}>
          {submit}
        </button>
      </div>
    </form>
  );
}

/** A plain table with a heading row. Cells of the first column head their rows. */
export function Table(props: {
  caption: string;
  columns: readonly string[];
  rows: readonly { id: string; cells: readonly ComponentChildren[] }[];
}) {
  const { caption, columns, rows } = props;
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: as cards the elements lose their table semantics, and these keep them
    <table class="records" role="table">
      <caption class="unseen">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column} scope="col" role="columnheader">
              <bdi>{column}</bdi>
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map(({ id, cells }) => (
          <tr key={id} role="row">
            {cells.map((cell, at) => (
              <td key={columns[at]} role="cell" data-label={columns[at]}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}
