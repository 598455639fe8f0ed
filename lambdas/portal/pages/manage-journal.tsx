import type { DesignEventAnswer } from '../../../core/journal/read-design.ts';
import { formatDateTime, wordsOf } from './format.ts';
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

type Names = ReadonlyMap<string, string>;

export interface JournalNames {
  roles: Names;
  apps: Names;
}

const NO_NAMES: JournalNames = { roles: new Map(), apps: new Map() };

/** Changes of the site, newest first: who, what, and how it was before and after. */
export function JournalPage(props: {
  changes: readonly DesignEventAnswer[];
  /** What roles and apps are called, by id; those that are gone keep theirs. */
  names?: JournalNames;
  subject?: string | undefined;
  next?: string | undefined;
}) {
  const { changes, subject, next, names = NO_NAMES } = props;
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
              <What key="what" change={change} apps={names.apps} />,
              <Values key="before" values={change.before} roles={names.roles} />,
              <Values key="after" values={change.after} roles={names.roles} />,
            ],
          }))}
        />
      )}
      <ShowMore next={next} />
    </>
  );
}

function What({ change, apps }: { change: DesignEventAnswer; apps: Names }) {
  const { action, subject, via } = change;
  return (
    <>
      {WORDS[action]} {KINDS[subject.type]}{' '}
      <a href={`/manage/journal?subject=${subject.type}/${subject.id}`}>
        <bdi>{subject.name}</bdi>
      </a>
      {via && ` by “${via.operation}” of ${apps.get(via.app) ?? via.app} in ${via.environment}`}
    </>
  );
}

function Values({ values, roles }: { values: DesignEventAnswer['before']; roles: Names }) {
  const entries = Object.entries(values ?? {});
  if (entries.length === 0) return <>–</>;
  return (
    <dl class="changes">
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{wordsOf(name)}</dt>{' '}
          <dd>
            <bdi>{shortened(textOf(value, ROLES.has(name) ? roles : NO_NAMES.roles))}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Members that hold ids of roles. */
const ROLES: ReadonlySet<string> = new Set(['roles', 'assign']);
const MOMENT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;

/** A list as words, an object as its members, a moment as people write it. */
function textOf(value: unknown, roles: Names): string {
  if (Array.isArray(value)) return value.map((each) => textOf(each, roles)).join(', ') || 'none';
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([name, member]) => `${wordsOf(name)}: ${textOf(member, roles)}`)
      .join('; ');
  }
  const text = String(value);
  return MOMENT.test(text) ? formatDateTime(text) : (roles.get(text) ?? text);
}

/** As long as somebody reads. */
function shortened(text: string): string {
  return text.length <= 500 ? text : `${text.slice(0, 500).toWellFormed()}…`;
}
