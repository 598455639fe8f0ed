import { formatDate, formatDistance, isPast } from './format.ts';

export interface DueDate {
  label: string;
  /** ISO-8601. */
  date: string;
  /** Whether there is still something to be done by then. */
  open: boolean;
}

/** A due date that is readable at a glance. The script puts the distance right where the day differs from UTC's. */
export function Due({ date, now, label, open }: DueDate & { now: number }) {
  return (
    <span class={open && isPast(date, now) ? 'due late' : 'due'}>
      <span class="due-label">{label}:</span> <time dateTime={date}>{formatDate(date, 'short')}</time>{' '}
      {open && (
        <span class="distance" data-day={date.slice(0, 10)}>
          {formatDistance(date, now)}
        </span>
      )}
    </span>
  );
}
