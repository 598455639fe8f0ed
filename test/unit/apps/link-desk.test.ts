import { checkApp } from '../../../core/apps/check.ts';
import type { AppDefinition } from '../../../core/apps/definition.ts';
import { linkDefinitions } from '../../../core/apps/link.ts';
import type { LinkedRecordType, LinkedSite } from '../../../core/apps/published.ts';
import { deskApp, deskNames, field, type Loose, loan } from '../../fixtures/desk.ts';

function linked(change: (app: Loose) => void = () => {}): LinkedSite {
  const names = deskNames();
  const app = deskApp();
  change(app);
  const others = [...names.apps.values()];
  const checked = [app, ...others].map((each) => {
    const apps = new Map(others.map((other): [string, AppDefinition] => [other.id, other]));
    const { app: right, problems } = checkApp(each, { ...names, apps });
    if (!right) throw new Error(JSON.stringify(problems));
    return right;
  });
  return linkDefinitions(checked);
}

const site = linked();
const room = site.recordType('desk', 'room') as LinkedRecordType;
const loans = site.recordType('desk', 'loan') as LinkedRecordType;
const record = {
  title: 'T',
  mail: 'm@b.example',
  typed: 'Y',
  size: 'Large',
  price: 3,
  urgent: true,
  holder: 'u1',
  pass: 'p1',
};
const account = { id: 'u9', name: 'N', email: 'n@b.example', existed: true };
const idsOf = (parts: Iterable<{ id: string }>) => [...parts].map(({ id }) => id);

describe('linked apps', () => {
  it('are found with their record types, tasks, mails and permissions, each by its own id', () => {
    const desk = site.apps.get('desk');
    expect([...site.apps.keys()]).toEqual(['desk', 'passes', 'assets', 'badges']);
    expect([desk?.id, [...(desk?.recordTypes.keys() ?? [])]]).toEqual(['desk', ['room', 'loan']]);
    expect([room.id, room.app, room.definition.name]).toEqual(['room', desk, 'Room']);
    expect([...(desk?.tasks ?? [])].map(([id, task]) => [id, task.id, task.grant, task.recordType])).toEqual([
      ['issue-pass', 'issue-pass', 'issue', loans],
      ['end-pass', 'end-pass', 'end', loans],
    ]);
    expect(
      [...(desk?.notifications ?? [])].map(([id, mail]) => [
        id,
        mail.id,
        mail.recordType.id,
        idsOf(mail.fields),
      ]),
    ).toEqual([
      ['other', 'other', 'room', ['name']],
      ['granted', 'granted', 'loan', ['notes', 'link']],
    ]);
    expect(desk?.permissions.map(({ definition, when }) => [definition.role, when?.source])).toEqual([
      ['clerk', undefined],
      ['clerk', undefined],
      ['guest', 'record.holder == me.id'],
    ]);
    expect(site.recordType('passes', 'room')).toBeUndefined();
    expect(site.recordType('nowhere', 'room')).toBeUndefined();
  });

  it('the second mail has its own address, subject, button and where answers go; the first has no such place', () => {
    const mails = site.apps.get('desk')?.notifications;
    const granted = mails?.get('granted');
    expect(
      [granted?.to, granted?.subject, granted?.replyTo, granted?.button].map((part) => part?.({ record })),
    ).toEqual(['m@b.example', 'T', 'desk@abc.example', 'Collect T']);
    const other = mails?.get('other');
    expect(
      [other?.to, other?.subject, other?.replyTo, other?.button].map((part) => part?.({ record })),
    ).toEqual(['desk@abc.example', 'Room', undefined, undefined]);
  });

  it('a record type knows all fields that refer to it, with and without its name', () => {
    const names = (type: LinkedRecordType | undefined) =>
      type?.referencedBy.map(
        ({ recordType, field: { id } }) => `${recordType.app.id}.${recordType.id}.${id}`,
      );
    const other = linked((app) => {
      field(app, 'room').target = { app: 'assets', recordType: 'spare' };
      loan(app).fields.push({
        id: 'hall',
        label: 'H',
        type: 'reference',
        target: { app: 'desk', recordType: 'room' },
      });
    });

    expect(names(room)).toEqual(['desk.loan.room']);
    expect(names(site.recordType('passes', 'token-user'))).toEqual(['desk.loan.pass']);
    expect(names(other.recordType('assets', 'spare'))).toEqual(['desk.loan.room']);
    expect(names(other.recordType('assets', 'record'))).toEqual([]);
    expect(names(other.recordType('desk', 'room'))).toEqual(['desk.loan.hall']);
  });
});

describe('a linked record type', () => {
  it('has the value, and whether it is stored, written and secret, of each of its fields', () => {
    expect(
      [...loans.fields.values()].map((each) => [
        each.id,
        each.valueType,
        ...(['stored', 'writable', 'secret'] as const).filter((part) => each[part]),
      ]),
    ).toEqual([
      ['title', 'string', 'stored', 'writable'],
      ['notes', 'string', 'stored', 'writable'],
      ['price', 'double', 'stored', 'writable'],
      ['urgent', 'bool', 'stored', 'writable'],
      ['until', 'timestamp', 'stored', 'writable'],
      ['begin', 'timestamp', 'stored', 'writable'],
      ['mail', 'string', 'stored', 'writable'],
      ['page', 'string', 'stored', 'writable'],
      ['phone', 'string', 'stored', 'writable'],
      ['size', 'string', 'stored', 'writable'],
      ['extras', 'list<string>', 'stored', 'writable'],
      ['place', 'map', 'stored', 'writable'],
      ['sign', 'string', 'stored', 'writable'],
      ['room', 'string', 'stored', 'writable'],
      ['holder', 'string', 'stored', 'writable'],
      ['team', 'list<string>', 'stored', 'writable'],
      ['pass', 'string', 'stored'],
      ['link', 'string', 'secret'],
      ['text', 'string'],
      ['typed', 'string', 'writable'],
      ['first', 'string', 'writable'],
      ['internal', 'string', 'stored'],
    ]);
    expect(idsOf(loans.tokenFields)).toEqual(['pass']);
    expect([...loans.states]).toEqual([
      ['Asked', 'Asked'],
      ['Lent', 'Lent'],
      ['Back', 'Brought back'],
    ]);
  });

  it('computes formulas after those that they read, and knows the stored fields that they rest on', () => {
    const type = linked((app) => {
      loan(app).fields.unshift(
        { id: 'last', label: 'L', type: 'formula', formula: 'record.middle + record.state' },
        { id: 'middle', label: 'M', type: 'formula', formula: 'record.text + record.link + record.title' },
      );
      field(app, 'notes').visibleIf = 'record.urgent && record.state == "Lent" && record.size == "Small"';
    }).recordType('desk', 'loan') as LinkedRecordType;

    expect(idsOf(type.formulas)).toEqual(['link', 'text', 'middle', 'last']);
    expect(type.fields.get('middle')?.formulaReads).toEqual(['pass', 'size', 'title']);
    expect(type.fields.get('last')?.formulaReads).toEqual(['pass', 'size', 'title']);
    expect([type.fields.get('last')?.secret, type.fields.get('title')?.formulaReads]).toEqual([true, []]);
    expect(type.fields.get('notes')?.visibilityReads).toEqual(['size', 'urgent']);
    const isVisible = (size: string) =>
      type.fields.get('notes')?.visibleIf?.({ record: { ...record, size }, meta: { state: 'Lent' } });
    expect(['Small', 'Large'].map(isVisible)).toEqual([true, false]);
    expect(type.fields.get('size')?.default?.({ record })).toBe('Small');
  });

  it('has forms of what its operations name, or of all that can be written, and takes what can be written', () => {
    const all = idsOf([...loans.fields.values()].filter(({ writable }) => writable));
    const formsOf = (type: LinkedRecordType) =>
      [...type.operations].map(([id, each]) => [id, each.id, idsOf(each.fields), [...each.writable]]);
    const type = linked((app) => delete loan(app).operations[0].fields).recordType('desk', 'loan');
    expect(formsOf(loans)).toEqual([
      [
        'ask',
        'ask',
        ['title', 'mail', 'size', 'extras', 'holder', 'typed', 'internal'],
        ['title', 'mail', 'size', 'extras', 'holder', 'typed'],
      ],
      ['look', 'look', [], []],
      ['change', 'change', ['title', 'notes'], ['title', 'notes']],
      ['lend', 'lend', [], []],
      ['return', 'return', [], []],
      ['drop', 'drop', [], []],
    ]);
    expect(formsOf(type as LinkedRecordType)[0]).toEqual(['ask', 'ask', all, all]);
  });

  it('has with each operation what it does, sets off and mails', () => {
    const follows = [...loans.operations.values()].map((each) => [
      each.id,
      idsOf(each.actions),
      each.tasks.map(({ task }) => task.id),
      idsOf(each.notifications),
    ]);
    expect(follows).toEqual([
      ['ask', ['tell', 'account'], ['issue-pass'], ['granted']],
      ['look', [], [], []],
      ['change', ['promote'], [], []],
      ['lend', [], [], []],
      ['return', [], ['end-pass'], []],
      ['drop', ['away'], [], []],
    ]);
    const [issue] = loans.operations.get('ask')?.tasks ?? [];
    expect([true, false].map((urgent) => issue?.when?.({ record: { urgent } }))).toEqual([true, false]);
  });

  it('has of each action its parts, what they read first, when it is done, and what it returns', () => {
    const [tell, create] = loans.operations.get('ask')?.actions ?? [];
    const [promote] = loans.operations.get('change')?.actions ?? [];
    const [away] = loans.operations.get('drop')?.actions ?? [];
    const said = [tell, create, promote, away].map((action) => ({
      values: Object.fromEntries(
        [...(action?.values ?? [])].map(([part, value]) => [part, value({ record })]),
      ),
      reads: Object.fromEntries(action?.reads ?? []),
      returns: Object.fromEntries(
        [...(action?.returns ?? [])].map(([id, value]) => [id, value({ record, result: account })]),
      ),
      when: action?.when?.({ record: { urgent: false } }),
    }));
    expect(said).toEqual([
      {
        values: { to: ['a@b.example', 'm@b.example'], subject: 'T', body: 'Hello Y' },
        reads: { to: 'mail', subject: 'title', body: 'typed' },
        returns: {},
        when: false,
      },
      {
        values: { firstName: 'Y', lastName: null, email: 'm@b.example', roles: ['guest'] },
        reads: { firstName: 'typed', email: 'mail' },
        returns: { holder: 'u9', notes: 'N' },
        when: undefined,
      },
      {
        values: { user: 'u1', firstName: 'T', addRoles: ['clerk'] },
        reads: { user: 'holder', firstName: 'title' },
        returns: { notes: 'n@b.example' },
        when: undefined,
      },
      { values: { user: 'u1' }, reads: { user: 'holder' }, returns: {}, when: undefined },
    ]);
  });

  it('has of each task where it finds a record, what it does to it, and what it brings back', () => {
    const tasks = site.apps.get('desk')?.tasks;
    const said = ['issue-pass', 'end-pass'].map((id) => {
      const [action] = tasks?.get(id)?.actions ?? [];
      const valuesOf = (parts: ReadonlyMap<string, (values: object) => unknown> | undefined) =>
        [...(parts ?? [])].map(([part, value]) => [
          part,
          value({ record, result: { token: 't9', self: 's9' } }),
        ]);
      return [
        action?.source?.view.id,
        valuesOf(action?.source?.parameters),
        [action?.target.recordType.app.id, action?.target.recordType.id, action?.target.id],
        valuesOf(action?.fields),
        valuesOf(action?.returns),
      ];
    });
    expect(said).toEqual([
      [
        undefined,
        [],
        ['passes', 'token-user', 'add-user'],
        [
          ['name', 'T'],
          ['email', 'm@b.example'],
          ['roles', ['guest']],
        ],
        [
          ['pass', 't9'],
          ['holder', 's9'],
        ],
      ],
      ['by-token', [['token', 'p1']], ['passes', 'token-user', 'delete-user'], [], [['pass', null]]],
    ]);
  });
});

describe('a linked view', () => {
  it('has its columns with their names, types and texts, its filter whole and in parts, and its order', () => {
    const [all, bySize] = [...loans.views.values()];
    expect([all?.id, all?.recordType, all?.filter, all?.index.parts.sort]).toEqual([
      'all',
      loans,
      undefined,
      'title',
    ]);
    expect(bySize?.columns).toEqual([
      { id: 'title', label: 'Title', type: 'string', field: loans.fields.get('title') },
      { id: 'text', label: 'Text', type: 'formula', field: loans.fields.get('text') },
      { id: 'page', label: 'Page', type: 'url', displayText: 'Open', field: loans.fields.get('page') },
      { id: 'createdBy', label: 'Created by', type: 'user' },
    ]);
    const values = { record, meta: { state: 'Lent' }, params: { size: 'Large', price: 2 } };
    const cases = [
      values,
      { ...values, meta: { state: 'Back' } },
      { ...values, params: { size: 'Small', price: 2 } },
      { ...values, params: { size: 'Large', price: 3 } },
    ];
    expect(cases.map((each) => bySize?.filter?.(each))).toEqual([true, false, false, false]);
    expect(cases.map((each) => bySize?.index.written?.(each))).toEqual([true, false, true, true]);
    expect(cases.map((each) => bySize?.index.residual?.(each))).toEqual([true, true, true, false]);
    expect(bySize?.index.equality.map(({ field: id, value }) => [id, value(values)])).toEqual([
      ['size', 'Large'],
    ]);
    expect(bySize?.index.residualFields).toEqual(['price', 'size', 'title']);
    expect(bySize?.index.parts.sort).toBe('until');
    expect(room.views.get('all')?.index.parts.sort).toBe('createdAt');
  });
});
