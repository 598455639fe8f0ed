const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' });

/** The last day on which a moment has not passed: an expiry at midnight belongs to the day before. */
export function readableDay(at: number): string {
  return DAY.format(at - 1);
}

/** A date as it stands in a sentence: `2027-01-23` → `23 January 2027`. */
export function readableDate(date: string): string {
  return DATE.format(Date.parse(`${date}T12:00:00Z`));
}
