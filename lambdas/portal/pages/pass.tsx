import { wordsOf } from './format.ts';
import { type ListedRecord, RecordCards } from './record-list.tsx';
import { ShowMore } from './show-more.tsx';

export interface PassSection {
  /** What the records are called, e.g. the record type's plural. */
  heading: string;
  records: readonly ListedRecord[];
  next?: string;
}

/** What a pass is for, or all passes of this browser, in one list. */
export function PassHomePage(props: {
  name: string;
  sections: readonly PassSection[];
  now: number;
  done?: string;
  /** Where the work of the browser's other passes is. */
  back?: { href: string; label: string };
}) {
  const { name, sections, now, done, back } = props;
  const filled = sections.filter((section) => section.records.length > 0 || section.next);
  return (
    <>
      {back && (
        <p class="back">
          <a href={back.href}>{back.label}</a>
        </p>
      )}
      {done && (
        <p class="done" role="status">
          {done}
        </p>
      )}
      <h1>
        Hello <bdi>{name}</bdi>
      </h1>
      {filled.length === 0 && <p class="empty">There is nothing to do for you at the moment.</p>}
      {filled.map((section) => (
        <section key={section.heading}>
          <h2>
            <bdi>{section.heading}</bdi>
          </h2>
          <RecordCards records={section.records} now={now} />
          <ShowMore next={section.next} />
        </section>
      ))}
    </>
  );
}

/** The job is reported, and with it the pass has ended. */
export function DonePage({ title, operation, rest }: { title: string; operation: string; rest?: string }) {
  return (
    <>
      <div class="finished" role="status">
        <span class="tick" aria-hidden="true">
          ✓
        </span>
        <h1>Done. Thank you!</h1>
      </div>
      <p>
        “{operation}” is recorded for <bdi>{title}</bdi>. Your access to it has ended, as it should: the link
        in your mail opens nothing any more, and you need not sign out.
      </p>
      <OtherWork rest={rest} />
    </>
  );
}

/** The way on to another pass of this browser. */
function OtherWork({ rest }: { rest?: string | undefined }) {
  if (!rest) return null;
  return (
    <p>
      <a class="button" href={rest}>
        Go on with your other work
      </a>
    </p>
  );
}

/** A pass that let somebody in once and does not any more. */
export function EndedPage({
  reason,
  typed = {},
  rest,
}: {
  reason?: string;
  typed?: Readonly<Record<string, unknown>>;
  /** Where another pass of this browser is. */
  rest?: string;
}) {
  if (reason === 'completed') {
    return (
      <>
        <h1>This job is done</h1>
        <p>
          It was reported as completed, and your pass ended with it. Thank you! There is nothing left to do
          here.
        </p>
        <TypedText
          typed={typed}
          note="If you have seen the thanks, it is saved. If not, you can copy it from here."
        />
        <OtherWork rest={rest} />
      </>
    );
  }
  return (
    <>
      <h1>This pass has ended</h1>
      <p>{ENDS[reason ?? ''] ?? 'It was taken back.'}</p>
      <p>If there is more to do, ask the contact below for a new link.</p>
      <TypedText typed={typed} />
      <OtherWork rest={rest} />
    </>
  );
}

const ENDS: Partial<Record<string, string>> = {
  expired: 'Its time is over.',
  superseded: 'A newer link has taken its place: look for a later mail.',
};

/** A pass page in a browser that does not hold the pass. */
export function NotOpenPage({ typed = {} }: { typed?: Readonly<Record<string, unknown>> }) {
  return (
    <>
      <h1>Please open the link in your mail again</h1>
      <p>This page belongs to a pass that is not open in this browser, or that has ended.</p>
      <TypedText typed={typed} />
    </>
  );
}

export function BrokenLinkPage() {
  return (
    <>
      <h1>This link is not complete</h1>
      <p>
        Perhaps it was cut off when it was copied, or a mail program has changed it. Open it directly from the
        mail, or copy it whole. If it still does not work, ask the contact below.
      </p>
    </>
  );
}

/** What was typed into a form that could not be accepted any more, so that it can be copied and sent otherwise. */
export function TypedText(props: { typed: Readonly<Record<string, unknown>>; note?: string }) {
  const { typed, note = 'It was not saved. You can copy it from here.' } = props;
  const fields = Object.entries(typed).flatMap(([name, value]): [string, string][] => {
    const text = [value].flat().join(', ').trim();
    return name.startsWith('field.') && text !== '' ? [[name.slice('field.'.length), text]] : [];
  });
  if (fields.length === 0) return null;
  return (
    <section class="kept" aria-labelledby="kept">
      <h2 id="kept">What you had typed</h2>
      <p>{note}</p>
      {fields.map(([id, text]) => (
        <label key={id}>
          {wordsOf(id)}
          <textarea readOnly dir="auto" rows={Math.min(12, text.split('\n').length + 2)} value={text} />
        </label>
      ))}
    </section>
  );
}
