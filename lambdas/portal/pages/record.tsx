import type { ComponentChildren } from 'preact';
import { adviceOn } from './access-words.ts';
import { Due, type DueDate } from './due.tsx';
import { formatDateTime } from './format.ts';
import { type ShownField, Value } from './value.tsx';

export interface ShownRecord {
  /** What the record type is called. */
  typeName: string;
  title: string;
  stateName: string;
  due?: DueDate;
  fields: readonly ShownField[];
  operations: readonly { id: string; name: string; kind: string; href: string }[];
  trouble?: { at: string; step: string; message: string };
}

/** One record: what is due when, what it says, and what can be done with it. */
export function RecordPage(props: {
  record: ShownRecord;
  now: number;
  /** A word on what was just done. */
  done?: string;
  back?: { href: string; label: string };
  children?: ComponentChildren;
}) {
  const { record, now, done, back, children } = props;
  return (
    <>
      {back && (
        <p class="back">
          <a href={back.href}>
            <span aria-hidden="true">← </span>
            {back.label}
          </a>
        </p>
      )}
      {done && (
        <p class="done" role="status">
          {done}
        </p>
      )}
      <article class="record" id="record" data-along>
        <h1>
          <span class="kind">{record.typeName}</span> <bdi>{record.title}</bdi>
        </h1>
        <p class="standing">
          {record.due && <Due {...record.due} now={now} />} <span class="state">{record.stateName}</span>
        </p>
        {record.trouble && <Trouble {...record.trouble} />}
        <Fields fields={record.fields} />
        <Operations operations={record.operations} />
      </article>
      {children}
    </>
  );
}

export function Fields({ fields }: { fields: readonly ShownField[] }) {
  return (
    <dl class="fields">
      {fields.map((field) => (
        <div key={field.id} class={field.type === 'text' ? 'field long' : 'field'}>
          <dt>{field.label}</dt>
          <dd>
            <Value field={field} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** The steps that lead on come first and largest; what is destructive comes last and quiet. */
function Operations({ operations }: { operations: ShownRecord['operations'] }) {
  if (operations.length === 0) return null;
  const order = (kind: string) => ['transition', 'edit', 'sendEmail', 'delete'].indexOf(kind);
  return (
    <nav class="operations" aria-label="What you can do">
      {[...operations]
        .sort((a, b) => order(a.kind) - order(b.kind))
        .map((operation) => (
          <a key={operation.id} href={operation.href} class={buttonOf(operation.kind)}>
            {operation.name}
          </a>
        ))}
    </nav>
  );
}

function buttonOf(kind: string): string {
  if (kind === 'transition') return 'button';
  return kind === 'delete' ? 'button quiet danger' : 'button quiet';
}

function Trouble({ at, step, message }: { at: string; step: string; message: string }) {
  const advice = adviceOn(step);
  return (
    <div class="trouble" role="note">
      <strong>Something needs your attention</strong>
      <p>
        <span dir="auto">{message}</span> <small>({formatDateTime(at)})</small>
      </p>
      {advice && <p>{advice}</p>}
    </div>
  );
}
