import type { Run } from '../site/runs.ts';
import { type Journey, STEPS } from './journeys.ts';
import { mailRows } from './mail-pages.ts';
import { momentInWords } from './moment.ts';
import { html, type Markup } from './page.ts';

/** The system's time, and the last time that somebody moved it. */
export interface ClockState {
  now: number;
  /** When something is due next. */
  next: number | undefined;
  journey: Journey | undefined;
  /** What ended on the journey, in words. */
  ended: (Run | undefined)[];
  /** What is wrong with the moment that was asked for. */
  refusal?: { problem: string; typed: string };
}

/** Moves the clock, so that reminders, ends and grace can be seen without waiting for them. */
export function clockCard({ now, next, journey, ended, refusal }: ClockState): Markup {
  return html`
<section id="clock" class="card" aria-labelledby="clock-heading"><h2 id="clock-heading">Time</h2>
<div id="time" data-live><p>For the system it is <strong>${momentInWords(now)}</strong>.${
    next === undefined ? ' Nothing is due.' : ` The next reminder or end is due on ${momentInWords(next)}.`
  }</p></div>
<div id="journey" data-live role="status">${journey && journeyReport(journey, ended)}</div>
<form method="post" action="/clock"><div class="row"><span id="forward">Move it forward:</span>${Object.entries(
    STEPS,
  ).map(
    ([name, { label }]) =>
      html`<button name="by" value="${name}" aria-describedby="forward">${label}</button>`,
  )}${
    next === undefined ? undefined : html`<button name="by" value="next">To the next reminder or end</button>`
  }</div></form>
<form method="post" action="/clock"><label for="to">Or to a day and time (UTC)</label>
${refusal && html`<small class="problem" id="to-problem" role="alert">${refusal.problem}</small>`}
<div class="row"><input id="to" name="to" type="datetime-local" required value="${refusal?.typed || inputValue(now)}"${
    refusal && html` aria-invalid="true" aria-describedby="to-problem"`
  }><button>Move the clock</button></div></form>
<p class="note">It only moves forward. Whoever is signed in is signed out after 12 hours: choose them again above.</p>
</section>`;
}

/** As the input takes it: `2026-11-29T15:44`. */
const inputValue = (ms: number) => new Date(ms).toISOString().slice(0, 16);

function journeyReport(
  { from, to, over, mails, ended: runs, problem }: Journey,
  ended: ClockState['ended'],
): Markup {
  if (!over) return html`<p>The clock is on its way to ${momentInWords(to)} …</p>`;
  const happened = [
    mails.length === 0
      ? 'no mail was sent'
      : mails.length === 1
        ? '1 mail was sent'
        : `${mails.length} mails were sent`,
    runs.length === 0
      ? 'nothing ended'
      : runs.length === 1
        ? '1 workflow ended'
        : `${runs.length} workflows ended`,
  ];
  return html`
<p>The clock was moved from ${momentInWords(from)} to ${momentInWords(to)}: ${happened.join(', ')}.</p>
${problem && html`<p class="problem">It stopped on the way: ${problem}</p>`}
${ended.length > 0 ? html`<ul>${ended.map((run) => run && html`<li>${run.name}: ${run.stage}</li>`)}</ul>` : undefined}
${mails.length > 0 ? mailRows(mails) : undefined}`;
}
