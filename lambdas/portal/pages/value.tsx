import type { FieldValue } from '../../../core/records/record.ts';
import { formatDate, formatDateTime, formatNumber } from './format.ts';

/** How a field's value is shown: what it is called, what it is, and what its ids stand for. */
export interface ShownField {
  id: string;
  label: string;
  type: string;
  /** Shown instead of an address. */
  displayText?: string;
  value: FieldValue;
  /** Where a reference leads, if the reader may go there. */
  href?: string;
  /** Names for the ids in the value. */
  names?: Readonly<Record<string, string>>;
}

/**
 * A value for reading. Text keeps its own direction, and nothing of it is ever taken for markup.
 * @param compact for tables, where dates take less room
 */
export function Value({ field, compact = false }: { field: ShownField; compact?: boolean }) {
  const { value, type } = field;
  if (value === null) return <span class="none">–</span>;
  if (typeof value === 'number') return <>{formatNumber(value)}</>;
  if (typeof value === 'boolean') return <>{value ? 'Yes' : 'No'}</>;
  if (Array.isArray(value)) return <bdi>{value.map((item) => nameOf(field, item)).join(', ')}</bdi>;
  if (typeof value === 'object') return <Place lat={value.lat} lon={value.lon} />;
  switch (type) {
    case 'date':
      return <time dateTime={value}>{formatDate(value, compact ? 'short' : 'long')}</time>;
    case 'dateTime':
      return <time dateTime={value}>{formatDateTime(value)}</time>;
    case 'text':
      return (
        <span class="text" dir="auto">
          {value}
        </span>
      );
    case 'email':
      return <a href={`mailto:${encodeURIComponent(value).replace('%40', '@')}`}>{value}</a>;
    case 'phone':
      return <a href={`tel:${value.replace(/[^\d+]/g, '')}`}>{value}</a>;
    case 'reference':
      return field.href ? (
        <a href={field.href}>
          <bdi>{nameOf(field, value)}</bdi>
        </a>
      ) : (
        <bdi>{nameOf(field, value)}</bdi>
      );
    case 'token':
      return <>Issued</>;
    case 'url':
    case 'formula':
      return <Address field={field} text={value} />;
    default:
      return <bdi>{nameOf(field, value)}</bdi>;
  }
}

/** Only web addresses become links: whatever else a formula computes is text. */
function Address({ field, text }: { field: ShownField; text: string }) {
  if (!/^https?:\/\//i.test(text)) return <bdi>{text}</bdi>;
  return (
    <a href={text} rel="noreferrer noopener">
      <bdi>{field.displayText ?? text}</bdi>
    </a>
  );
}

function Place({ lat, lon }: { lat: number; lon: number }) {
  const place = `${formatNumber(lat)},${formatNumber(lon)}`;
  return <a href={`geo:${place}`}>{place.replace(',', ', ')}</a>;
}

function nameOf(field: ShownField, id: string): string {
  const name = field.names?.[id];
  if (name !== undefined) return name;
  // An id without a name says nothing to anybody. Whether a record is hidden or gone is not told apart.
  if (field.type === 'user') return 'somebody whose name is not kept';
  return field.type === 'reference' ? 'a record that you may not see' : id;
}
