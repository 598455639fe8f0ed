import { refuse } from '../assembly/problem.ts';

/** The next moment (epoch milliseconds) after a given one, undefined when there is none. */
export type NextTime = (after: number) => number | undefined;

const UNITS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Compiles `rate(…)`, `cron(…)` and `at(…)`, all in UTC. `start` is when a rate begins to count. */
export function compileSchedule(expression: string, start: number, place: string): NextTime {
  const [, kind, argument = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression.trim()) ?? [];
  if (kind === 'rate') {
    const [, count, unit = ''] = /^(\d+) (minute|hour|day)s?$/.exec(argument) ?? [];
    const period = Number(count) * (UNITS[unit] ?? Number.NaN);
    if (!(period > 0)) refuse(place, `${expression} is not a rate`);
    return (after) => start + period * (Math.floor(Math.max(after - start, 0) / period) + 1);
  }
  if (kind === 'at') {
    const moment = Date.parse(`${argument}Z`);
    if (Number.isNaN(moment)) refuse(place, `${expression} is not a moment`);
    return (after) => (moment > after ? moment : undefined);
  }
  if (kind === 'cron') return compileCron(argument, place);
  return refuse(place, `the schedule ${expression} is not supported`);
}

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ');
const DAYS = 'SUN MON TUE WED THU FRI SAT'.split(' ');
const SEARCHED_DAYS = 366 * 5;

/** minutes hours day-of-month month day-of-week year */
function compileCron(text: string, place: string): NextTime {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== 6) refuse(place, `cron(${text}) has not six fields`);
  const [minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = parts;
  const minutes = values(minute, 0, 59, [], place);
  const hours = values(hour, 0, 23, [], place);
  const daysOfMonth = values(dayOfMonth, 1, 31, [], place);
  const months = values(month, 1, 12, MONTHS, place);
  const daysOfWeek = values(dayOfWeek, 1, 7, DAYS, place);
  const years = values(year, 1970, 2199, [], place);

  return (after) => {
    const day = new Date(after);
    day.setUTCHours(0, 0, 0, 0);
    for (let i = 0; i < SEARCHED_DAYS; i++, day.setUTCDate(day.getUTCDate() + 1)) {
      if (!months.includes(day.getUTCMonth() + 1) || !years.includes(day.getUTCFullYear())) continue;
      if (!daysOfMonth.includes(day.getUTCDate()) || !daysOfWeek.includes(day.getUTCDay() + 1)) continue;
      for (const h of hours) {
        for (const m of minutes) {
          const moment = day.getTime() + (h * 60 + m) * 60_000;
          if (moment > after) return moment;
        }
      }
    }
    return undefined;
  };
}

function values(field: string, low: number, high: number, names: string[], place: string): number[] {
  const found = new Set<number>();
  const number = (text: string): number => {
    const named = names.indexOf(text.toUpperCase());
    const value = named >= 0 ? named + 1 : Number(text);
    if (!Number.isInteger(value) || value < low || value > high) {
      refuse(place, `the cron field ${field} is not supported`);
    }
    return value;
  };
  for (const part of field.split(',')) {
    const [range = '', step = '1'] = part.split('/');
    const all = range === '*' || range === '?';
    const [first = '', last = part.includes('/') ? String(high) : first] = all
      ? [String(low), String(high)]
      : range.split('-');
    for (let value = number(first); value <= number(last); value += Number(step)) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}
