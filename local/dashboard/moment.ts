const TO_THE_SECOND = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'medium',
  timeZone: 'UTC',
});
const TO_THE_MINUTE = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'UTC',
});

/** Seconds since the epoch, as AWS says times: `29 Nov 2026, 15:44:03`. */
export function moment(seconds: number | undefined): string {
  return seconds === undefined ? '' : TO_THE_SECOND.format(seconds * 1000);
}

/** Milliseconds since the epoch: `Sunday 29 November 2026 at 15:44 UTC`. */
export function momentInWords(ms: number): string {
  return `${TO_THE_MINUTE.format(ms)} UTC`;
}
