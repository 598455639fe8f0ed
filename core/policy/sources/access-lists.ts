import { AUTHENTICATED, NON_AUTHENTICATED } from '../built-in.ts';
import type { OperationKind, RecordTypeFacts } from '../document.ts';
import type { ResourcePattern, RuleDraft, Selector } from '../types.ts';

/**
 * One line of an access list. `field` stands for the users and roles that the record's field holds; `unknown` is a
 * name that an imported list brought along and that nobody bears here: it is kept, shown, and grants nothing.
 */
export type ListEntry =
  | { readonly user: string }
  | { readonly role: string }
  | { readonly field: string }
  | { readonly unknown: string };

/** Who may start: everybody, whoever has signed in, the owning designer alone, or those named. */
export type StartList = 'anyone' | 'authenticated' | 'owner' | readonly ListEntry[];

/** Lists that hold for the definition as it stands now. */
export interface LiveLists {
  readonly start?: StartList;
  readonly editForm?: readonly ListEntry[];
}
/** Lists that are resolved and frozen on a record when it is submitted. */
export const FROZEN_LISTS = ['view', 'edit', 'auditTrail', 'administer'] as const;
export type FrozenList = (typeof FROZEN_LISTS)[number];
export type AccessLists = LiveLists & Readonly<Partial<Record<FrozenList, readonly ListEntry[]>>>;

/** Kept by routing on the record: who holds an open work item of it. */
export const WORK_LIST = 'work';

export interface AccessListSource {
  readonly app: string;
  readonly recordType: string;
  readonly facts: Pick<RecordTypeFacts, 'operations'>;
  /** A workflow has routing steps; a form has none. */
  readonly routed: boolean;
  readonly lists: AccessLists;
}

/** Submitted and no longer under way: what the lists "view" and "edit" give. */
const FINISHED = 'record.lifecycle in ["SUBMITTED", "ABORTED", "ERROR"]';
/** Under way: only who administers the workflow may do away with it. */
const UNDER_WAY = 'record.lifecycle in ["PENDING", "SAVED", "WAITING"]';
/** With whoever started it: a draft, or sent back. */
const WITH_STARTER = 'record.lifecycle in ["SAVED", "WAITING"]';

/**
 * Access lists as rules. Who administers a workflow sees and changes its tasks, and clears away what is under way;
 * that alone shows nobody a submission. The frozen ones name a list, not people: who is on it is read from the record.
 */
export function accessListRules(source: AccessListSource): RuleDraft[] {
  const of = (...kinds: OperationKind[]): string[] =>
    Object.entries(source.facts.operations).flatMap(([id, { kind }]) => (kinds.includes(kind) ? [id] : []));
  const record: ResourcePattern = { type: 'record', app: source.app, recordType: source.recordType };
  const place = `${source.app}/${source.recordType}/lists`;
  const allow = (
    name: string,
    subject: Selector | Selector[],
    actions: string[],
    condition?: string,
  ): RuleDraft[] =>
    actions.length === 0
      ? []
      : [
          {
            id: `${place}/${name}`,
            effect: 'allow',
            subjects: [subject].flat(),
            actions,
            resource: record,
            ...(condition && { condition }),
            source: place,
          },
        ];
  const onList = (list: FrozenList | typeof WORK_LIST): Selector => ({ kind: 'accessList', list });
  const every = Object.keys(source.facts.operations);
  return [
    ...startRules(source, of('add'), record, place),
    ...openRules(source, place),
    ...editFormRules(source, of('view'), record, place),
    ...allow('owner', { kind: 'appOwner' }, [...every, 'viewTask', 'modifyTask']),
    ...allow('starter', { kind: 'recordOwner' }, of('view', 'edit'), WITH_STARTER),
    ...allow('view', onList('view'), of('view'), FINISHED),
    ...allow('edit', onList('edit'), of('view', 'edit', 'delete'), FINISHED),
    ...(source.routed
      ? [
          ...allow(
            'work',
            onList(WORK_LIST),
            [...of('view'), 'viewTask', 'decide'],
            'record.lifecycle == "PENDING"',
          ),
          ...allow('auditTrail', onList('auditTrail'), ['viewHistory']),
          ...allow('administer', onList('administer'), ['viewTask', 'modifyTask']),
          ...allow('administer/delete', onList('administer'), of('delete'), UNDER_WAY),
        ]
      : []),
  ];
}

function startRules(
  source: AccessListSource,
  add: string[],
  resource: ResourcePattern,
  place: string,
): RuleDraft[] {
  const subjects = startSelectors(source.lists.start, source.routed);
  if (subjects.length === 0 || add.length === 0) return [];
  const kind = source.lists.start === undefined ? 'default' : 'start';
  const common = { effect: 'allow', subjects, source: place } as const;
  return [
    { ...common, id: `${place}/${kind}`, actions: add, resource },
    {
      ...common,
      id: `${place}/${kind}/openApp`,
      actions: ['open'],
      resource: { type: 'app', app: source.app },
    },
  ];
}

/** Whoever has signed in may look into the app and its views: what they show is decided per record. */
function openRules({ app, recordType }: AccessListSource, place: string): RuleDraft[] {
  const common = {
    effect: 'allow',
    subjects: [{ kind: 'default', of: 'signedIn' }],
    source: 'default',
  } as const;
  return [
    { ...common, id: `${place}/openApp`, actions: ['open'], resource: { type: 'app', app } },
    { ...common, id: `${place}/openViews`, actions: ['open'], resource: { type: 'view', app, recordType } },
  ];
}

/** The owning designer needs no naming. Without a list, a form is open to anyone and a workflow to who has signed in. */
function startSelectors(start: StartList | undefined, routed: boolean): Selector[] {
  if (start === undefined) return [routed ? { kind: 'default', of: 'signedIn' } : { kind: 'default' }];
  if (start === 'owner') return [];
  if (start === 'authenticated') return [{ kind: 'role', id: AUTHENTICATED }];
  if (start === 'anyone') {
    return [
      { kind: 'role', id: NON_AUTHENTICATED },
      { kind: 'role', id: AUTHENTICATED },
    ];
  }
  return fixedSelectors(start);
}

/** A backup designer edits the form and may look at what was submitted; neither deletes nor copies. */
function editFormRules(
  source: AccessListSource,
  view: string[],
  record: ResourcePattern,
  place: string,
): RuleDraft[] {
  const subjects = fixedSelectors(source.lists.editForm ?? []);
  if (subjects.length === 0) return [];
  const common = { effect: 'allow', subjects, source: place } as const;
  return [
    {
      ...common,
      id: `${place}/editForm`,
      actions: [
        'design:read',
        'design:edit',
        'design:export',
        'design:import',
        'design:refreshSearchableFields',
      ],
      resource: { type: 'app', app: source.app },
    },
    ...(view.length > 0
      ? [{ ...common, id: `${place}/editForm/view`, actions: view, resource: record }]
      : []),
  ];
}

function fixedSelectors(entries: readonly ListEntry[]): Selector[] {
  return entries.flatMap((entry): Selector[] => {
    if ('user' in entry) return [{ kind: 'principal', id: entry.user }];
    return 'role' in entry ? [{ kind: 'role', id: entry.role }] : [];
  });
}
