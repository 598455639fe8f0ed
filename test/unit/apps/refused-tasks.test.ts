import { field, type Loose, loan, operation, refusalsOf } from '../../fixtures/desk.ts';

interface Refused {
  of: string;
  change: (app: Loose) => void;
  problems: [path: string, message: string][];
}

describe('a task or a mail is refused with its place and what to do:', () => {
  it.each<Refused>([
    {
      of: 'two tasks, two mails and two services of one id',
      change: (app) => {
        app.tasks[1].id = 'issue-pass';
        app.notifications[1].id = 'other';
        app.services[1].id = 'rooms';
        operation(app, 'return').tasks = [];
        operation(app, 'ask').notifications = [];
        operation(app, 'ask').tasks = [];
      },
      problems: [
        ['/tasks/1/id', 'another task has the id "issue-pass" already; choose another id'],
        ['/notifications/1/id', 'another notification has the id "other" already; choose another id'],
        ['/services/1/id', 'another service has the id "rooms" already; choose another id'],
      ],
    },
    {
      of: 'a task, a mail and a service of a record type that does not exist',
      change: (app) => {
        app.tasks[1].recordType = 'lone';
        app.notifications[1].recordType = 'lone';
        app.services[1].recordType = 'lone';
        app.permissions[2].recordType = 'lone';
      },
      problems: [
        [
          '/recordTypes/1/operations/0/notifications/0',
          'the notification "granted" is for the record type "lone", not for "loan"',
        ],
        [
          '/recordTypes/1/operations/4/tasks/0/task',
          'the task "end-pass" is for the record type "lone", not for "loan"',
        ],
        ['/tasks/1/recordType', 'there is no record type "lone". There is "room", "loan".'],
        ['/notifications/1/recordType', 'there is no record type "lone". There is "room", "loan".'],
        ['/services/1/recordType', 'there is no record type "lone". There is "room", "loan".'],
        ['/permissions/2/recordType', 'there is no record type "lone". There is "room", "loan".'],
      ],
    },
    {
      of: 'two actions of a task',
      change: (app) => {
        app.tasks[0].actions.push(structuredClone(app.tasks[0].actions[0]));
      },
      problems: [
        ['/tasks/0/actions/1/id', 'another data action has the id "add" already; choose another id'],
        [
          '/tasks/0/actions/1',
          'a task has one data action, which adds a token user or deletes one; make it a task of its own',
        ],
      ],
    },
    {
      of: 'a field that people have to fill in and a pass writes over',
      change: (app) => {
        field(app, 'holder').required = true;
      },
      problems: [
        [
          '/tasks/0/actions/0/returns/holder',
          'people have to fill "holder" in, and this writes over it; make the field optional or read-only, or remove this',
        ],
      ],
    },
    {
      of: 'a target in an app that does not exist',
      change: (app) => {
        app.tasks[0].actions[0].target.app = 'pases';
      },
      problems: [
        ['/tasks/0/actions/0/target/app', 'there is no app "pases". Did you mean "passes"?'],
        [
          '/recordTypes/1/operations/0/notifications',
          'mails are sent once a pass is issued: attach a task that issues one, or remove them',
        ],
      ],
    },
    {
      of: 'a target of a record type that does not exist',
      change: (app) => {
        app.tasks[0].actions[0].target.recordType = 'token-usr';
      },
      problems: [
        [
          '/tasks/0/actions/0/target/recordType',
          'there is no record type in "passes" "token-usr". Did you mean "token-user"?',
        ],
        [
          '/recordTypes/1/operations/0/notifications',
          'mails are sent once a pass is issued: attach a task that issues one, or remove them',
        ],
      ],
    },
    {
      of: 'a target that only looks',
      change: (app) => {
        app.tasks[0].actions[0].target.operation = 'view-user';
        delete app.tasks[0].actions[0].fields;
      },
      problems: [
        [
          '/tasks/0/actions/0/target/operation',
          '"View User" changes nothing; choose an operation that adds, edits, deletes or leads to another state',
        ],
        [
          '/tasks/0/actions/0',
          '"View User" acts on records that exist: add "source", the view that finds them',
        ],
        [
          '/tasks/0/actions/0/target',
          'a task adds a token user or deletes one: choose such an operation of an app of kind tokens',
        ],
        [
          '/recordTypes/1/operations/0/notifications',
          'mails are sent once a pass is issued: attach a task that issues one, or remove them',
        ],
      ],
    },
    {
      of: 'an addition with a view that finds something',
      change: (app) => {
        app.tasks[0].actions[0].source = { app: 'passes', view: 'all', parameters: {} };
      },
      problems: [
        [
          '/tasks/0/actions/0/source',
          '"Add User" adds a record, so there is none to look for; remove "source"',
        ],
      ],
    },
    {
      of: 'a view of another app',
      change: (app) => {
        app.tasks[1].actions[0].source.app = 'assets';
      },
      problems: [
        ['/tasks/1/actions/0/source/app', 'the view must list what the target acts on: write "passes"'],
      ],
    },
    {
      of: 'a view that does not exist',
      change: (app) => {
        app.tasks[1].actions[0].source.view = 'by-tokn';
      },
      problems: [
        [
          '/tasks/1/actions/0/source/view',
          'there is no view of Token User "by-tokn". Did you mean "by-token"?',
        ],
      ],
    },
    {
      of: 'a parameter that the view does not have',
      change: (app) => {
        app.tasks[1].actions[0].source.parameters.tokn = 'record.title';
      },
      problems: [
        [
          '/tasks/1/actions/0/source/parameters/tokn',
          'there is no parameter of the view "by-token" "tokn". Did you mean "token"?',
        ],
      ],
    },
    {
      of: 'a parameter of another type',
      change: (app) => {
        app.tasks[1].actions[0].source.parameters.token = 'record.price';
      },
      problems: [
        [
          '/tasks/1/actions/0/source/parameters/token',
          'its result is a double, and a string is needed here in: record.price',
        ],
      ],
    },
    {
      of: 'a parameter that reads a formula',
      change: (app) => {
        app.tasks[1].actions[0].source.parameters.token = 'record.text';
      },
      problems: [
        [
          '/tasks/1/actions/0/source/parameters/token',
          '"text" cannot be used here: a formula is computed only where it is shown; name the fields that it reads',
        ],
      ],
    },
    {
      of: 'values for what a deletion takes',
      change: (app) => {
        app.tasks[1].actions[0].fields = { name: 'record.title' };
      },
      problems: [
        ['/tasks/1/actions/0/fields/name', '"Delete User" deletes and takes no values; remove this'],
      ],
    },
    {
      of: 'values that the target does not take',
      change: (app) => {
        Object.assign(app.tasks[0].actions[0].fields, { token: 'record.title', self: 'record.holder' });
      },
      problems: [
        ['/tasks/0/actions/0/fields/token', '"token" is made by the system and never written; remove this'],
        ['/tasks/0/actions/0/fields/self', '"self" is made by the system and never written; remove this'],
      ],
    },
    {
      of: 'values of what is secret, a formula or only on the form',
      change: (app) => {
        Object.assign(app.tasks[0].actions[0].fields, { name: 'record.link', email: 'record.typed' });
      },
      problems: [
        [
          '/tasks/0/actions/0/fields/name',
          '"link" cannot be used here: it reads a token, and what reads a token is secret',
        ],
        [
          '/tasks/0/actions/0/fields/email',
          '"typed" cannot be used here: it is only on the form and never stored',
        ],
      ],
    },
    {
      of: 'a token as a value',
      change: (app) => {
        app.tasks[0].actions[0].fields.name = 'record.pass';
      },
      problems: [
        [
          '/tasks/0/actions/0/fields/name',
          'record.pass is a token, and "name" is a field of type string; make it a token field, or map something else',
        ],
      ],
    },
    {
      of: 'a value that is missing',
      change: (app) => {
        app.tasks[0].actions[0].fields = { roles: '["guest"]' };
      },
      problems: [
        [
          '/tasks/0/actions/0/fields',
          'Token User needs a value for "name": map one, or give that field a default',
        ],
        [
          '/tasks/0/actions/0/fields',
          'Token User needs a value for "email": map one, or give that field a default',
        ],
      ],
    },
    {
      of: 'a value that asks for the caller, or for a source that there is not',
      change: (app) => {
        Object.assign(app.tasks[0].actions[0].fields, { name: 'me.id', email: 'source.email' });
      },
      problems: [
        ['/tasks/0/actions/0/fields/name', 'me has no field id; it has none in: me.id'],
        [
          '/tasks/0/actions/0/fields/email',
          'nothing is called source here; there is record, me, site, now in: source.email',
        ],
      ],
    },
    {
      of: 'returns to fields that do not exist, are computed, or never stored',
      change: (app) => {
        app.tasks[0].actions[0].returns = { hold: 'result.self', text: 'result.name', typed: 'result.name' };
      },
      problems: [
        [
          '/tasks/0/actions/0/returns/hold',
          'there is no field of Loan "hold". There is "title", "notes", "price", "urgent", "until", "begin", "mail", "page", "phone", "size", "extras", "place", ….',
        ],
        ['/tasks/0/actions/0/returns/text', '"text" is a formula and never written; remove this'],
        ['/tasks/0/actions/0/returns/typed', '"typed" is only on the form and never stored; remove this'],
      ],
    },
    {
      of: 'returns of a token to a text, of a text to a token',
      change: (app) => {
        app.tasks[0].actions[0].returns = { notes: 'result.token', pass: 'result.name' };
      },
      problems: [
        [
          '/tasks/0/actions/0/returns/notes',
          'result.token is a token, and "notes" is a field of type text; make it a token field, or map something else',
        ],
        [
          '/tasks/0/actions/0/returns/pass',
          '"pass" takes the token of an entry in "passes", written as result.<its token field>, or null; nothing else can be a token',
        ],
      ],
    },
    {
      of: 'returns of another type, or to what asks for the caller',
      change: (app) => {
        app.tasks[0].actions[0].returns = { price: 'result.name', holder: 'me.id' };
      },
      problems: [
        [
          '/tasks/0/actions/0/returns/price',
          'its result is a string, and a double or null is needed here in: result.name',
        ],
        ['/tasks/0/actions/0/returns/holder', 'me has no field id; it has none in: me.id'],
      ],
    },
    {
      of: 'a token of the record itself, or of another app',
      change: (app) => {
        app.tasks[0].actions[0].returns = { pass: 'record.pass' };
        field(app, 'pass').target.app = 'badges';
        app.tasks[1].actions[0].returns = { pass: 'result.token' };
      },
      problems: [
        [
          '/tasks/0/actions/0/returns/pass',
          '"pass" takes the token of an entry in "badges", written as result.<its token field>, or null; nothing else can be a token',
        ],
        [
          '/tasks/1/actions/0/returns/pass',
          '"pass" takes the token of an entry in "badges", written as result.<its token field>, or null; nothing else can be a token',
        ],
      ],
    },
    {
      of: 'values that the operation does not take',
      change: (app) => {
        Object.assign(app.tasks[1].actions[0], {
          fields: { roles: '["guest"]', name: 'source.name + record.title', email: 'source.nobody' },
        });
        app.tasks[1].actions[0].target.operation = 'edit-user';
      },
      problems: [
        [
          '/tasks/1/actions/0/fields/roles',
          `"Edit User" does not take "roles"; add it to that operation's fields, or remove this`,
        ],
        [
          '/tasks/1/actions/0/fields/email',
          'source has no field nobody; it has name, email, roles, token, self, full, second, hint, extra in: source.nobody',
        ],
        [
          '/tasks/1/actions/0/target',
          'a task adds a token user or deletes one: choose such an operation of an app of kind tokens',
        ],
      ],
    },
    {
      of: 'a view without its parameters',
      change: (app) => {
        app.tasks[1].actions[0].source.parameters = {};
      },
      problems: [
        ['/tasks/1/actions/0/source/parameters', 'the view "by-token" needs its parameter "token"; add it'],
      ],
    },
    {
      of: 'tasks that concern no pass',
      change: (app) => {
        app.tasks[0].actions[0] = {
          id: 'a',
          title: 'A',
          target: { app: 'desk', recordType: 'room', operation: 'add' },
          fields: { name: 'record.title' },
        };
        app.tasks[1].actions[0].target.operation = 'edit-user';
        app.tasks[1].actions[0].returns = {};
      },
      problems: [
        [
          '/tasks/0/actions/0/target',
          'a task adds a token user or deletes one: choose such an operation of an app of kind tokens',
        ],
        [
          '/tasks/1/actions/0/target',
          'a task adds a token user or deletes one: choose such an operation of an app of kind tokens',
        ],
        [
          '/recordTypes/1/operations/0/notifications',
          'mails are sent once a pass is issued: attach a task that issues one, or remove them',
        ],
      ],
    },
    {
      of: 'two passes for one record',
      change: (app) => {
        operation(app, 'ask').tasks.push({ task: 'issue-pass' });
        operation(app, 'return').tasks = [{ task: 'end-pass' }, { task: 'end-pass' }];
      },
      problems: [
        [
          '/recordTypes/1/operations/0/tasks/1',
          'a record has one pass at a time: remove one of the tasks that issue one',
        ],
        [
          '/recordTypes/1/operations/4/tasks/1',
          'a record has one pass at a time: remove one of the tasks that end it',
        ],
      ],
    },
    {
      of: 'a mail where no pass is issued',
      change: (app) => {
        operation(app, 'return').notifications = ['granted'];
      },
      problems: [
        [
          '/recordTypes/1/operations/4/notifications',
          'mails are sent once a pass is issued: attach a task that issues one, or remove them',
        ],
      ],
    },
    {
      of: 'returns that nothing writes in the state that follows',
      change: (app) => {
        operation(app, 'change').from = ['Lent'];
      },
      problems: [
        [
          '/recordTypes/1/operations/0/tasks/0',
          'the task returns values, which are written by "Change", and that is not offered in the state "Asked"; add it to its "from"',
        ],
        [
          '/recordTypes/1/operations/4/tasks/0',
          'the task returns values, which are written by "Change", and that is not offered in the state "Back"; add it to its "from"',
        ],
      ],
    },
    {
      of: 'returns that nothing writes in one of all states',
      change: (app) => {
        operation(app, 'change').from = ['Asked', 'Lent'];
        operation(app, 'return').tasks = [];
        loan(app).operations.push({ id: 'fix', name: 'Fix', kind: 'edit', tasks: [{ task: 'end-pass' }] });
      },
      problems: [
        [
          '/recordTypes/1/operations/6/tasks/0',
          'the task returns values, which are written by "Change", and that is not offered in the state "Back"; add it to its "from"',
        ],
      ],
    },
    {
      of: 'mails whose parts are no texts, or ask for the caller',
      change: (app) => {
        Object.assign(app.notifications[1], {
          to: 'record.price',
          subject: 'me.id',
          replyTo: 'record.urgent',
        });
      },
      problems: [
        ['/notifications/1/to', 'its result is a double, and a string is needed here in: record.price'],
        ['/notifications/1/subject', 'me has no field id; it has none in: me.id'],
        ['/notifications/1/replyTo', 'its result is a bool, and a string is needed here in: record.urgent'],
      ],
    },
    {
      of: 'mails to and answers to what is no address',
      change: (app) => {
        Object.assign(app.notifications[1], { to: '"desk"', subject: '"desk"', replyTo: '"abc"' });
      },
      problems: [
        ['/notifications/1/to', '"desk" is no email address; write one like name@example.org'],
        ['/notifications/1/replyTo', '"abc" is no email address; write one like name@example.org'],
      ],
    },
    {
      of: 'mails that read a formula or what is only on the form',
      change: (app) => {
        Object.assign(app.notifications[1], {
          to: 'record.text',
          subject: 'record.typed',
          replyTo: 'record.link',
        });
      },
      problems: [
        [
          '/notifications/1/to',
          '"text" cannot be used here: a formula is computed only where it is shown; name the fields that it reads',
        ],
        ['/notifications/1/subject', '"typed" cannot be used here: it is only on the form and never stored'],
        [
          '/notifications/1/replyTo',
          '"link" cannot be used here: it reads a token, and what reads a token is secret',
        ],
      ],
    },
    {
      of: 'words of a mail that name what does not exist, lets somebody in, or is never stored',
      change: (app) => {
        app.notifications[1].body = 'To {note}, {pass} and {link}.\n\n{ typed} {typed} {pass} {}';
        app.notifications[1].button = '"Open " + record.link';
      },
      problems: [
        [
          '/notifications/1/button',
          '"link" cannot be used here: it reads a token, and what reads a token is secret',
        ],
        ['/notifications/1/body', 'there is no field "note". Did you mean "notes"?'],
        [
          '/notifications/1/body',
          '"pass" lets whoever has it in; list it in "fields", which makes the button of it',
        ],
        [
          '/notifications/1/body',
          '"link" lets whoever has it in; list it in "fields", which makes the button of it',
        ],
        [
          '/notifications/1/body',
          '"typed" is only on the form and never stored, so no mail can hold it; remove it',
        ],
      ],
    },
    {
      of: 'fields of a mail that do not exist, are tokens, or are never stored',
      change: (app) => {
        app.notifications[1].fields = ['notes', 'note', 'pass', 'typed', 'notes'];
      },
      problems: [
        ['/notifications/1/fields/1', 'there is no field "note". Did you mean "notes"?'],
        ['/notifications/1/fields/4', '"notes" is listed twice; remove one'],
        ['/notifications/1/fields/2', '"pass" is a token; list the formula that makes a link of it instead'],
        [
          '/notifications/1/fields/3',
          '"typed" is only on the form and never stored, so no mail can hold it; remove it',
        ],
      ],
    },
  ])('$of', ({ change, problems }) => {
    expect(refusalsOf(change)).toEqual(problems);
  });
});

describe('a service is refused with its place and what to do:', () => {
  it.each<Refused>([
    {
      of: 'services with the names of another app and of the site',
      change: (app) => {
        app.services[0].id = 'stock';
        app.services[1].id = 'access';
      },
      problems: [
        ['/services/0/id', 'the app "assets" has a service "stock" already; choose another id'],
        ['/services/1/id', '"access" is a service of the site itself; choose another id'],
      ],
    },
    {
      of: 'a service that reads and runs, or does neither',
      change: (app) => {
        app.services[0].operation = 'add';
        delete app.services[1].operation;
      },
      problems: [
        ['/services/0', 'a service reads a view or runs an operation: name one of them'],
        ['/services/1', 'a service reads a view or runs an operation: name one of them'],
      ],
    },
    {
      of: 'a service of a view that does not exist',
      change: (app) => {
        app.services[0].view = 'al';
      },
      problems: [['/services/0/view', 'there is no view "al". Did you mean "all"?']],
    },
    {
      of: 'a service of a view with fields',
      change: (app) => {
        app.services[0].fields = ['name'];
        app.services[0].returns = ['name'];
      },
      problems: [
        ['/services/0/fields', 'a view answers its columns; remove this'],
        ['/services/0/returns', 'a view answers its columns; remove this'],
      ],
    },
    {
      of: 'a service of an operation that does not exist',
      change: (app) => {
        app.services[1].operation = 'ak';
      },
      problems: [['/services/1/operation', 'there is no operation "ak". Did you mean "ask"?']],
    },
    {
      of: 'a service that only looks',
      change: (app) => {
        app.services[1].operation = 'look';
        delete app.services[1].fields;
      },
      problems: [['/services/1/operation', 'viewing changes nothing; name a view, or another operation']],
    },
    {
      of: 'fields that the operation does not take, and answers of what is not kept',
      change: (app) => {
        app.services[1].fields = ['title', 'notes', 'title'];
        app.services[1].returns = ['title', 'pass', 'text', 'typed', 'title'];
      },
      problems: [
        [
          '/services/1/fields/1',
          'there is no field that "Ask" takes: "notes". There is "title", "mail", "size", "extras", "holder", "typed", "internal".',
        ],
        ['/services/1/fields/2', '"title" is listed twice; remove one'],
        [
          '/services/1/returns/1',
          'there is no stored field "pass". There is "title", "notes", "price", "urgent", "until", "begin", "mail", "page", "phone", "size", "extras", "place", ….',
        ],
        [
          '/services/1/returns/2',
          'there is no stored field "text". There is "title", "notes", "price", "urgent", "until", "begin", "mail", "page", "phone", "size", "extras", "place", ….',
        ],
        [
          '/services/1/returns/3',
          'there is no stored field "typed". There is "title", "notes", "price", "urgent", "until", "begin", "mail", "page", "phone", "size", "extras", "place", ….',
        ],
        ['/services/1/returns/4', '"title" is listed twice; remove one'],
      ],
    },
    {
      of: 'fields that an operation takes without a form',
      change: (app) => {
        delete operation(app, 'ask').fields;
        app.services[1].fields = ['notes', 'internal', 'pass', 'text'];
      },
      problems: [
        [
          '/services/1/fields/1',
          'there is no field that "Ask" takes: "internal". There is "title", "notes", "price", "urgent", "until", "begin", "mail", "page", "phone", "size", "extras", "place", ….',
        ],
        [
          '/services/1/fields/2',
          'there is no field that "Ask" takes: "pass". There is "title", "notes", "price", "urgent", "until", "begin", "mail", "page", "phone", "size", "extras", "place", ….',
        ],
        [
          '/services/1/fields/3',
          'there is no field that "Ask" takes: "text". There is "title", "notes", "price", "urgent", "until", "begin", "mail", "page", "phone", "size", "extras", "place", ….',
        ],
      ],
    },
  ])('$of', ({ change, problems }) => {
    expect(refusalsOf(change)).toEqual(problems);
  });
});
