import type { FieldValue, FormField, Values } from '../../core/records/record.ts';

/** A field's content as a form carries it: texts. `text` is the first of them. */
export interface Typed {
  text: string;
  list: readonly string[];
}

type Sent = Readonly<Record<string, unknown>>;

/** What a form shows for a stored value. */
export function typedOf(field: FormField): Typed {
  return fromList(textsOf(field, field.value));
}

/** What came back for a field: nothing at all for a box that is not ticked. */
export function sentOf(field: FormField, sent: Sent): Typed {
  const value = sent[`field.${field.id}`];
  const list = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
  return fromList(field.type === 'geoPoint' ? list : list.filter((text) => text !== ''));
}

/**
 * The values that a form was sent for: those that differ from what it showed. What cannot be read as the field's type
 * goes on as text, and the use case says what is wrong with it.
 */
export function readValues(fields: readonly FormField[], sent: Sent): Values {
  const values: Values = {};
  for (const field of fields) {
    const typed = sentOf(field, sent);
    const before = textsOf(field, field.value).map(normalise);
    const after = typed.list.map(normalise);
    if (JSON.stringify(before) !== JSON.stringify(after)) values[field.id] = fieldValue(field, typed);
  }
  return values;
}

function fieldValue(field: FormField, { text, list }: Typed): FieldValue {
  switch (field.type) {
    case 'choices':
    case 'roles':
      return list.length === 0 ? null : [...list];
    case 'boolean':
      return text === 'true';
    case 'geoPoint': {
      if (list.every((part) => part.trim() === '')) return null;
      const [lat, lon] = list.map((part) => Number(part.trim() || 'none'));
      return Number.isFinite(lat) && Number.isFinite(lon)
        ? ({ lat, lon } as { lat: number; lon: number })
        : list.join(', ');
    }
    case 'number': {
      const number = Number(text.trim().replace(',', '.'));
      return text.trim() === '' ? null : Number.isFinite(number) ? number : text;
    }
    case 'dateTime':
      return text === '' ? null : /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?$/.test(text) ? `${text}Z` : text;
    default:
      // Browsers send line breaks as CR LF, whatever was typed.
      return text === '' ? null : normalise(text);
  }
}

function textsOf(field: FormField, value: FieldValue): string[] {
  if (value === null || value === '') return field.type === 'geoPoint' ? ['', ''] : [];
  if (Array.isArray(value)) return value;
  if (typeof value === 'object') return [String(value.lat), String(value.lon)];
  if (typeof value === 'boolean') return value ? ['true'] : [];
  if (field.type === 'dateTime')
    return [
      String(value)
        .replace(/(\.\d+)?Z$/, '')
        .slice(0, 16),
    ];
  return [String(value)];
}

function fromList(list: readonly string[]): Typed {
  return { text: list[0] ?? '', list };
}

function normalise(text: string): string {
  return text.replaceAll('\r\n', '\n');
}
