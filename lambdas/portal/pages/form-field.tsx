import type { FormField } from '../../../core/records/record.ts';
import type { Typed } from '../typed.ts';

export interface FieldProps {
  field: FormField;
  /** What the form shows: the stored value, or what was typed before it was refused. */
  typed: Typed;
  problem?: string;
  /** What happens if it stays as it is; nothing is wrong with it. */
  warning?: string;
  /** Said below its help. */
  note?: string;
  /** When a conditional field is wanted, in words. */
  hint?: string;
}

/** Longer lists of choices are easier to use as a menu than as a column of buttons. */
const FEW = 5;

/** One field of a form: label, control, help and what is wrong with it, tied together for assistive technology. */
export function Field({ field, typed, problem, warning, hint, note }: FieldProps) {
  const described = [
    field.help && `${controlId(field)}-help`,
    field.hidden && `${controlId(field)}-unseen`,
    note && `${controlId(field)}-note`,
    (problem ?? warning) && `${controlId(field)}-problem`,
  ];
  const describedBy = described.filter(Boolean).join(' ') || undefined;
  const grouped = isGroup(field);
  const label = (
    <>
      {field.label}
      {!field.required && <span class="optional"> (optional)</span>}
    </>
  );
  const extras = (
    <>
      {hint && <small class="hint">{hint}</small>}
      {field.help && (
        <small id={`${controlId(field)}-help`} class="help">
          {field.help}
        </small>
      )}
      {field.hidden && (
        <small id={`${controlId(field)}-unseen`} class="help">
          You may change this field, but not see what is in it. Left empty it stays as it is.
        </small>
      )}
      {note && (
        <small id={`${controlId(field)}-note`} class="help">
          {note}
        </small>
      )}
      {warning && (
        <small id={`${controlId(field)}-problem`} class="problem">
          <span class="unseen">Warning: </span>
          {warning}
        </small>
      )}
      {problem && (
        <small id={`${controlId(field)}-problem`} class="problem">
          <span class="unseen">Error: </span>
          {problem}
        </small>
      )}
    </>
  );
  // The script hides the whole of it while it does not apply; without script the hint says when it does.
  const conditional = field.visibleWhen ? { 'data-visible-when': JSON.stringify(field.visibleWhen) } : {};
  return (
    <div class={(problem ?? warning) ? 'form-field refused' : 'form-field'} {...conditional}>
      {grouped ? (
        <fieldset aria-describedby={describedBy} id={controlId(field)} tabIndex={-1}>
          <legend>{label}</legend>
          {extras}
          <Choices field={field} typed={typed} />
        </fieldset>
      ) : (
        <>
          <label for={controlId(field)}>{label}</label>
          {extras}
          <Control field={field} typed={typed} describedBy={describedBy} refused={problem !== undefined} />
        </>
      )}
    </div>
  );
}

export const controlId = (field: { id: string }) => `f-${field.id}`;
const nameOf = (field: FormField) => `field.${field.id}`;

function isGroup(field: FormField): boolean {
  return ['choices', 'roles', 'boolean', 'geoPoint'].includes(field.type) || isRadio(field);
}

function isRadio(field: FormField): boolean {
  if (field.type === 'boolean') return field.hidden === true;
  return field.type === 'choice' && (field.choices?.length ?? 0) <= FEW;
}

/** A box that is not ticked says no; where it is not shown whether it is, it takes a choice of three. */
const YES_OR_NO = [
  { value: 'true', label: 'Yes' },
  { value: 'false', label: 'No' },
];

/** What to choose where nothing is wanted: no value, or no change. */
const nothingIn = (field: FormField) => (field.hidden ? 'Leave as it is' : 'None');

function Choices({ field, typed }: { field: FormField; typed: Typed }) {
  const name = nameOf(field);
  if (field.type === 'geoPoint') return <Place field={field} typed={typed} />;
  if (field.type === 'boolean' && !field.hidden) {
    return <Option type="checkbox" name={name} value="true" label="Yes" checked={typed.text === 'true'} />;
  }
  const radio = isRadio(field);
  return (
    <>
      {(field.choices ?? (radio ? YES_OR_NO : [])).map(({ value, label }) => (
        <Option
          key={value}
          type={radio ? 'radio' : 'checkbox'}
          name={name}
          value={value}
          label={label}
          checked={typed.list.includes(value)}
        />
      ))}
      {radio && !field.required && (
        <Option
          type="radio"
          name={name}
          value=""
          label={nothingIn(field)}
          checked={typed.list.length === 0}
        />
      )}
    </>
  );
}

function Option(props: {
  type: 'radio' | 'checkbox';
  name: string;
  value: string;
  label: string;
  checked: boolean;
}) {
  const { label, ...input } = props;
  return (
    <label class="option">
      <input {...input} /> <bdi>{label}</bdi>
    </label>
  );
}

function Place({ field, typed }: { field: FormField; typed: Typed }) {
  const [lat = '', lon = ''] = typed.list;
  return (
    <div class="place">
      <label>
        Latitude
        <input name={nameOf(field)} value={lat} inputMode="decimal" autocomplete="off" />
      </label>
      <label>
        Longitude
        <input name={nameOf(field)} value={lon} inputMode="decimal" autocomplete="off" />
      </label>
    </div>
  );
}

const INPUT_TYPES: Partial<Record<string, 'date' | 'datetime-local' | 'email' | 'tel' | 'url'>> = {
  date: 'date',
  dateTime: 'datetime-local',
  email: 'email',
  phone: 'tel',
  url: 'url',
};

function Control(props: {
  field: FormField;
  typed: Typed;
  describedBy: string | undefined;
  refused: boolean;
}) {
  const { field, typed, describedBy, refused } = props;
  const common = {
    id: controlId(field),
    name: nameOf(field),
    'aria-describedby': describedBy,
    'aria-invalid': refused ? ('true' as const) : undefined,
    // Not the browser's own refusal, which cannot know when a field applies; the server says what is missing.
    'aria-required': field.required ? ('true' as const) : undefined,
  };
  if (field.choices) {
    return (
      <select {...common}>
        <option value="">{field.required ? 'Please choose' : nothingIn(field)}</option>
        {field.choices.map(({ value, label }) => (
          <option key={value} value={value} selected={typed.list.includes(value)}>
            {label}
          </option>
        ))}
      </select>
    );
  }
  const text = { ...common, dir: 'auto' as const, maxLength: field.maxLength, autocomplete: 'off' as const };
  if (field.type === 'text') return <textarea {...text} rows={5} value={typed.text} />;
  if (field.type === 'number')
    return <input {...common} value={typed.text} inputMode="decimal" autocomplete="off" />;
  // The typings list the attributes of each type apart; these exist for all of them.
  const type = (INPUT_TYPES[field.type] ?? 'text') as 'text';
  return <input {...text} type={type} value={typed.text} />;
}
