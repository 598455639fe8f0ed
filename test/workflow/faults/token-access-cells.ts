import type { StateName, Target, Trouble } from '../../support/job-faults.ts';

/** A state and the call by which it takes effect. */
export interface Row {
  state: StateName;
  effect: Target;
  /** How many such calls come first. */
  after?: number;
  /** Where a failure for good leads: to the end of the pass, or on as if nothing had happened. */
  leads: 'to the end' | 'on';
}

export const ROWS: Row[] = [
  { state: 'CreateToken', effect: 'write', leads: 'to the end' },
  { state: 'NotifyContractor', effect: 'mail', leads: 'on' },
  // The first write says that the mail is about to be sent, the second that it was.
  { state: 'NotifyContractor', effect: 'write', after: 1, leads: 'on' },
  { state: 'RecordMailFailure', effect: 'write', leads: 'on' },
  { state: 'AwaitCompletion', effect: 'write', leads: 'to the end' },
  { state: 'CheckGrant', effect: 'read', leads: 'to the end' },
  { state: 'RemindContractor', effect: 'mail', leads: 'on' },
  { state: 'RemindContractor', effect: 'write', after: 1, leads: 'on' },
  { state: 'DeleteToken', effect: 'write', leads: 'to the end' },
  { state: 'RevokeAfterFailure', effect: 'write', leads: 'to the end' },
];

/** What goes wrong in a state; `lasts` is whether trying again does not help. */
export interface Column {
  what: string;
  troubles: (row: Row) => Trouble[];
  lasts?: true;
  stops?: 'and stays so' | 'and is redriven at once' | 'and is redriven later';
  /** A mail may have left although nobody knows. */
  mayRepeat?: true;
  only?: Target;
}

const at = (row: Row, trouble: Omit<Trouble, 'at' | 'target'>): Trouble[] => [
  { at: row.state, target: row.effect, after: row.after ?? 0, ...trouble },
];
const invoking = (row: Row, trouble: Omit<Trouble, 'at' | 'target'>): Trouble[] => [
  { at: row.state, target: 'invoke', ...trouble },
];

export const COLUMNS: Column[] = [
  {
    what: 'can never be called',
    troubles: (row) => invoking(row, { failure: 'fail', times: Infinity }),
    lasts: true,
  },
  {
    what: 'is refused by AWS for good',
    troubles: (row) => at(row, { failure: 'refuse', times: Infinity }),
    lasts: true,
  },
  {
    what: 'cannot be called for a while',
    troubles: (row) => invoking(row, { failure: 'throttle', times: 3 }),
  },
  { what: 'fails at AWS for a while', troubles: (row) => at(row, { failure: 'fail', times: 2 }) },
  { what: 'is throttled by AWS for a while', troubles: (row) => at(row, { failure: 'throttle', times: 2 }) },
  {
    what: 'meets other transactions',
    troubles: (row) => at(row, { failure: 'conflict', times: 9 }),
    only: 'write',
  },
  {
    what: 'loses an answer of AWS once',
    troubles: (row) => at(row, { failure: 'lose answer', attempts: 1 }),
    mayRepeat: true,
  },
  {
    what: 'loses the answer of AWS at every attempt',
    troubles: (row) => at(row, { failure: 'lose answer' }),
    mayRepeat: true,
  },
  {
    what: 'loses its own answer',
    troubles: (row) => invoking(row, { failure: 'lose answer' }),
  },
  {
    what: 'is killed before it takes effect',
    troubles: (row) => at(row, { failure: 'kill' }),
    mayRepeat: true,
  },
  {
    what: 'is killed after it took effect',
    troubles: (row) => at(row, { failure: 'kill after' }),
    mayRepeat: true,
  },
  { what: 'hangs', troubles: (row) => at(row, { failure: 'hang' }), mayRepeat: true },
  { what: 'is aborted', troubles: () => [], stops: 'and stays so' },
  { what: 'is aborted and redriven at once', troubles: () => [], stops: 'and is redriven at once' },
  { what: 'is aborted and redriven later', troubles: () => [], stops: 'and is redriven later' },
];

export interface Cell {
  row: Row;
  column: Column;
  /** Names the cell, and its work order. */
  number: string;
}

export const CELLS: Cell[] = ROWS.flatMap((row, y) =>
  COLUMNS.filter(({ only }) => !only || only === row.effect).map((column, x) => ({
    row,
    column,
    number: `CELL-${y}-${x}`,
  })),
);

/** What leads to the state: mails that are refused, or a wait that cannot begin. */
export function wayTo({ state }: Row): Trouble[] {
  if (state === 'RecordMailFailure')
    return [{ at: 'NotifyContractor', target: 'mail', failure: 'refuse', times: Infinity }];
  if (state === 'RevokeAfterFailure')
    return [{ at: 'AwaitCompletion', target: 'write', failure: 'refuse', times: Infinity }];
  return [];
}
