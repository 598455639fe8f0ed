import { requireValidApp } from '../../../core/apps/check.ts';
import { linkDefinitions } from '../../../core/apps/link.ts';
import type { RecordAnswer, ViewPage } from '../../../core/records/record.ts';
import type { Session } from '../../../core/runtime.ts';
import { cell, listedRecord, shownField, shownRecord, typeOf } from '../../../lambdas/portal/shown.ts';
import { exampleApp, exampleNames } from '../../fixtures/property-management.ts';

const BASE = '/app/test';

/** The worked example, with a reference among its fields. */
function session(): Session {
  const app = exampleApp('work-orders');
  app.recordTypes[0]?.fields.push({
    id: 'previous',
    label: 'Previous job',
    type: 'reference',
    target: { app: 'work-orders', recordType: 'work-order' },
  });
  const tokens = requireValidApp(exampleApp('contractor-tokens'), exampleNames());
  const orders = requireValidApp(app, exampleNames([tokens.definition]));
  const roles = [
    { id: 'dispatcher', name: 'Dispatcher' },
    { id: 'technician', name: 'Technician' },
  ];
  return {
    published: { site: linkDefinitions([tokens, orders]), settings: { roles } },
  } as unknown as Session;
}

const answer = (change: Partial<RecordAnswer> = {}): RecordAnswer => ({
  id: 'R1',
  app: 'work-orders',
  recordType: 'work-order',
  version: 3,
  state: 'Active',
  stateName: 'Is active',
  title: 'WO-1',
  values: {},
  names: {},
  createdAt: '2026-03-01T08:00:00Z',
  updatedAt: '2026-03-02T08:00:00Z',
  can: { operations: [], edit: [] },
  ...change,
});
const values = {
  completionNotes: 'done',
  number: 'WO-1',
  building: 'Mill House',
  dueDate: '2026-03-06',
  contractorLink: 'https://x.example',
};
const building = { id: 'building', label: 'Building', type: 'string', value: 'Mill House', names: {} };

describe('a record on its page', () => {
  it('has its fields in the order of the definition, without title and due date, which stand above them', () => {
    const trouble = { at: '2026-03-02T08:00:00Z', step: 'SendMail', message: 'Unknown address' };
    const operations = [
      { id: 'complete', name: 'Complete', kind: 'transition', confirm: 'Sure' },
      { id: 'export', name: 'Export', kind: 'export' },
      { id: 'delete', name: 'Delete', kind: 'delete' },
    ];
    expect(
      shownRecord(session(), answer({ values, trouble, can: { operations, edit: ['number'] } }), BASE),
    ).toEqual({
      typeName: 'Work Order',
      title: 'WO-1',
      stateName: 'Is active',
      due: { label: 'Due date', date: '2026-03-06', open: true },
      fields: [
        building,
        {
          id: 'contractorLink',
          label: 'Contractor Link',
          type: 'formula',
          displayText: 'Open the contractor’s page',
          value: 'https://x.example',
          names: {},
        },
        { id: 'completionNotes', label: 'Completion notes', type: 'text', value: 'done', names: {} },
      ],
      operations: [
        {
          id: 'complete',
          name: 'Complete',
          kind: 'transition',
          href: '/app/test/records/R1/operations/complete',
        },
        { id: 'delete', name: 'Delete', kind: 'delete', href: '/app/test/records/R1/operations/delete' },
      ],
      trouble,
    });
  });

  it('whose title and due date are not for the reader has neither, and repeats its type’s name nowhere', () => {
    expect(
      shownRecord(session(), answer({ title: 'Work Order', values: { building: 'Mill House' } }), BASE),
    ).toEqual({
      typeName: 'Work Order',
      title: '',
      stateName: 'Is active',
      fields: [building],
      operations: [],
    });
  });

  it.each([
    ['Active', true],
    ['Closed', false],
  ])('in the state %s is due as long as a step leads on from there', (state, open) => {
    expect(shownRecord(session(), answer({ state, values }), BASE).due?.open).toBe(open);
  });

  it('of a type without a due date has none', () => {
    const contractor = answer({
      recordType: 'contractor',
      app: 'contractor-tokens',
      values: { name: 'Ana', email: 'a@x.example' },
    });
    expect(shownRecord(session(), contractor, BASE)).not.toHaveProperty('due');
    expect(shownRecord(session(), contractor, BASE).fields.map(({ id }) => id)).toEqual(['email']);
  });
});

describe('a record in a list', () => {
  const columns: ViewPage['columns'] = [
    { id: 'dueDate', label: 'Due', type: 'date' },
    { id: 'state', label: 'State', type: 'string' },
    { id: 'number', label: 'No.', type: 'string' },
    { id: 'building', label: 'House', type: 'string' },
  ];
  const page = { columns } as unknown as ViewPage;
  const state = { id: 'state', label: 'State', type: 'string', value: 'Is active', names: {} };

  it('has the columns in their order, without title and due date', () => {
    expect(listedRecord(session(), page, answer({ values }), BASE)).toEqual({
      href: '/app/test/records/R1',
      title: 'WO-1',
      due: { label: 'Due date', date: '2026-03-06', open: true },
      fields: [state, building],
    });
  });

  it('without a due date that is to be seen has its column, with nothing in it', () => {
    expect(listedRecord(session(), page, answer({ values: { building: 'Mill House' } }), BASE)).toEqual({
      href: '/app/test/records/R1',
      title: 'WO-1',
      fields: [{ id: 'dueDate', label: 'Due date', type: 'date', value: null, names: {} }, state, building],
    });
  });
});

describe('a cell of a list', () => {
  it.each([
    ['state', 'Is active'],
    ['createdAt', '2026-03-01T08:00:00Z'],
    ['updatedAt', '2026-03-02T08:00:00Z'],
    ['createdBy', 'U1'],
    ['unknown', null],
  ])('of what every record has: %s', (id, value) => {
    const column = { id, label: 'The column', type: 'string' };
    const record = answer({ createdBy: 'U1', names: { U1: 'Ana' } });
    expect(cell(session(), column, record, BASE)).toEqual({ ...column, value, names: { U1: 'Ana' } });
  });

  it('of who created it is empty where that is not to be seen, and keeps the word for an address', () => {
    const column = { id: 'createdBy', label: 'By', type: 'user', displayText: 'Open' };
    expect(cell(session(), column, answer(), BASE)).toEqual({ ...column, value: null, names: {} });
  });
});

describe('a field', () => {
  const shown = (recordType: string, app: string, id: string, change: Partial<RecordAnswer>) => {
    const record = answer({ app, recordType, ...change });
    return shownField(session(), typeOf(session(), record), id, record, BASE);
  };

  it('that refers to a record leads there only where that has a name for the reader', () => {
    const previous = { id: 'previous', label: 'Previous job', type: 'reference', value: 'R0' };
    const held = { values: { previous: 'R0' } };
    expect(shown('work-order', 'work-orders', 'previous', { ...held, names: { R0: 'WO-0' } })).toEqual({
      ...previous,
      href: '/app/test/records/R0',
      names: { R0: 'WO-0' },
    });
    expect(shown('work-order', 'work-orders', 'previous', held)).toEqual({ ...previous, names: {} });
  });

  it('of another type leads nowhere, also where its id has a name', () => {
    const names = { U1: 'Ana' };
    expect(shown('work-order', 'work-orders', 'assignedTo', { values: { assignedTo: 'U1' }, names })).toEqual(
      {
        id: 'assignedTo',
        label: 'Assigned to',
        type: 'user',
        value: 'U1',
        names,
      },
    );
  });

  it('of roles knows what the roles of the site are called, and no other field does', () => {
    const names = { U1: 'Ana' };
    expect(
      shown('contractor', 'contractor-tokens', 'roles', { values: { roles: ['technician'] }, names }).names,
    ).toEqual({
      U1: 'Ana',
      dispatcher: 'Dispatcher',
      technician: 'Technician',
    });
    expect(shown('contractor', 'contractor-tokens', 'email', { names }).names).toEqual(names);
  });

  it('that no definition has is called by its id', () => {
    expect(shown('work-order', 'work-orders', 'gone', { values: { gone: 'x' } })).toEqual({
      id: 'gone',
      label: 'gone',
      type: 'string',
      value: 'x',
      names: {},
    });
  });
});
