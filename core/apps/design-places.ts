import type { AppDefinition } from './definition.ts';
import { type Difference, differencesOf } from './definition-differences.ts';
import type { Path } from './problems.ts';
import type { CheckedApp } from './published.ts';
import { RuleBasis } from './rule-basis.ts';

/** A right on an app by which parts of its draft may be changed. */
export type DraftRight = 'edit' | 'changePermissions';

/** A place of a draft that has changed, and the rights that this needs, all of them. */
export interface ChangedPlace {
  /** In the new definition; of a member of a list that is gone, the list. */
  path: Path;
  needs: readonly DraftRight[];
}

interface Place {
  /** Names from the root, `*` for any one. What stands below belongs to it. */
  at: string;
  /** Without what stands below: the order of a list, or a member that is new or gone. */
  itself?: true;
  needs: readonly DraftRight[];
  /** Whether the row is about this change; `names` are those that `*` stood for. */
  if?: (basis: RuleBasis, ...names: string[]) => boolean;
}

const SHAPE: readonly DraftRight[] = ['edit'];
/** What compiles to rules, and nothing else. */
const RULES: readonly DraftRight[] = ['changePermissions'];
/** The app's shape, where the meaning of its rules rests on it. */
const BOTH: readonly DraftRight[] = ['edit', 'changePermissions'];

/**
 * Which right opens which place of an app's draft. The first row that fits counts; what no row names is the app's shape.
 * What is new needs no more than `edit` as long as no rule names it: nobody may do anything with it yet.
 */
const PLACES: readonly Place[] = [
  { at: 'permissions', needs: RULES },
  { at: 'services', needs: RULES },
  { at: 'robot', needs: RULES },
  { at: 'accessModel', needs: RULES },
  { at: 'recordTypes/*/ownerField', needs: RULES },
  {
    at: 'recordTypes/*/operations/*/kind',
    needs: RULES,
    if: (basis, type = '', operation = '') => basis.isPermitted(type, operation),
  },
  // Which roles token users and users of an app get.
  { at: 'recordTypes/*/fields/*/rolesFrom', needs: RULES },
  {
    at: 'recordTypes/*/fields/*/default',
    needs: RULES,
    if: (basis, type = '', field = '') => basis.givesRoles(type, field),
  },
  { at: 'tasks/*', needs: BOTH, if: (basis, task = '') => basis.mapsRolesOtherwise(task) },
  // What a permitted operation does, and to what it leads.
  { at: 'recordTypes/*/initialState', needs: BOTH, if: (basis, type = '') => basis.isAdded(type) },
  ...['from', 'to'].map(
    (part): Place => ({
      at: `recordTypes/*/operations/*/${part}`,
      needs: BOTH,
      if: (basis, type = '', operation = '') => basis.isPermitted(type, operation),
    }),
  ),
  {
    at: 'recordTypes/*/operations/*/fields',
    needs: BOTH,
    if: (basis, type = '', operation = '') => basis.writesMore(type, { operation }),
  },
  {
    at: 'recordTypes/*/operations/*/actions',
    needs: BOTH,
    if: (basis, type = '', operation = '') => basis.actsOtherwise(type, operation),
  },
  // The first operation of a kind is the one that is meant by viewing or editing.
  ...['', '/*', '/*/kind'].map(
    (part): Place => ({
      at: `recordTypes/*/operations${part}`,
      itself: true,
      needs: BOTH,
      if: (basis, type = '') => basis.viewsOrEditsOtherwise(type),
    }),
  ),
  // What lies under the id of a field that a rule names.
  {
    at: 'recordTypes/*/fields/*/readOnly',
    needs: BOTH,
    if: (basis, type = '', field = '') => basis.writesMore(type, { field }),
  },
  ...['type', 'formula', 'default', 'target', 'ofUser'].map(
    (part): Place => ({
      at: `recordTypes/*/fields/*/${part}`,
      needs: BOTH,
      if: (basis, type = '', field = '') =>
        basis.isRuled(type, field) || basis.isSecret(type, field) || basis.writesMore(type, { field }),
    }),
  ),
  {
    at: 'recordTypes/*/fields/*',
    needs: BOTH,
    if: (basis, type = '', field = '') =>
      basis.isNewName(type, field) && (basis.isRuled(type, field) || basis.isSecret(type, field)),
  },
  // Who is sent the link of a pass.
  ...['to', 'fields', 'recordType'].map(
    (part): Place => ({
      at: `notifications/*/${part}`,
      needs: BOTH,
      if: (basis, mail = '') => basis.sendsSecret(mail),
    }),
  ),
  {
    at: 'notifications/*',
    needs: BOTH,
    if: (basis, mail = '') => basis.isNewMail(mail) && basis.sendsSecret(mail),
  },
  // What a list shows with the robot's rights, or tells of fields that its readers may not view.
  {
    at: 'recordTypes/*/views/*',
    needs: BOTH,
    if: (basis, type = '', view = '') => basis.isServed(type, view) || basis.tellsOtherwise(type, view),
  },
];

const ROWS = PLACES.map((row) => ({ ...row, names: row.at.split('/') }));

/**
 * What a draft changes, place by place, with the rights that each needs.
 * @param before absent where there was nothing that could be read
 */
export function changedPlacesOf(before: AppDefinition | undefined, after: CheckedApp): ChangedPlace[] {
  const { definition } = after;
  const earlier = before ?? nothingOf(definition);
  const basis = new RuleBasis(earlier, after);
  return differencesOf(earlier, definition).map((difference) => ({
    path: difference.path,
    needs: needsOf(basis, difference),
  }));
}

function needsOf(basis: RuleBasis, { place }: Difference): readonly DraftRight[] {
  for (const row of ROWS) {
    if (row.names.length > place.length || (row.itself && row.names.length < place.length)) continue;
    if (!row.names.every((name, at) => name === '*' || name === place[at])) continue;
    const names = row.names.flatMap((name, at) => (name === '*' ? [place[at] as string] : []));
    if (!row.if || row.if(basis, ...names)) return row.needs;
  }
  return SHAPE;
}

/** An app of the same name that has nothing yet: it permits nothing. */
function nothingOf({ id, name, kind }: AppDefinition): AppDefinition {
  const empty = { recordTypes: [], tasks: [], notifications: [], permissions: [] };
  return { id, name, kind, accessModel: 'roles', ...empty };
}
