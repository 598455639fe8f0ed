import { formatDate, formatDistance, isPast } from './format.ts';

/** A due date that is readable at a glance. The script puts the distance right where the day differs from UTC's. */
export function Due({ date, now, label }: { date: string; now: number; label: string }) {
  return (
    <span class={isPast(date, now) ? 'due late' : 'due'}>
      <span class="due-label">{label}:</span> <time dateTime={date}>{formatDate(date, 'short')}</time>{' '}
      <span class="distance" data-day={date.slice(0, 10)}>
        {formatDistance(date, now)}
      </span>
    </span>
  );
}
