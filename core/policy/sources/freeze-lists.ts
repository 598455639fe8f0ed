import type { Problem } from '../../errors.ts';
import { type AccessLists, FROZEN_LISTS, type FrozenList, type ListEntry } from './access-lists.ts';

/** Finds the user or role that a name or id stands for now: `principal:<id>` or `role:<id>`. */
export type ResolveName = (name: string) => string | undefined;

export interface FrozenLists {
  /** Who is on each list, as `principal:<id>` and `role:<id>`; kept on the record. */
  readonly lists: Readonly<Record<FrozenList, readonly string[]>>;
  /** Names that nobody bears: the submission is refused. */
  readonly problems: readonly Problem[];
}

/** Resolves the lists that are tied to a submission, from the values it is submitted with. */
export function freezeAccessLists(
  lists: AccessLists,
  values: Readonly<Record<string, unknown>>,
  resolve: ResolveName,
): FrozenLists {
  const problems: Problem[] = [];
  const membersOf = (entry: ListEntry): string[] => {
    if ('user' in entry) return [`principal:${entry.user}`];
    if ('role' in entry) return [`role:${entry.role}`];
    if ('unknown' in entry) return [];
    return namesIn(values[entry.field]).flatMap((name) => {
      const member = resolve(name);
      if (member) return [member];
      problems.push({ path: `/values/${entry.field}`, message: `nobody here is called “${name}”` });
      return [];
    });
  };
  const frozen = FROZEN_LISTS.map((list) => [list, [...new Set((lists[list] ?? []).flatMap(membersOf))]]);
  return { lists: Object.fromEntries(frozen) as FrozenLists['lists'], problems: distinct(problems) };
}

function namesIn(value: unknown): string[] {
  return [value].flat().filter((name) => typeof name === 'string' && name !== '') as string[];
}

function distinct(problems: readonly Problem[]): Problem[] {
  return [...new Map(problems.map((problem) => [`${problem.path} ${problem.message}`, problem])).values()];
}

/**
 * Reads one entry as people write it: `{Field}`, or the name of a user or role. A name that nobody bears is unknown.
 * Templates of the whole site's data (`{_data.…}`) are refused.
 */
export function parseListEntry(text: string, resolve: ResolveName): ListEntry | Problem {
  const trimmed = text.trim();
  if (trimmed.startsWith('{') || trimmed.endsWith('}')) {
    const field = /^\{([A-Za-z][A-Za-z0-9]*)\}$/.exec(trimmed)?.[1];
    if (field) return { field };
    const message = trimmed.startsWith('{_data.')
      ? 'a list cannot depend on data of the whole site; name a field of the form'
      : 'write a field of the form in braces, such as {Manager}';
    return { path: '', message };
  }
  const member = resolve(trimmed);
  if (member?.startsWith('principal:')) return { user: member.slice('principal:'.length) };
  return member?.startsWith('role:') ? { role: member.slice('role:'.length) } : { unknown: trimmed };
}

/** Entries that a list may not hold: templates where the list is live, and fields that the form does not have. */
export function accessListProblems(lists: AccessLists, fields: ReadonlySet<string>): Problem[] {
  const live = (['start', 'editForm'] as const).flatMap((list) =>
    entriesOf(lists[list]).flatMap((entry, at) =>
      'field' in entry
        ? [
            {
              path: `/${list}/${at}`,
              message: `{${entry.field}} has a value only on a submission; name users and roles`,
            },
          ]
        : [],
    ),
  );
  const frozen = FROZEN_LISTS.flatMap((list) =>
    entriesOf(lists[list]).flatMap((entry, at) =>
      'field' in entry && !fields.has(entry.field)
        ? [{ path: `/${list}/${at}`, message: `the form has no field ${entry.field}` }]
        : [],
    ),
  );
  return [...live, ...frozen];
}

function entriesOf(list: AccessLists[keyof AccessLists]): readonly ListEntry[] {
  return Array.isArray(list) ? list : [];
}
