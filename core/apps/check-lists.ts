import type { CheckedExpression } from '../expressions/types.ts';
import {
  alternativesOf,
  isUnbounded,
  type NarrowIndex,
  narrowIndexes,
  type ViewParts,
} from '../lists/indexes.ts';
import { granteeOf, indexedGrants, type Readers, readersOf } from '../lists/openers.ts';
import { asksReader } from '../lists/parts.ts';
import { SYSTEM_ROLES } from '../policy/built-in.ts';
import type { CheckContext, CheckedType } from './check-context.ts';
import type { Permission, View } from './definition.ts';
import { type Path, pointerOf } from './problems.ts';
import { ACTION_LIMIT, transactionSize } from './transaction-size.ts';
import { splitFilter } from './view-index.ts';

/** So many elements of a list field can have an index item each. */
const MOST_ELEMENTS = 10;

/**
 * Checks that every list can be read for what it returns, and that what is written for that fits into a transaction.
 * Comes last: it needs the checked filters and the checked conditions of permissions.
 */
export function checkLists(context: CheckContext): void {
  for (const [at, definition] of context.app.recordTypes.entries()) {
    const type = context.recordTypes.get(definition.id);
    if (!type) continue;
    const path = ['recordTypes', at];
    const items = definition.views.map((view, index) =>
      checkList(context, type, view, [...path, 'views', index]),
    );
    checkSizes(
      context,
      type,
      items.reduce((sum, each) => sum + each, 0),
      path,
    );
  }
}

/** @returns how many index items a record has in the view at most */
function checkList(context: CheckContext, type: CheckedType, view: View, path: Path): number {
  const filter = context.expressions[pointerOf([...path, 'filter'])];
  const parts: ViewParts = {
    filter: splitFilter(filter, view.equality),
    sort: view.sort?.field ?? 'createdAt',
  };
  if (!view.boundedScan) checkFilter(context, view, parts, path);
  const permissions = context.app.permissions.map((definition, at) => {
    const when = context.expressions[pointerOf(['permissions', at, 'when'])];
    return { definition, ...(when && { when }) };
  });
  const readers = readersOf(type.definition, view.id, permissions);
  for (const [at, { definition, when }] of permissions.entries()) {
    const reads = readers.conditional.some((each) => each.definition === definition);
    if (!when || !reads || !mayOpen(definition, readers)) continue;
    checkCondition(context, view, parts, when, ['permissions', at, 'when']);
  }
  const indexes = narrowIndexes(parts, indexedGrants(readers));
  return 1 + indexes.reduce((sum, index) => sum + itemsOf(context, type, index, path), 0);
}

/** Whether somebody whom a permission is about can open the view: system roles and accounts hold other roles besides. */
function mayOpen(permission: Permission, { openers }: Readers): boolean {
  const { role, subject } = permission;
  return subject !== undefined || SYSTEM_ROLES.has(role ?? '') || openers.has(granteeOf(permission));
}

function checkFilter(context: CheckContext, view: View, { filter }: ViewParts, path: Path): void {
  if (!filter.residual || filter.equality.some(({ value }) => asksReader(value.ast))) return;
  context.report(
    [...path, 'filter'],
    `the list "${view.name}" could read past any number of records before it finds one: part of its filter is asked of each record when the list is read, and nothing makes the records few beforehand. Demand with && that a field equals something of the reader or a parameter (record.assignedTo == me.id), or keep the answer in a field or state of the record; or accept pages that are short or empty with "boundedScan": true`,
  );
}

function checkCondition(
  context: CheckContext,
  view: View,
  parts: ViewParts,
  when: CheckedExpression,
  path: Path,
): void {
  if (
    view.boundedScan ||
    !alternativesOf(parts, { condition: when }).some((each) => isUnbounded(parts, each))
  )
    return;
  context.report(
    path,
    `by this condition the list "${view.name}" could read past any number of records before it finds one: it is asked of each record when the list is read. Demand with && that a field equals something of the reader (record.assignedTo == me.id), or keep the answer in a field or state of the record; or accept pages that are short or empty with "boundedScan": true on the view`,
  );
}

/** A record has an item for each combination of the elements that its list fields hold. */
function itemsOf(context: CheckContext, type: CheckedType, index: NarrowIndex, path: Path): number {
  return index.keys.reduce((items, { many, name }) => {
    if (!many) return items;
    const field = type.fields.get(name);
    const elements = field?.choices?.length ?? field?.rolesFrom?.length ?? Number.POSITIVE_INFINITY;
    if (elements <= MOST_ELEMENTS) return items * elements;
    context.report(
      path,
      `a permission lists records by what "${name}" holds, and it can hold more than ${MOST_ELEMENTS} values; give it at most ${MOST_ELEMENTS} to choose from, or let the permission demand something else`,
    );
    return items;
  }, 1);
}

function checkSizes(context: CheckContext, type: CheckedType, indexItems: number, path: Path): void {
  for (const [at, operation] of type.definition.operations.entries()) {
    const size = transactionSize(context.app, type.definition, operation, indexItems);
    if (size <= ACTION_LIMIT) continue;
    context.report(
      [...path, 'operations', at],
      `it would write up to ${size} items in one transaction, and ${ACTION_LIMIT} are possible; give the record type fewer views, its permissions fewer conditions, or the operation fewer tasks`,
    );
  }
}
