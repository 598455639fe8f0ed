import type { ComponentChildren } from 'preact';
import type { Problem } from '../../../core/errors.ts';

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
}) {
  const { title, current, back, refusal } = props;
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
      {refusal && (
        <div class="summary" role="alert" tabIndex={-1} id="summary">
          <h2>{refusal.title}</h2>
          {refusal.problems.length > 0 && (
            <ul>
              {refusal.problems.map(({ path, message }) => (
                <li key={path + message}>{message}</li>
              ))}
            </ul>
          )}
        </div>
      )}
    </>
  );
}

/** Why something was not done, in words. */
export interface Refusal {
  title: string;
  problems: readonly Problem[];
  /** 403 where no other values would help. */
  status: 403 | 422;
}

export function Text(props: {
  name: string;
  /** Where two forms of a page have a field of this name, each its own. */
  id?: string;
  label: string;
  value?: string | undefined;
  type?: 'text' | 'email' | 'date';
  required?: boolean;
  help?: string;
}) {
  const { name, label, value = '', type = 'text', required, help, id = `f-${name}` } = props;
  const described = help && `${id}-help`;
  return (
    <div class="form-field">
      <label for={id}>{label}</label>
      <input
        id={id}
        name={name}
        {...({ type } as { type: 'text' })}
        value={value}
        required={required}
        autocomplete="off"
        aria-describedby={described}
      />
      {help && <small id={described}>{help}</small>}
    </div>
  );
}

/** A group of checkboxes that share a name, and beside them what was refused about them. */
export function Choices(props: {
  name: string;
  label: string;
  options: readonly { value: string; label: string }[];
  chosen: readonly string[];
  problems?: readonly Problem[] | undefined;
}) {
  const { name, label, options, chosen, problems = [] } = props;
  const described = problems.length > 0 ? `f-${name}-problem` : undefined;
  return (
    <fieldset class={described ? 'form-field refused' : 'form-field'} aria-describedby={described}>
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option.value} class="option">
          <input type="checkbox" name={name} value={option.value} checked={chosen.includes(option.value)} />{' '}
          <bdi>{option.label}</bdi>
        </label>
      ))}
      {described && (
        <small id={described} class="problem">
          <span class="unseen">Error: </span>
          {problems.map(({ message }) => message).join('; ')}
        </small>
      )}
    </fieldset>
  );
}

/** What was refused about a part of a form: problems whose place is there, or within. */
export function problemsAt(refusal: Refusal | undefined, ...paths: string[]): Problem[] {
  return (refusal?.problems ?? []).filter(({ path }) =>
    paths.some((place) => path === place || path.startsWith(`${place}/`)),
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
