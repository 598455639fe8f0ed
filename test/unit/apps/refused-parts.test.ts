import { field, type Loose, loan, operation, refusalsOf } from '../../fixtures/desk.ts';

interface Refused {
  of: string;
  change: (app: Loose) => void;
  problems: [path: string, message: string][];
}

describe('a part of a definition is refused with its place and what to do:', () => {
  it.each<Refused>([
    {
      of: 'a role that does not exist, where a field takes all',
      change: (app) => {
        delete field(app, 'team').rolesFrom;
        app.permissions[2].when = 'record.holder == me.id && "clrk" in record.team';
      },
      problems: [['/permissions/2/when', 'record.team is never "clrk". Did you mean "clerk"?']],
    },
    {
      of: 'an edit that leads to a state, which nothing else does',
      change: (app) => {
        loan(app).states.push({ id: 'Lost', name: 'L' });
        Object.assign(operation(app, 'change'), { from: ['Asked', 'Back', 'Lent'], to: 'Lost' });
      },
      problems: [
        [
          '/recordTypes/1/operations/2/to',
          'only a transition leads to another state; make it one, or remove "to"',
        ],
        [
          '/recordTypes/1/states/3',
          'no operation leads to the state "Lost"; add a transition that leads to it, or remove it',
        ],
      ],
    },
    {
      of: 'fields that no operation writes, read-only or not',
      change: (app) => {
        field(app, 'text').readOnly = true;
        app.permissions.push({
          role: 'guest',
          recordType: 'loan',
          operations: ['ask', 'lend', 'drop'],
          fields: { ask: ['title', 'text'], lend: ['internal', 'text'], drop: ['text'] },
        });
      },
      problems: [
        ['/permissions/3/fields/ask/1', '"text" is never written; remove it'],
        ['/permissions/3/fields/lend/1', '"text" is never written; remove it'],
      ],
    },
    {
      of: 'values of what the target computes or makes',
      change: (app) => {
        Object.assign(app.tasks[0].actions[0].fields, { full: 'record.title', second: 'record.title' });
      },
      problems: [
        ['/tasks/0/actions/0/fields/full', '"full" is made by the system and never written; remove this'],
        [
          '/tasks/0/actions/0/fields/full',
          'its result is a string, and a dyn or null is needed here in: record.title',
        ],
        ['/tasks/0/actions/0/fields/second', '"second" is made by the system and never written; remove this'],
      ],
    },
    {
      of: 'values of what the target takes and never stores, which nobody could read',
      change: (app) => {
        for (const id of ['title', 'mail']) field(app, id).required = false;
        app.tasks[0].actions[0].returns = { notes: 'result.hint', title: 'result.full', mail: 'record.text' };
      },
      problems: [
        ['/tasks/0/actions/0/returns/notes', '"result.hint" cannot be used here: its value is not stored'],
        ['/tasks/0/actions/0/returns/title', '"result.full" cannot be used here: its value is not stored'],
        [
          '/tasks/0/actions/0/returns/mail',
          '"text" cannot be used here: a formula is computed only where it is shown; name the fields that it reads',
        ],
      ],
    },
    {
      of: 'a token that is the record’s own, by the name of the entry’s',
      change: (app) => {
        loan(app).fields.push({ id: 'token', label: 'T', type: 'token', target: { app: 'passes' } });
        app.tasks[0].actions[0].returns = { pass: 'record.token' };
      },
      problems: [
        [
          '/tasks/0/actions/0/returns/pass',
          '"pass" takes the token of an entry in "passes", written as result.<its token field>, or null; nothing else can be a token',
        ],
      ],
    },
    {
      of: 'a token of a records app that is called built-in',
      change: (app) => {
        Object.assign(field(app, 'pass'), { builtIn: true });
        delete field(app, 'pass').target;
        app.tasks.length = 0;
        operation(app, 'ask').tasks = [];
        operation(app, 'ask').notifications = [];
        operation(app, 'return').tasks = [];
      },
      problems: [
        ['/recordTypes/1/fields/16', 'a field of type token needs "target"; add it'],
        [
          '/recordTypes/1/fields/16/builtIn',
          'no field "pass" comes with an app of kind records; remove "builtIn"',
        ],
      ],
    },
    {
      of: 'members that are not known in a mapping, a list and a default',
      change: (app) => {
        app.tasks[0].actions[0].fields.name = 5;
        app.services[0].vew = 'all';
        operation(app, 'ask').tasks[0].wen = 'x';
      },
      problems: [
        [
          '/recordTypes/1/operations/0/tasks/0/wen',
          '"wen" is not known here; remove it. Did you mean "when"?',
        ],
        ['/tasks/0/actions/0/fields/name', 'a text is needed here'],
        ['/services/0/vew', '"vew" is not known here; remove it. Did you mean "view"?'],
      ],
    },
    {
      of: 'a number that is too large, a list and a text that are too long',
      change: (app) => {
        app.tokenLifetimeDays = 365;
        field(app, 'title').maxLength = 20001;
        operation(app, 'ask').notifications = Array(11).fill('granted');
        app.contact = 'x'.repeat(201);
      },
      problems: [
        ['/contact', 'this is too long: at most 200 characters'],
        ['/tokenLifetimeDays', 'this is too large: at most 364'],
        ['/recordTypes/1/fields/0/maxLength', 'this is too large: at most 20000'],
        ['/recordTypes/1/operations/0/notifications', 'this is too long: at most 10 entries'],
      ],
    },
  ])('$of', ({ change, problems }) => {
    expect(refusalsOf(change)).toEqual(problems);
  });
});
