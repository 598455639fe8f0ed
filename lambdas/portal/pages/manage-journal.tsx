import type { DesignEventAnswer } from '../../../core/journal/read-design.ts';
import { formatDateTime } from './format.ts';
import { ManageHead, Table } from './manage-parts.tsx';
import { ShowMore } from './show-more.tsx';

const WORDS: Record<DesignEventAnswer['action'], string> = {
  create: 'Created',
  change: 'Changed',
  delete: 'Deleted',
  publish: 'Published into',
  rebuild: 'Had the lists written anew of',
  signOut: 'Signed out',
  createKey: 'Made a key for',
  revokeKey: 'Revoked a key of',
};
const KINDS: Record<DesignEventAnswer['subject']['type'], string> = {
  app: 'app',
  role: 'role',
  user: 'user',
  serviceAccount: 'service account',
  robot: 'robot',
  environment: 'environment',
};

/** Changes of the site, newest first: who, what, and how it was before and after. */
export function JournalPage(props: {
  changes: readonly DesignEventAnswer[];
  subject?: string | undefined;
  next?: string | undefined;
}) {
  const { changes, subject, next } = props;
  return (
    <>
      <ManageHead title="Journal" current="/manage/journal" />
      <nav class="views" aria-label="What was changed">
        <ul>
          {[undefined, ...(Object.keys(KINDS) as (keyof typeof KINDS)[])].map((kind) => (
            <li key={kind ?? 'all'}>
              <a
                href={kind ? `/manage/journal?subject=${kind}` : '/manage/journal'}
                aria-current={kind === subject ? 'page' : undefined}
              >
                {kind ? `${KINDS[kind]}s` : 'all'}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {changes.length === 0 ? (
        <p class="empty">Nothing of this kind has been changed.</p>
      ) : (
        <Table
          caption="Changes, newest first"
          columns={['When', 'Who', 'What', 'Before', 'After']}
          rows={changes.map((change) => ({
            id: change.id,
            cells: [
              <time key="at" class="moment" dateTime={change.at}>
                {formatDateTime(change.at)}
              </time>,
              <bdi key="who">{change.actor.name}</bdi>,
              <What key="what" change={change} />,
              <Values key="before" values={change.before} />,
              <Values key="after" values={change.after} />,
            ],
          }))}
        />
      )}
      <ShowMore next={next} />
    </>
  );
}

function What({ change }: { change: DesignEventAnswer }) {
  const { action, subject, via } = change;
  return (
    <>
      {WORDS[action]} {KINDS[subject.type]}{' '}
      <a href={`/manage/journal?subject=${subject.type}/${subject.id}`}>
        <bdi>{subject.name}</bdi>
      </a>
      {via && ` by “${via.operation}” of ${via.app} in ${via.environment}`}
    </>
  );
}

function Values({ values }: { values: DesignEventAnswer['before'] }) {
  const entries = Object.entries(values ?? {});
  if (entries.length === 0) return <>–</>;
  return (
    <dl class="changes">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>{' '}
          <dd>
            <bdi>{textOf(value)}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** A list as words, an object as its members; as long as somebody reads. */
function textOf(value: unknown): string {
  const text = Array.isArray(value)
    ? value.map(textOf).join(', ') || 'none'
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
          .map(([name, member]) => `${name}: ${textOf(member)}`)
          .join('; ')
      : String(value);
  return text.length <= 500 ? text : `${text.slice(0, 500).toWellFormed()}…`;
}
