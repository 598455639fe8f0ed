import type { RecordTypeFacts } from '../document.ts';
import type { FieldSet, Level, RuleDraft, Selector } from '../types.ts';

/** One operation of a profile: on which records, with which fields. */
export interface ProfileOperation {
  readonly operation: string;
  readonly when?: string;
  readonly fields?: FieldSet;
}

/** A named permission set. A record type that it does not list is out of reach. */
export interface ProfileSource {
  readonly id: string;
  readonly recordTypes: readonly {
    readonly app: string;
    readonly recordType: string;
    readonly operations: readonly ProfileOperation[];
  }[];
}

/** A profile as rules. */
export function profileRules(profile: ProfileSource): RuleDraft[] {
  const subjects: Selector[] = [{ kind: 'profile', id: profile.id }];
  return profile.recordTypes.flatMap(({ app, recordType, operations }) => {
    const source = `profiles/${profile.id}/${app}/${recordType}`;
    const common = { effect: 'allow', subjects, source } as const;
    const rules = operations.map(
      ({ operation, when, fields }): RuleDraft => ({
        ...common,
        id: `${source}/${operation}`,
        actions: [operation],
        resource: { type: 'record', app, recordType },
        ...(when !== undefined && { condition: when }),
        ...(fields !== undefined && fields !== '*' && { fields }),
      }),
    );
    return rules.length === 0 ? [] : [...rules, ...openRules(common, source, app, recordType)];
  });
}

/** Whoever may do anything with a record type may open its views and its app; what they show is decided per record. */
function openRules(
  common: Pick<RuleDraft, 'effect' | 'subjects' | 'source'>,
  id: string,
  app: string,
  recordType: string,
): RuleDraft[] {
  return [
    { ...common, id: `${id}/openViews`, actions: ['open'], resource: { type: 'view', app, recordType } },
    { ...common, id: `${id}/openApp`, actions: ['open'], resource: { type: 'app', app } },
  ];
}

export interface LevelSource {
  readonly app: string;
  readonly recordType: string;
  readonly facts: Pick<RecordTypeFacts, 'operations'>;
  /** The lowest level that may read; default guest. */
  readonly read?: Level;
  /** The lowest level that may add, edit and delete; default user. */
  readonly write?: Level;
}

const RANK: Readonly<Record<Level, number>> = { guest: 0, user: 1, admin: 2 };
const WRITING: ReadonlySet<string> = new Set(['add', 'edit', 'delete']);

/**
 * What users and guests without a profile may do with a record type. Admins are exempt from the rules and need none.
 */
export function levelRules({
  app,
  recordType,
  facts,
  read = 'guest',
  write = 'user',
}: LevelSource): RuleDraft[] {
  return (['guest', 'user'] as const).flatMap((level) => {
    const reads = RANK[level] >= RANK[read];
    const writes = reads && RANK[level] >= RANK[write];
    const actions = Object.entries(facts.operations).flatMap(([id, { kind }]) =>
      (kind === 'view' && reads) || (WRITING.has(kind) && writes) ? [id] : [],
    );
    if (actions.length === 0) return [];
    const id = `default/${app}/${recordType}/${level}`;
    const common = {
      effect: 'allow',
      subjects: [{ kind: 'default', of: level }],
      source: 'default',
    } as const;
    return [
      { ...common, id, actions, resource: { type: 'record', app, recordType } },
      ...openRules(common, id, app, recordType),
    ] satisfies RuleDraft[];
  });
}
