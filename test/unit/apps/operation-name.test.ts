import { inSentence, nameOperation, openingSentence } from '../../../core/apps/operation-name.ts';

describe('an operation without a name of its own', () => {
  it.each([
    ['add', 'Work Order', 'Add a work order'],
    ['add', 'Invoice', 'Add an invoice'],
    ['add', 'User', 'Add a user'],
    ['add', 'Hour', 'Add an hour'],
    ['view', 'Work Order', 'View'],
    ['edit', 'Work Order', 'Edit'],
    ['delete', 'Work Order', 'Delete'],
    ['export', 'Work Order', 'Export'],
    ['sendEmail', 'Work Order', 'Send an email'],
  ] as const)('of kind %s, for %s, is called %s', (kind, name, called) => {
    expect(nameOperation({ id: 'x', kind }, { name }).name).toBe(called);
    expect(nameOperation({ id: 'x', kind, name: 'Own' }, { name }).name).toBe('Own');
  });
});

it.each([
  ['Work Order', 'work order', 'Work order'],
  ['PO Box', 'PO box', 'PO box'],
  ['HVAC Unit', 'HVAC unit', 'HVAC unit'],
  ['iPad', 'iPad', 'iPad'],
  ['O’Neill Form', 'O’Neill form', 'O’Neill form'],
  ['Überstunde', 'überstunde', 'Überstunde'],
])('%s is called %s within a sentence, and %s at its beginning', (name, within, opening) => {
  expect([inSentence(name), openingSentence(name)]).toEqual([within, opening]);
});
