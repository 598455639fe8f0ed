import { requireValidApp } from '../../../core/apps/check.ts';
import { type AppDefinition, appSchema } from '../../../core/apps/definition.ts';
import {
  crowd,
  deskApp,
  deskNames,
  field,
  type Loose,
  loan,
  operation,
  refusalsOf,
  removeField,
  room,
  setViews,
} from '../../fixtures/desk.ts';

interface Accepted {
  of: string;
  change: (app: Loose) => void;
}

describe('a definition is accepted that has', () => {
  it.each<Accepted>([
    { of: 'two of everything', change: () => {} },
    {
      of: 'a field named state, where there is one state only',
      change: (app) => room(app).fields.push({ id: 'state', label: 'State of the room', type: 'string' }),
    },
    {
      of: 'a title of each type that is short text, a number or a date',
      change: (app) => {
        const [type] = app.recordTypes;
        for (const kind of ['string', 'text', 'number', 'email', 'phone', 'date', 'choice'])
          app.recordTypes.push({
            ...type,
            id: `of-${kind}`,
            titleField: 'name',
            fields: [{ id: 'name', label: 'N', type: kind, ...(kind === 'choice' && { choices: ['A'] }) }],
            views: [],
          });
      },
    },
    {
      of: 'a due date with a time',
      change: (app) => Object.assign(loan(app), { dueDateField: 'begin' }),
    },
    {
      of: 'texts of all kinds with a longest length, and a formula with a text to show',
      change: (app) => {
        for (const id of ['notes', 'mail', 'page', 'phone']) field(app, id).maxLength = 100;
        field(app, 'text').displayText = 'See';
      },
    },
    {
      of: 'a token that is required',
      change: (app) => Object.assign(field(app, 'pass'), { required: true }),
    },
    {
      of: 'conditions and defaults that read what is only on the form',
      change: (app) => {
        Object.assign(field(app, 'notes'), { visibleIf: 'record.typed == "x"', default: 'record.typed' });
        operation(app, 'ask').tasks[0].when = 'record.typed == "x"';
        operation(app, 'ask').actions[0].when = 'record.typed == "x"';
        operation(app, 'ask').actions[1].returns.notes = 'record.typed';
      },
    },
    {
      of: 'a default that is calculated, and one of every role',
      change: (app) => {
        field(app, 'size').default = 'record.urgent ? "Large" : "Small"';
        delete field(app, 'team').rolesFrom;
        field(app, 'team').default = '["keeper", "clerk"]';
      },
    },
    {
      of: 'formulas of text, a number, yes or no, a time and a list, and one that reads another before it is written',
      change: (app) => {
        const formulas = {
          early: 'record.sum > 3.0',
          sum: 'record.price + 1.0',
          when: 'record.until',
          list: 'record.extras',
          joined: 'record.text + record.title',
        };
        for (const [id, formula] of Object.entries(formulas))
          loan(app).fields.push({ id, label: id, type: 'formula', formula });
      },
    },
    {
      of: 'formulas that are just as long together as they may be',
      change: (app) => {
        // The link and the text take 1,105 characters.
        const texts = { a: 20_000, b: 20_000, c: 20_000, d: 20_000, e: 18_895 };
        for (const [id, maxLength] of Object.entries(texts)) {
          loan(app).fields.push({ id: `${id}Of`, label: id, type: 'text', maxLength });
          loan(app).fields.push({ id, label: id, type: 'formula', formula: `record.${id}Of` });
        }
      },
    },
    {
      of: 'a required field that a form may leave out: hidden at times, filled by itself, read-only',
      change: (app) => {
        const fields = [
          { id: 'hidden', visibleIf: 'record.urgent' },
          { id: 'filled', default: '"x"' },
          { id: 'locked', readOnly: true },
        ];
        for (const each of fields)
          loan(app).fields.push({ label: 'F', type: 'string', required: true, ...each });
      },
    },
    {
      of: 'tasks and mails after each operation that writes',
      change: (app) => {
        for (const id of ['change', 'lend', 'drop'])
          Object.assign(operation(app, id), {
            tasks: [{ task: 'issue-pass' }, { task: 'end-pass' }],
            notifications: ['granted'],
          });
      },
    },
    {
      of: 'actions of each operation that writes',
      change: (app) => {
        const [tell] = operation(app, 'ask').actions;
        for (const id of ['change', 'lend', 'drop']) operation(app, id).actions = [tell];
      },
    },
    {
      of: 'mails to nobody, and accounts of a choice of addresses',
      change: (app) => {
        operation(app, 'ask').actions[0].to = '""';
        operation(app, 'ask').actions[1].email = 'record.urgent ? "a@b.example" : record.mail';
        app.notifications[1].to = 'record.urgent ? record.mail : " "';
      },
    },
    {
      of: 'returns of nothing, to a number and to nobody',
      change: (app) => {
        operation(app, 'ask').actions[1].returns = {
          price: 'null',
          holder: 'null',
          urgent: 'result.existed',
        };
      },
    },
    {
      of: 'returns in the states in which they are written, and after a deletion in none',
      change: (app) => {
        operation(app, 'change').from = ['Asked', 'Back'];
        operation(app, 'drop').tasks = [{ task: 'end-pass' }];
      },
    },
    {
      of: 'a task that returns nothing, in a state in which nothing is edited',
      change: (app) => {
        operation(app, 'change').from = ['Asked'];
        delete app.tasks[1].actions[0].returns;
      },
    },
    {
      of: 'values of a record that a task has found',
      change: (app) => {
        app.tasks[1].actions[0].returns = { pass: 'null', notes: 'result.name + result.id' };
        app.tasks[1].actions[0].source.parameters.token = 'record.pass + site.name';
      },
    },
    {
      of: 'columns of what every record has, and of fields of every kind that is stored or computed',
      change: (app) =>
        setViews(app, [
          { id: 'all', name: 'A', columns: ['state', 'createdAt', 'createdBy', 'updatedAt', 'text', 'pass'] },
        ]),
    },
    {
      of: 'an order by each of what text, a number or a date tells, and of what every record has',
      change: (app) =>
        setViews(
          app,
          [
            ...['title', 'notes', 'price', 'urgent', 'until', 'begin', 'mail', 'page', 'phone', 'size'],
            ...['room', 'holder', 'state', 'createdAt', 'updatedAt'],
          ].map((by) => ({
            id: `by-${by.toLowerCase()}`,
            name: by,
            columns: ['title'],
            sort: { field: by },
          })),
        ),
    },
    {
      of: 'a filter that is asked of each record, where short pages are accepted or a parameter makes them few',
      change: (app) => {
        Object.assign(loan(app).views[0], { filter: 'record.until < now', boundedScan: true });
        loan(app).views[1].filter = 'record.size == params.size && record.until < now';
      },
    },
    {
      of: 'a condition that is asked of each record, where short pages are accepted',
      change: (app) => {
        loan(app).views[0].boundedScan = true;
        app.permissions[2] = {
          role: 'guest',
          recordType: 'loan',
          operations: ['look'],
          when: 'record.price > 3.0 && me.name != record.title',
          views: ['all'],
        };
      },
    },
    {
      of: 'a condition over a field of at most ten roles',
      change: (app) => {
        app.permissions[2] = {
          role: 'guest',
          recordType: 'loan',
          operations: ['look'],
          when: 'me.name in record.team',
          views: ['all'],
        };
      },
    },
    {
      of: 'permissions for both system roles and for an account, on everything and on what every record has',
      change: (app) =>
        app.permissions.push(
          { role: 'AuthenticatedUser', recordType: 'room', operations: ['view'], fields: { view: '*' } },
          { role: 'NonAuthenticatedUser', recordType: 'room', operations: ['add', 'view'] },
          {
            subject: 'u1',
            recordType: 'loan',
            operations: ['look'],
            fields: { look: ['owner', 'updatedBy'] },
          },
          { role: 'guest', effect: 'deny', recordType: 'loan', views: ['all'] },
          { role: 'guest', effect: 'deny', recordType: 'loan', operations: ['look'], when: 'record.urgent' },
          { role: 'guest', recordType: 'loan', operations: ['lend', 'ask'], check: 'record.urgent' },
        ),
    },
    {
      of: 'services of what deletes, and of all that an operation takes',
      change: (app) =>
        app.services.push(
          { id: 'dropping', name: 'D', recordType: 'loan', operation: 'drop', returns: ['title'] },
          { id: 'changing', name: 'C', recordType: 'loan', operation: 'change' },
          { id: 'adding', name: 'A', recordType: 'room', operation: 'add', fields: ['name', 'floor'] },
        ),
    },
    {
      of: 'no robot, no services, no tasks and no mails',
      change: (app) => {
        for (const part of ['robot', 'services', 'tasks', 'notifications']) delete app[part];
        operation(app, 'ask').tasks = [];
        operation(app, 'ask').notifications = [];
        operation(app, 'return').tasks = [];
      },
    },
    {
      of: 'a reference to the one record type of an app, and a token that is not said to be of one',
      change: (app) => {
        field(app, 'room').target = { app: 'badges' };
        removeField(app, 'place');
      },
    },
    {
      of: 'a comparison with a field that is named state',
      change: (app) => {
        room(app).fields.push({ id: 'state', label: 'State of the room', type: 'string' });
        app.permissions[0].when = 'record.state == "Dusty"';
      },
    },
    { of: 'just as many index items as a transaction takes', change: (app) => crowd(app, 12) },
    {
      of: 'a condition over one of ten choices',
      change: (app) => {
        field(app, 'extras').choices = [...'abcdefghij'];
        app.permissions[2] = {
          role: 'guest',
          recordType: 'loan',
          operations: ['look'],
          when: 'me.name in record.extras',
          views: ['all'],
        };
      },
    },
    {
      of: 'a list that is asked for what everybody who opens it views, by "*" or of every record by another permission',
      change: (app) => {
        app.permissions[2].fields.look = '*';
        app.permissions[2].views = ['by-size'];
        app.permissions.push(
          {
            subject: 'u1',
            recordType: 'loan',
            operations: ['look'],
            fields: { look: ['until', 'size', 'price'] },
          },
          {
            subject: 'u1',
            recordType: 'loan',
            operations: ['look'],
            when: 'record.holder == me.id',
            fields: { look: ['title'] },
            views: ['by-size'],
          },
        );
      },
    },
    {
      of: 'conditions that are asked of each record where no list is read by them',
      change: (app) => {
        const when = 'record.price > 3.0 && me.name != record.title';
        app.permissions[2].views = ['all'];
        app.permissions.push(
          { role: 'keeper', recordType: 'loan', operations: ['look'], when },
          { role: 'guest', recordType: 'loan', operations: ['change'], when },
          { role: 'guest', effect: 'deny', recordType: 'loan', operations: ['look'], when },
        );
      },
    },
    {
      of: 'comparisons with what is listed nowhere',
      change: (app) => {
        const known = 'record.size == record.title || record.state == me.name || "keeper" in me.roles';
        app.permissions[2].when = `record.holder == me.id && record.createdBy != "x" && (${known})`;
        loan(app).views[1].filter = 'record.size == params.size && params.size != "Huge"';
      },
    },
  ])('$of', ({ change }) => {
    expect(refusalsOf(change)).toEqual([]);
  });

  it('services and record types that the version before it had already', () => {
    const names = deskNames();
    const before = appSchema.parse(deskApp()) as AppDefinition;

    expect(refusalsOf(() => {}, { ...names, apps: new Map([...names.apps, ['desk', before]]) })).toEqual([]);
  });

  it('its own record types to refer to, and not those that the version before it had', () => {
    const names = deskNames();
    const before = appSchema.parse(deskApp()) as AppDefinition;
    const rename = (app: Loose) => {
      room(app).id = 'hall';
      app.notifications[0].recordType = 'hall';
      app.permissions[0].recordType = 'hall';
      app.services[0].recordType = 'hall';
    };

    expect(refusalsOf(rename, { ...names, apps: new Map([...names.apps, ['desk', before]]) })).toEqual([
      [
        '/recordTypes/1/fields/13/target/recordType',
        'there is no record type in "desk" "room". There is "hall", "loan".',
      ],
    ]);
  });

  it('is read when nothing is wrong, and refused as a whole with its first problem in words', () => {
    const document = deskApp();
    expect(requireValidApp(document, deskNames()).definition).toMatchObject({
      id: 'desk',
      accessModel: 'roles',
    });
    const wrong = { ...document, robot: 'nobody', name: '' };
    const problems = [{ path: '/name', message: 'this is too short: at least 1 characters' }];
    expect(() => requireValidApp(wrong, deskNames())).toThrow(
      expect.objectContaining({
        code: 'DEFINITION_INVALID',
        message: expect.stringContaining('/name: this is too short: at least 1 characters'),
        problems,
      }),
    );
    expect(() => requireValidApp({}, deskNames())).toThrow(
      expect.objectContaining({ message: expect.stringContaining('/: "id" is missing; add it') }),
    );
  });
});
