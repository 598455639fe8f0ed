const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' });

/** The last day on which a moment has not passed: an expiry at midnight belongs to the day before. */
export function readableDay(at: number): string {
  return DAY.format(at - 1);
}
