import { DaypassError, type Problem } from '../errors.ts';
import { type AppDefinition, appSchema } from './definition.ts';
import { type Designer, mayDesign, requireDesign } from './design-access.ts';
import { type ChangedPlace, changedPlacesOf, type DraftRight } from './design-places.ts';
import type { Draft } from './manifest.ts';
import { pointerOf } from './problems.ts';
import type { CheckedApp } from './published.ts';

/** More places than these are not named: they are looked up in the draft. */
const MOST = 50;

/**
 * Whoever saves a draft must have one of the rights by which drafts are changed.
 * @throws DaypassError NOT_FOUND or FORBIDDEN
 */
export function requireSomeRight(designer: Designer, { app, kind }: Draft): void {
  const resource = { type: 'app', app, kind } as const;
  if (!mayDesign(designer, 'design:changePermissions', resource)) {
    requireDesign(designer, 'design:edit', resource);
  }
}

/**
 * Refuses a draft that changes what its author may not change.
 * @throws DaypassError FORBIDDEN with every place and the right that it needs
 */
export function requireDraftRights(designer: Designer, before: Draft, after: CheckedApp): void {
  const { app, kind } = before;
  const lacks = (right: DraftRight) => !mayDesign(designer, `design:${right}`, { type: 'app', app, kind });
  const problems = changedPlacesOf(parsed(before), after).flatMap(({ path, needs }): Problem[] => {
    const missing = needs.filter(lacks);
    return missing.length === 0 ? [] : [{ path: pointerOf(path), message: sayingWhy(missing) }];
  });
  if (problems.length === 0) return;
  throw new DaypassError(
    'FORBIDDEN',
    'The draft changes what you may not change in this app; leave these places as they were, or ask somebody who may',
    problems.slice(0, MOST),
  );
}

/**
 * The places in which an app's rules, or what they rest on, would come to be others than an environment runs now, if the
 * one who publishes may not change them: publishing somebody else's draft gives no more than writing it.
 * @param published what runs there; absent where the app does not run yet
 * @returns problems with paths that start with the app's id; none where it may be published
 */
export function foreignRules(
  designer: Designer,
  published: CheckedApp | undefined,
  draft: CheckedApp,
): Problem[] {
  const { id: app, kind } = draft.definition;
  if (mayDesign(designer, 'design:changePermissions', { type: 'app', app, kind })) return [];
  return changedPlacesOf(published?.definition, draft)
    .filter(isRule)
    .slice(0, MOST)
    .map(({ path }) => ({ path: pointerOf([app, ...path]), message: DIFFERS }));
}

const isRule = ({ needs }: ChangedPlace) => needs.includes('changePermissions');

const DIFFERS =
  'its permissions differ here from what runs there; you may not publish that without “changePermissions” on the app';

function sayingWhy(missing: readonly DraftRight[]): string {
  const rights = missing.map((right) => `“${right}”`).join(' and ');
  return missing.includes('changePermissions')
    ? `what the app permits changes with this; that needs ${rights} on the app`
    : `this is no permission; to change it needs ${rights} on the app`;
}

/** Undefined where the draft is of a shape that is not read any more. */
function parsed({ definition }: Draft): AppDefinition | undefined {
  const { success, data } = appSchema.safeParse(definition);
  return success ? data : undefined;
}
