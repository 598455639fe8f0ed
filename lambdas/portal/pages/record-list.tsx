import { Due, type DueDate } from './due.tsx';
import { type ShownField, Value } from './value.tsx';

/** A record as a list shows it. */
export interface ListedRecord {
  href: string;
  title: string;
  /** In the order of the columns; without the title's. */
  fields: ShownField[];
  due?: DueDate;
}

/** One column, large enough to be touched: what contractors see on a phone. */
export function RecordCards({ records, now }: { records: readonly ListedRecord[]; now: number }) {
  return (
    <ul class="cards">
      {records.map((record) => (
        <li key={record.href}>
          <a class="card" href={record.href}>
            <strong class="card-title" dir="auto">
              {record.title}
            </strong>
            {record.due && <Due {...record.due} now={now} />}
            {record.fields.map((field) => (
              <CardField key={field.id} field={field} />
            ))}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Inside a link nothing else can be one: mail addresses and the like are plain text here. */
function CardField({ field }: { field: ShownField }) {
  if (field.value === null) return null;
  const type = plainType(field.type);
  return (
    <span class={field.type === 'text' ? 'card-field clamped' : 'card-field'}>
      <span class="card-label">{field.label}</span> <Value field={{ ...field, type }} />
    </span>
  );
}

export interface Column {
  id: string;
  label: string;
}

/** A table for a desk; on a narrow screen every row becomes a card with its labels. */
export function RecordTable(props: {
  caption: string;
  columns: readonly Column[];
  records: readonly { href: string; title: string; cells: readonly ShownField[] }[];
}) {
  const { caption, columns, records } = props;
  return (
    // biome-ignore-start lint/a11y/noRedundantRoles: as cards the elements lose their table semantics, and these keep them
    <table class="records" role="table">
      <caption class="unseen">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map((column) => (
            <th key={column.id} scope="col" role="columnheader">
              {column.label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {records.map((record) => (
          <tr key={record.href} role="row">
            {record.cells.map((cell, index) => (
              <td key={cell.id} role="cell" data-label={columns[index]?.label}>
                {index === 0 ? (
                  <a href={record.href}>
                    <bdi>
                      {cell.value === null ? (
                        record.title
                      ) : (
                        <Value field={{ ...cell, type: plainType(cell.type) }} />
                      )}
                    </bdi>
                  </a>
                ) : (
                  <Value field={cell} compact />
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
    // biome-ignore-end lint/a11y/noRedundantRoles: see above
  );
}

/** What becomes a link elsewhere is plain text inside of one. A reference is shown by its name, as a user is. */
const plainType = (type: string) =>
  type === 'reference' ? 'user' : ['email', 'phone', 'url', 'formula'].includes(type) ? 'string' : type;
