import { expect } from 'expect';
import fc from 'fast-check';

/**
 * What of Jest the tests use, without Jest: they are collected when their files are loaded, and then run one by one in
 * this process, so that a mutant costs a fraction of a second.
 */
interface Collected {
  readonly name: string;
  readonly run: () => unknown;
}

export const collected: Collected[] = [];
const path: string[] = [];

function describe(name: string, body: () => void): void {
  path.push(name);
  body();
  path.pop();
}

function it(name: string, run: () => unknown): void {
  collected.push({ name: [...path, name].join(' › '), run });
}

type Row = readonly unknown[];
const rowsOf = (table: readonly unknown[]): Row[] => table.map((row) => (Array.isArray(row) ? row : [row]));

describe.each = (table: readonly unknown[]) => (name: string, body: (...row: unknown[]) => void) => {
  for (const [at, row] of rowsOf(table).entries()) describe(`${name} ${at}`, () => body(...row));
};
it.each = (table: readonly unknown[]) => (name: string, run: (...row: unknown[]) => unknown) => {
  for (const [at, row] of rowsOf(table).entries()) it(`${name} ${at}`, () => run(...row));
};

Object.assign(globalThis, { describe, it, expect });
// The smallest counterexample is of no interest here: the mutant is dead.
fc.configureGlobal({ endOnFailure: true });
