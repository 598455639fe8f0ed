import type { Problem } from '../../../core/errors.ts';

/** A field of a form by its names: in the form, for the reader, and where problems say that it is. */
export interface Named {
  name: string;
  label: string;
  /** Where two forms of a page have a field of this name, each its own. */
  id?: string;
  /** JSON pointers; by default `/name`. */
  paths?: readonly string[];
  /** Said where nothing is in it: “Enter a first name”. */
  empty?: string;
}

/** Why something was not done, in words. */
export interface Refusal {
  title: string;
  problems: readonly Problem[];
  /** 403 where no other values would help. */
  status: 403 | 422;
  /** Whether somebody else wrote in between: what is stored now is told beside what was typed. */
  overtaken?: boolean;
}

const STORED = 'now stored as';

/** A refusal because somebody else wrote in between, with what is stored now where that is not what was typed. */
export function comparedWith(
  refusal: Refusal,
  fields: Readonly<Record<string, readonly [typed: readonly string[], stored: readonly string[]]>>,
): Refusal {
  if (!refusal.overtaken) return refusal;
  const text = (list: readonly string[]) => [...list].sort().join(', ');
  const differing = Object.entries(fields).filter(([, [typed, stored]]) => text(typed) !== text(stored));
  return {
    ...refusal,
    problems: differing.map(([path, [, stored]]) => ({
      path,
      message: `${STORED} “${text(stored) || 'nothing'}”`,
    })),
  };
}

const idOf = ({ id, name }: Named) => id ?? `f-${name}`;

function concerns({ name, paths = [`/${name}`] }: Named, { path }: Problem): boolean {
  return paths.some((place) => path === place || path.startsWith(`${place}/`));
}

/** A problem as a sentence about its field. */
function inWords({ label, empty }: Named, { message }: Problem): string {
  if (message === 'must not be empty' && empty) return empty;
  if (/^(must|is|has) /.test(message)) return `${label} ${message}`;
  return message.startsWith(STORED)
    ? `${label}: ${message}`
    : message.charAt(0).toUpperCase() + message.slice(1);
}

function Wrong({ id, field, problems }: { id: string; field: Named; problems: readonly Problem[] }) {
  return (
    <small id={id} class="problem">
      <span class="unseen">Error: </span>
      {problems.map((problem) => inWords(field, problem)).join('; ')}
    </small>
  );
}

/** One line to type in, and beside it what was refused about it. */
export function Text(
  props: Named & {
    value?: string | undefined;
    type?: 'text' | 'email' | 'date';
    required?: boolean;
    help?: string;
    lines?: number;
    refusal?: Refusal | undefined;
  },
) {
  const { name, label, value = '', type = 'text', required, help, lines, refusal } = props;
  const id = idOf(props);
  const problems = refusal?.problems.filter((problem) => concerns(props, problem)) ?? [];
  const refused = problems.length > 0;
  const described = [help && `${id}-help`, refused && `${id}-problem`].filter(Boolean).join(' ') || undefined;
  const common = {
    id,
    name,
    required,
    'aria-describedby': described,
    'aria-invalid': refused ? ('true' as const) : undefined,
  };
  return (
    <div class={refused ? 'form-field refused' : 'form-field'}>
      <label for={id}>{label}</label>
      {lines ? (
        <textarea {...common} rows={lines}>
          {value}
        </textarea>
      ) : (
        <input {...common} {...({ type } as { type: 'text' })} value={value} autocomplete="off" />
      )}
      {help && <small id={`${id}-help`}>{help}</small>}
      {refused && <Wrong id={`${id}-problem`} field={props} problems={problems} />}
    </div>
  );
}

/** A group of boxes that share a name, and beside them what was refused about them. */
export function Choices(
  props: Named & {
    type?: 'checkbox' | 'radio';
    required?: boolean;
    options: readonly { value: string; label: string }[];
    chosen: readonly string[];
    refusal?: Refusal | undefined;
  },
) {
  const { name, label, type = 'checkbox', required, options, chosen, refusal } = props;
  const id = idOf(props);
  const problems = refusal?.problems.filter((problem) => concerns(props, problem)) ?? [];
  const described = problems.length > 0 ? `${id}-problem` : undefined;
  return (
    <fieldset
      id={id}
      tabIndex={-1}
      class={described ? 'form-field refused' : 'form-field'}
      aria-describedby={described}
    >
      <legend>{label}</legend>
      {options.map((option) => (
        <label key={option.value} class="option">
          <input
            type={type}
            name={name}
            value={option.value}
            required={required}
            checked={chosen.includes(option.value)}
          />{' '}
          <bdi>{option.label}</bdi>
        </label>
      ))}
      {described && <Wrong id={described} field={props} problems={problems} />}
    </fieldset>
  );
}

/** What has to be corrected, each with a link to its field; it takes the focus, so that it is read out first. */
export function Summary({ refusal, fields }: { refusal: Refusal; fields: readonly Named[] }) {
  return (
    <div class="summary" role="alert" tabIndex={-1} id="summary">
      <h2>{refusal.title}</h2>
      {refusal.problems.length > 0 && (
        <ul>
          {refusal.problems.map((problem) => {
            const field = fields.find((each) => concerns(each, problem));
            return (
              <li key={problem.path + problem.message}>
                {field ? <a href={`#${idOf(field)}`}>{inWords(field, problem)}</a> : problem.message}
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
