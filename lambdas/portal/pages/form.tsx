import type { Problem } from '../../../core/errors.ts';
import type { FormAnswer, FormField, Visibility } from '../../../core/records/record.ts';
import { foreseen, type Warning } from '../../../core/records/warnings.ts';
import { type Typed, typedOf } from '../typed.ts';
import { controlId, Field } from './form-field.tsx';
import { Choices } from './manage-fields.tsx';

export interface FormPageProps {
  form: FormAnswer;
  formToken: string;
  /** Makes a second click, or a repeated one, the same request. */
  once: string;
  /** What was typed before it was refused; by default the stored values are shown. */
  typedIn?: (field: FormAnswer['fields'][number]) => Typed;
  problems?: readonly Problem[];
  /** Said above the problems, when it was not a field that was wrong. */
  refusal?: string;
  /** Environments in which what is deleted here ends as well: each has to be ticked. */
  confirm?: readonly string[];
  /** What happens if this is done all the same; nothing is written yet. */
  warning?: Warning;
  back: { href: string; label: string };
  /** What it leads to, said before the button. */
  note?: string;
}

/** The form of one operation; one without fields asks for a confirmation only. */
export function FormPage(props: FormPageProps) {
  const { form, back, problems = [], refusal, warning } = props;
  const { operation, record, fields } = form;
  const destructive = operation.kind === 'delete';
  const anyway = warning && anywayOf(operation);
  const warned = warning && `${foreseen(warning)} Change it, or choose “${anyway}”.`;
  const byField = new Map(
    problems.map(({ path, message }) => {
      const field = fields.find(({ id }) => id === fieldIn(path));
      return [fieldIn(path), field ? whatToMend(field, message) : message];
    }),
  );
  return (
    <>
      <p class="back">
        <a href={back.href}>
          <span aria-hidden="true">← </span>
          {back.label}
        </a>
      </p>
      <h1>
        {operation.name}
        {record && (
          <>
            {' '}
            <span class="of">
              <bdi>{record.title}</bdi>
            </span>
          </>
        )}
      </h1>
      {(problems.length > 0 || refusal) && <Summary form={form} problems={problems} refusal={refusal} />}
      {warned && (
        <Summary
          form={form}
          problems={[{ path: warning.path, message: warned }]}
          refusal="Nothing is saved yet: please read this first"
          whole
        />
      )}
      <form method="post" noValidate data-once>
        <input type="hidden" name="formToken" value={props.formToken} />
        <input type="hidden" name="once" value={props.once} />
        {record && <input type="hidden" name="version" value={String(record.version)} />}
        {fields.map((field) => {
          const problem = byField.get(field.id);
          return (
            <Field
              key={field.id}
              field={field}
              typed={(props.typedIn ?? typedOf)(field)}
              {...(problem !== undefined && { problem })}
              {...(warned && fieldIn(warning.path) === field.id && { warning: warned })}
              {...(field.filledIn && { note: noteOf(field.filledIn, fields) })}
              {...(field.visibleIf && { hint: hintOf(field, fields) })}
            />
          );
        })}
        {props.confirm && (
          <Choices
            name="confirm"
            label="It ends there, too. Tick each to confirm:"
            options={props.confirm.map((value) => ({ value, label: value }))}
            chosen={[]}
          />
        )}
        {props.note && <p>{props.note}</p>}
        {destructive && <p>This cannot be undone.</p>}
        <div class="buttons">
          <button type="submit" class={destructive ? 'danger' : undefined}>
            {operation.confirm ?? operation.name}
          </button>
          {anyway && (
            <button type="submit" name="anyway" value={warning.code} class="quiet">
              {anyway}
            </button>
          )}
          <a class="button quiet" href={back.href}>
            Cancel
          </a>
        </div>
      </form>
    </>
  );
}

/** What has to be corrected, each with a link to its field; it takes the focus, so that it is read out first. */
function Summary({
  form,
  problems,
  refusal,
  whole,
}: {
  form: FormAnswer;
  problems: readonly Problem[];
  refusal?: string | undefined;
  /** The messages are whole sentences. */
  whole?: boolean;
}) {
  return (
    <div class="summary" role="alert" tabIndex={-1} id="summary">
      <h2>{refusal ?? 'Please correct what is marked'}</h2>
      {problems.length > 0 && (
        <ul>
          {problems.map(({ path, message }) => {
            const field = form.fields.find(({ id }) => id === fieldIn(path));
            return (
              <li key={path}>
                {field ? (
                  <a href={`#${controlId(field)}`}>
                    {whole ? `${field.label}: ${message}` : whatToMend(field, message)}
                  </a>
                ) : (
                  message
                )}
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}

/** What the button says that does it in spite of a warning. */
function anywayOf({ kind, name }: FormAnswer['operation']): string {
  if (kind === 'add') return 'Create anyway';
  return kind === 'edit' ? 'Save anyway' : `${name} anyway`;
}

/** What is wrong with a field, as a sentence that says what to do where something is missing. */
function whatToMend(field: FormField, message: string): string {
  if (message !== 'is required') return /^\p{Ll}/u.test(message) ? `${field.label} ${message}` : message;
  const chosen = field.choices !== undefined || field.type === 'boolean';
  return `${chosen ? 'Choose' : 'Fill in'} “${field.label}”`;
}

/** When a conditional field is wanted, in words; the script takes the hint away and shows and hides the field instead. */
function hintOf({ visibleWhen }: FormField, fields: readonly FormField[]): string {
  const answers = answersIn(visibleWhen, fields);
  return answers ? `Only if ${answers}` : 'Fill this in only if it applies';
}

/** When a field is to be left empty, because it is filled in with the pass. */
function noteOf({ when }: NonNullable<FormField['filledIn']>, fields: readonly FormField[]): string {
  const answers = answersIn(when, fields);
  return `Leave this empty ${answers ? `if ${answers}` : 'if a link is to be sent'}: it is filled in by itself then.`;
}

/** The answers with which something applies, like “Colour” is Red or Blue; undefined where a few words cannot say it. */
function answersIn(when: Visibility | undefined, fields: readonly FormField[]): string | undefined {
  const asked = fields.find(({ id }) => id === when?.fields[0]);
  if (!when || !asked || when.fields.length > 1) return undefined;
  const answers = when.combinations.map(([texts = []]) => texts);
  const [first = []] = answers;
  const common = first.filter((text) => answers.every((texts) => texts.includes(text)));
  const wanted =
    common.length > 0 ? common : answers.every((texts) => texts.length === 1) ? answers.flat() : [];
  const shown = wanted.map((text) => asked.choices?.find(({ value }) => value === text)?.label ?? 'Yes');
  if (shown.length === 0) return undefined;
  return `“${asked.label}” is ${shown.join(common.length > 0 ? ' and ' : ' or ')}`;
}

/** `/values/notes` → `notes`. */
function fieldIn(path: string): string {
  return path
    .replace(/^\/values\//, '')
    .replaceAll('~1', '/')
    .replaceAll('~0', '~');
}
