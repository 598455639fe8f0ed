import type { LivePass } from '../../../core/grants/live-passes.ts';
import { formatDateTime, formatEnd } from './format.ts';
import { ShowMore } from './show-more.tsx';

export interface LivePassesProps {
  passes: readonly LivePass[];
  /** `/app/{environment}` */
  base: string;
  /** Address of this page. */
  here: string;
  formToken: string;
  /** Why it was not done. */
  refusal?: string;
  /** Of this page, if it is not the first. */
  cursor?: string;
  /** Address of the next page. */
  next?: string;
}

/** Who can get in now, for what and until when, and what staff can do about it. */
export function LivePassesPage(props: LivePassesProps) {
  const { passes, base, here, formToken, refusal, cursor, next } = props;
  const back = { formToken, ...(cursor && { cursor }) };
  const revocable = passes.some(({ can }) => can.revoke);
  return (
    <>
      <p class="back">
        <a href={base}>
          <span aria-hidden="true">← </span>Apps
        </a>
      </p>
      {refusal && (
        <p class="summary" role="alert">
          {refusal}
        </p>
      )}
      <h1>Live passes</h1>
      {passes.length === 0 && (
        <p class="empty">
          {next || cursor
            ? 'None of the passes here are for you to see.'
            : 'Nobody has a pass at the moment.'}
        </p>
      )}
      {passes.length > 0 && (
        <p>
          <a href={`${here}/live-passes.csv`} download>
            Download all as CSV
          </a>
        </p>
      )}
      {passes.map((pass) => (
        <PassCard key={pass.id} pass={pass} base={base} here={here} back={back} />
      ))}
      {revocable && (
        <form id="revoke" method="post" action={here} data-once>
          <Hidden {...back} />
          <button type="submit" name="action" value="revoke" class="danger">
            End the selected passes
          </button>
        </form>
      )}
      <ShowMore next={next} first={cursor && here} />
    </>
  );
}

/** What every form of this page sends along: who it is, and where to come back to. */
interface Back {
  formToken: string;
  cursor?: string;
}

/** Staff can end a pass of which they may not see whose it is or what it is for. */
const HIDDEN_RECORD = 'a record that you may not see';

function Person({ of: { person } }: { of: LivePass }) {
  return person === undefined ? 'Somebody' : <bdi>{person}</bdi>;
}

function PassCard(props: { pass: LivePass; base: string; here: string; back: Back }) {
  const { pass, base, here, back } = props;
  const { id, can } = pass;
  return (
    <article class="pass-card" aria-labelledby={`pass-${id}`}>
      <h2 id={`pass-${id}`}>
        <Person of={pass} />
      </h2>
      <p>
        For{' '}
        {pass.record.title === undefined ? (
          HIDDEN_RECORD
        ) : (
          <a href={`${base}/records/${pass.record.id}`}>
            <bdi>{pass.record.title}</bdi>
          </a>
        )}
        {pass.email && (
          <>
            , sent to <bdi>{pass.email}</bdi>
          </>
        )}
        .{' '}
        {pass.expiresAt && (
          <>
            Until <time dateTime={pass.expiresAt}>{formatEnd(Date.parse(pass.expiresAt))}</time>.{' '}
          </>
        )}
        {pass.lastUsedAt ? (
          <>
            Last used <time dateTime={pass.lastUsedAt}>{formatDateTime(pass.lastUsedAt)}</time>.
          </>
        ) : (
          'Not used yet.'
        )}
      </p>
      {pass.trouble && (
        <p class="trouble" role="note">
          <span dir="auto">{pass.trouble}</span>
        </p>
      )}
      <div class="buttons">
        {can.resend && (
          <form method="post" action={here} data-once>
            <Hidden {...back} id={id} />
            <button type="submit" name="action" value="resend" class="quiet">
              Send the link again
            </button>
          </form>
        )}
        {can.extend && (
          <form method="post" action={here} data-once>
            <Hidden {...back} id={id} />
            <label>
              Until the end of
              <input type="date" name="until" required />
            </label>
            <button type="submit" name="action" value="extend" class="quiet">
              Change the end
            </button>
          </form>
        )}
        {can.revoke && (
          <label class="option">
            <input type="checkbox" form="revoke" name="grant" value={id} />
            <span>
              Select <span class="unseen">the pass of {pass.person ?? 'somebody'}</span>
            </span>
          </label>
        )}
      </div>
    </article>
  );
}

function Hidden({ formToken, cursor, id }: Back & { id?: string }) {
  return (
    <>
      <input type="hidden" name="formToken" value={formToken} />
      {cursor && <input type="hidden" name="cursor" value={cursor} />}
      {id && <input type="hidden" name="grant" value={id} />}
    </>
  );
}

/** Asks before passes are ended: whoever holds them is shut out at once. */
export function RevokePage({
  passes,
  here,
  ...back
}: Back & {
  passes: readonly LivePass[];
  here: string;
}) {
  return (
    <>
      <h1>{passes.length === 1 ? 'End this pass?' : `End these ${passes.length} passes?`}</h1>
      <ul>
        {passes.map((pass) => (
          <li key={pass.id}>
            <Person of={pass} />, for{' '}
            {pass.record.title === undefined ? HIDDEN_RECORD : <bdi>{pass.record.title}</bdi>}
          </li>
        ))}
      </ul>
      <p>They are shut out at once, and the links in their mails open nothing any more.</p>
      <form method="post" action={here} data-once>
        <Hidden {...back} />
        {passes.map(({ id }) => (
          <input key={id} type="hidden" name="grant" value={id} />
        ))}
        <div class="buttons">
          <button type="submit" name="action" value="revokeNow" class="danger">
            {passes.length === 1 ? 'End the pass' : 'End the passes'}
          </button>
          <a class="button quiet" href={back.cursor ? `${here}?cursor=${back.cursor}` : here}>
            Cancel
          </a>
        </div>
      </form>
    </>
  );
}
