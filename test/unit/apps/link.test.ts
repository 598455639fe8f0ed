import { checkApp } from '../../../core/apps/check.ts';
import type { AppDefinitionInput } from '../../../core/apps/definition.ts';
import { linkDefinitions } from '../../../core/apps/link.ts';
import type { LinkedRecordType, LinkedView } from '../../../core/apps/published.ts';
import { isUnevaluable } from '../../../core/expressions/compile.ts';
import { exampleApp, exampleApps, exampleLinked, exampleNames } from '../../fixtures/property-management.ts';

const site = exampleLinked();
const workOrder = site.recordType('work-orders', 'work-order') as LinkedRecordType;
const contractor = site.recordType('contractor-tokens', 'contractor') as LinkedRecordType;

/** The worked example with a view of its own, linked. */
function linkedWith(view: Record<string, unknown>): LinkedView {
  const [tokens] = exampleApps();
  const app = exampleApp('work-orders');
  app.recordTypes[0]?.views.push({ id: 'mine', name: 'Mine', columns: ['number'], ...view } as never);
  app.recordTypes[0]?.fields.push({
    id: 'place',
    label: 'P',
    type: 'formula',
    formula: 'record.building + "!"',
  });
  const { app: checked, problems } = checkApp(app, exampleNames(tokens ? [tokens.definition] : []));
  if (!checked || !tokens) throw new Error(JSON.stringify(problems));
  const linked = linkDefinitions([tokens, checked]).recordType('work-orders', 'work-order');
  return linked?.views.get('mine') as LinkedView;
}

describe('linked fields', () => {
  it('a formula that reads a token is secret; nothing else is', () => {
    const secret = [...workOrder.fields.values()].filter((field) => field.secret).map((field) => field.id);
    expect(secret).toEqual(['contractorLink']);
  });

  it('a token, a formula and a read-only field are never written', () => {
    const fixed = [...workOrder.fields.values(), ...contractor.fields.values()].filter(
      (field) => !field.writable,
    );
    expect(fixed.map((field) => field.id)).toEqual(['contractorToken', 'contractorLink', 'token', 'self']);
  });

  it('the link is the site address and the token, and without a token there is no link', () => {
    const link = workOrder.fields.get('contractorLink')?.formula;
    const at = { url: 'https://passes.example', name: 'ABC' };

    expect(link?.({ record: { contractorToken: 'dp_x' }, site: at })).toBe(
      'https://passes.example/?token=dp_x',
    );
    expect(isUnevaluable(link?.({ record: {}, site: at }))).toBe(true);
  });

  it('contractor fields are visible only where Yes is ticked', () => {
    const visible = workOrder.fields.get('contractorName')?.visibleIf;

    expect(visible?.({ record: { externalContractor: ['Yes'] } })).toBe(true);
    expect(visible?.({ record: { externalContractor: [] } })).toBe(false);
    expect(visible?.({ record: {} })).toBe(false);
    expect(workOrder.fields.get('contractorName')?.visibilityReads).toEqual(['externalContractor']);
  });

  it('the default role of a token user is calculated', () => {
    expect(contractor.fields.get('roles')?.default?.({ record: {} })).toEqual(['property-contractors']);
  });

  it('a record type knows which fields refer to it', () => {
    const names = contractor.referencedBy.map(({ recordType, field }) => `${recordType.id}.${field.id}`);
    expect(names).toEqual(['work-order.contractorToken']);
  });
});

describe('linked operations', () => {
  it('show read-only fields and take only writable ones', () => {
    const add = workOrder.operations.get('add');
    expect(add?.fields.map((field) => field.id)).toContain('contractorToken');
    expect(add?.writable.has('contractorToken')).toBe(false);
    expect(add?.writable.has('contractorName')).toBe(true);
  });

  it('without a list of fields take every writable one to add or edit, and none to delete', () => {
    const [tokens] = exampleApps();
    const app = exampleApp('work-orders') as AppDefinitionInput;
    for (const operation of app.recordTypes[0]?.operations ?? []) {
      if (operation.kind === 'edit') delete operation.fields;
    }
    const { app: checked } = checkApp(app, exampleNames(tokens ? [tokens.definition] : []));
    const linked =
      checked && tokens && linkDefinitions([tokens, checked]).recordType('work-orders', 'work-order');

    expect([...(linked?.operations.get('edit')?.writable ?? [])]).toEqual(
      [...workOrder.fields.values()].filter((field) => field.writable).map((field) => field.id),
    );
    expect(linked?.operations.get('delete')?.fields).toEqual([]);
  });

  it('know what follows: a pass is issued where Yes is ticked, and ended on completion', () => {
    const [issue] = workOrder.operations.get('add')?.tasks ?? [];
    const [end] = workOrder.operations.get('complete')?.tasks ?? [];

    expect([issue?.task.grant, end?.task.grant]).toEqual(['issue', 'end']);
    expect(issue?.when?.({ record: { externalContractor: ['Yes'] } })).toBe(true);
    expect(issue?.when?.({ record: { externalContractor: [] } })).toBe(false);
    expect(end?.when).toBeUndefined();
    expect(workOrder.operations.get('add')?.notifications.map(({ id }) => id)).toEqual([
      'contractor-work-order',
    ]);
  });

  it('send a mail to one address and have it answered to another, where the definition says so', () => {
    const [tokens] = exampleApps();
    const app = exampleApp('work-orders');
    Object.assign(app.notifications?.[0] ?? {}, { replyTo: '"desk@abc.example"' });
    const { app: checked } = checkApp(app, exampleNames(tokens ? [tokens.definition] : []));
    const linked = checked && tokens && linkDefinitions([tokens, checked]).apps.get('work-orders');
    const notification = linked?.notifications.get('contractor-work-order');
    const record = { contractorEmail: 'carla@plumbing.example' };

    expect([notification?.to({ record }), notification?.replyTo?.({ record })]).toEqual([
      'carla@plumbing.example',
      'desk@abc.example',
    ]);
    expect(workOrder.app.notifications.get('contractor-work-order')?.replyTo).toBeUndefined();
  });

  it('map values to the target and back', () => {
    const action = workOrder.app.tasks.get('create-contractor-token')?.actions[0];
    const record = { contractorName: 'Carla', contractorEmail: 'carla@plumbing.example' };
    const result = { id: 'r1', token: 't1', self: 'u1' };

    expect(action?.target.recordType).toBe(contractor);
    expect([...(action?.fields ?? [])].map(([id, value]) => [id, value({ record })])).toEqual([
      ['name', 'Carla'],
      ['email', 'carla@plumbing.example'],
    ]);
    expect([...(action?.returns ?? [])].map(([id, value]) => [id, value({ record, result })])).toEqual([
      ['contractorToken', 't1'],
      ['assignedTo', 'u1'],
    ]);
  });

  it('clear with null', () => {
    const action = workOrder.app.tasks.get('delete-contractor-token')?.actions[0];
    expect(action?.returns.get('contractorToken')?.({ record: {}, result: {} })).toBeNull();
  });
});

describe('a view is taken apart for its index', () => {
  const mine = (filter: string, more: object = {}) => linkedWith({ filter, ...more });

  it('what is compared with the reader partitions it, and what the record decides is applied when written', () => {
    const view = workOrder.views.get('my-work-orders') as LinkedView;

    expect(view.index.equality.map(({ field, value }) => [field, value({ me: { id: 'u1' } })])).toEqual([
      ['assignedTo', 'u1'],
    ]);
    expect(view.index.written?.({ record: {}, meta: { state: 'Active' } })).toBe(true);
    expect(view.index.written?.({ record: {}, meta: { state: 'Closed' } })).toBe(false);
    expect(view.index.residual).toBeUndefined();
  });

  it('what neither covers is left for reading, with the fields that it needs', () => {
    const view = mine('record.assignedTo == me.id && record.dueDate < now && record.building != me.name');

    expect(view.index.equality.map(({ field }) => field)).toEqual(['assignedTo']);
    expect(view.index.written).toBeUndefined();
    expect(view.index.residualFields).toEqual(['building', 'dueDate']);
    const values = {
      record: { dueDate: '2026-01-01', building: 'B' },
      me: { name: 'A' },
      now: Date.UTC(2026, 1),
    };
    expect(view.index.residual?.(values)).toBe(true);
    expect(view.index.residual?.({ ...values, me: { name: 'B' } })).toBe(false);
  });

  it('an equality may be written the other way round, and a second one on the same field is left over', () => {
    const view = mine('me.id == record.assignedTo && record.assignedTo == me.manager');

    expect(view.index.equality.map(({ field }) => field)).toEqual(['assignedTo']);
    expect(view.index.residualFields).toEqual(['assignedTo']);
  });

  it('alternatives are not taken apart', () => {
    const view = mine('record.assignedTo == me.id || record.state == "Active"', { boundedScan: true });

    expect(view.index.equality).toEqual([]);
    expect(view.index.residualFields).toEqual(['assignedTo']);
  });

  it('declared equality fields decide the order, constants included', () => {
    const view = mine('record.assignedTo == me.id && record.category == "Cleaning"', {
      equality: ['category', 'assignedTo'],
    });

    const values = { me: { id: 'u1' } };
    expect(view.index.equality.map(({ field, value }) => [field, value(values)])).toEqual([
      ['category', 'Cleaning'],
      ['assignedTo', 'u1'],
    ]);
  });

  it('a formula column names the stored fields that it is computed from', () => {
    const view = linkedWith({ columns: ['number', 'place', 'state'] });

    expect(view.index.residualFields).toEqual(['building']);
    expect(view.columns.map(({ id, label, type, field }) => [id, label, type, field?.secret])).toEqual([
      ['number', 'Number', 'string', false],
      ['place', 'P', 'formula', false],
      ['state', 'State', 'string', undefined],
    ]);
  });
});

describe('the hash of a set of definitions', () => {
  it('does not depend on their order, and changes with any of them', () => {
    const [a, b] = exampleApps();
    if (!a || !b) throw new Error('two apps are expected');
    const renamed = { ...b, definition: { ...b.definition, name: 'Other' } };

    expect(linkDefinitions([b, a]).hash).toBe(linkDefinitions([a, b]).hash);
    expect(linkDefinitions([a, renamed]).hash).not.toBe(linkDefinitions([a, b]).hash);
  });
});
