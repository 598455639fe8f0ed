import { namesRead } from './scope.ts';

/** Formula field id → the paths that it reads (`record.amount`, `site.url`). */
export type FormulaReads = ReadonlyMap<string, readonly string[]>;

/**
 * Puts formulas in an order in which each comes after those that it reads.
 * @returns the order of those that can be computed, and the members of each circle as it closes
 */
export function orderFormulas(reads: FormulaReads): { order: string[]; circles: string[][] } {
  const order: string[] = [];
  const circles: string[][] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string, trail: readonly string[]): void => {
    if (state.get(id) === 'done') return;
    if (state.get(id) === 'open') {
      circles.push(trail.slice(trail.indexOf(id)));
      return;
    }
    state.set(id, 'open');
    for (const name of namesRead(reads.get(id) ?? [], 'record')) {
      if (reads.has(name)) visit(name, [...trail, id]);
    }
    state.set(id, 'done');
    order.push(id);
  };
  for (const id of reads.keys()) visit(id, []);
  return { order, circles };
}

/** The fields that a formula reads by itself or through other formulas, formulas included. */
export function formulaSources(id: string, reads: FormulaReads): Set<string> {
  const sources = new Set<string>();
  const visit = (formula: string): void => {
    for (const name of namesRead(reads.get(formula) ?? [], 'record')) {
      if (sources.has(name)) continue;
      sources.add(name);
      if (reads.has(name)) visit(name);
    }
  };
  visit(id);
  return sources;
}
