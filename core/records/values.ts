import type { Field } from '../apps/definition.ts';
import { maxLengthOf } from '../apps/formula-length.ts';
import type { Problem } from '../errors.ts';
import { readableEmail } from '../mail/address.ts';
import type { FieldValue } from './record.ts';

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
const PHONE = /^[+0-9][0-9 ()./-]{2,40}$/;
/** Line breaks and other control characters have no place in one line of text, least of all in a mail's header. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_IN_TEXT = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
/** What is wrong with a text that is no date. */
export const NO_DAY = 'must be a date like 2027-03-31';
/** What JSON, JavaScript and the table hold alike: beyond it a number would come back as another one. */
const LARGEST_NUMBER = Number.MAX_SAFE_INTEGER;
/** The table keeps nothing closer to 0 than this. */
const SMALLEST_NUMBER = 1e-130;
/** Years of four digits, from 1 on; also in UTC, whatever the offset. */
const FIRST_INSTANT = Date.parse('0001-01-01T00:00:00Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59.999Z');

/** The value as it is stored, or what is wrong with it. `null` stands for "no value" in every type. */
export type CheckedValue = { value: FieldValue } | { problem: string };

/**
 * Checks one value against its field's type and choices, and brings it into the form in which it is stored
 * (text trimmed and composed, emails as typed, dates ISO-8601, choices without repeats).
 */
export function checkValue(field: Field, input: FieldValue): CheckedValue {
  if (input === null || input === '') return { value: null };
  if (Array.isArray(input)) return checkList(field, input);
  switch (field.type) {
    case 'number':
      return checkNumber(input);
    case 'boolean':
      return typeof input === 'boolean' ? { value: input } : { problem: 'must be true or false' };
    case 'geoPoint':
      return checkPlace(input);
    case 'choices':
    case 'roles':
      return { problem: 'must be a list' };
    default:
      return typeof input === 'string' ? checkText(field, input) : { problem: 'must be text' };
  }
}

function checkNumber(input: FieldValue): CheckedValue {
  if (typeof input !== 'number' || Number.isNaN(input)) return { problem: 'must be a number' };
  const problem = numberProblem(input);
  return problem ? { problem } : { value: input };
}

/** What keeps a number from being stored as it was sent. */
function numberProblem(number: number): string | undefined {
  const size = Math.abs(number);
  if (size > LARGEST_NUMBER) return `must lie between -${LARGEST_NUMBER} and ${LARGEST_NUMBER}`;
  return size > 0 && size < SMALLEST_NUMBER
    ? `is too close to 0: write 0, or at least ${SMALLEST_NUMBER}`
    : undefined;
}

function checkPlace(input: FieldValue): CheckedValue {
  if (typeof input !== 'object' || input === null || Array.isArray(input))
    return { problem: 'must be a latitude and a longitude' };
  const { lat, lon } = input;
  if (!(Math.abs(lat) <= 90 && Math.abs(lon) <= 180))
    return { problem: 'must be a latitude from -90 to 90 and a longitude from -180 to 180' };
  const problem = numberProblem(lat) ?? numberProblem(lon);
  return problem ? { problem } : { value: { lat, lon } };
}

function checkText(field: Field, input: string): CheckedValue {
  const text = input.normalize('NFC').trim();
  if (text === '') return { value: null };
  // Half a surrogate pair cannot be stored as UTF-8: it would come back as another text than was journalled.
  if (!text.isWellFormed()) return { problem: 'holds half a character: it is not well-formed text' };
  const max = maxLengthOf(field);
  if (text.length > max) return { problem: `must have at most ${max} characters; it has ${text.length}` };
  if ((field.type === 'text' ? CONTROL_IN_TEXT : CONTROL).test(text))
    return { problem: 'must not hold control characters or line breaks' };
  const wrong = wrongText(field, text);
  return wrong ? { problem: wrong } : { value: text };
}

function wrongText(field: Field, text: string): string | undefined {
  switch (field.type) {
    case 'date':
      return isDay(text) ? undefined : NO_DAY;
    case 'dateTime':
      return isMoment(text) ? undefined : 'must be a date and time with an offset, like 2027-03-31T09:00:00Z';
    case 'email':
      return readableEmail(text) ? undefined : 'must be an email address like name@example.org';
    case 'phone':
      return PHONE.test(text) ? undefined : 'must be a telephone number';
    case 'url':
      return isWebAddress(text) ? undefined : 'must be an address that starts with https:// or http://';
    case 'choice':
      return field.choices?.includes(text) ? undefined : `must be one of ${(field.choices ?? []).join(', ')}`;
    default:
      return undefined;
  }
}

function checkList(field: Field, input: readonly string[]): CheckedValue {
  if (field.type !== 'choices' && field.type !== 'roles') return { problem: 'must be a single value' };
  const list = [...new Set(input)];
  const allowed = field.type === 'choices' ? field.choices : field.rolesFrom;
  const stranger = allowed && list.find((item) => !allowed.includes(item));
  if (stranger !== undefined) return { problem: `“${stranger}” is not among ${allowed?.join(', ')}` };
  return { value: list.length === 0 ? null : list };
}

/** Whether it is a day of the calendar, like 2027-03-31. */
export function isDay(text: string): boolean {
  return DATE.test(text) && isRealDate(text);
}

/** A moment of a real day, in a year of four digits here and in UTC. The day after has no second name as 24:00. */
function isMoment(text: string): boolean {
  const at = DATE_TIME.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : Number.NaN;
  return at >= FIRST_INSTANT && at <= LAST_INSTANT && text.slice(11, 13) !== '24';
}

/** 2027-02-30 is well formed and no date. */
function isRealDate(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`);
  return time >= FIRST_INSTANT && new Date(time).toISOString().startsWith(day);
}

/** Only web addresses: a `javascript:` address in a link would run. */
function isWebAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol } = new URL(text);
  return protocol === 'https:' || protocol === 'http:';
}

/** An expression's value as the field holds it: a moment given to a date is its day (UTC). */
export function fromExpression(field: Field, value: FieldValue): FieldValue {
  return field.type === 'date' && typeof value === 'string' ? value.slice(0, 10) : value;
}

/** A problem with a field, as a JSON pointer into the request. */
export function fieldProblem(field: string, message: string): Problem {
  return { path: `/values/${field.replaceAll('~', '~0').replaceAll('/', '~1')}`, message };
}
