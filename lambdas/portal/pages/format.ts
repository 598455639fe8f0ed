const DAY_MS = 86_400_000;

const day = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const shortDay = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const dayAndTime = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const number = new Intl.NumberFormat('en', { maximumFractionDigits: 10, useGrouping: false });

/** `2026-03-06` → `Fri, 6 March 2026`; anything that is no date as it is. */
export function formatDate(text: string, style: 'long' | 'short' = 'long'): string {
  const time = Date.parse(`${text.slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(time) ? text : (style === 'long' ? day : shortDay).format(time);
}

/** An ISO time, or epoch milliseconds, in UTC. */
export function formatDateTime(at: string | number): string {
  const time = typeof at === 'number' ? at : Date.parse(at);
  return Number.isNaN(time) ? String(at) : `${dayAndTime.format(time)} UTC`;
}

/** How far away a day is, in whole days: `in 3 days`, `yesterday`. */
export function formatDistance(text: string, now: number): string {
  const days = (Date.parse(`${text.slice(0, 10)}T00:00:00Z`) - startOfDay(now)) / DAY_MS;
  return Number.isNaN(days) ? '' : relative.format(days, 'day');
}

export function isPast(text: string, now: number): boolean {
  return Date.parse(`${text.slice(0, 10)}T00:00:00Z`) < startOfDay(now);
}

/** The last moment of something that ends at `at`: an end at midnight is the day before, whole. */
export function formatEnd(at: number): string {
  return at % DAY_MS === 0 ? `the end of ${formatDate(new Date(at - 1).toISOString())}` : formatDateTime(at);
}

export function formatNumber(value: number): string {
  return number.format(value);
}

/** `completionNotes` → `completion notes`, for the rare page that knows a field by its id only. */
export function wordsOf(id: string): string {
  return id
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll('-', ' ')
    .toLowerCase();
}

function startOfDay(now: number): number {
  return Math.floor(now / DAY_MS) * DAY_MS;
}
