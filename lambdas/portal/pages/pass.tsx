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
        “{operation}” is recorded for <bdi>{title}</bdi>. Your link has ended with it and opens nothing any
        more. You can close this page; there is nothing to sign out of.
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
          It was reported as done, and the link ended with it. Thank you! There is nothing left to do here. If
          something is still missing, tell the contact below.
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
      <p>{ENDS[reason ?? ''] ?? 'It does not work any more.'}</p>
      <p>{NEXT[reason ?? ''] ?? 'If the job is still to be done, ask the contact below for a new link.'}</p>
      <TypedText typed={typed} />
      <OtherWork rest={rest} />
    </>
  );
}

/** Why, by what ended the pass. */
const ENDS: Partial<Record<string, string>> = {
  expired: 'The pass expired before the job was done.',
  revoked: 'The office cancelled it.',
  superseded: 'A newer link has taken its place.',
  failed: 'Something went wrong in the office, not with you.',
  aborted: 'Something went wrong in the office, not with you.',
};

/** What to do then, where that is not to ask for a new link. */
const NEXT: Partial<Record<string, string>> = {
  revoked:
    'Please do not begin. If you have already begun, or think that this is a mistake, ask the contact below.',
  superseded: 'Look for a later mail and open the link in that one. If there is none, ask the contact below.',
};

/** A pass page in a browser that does not hold the pass. */
export function NotOpenPage({ typed = {} }: { typed?: Readonly<Record<string, unknown>> }) {
  return (
    <>
      <h1>Please open the link in your mail again</h1>
      <p>
        This page belongs to a link that has not been opened in this browser, or that ended a while ago. If
        you cannot find the mail, ask the contact below for a new link.
      </p>
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
        mail, or copy all of it. If it still does not work, ask the contact below for a new link.
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
