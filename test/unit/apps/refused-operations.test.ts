import { type Loose, loan, operation, refusalsOf, room, setViews } from '../../fixtures/desk.ts';

interface Refused {
  of: string;
  change: (app: Loose) => void;
  problems: [path: string, message: string][];
}

describe('an operation is refused with its place and what to do:', () => {
  it.each<Refused>([
    {
      of: 'a state, an operation and a view that are there already',
      change: (app) => {
        loan(app).states.push({ id: 'Lent', name: 'L' });
        loan(app).operations.push({ id: 'look', name: 'L', kind: 'view' });
        loan(app).views.push({ id: 'all', name: 'A', columns: ['title'] });
      },
      problems: [
        ['/recordTypes/1/states/3/id', 'another state has the id "Lent" already; choose another id'],
        ['/recordTypes/1/operations/6/id', 'another operation has the id "look" already; choose another id'],
        ['/recordTypes/1/views/2/id', 'another view has the id "all" already; choose another id'],
      ],
    },
    {
      of: 'a first state that does not exist',
      change: (app) => {
        loan(app).initialState = 'Askd';
      },
      problems: [['/recordTypes/1/initialState', 'there is no state "Askd". Did you mean "Asked"?']],
    },
    {
      of: 'states that nothing leads to',
      change: (app) => {
        loan(app).states.push({ id: 'Lost', name: 'L' }, { id: 'Found', name: 'F' });
        loan(app).operations.push({ id: 'find', name: 'F', kind: 'transition', from: ['Lost'], to: 'Found' });
      },
      problems: [
        [
          '/recordTypes/1/states/3',
          'no operation leads to the state "Lost"; add a transition that leads to it, or remove it',
        ],
        [
          '/recordTypes/1/states/4',
          'no operation leads to the state "Found"; add a transition that leads to it, or remove it',
        ],
      ],
    },
    {
      of: 'an operation in states that do not exist, or stand twice',
      change: (app) => {
        operation(app, 'lend').from = ['Asked', 'Lnt', 'Asked'];
      },
      problems: [
        ['/recordTypes/1/operations/3/from/1', 'there is no state "Lnt". Did you mean "Lent"?'],
        ['/recordTypes/1/operations/3/from/2', '"Asked" is listed twice; remove one'],
      ],
    },
    {
      of: 'a transition without a name',
      change: (app) => {
        delete operation(app, 'return').name;
      },
      problems: [
        ['/recordTypes/1/operations/4', 'a transition needs "name", what people call this step; add it'],
      ],
    },
    {
      of: 'a transition to nowhere',
      change: (app) => {
        delete operation(app, 'return').to;
      },
      problems: [
        ['/recordTypes/1/operations/4', 'a transition needs "to", the state that it leads to; add it'],
        [
          '/recordTypes/1/states/2',
          'no operation leads to the state "Back"; add a transition that leads to it, or remove it',
        ],
      ],
    },
    {
      of: 'an addition in a state',
      change: (app) => {
        operation(app, 'ask').from = ['Asked'];
      },
      problems: [
        ['/recordTypes/1/operations/0/from', 'a new record has no state to start from; remove "from"'],
      ],
    },
    {
      of: 'an addition that leads to a state',
      change: (app) => {
        operation(app, 'ask').to = 'Lent';
      },
      problems: [
        [
          '/recordTypes/1/operations/0/to',
          'only a transition leads to another state; make it one, or remove "to"',
        ],
      ],
    },
    {
      of: 'a form to delete with',
      change: (app) => {
        operation(app, 'drop').fields = ['title'];
      },
      problems: [
        ['/recordTypes/1/operations/5/fields', 'an operation of kind delete has no form; remove "fields"'],
      ],
    },
    {
      of: 'a form of fields that do not exist',
      change: (app) => {
        operation(app, 'look').fields = ['title', 'tite', 'title'];
      },
      problems: [
        ['/recordTypes/1/operations/1/fields/1', 'there is no field "tite". Did you mean "title"?'],
        ['/recordTypes/1/operations/1/fields/2', '"title" is listed twice; remove one'],
      ],
    },
    {
      of: 'a new record without what is required',
      change: (app) => {
        operation(app, 'ask').fields = ['title', 'size', 'typed', 'holder'];
      },
      problems: [
        [
          '/recordTypes/1/operations/0/fields',
          '"mail" is required and not on this form: add it here, give it a default, or make it optional',
        ],
        [
          '/services/1/fields/1',
          'there is no field that "Ask" takes: "mail". There is "title", "size", "typed", "holder".',
        ],
      ],
    },
    {
      of: 'tasks and mails after a look',
      change: (app) => {
        operation(app, 'look').tasks = [{ task: 'issue-pass' }];
        operation(app, 'look').notifications = ['granted'];
      },
      problems: [
        [
          '/recordTypes/1/operations/1',
          'an operation of kind view writes nothing that tasks or mails could follow; attach them to one that adds, edits, deletes or leads to another state',
        ],
      ],
    },
    {
      of: 'mails after a look',
      change: (app) => {
        operation(app, 'look').notifications = ['granted'];
      },
      problems: [
        [
          '/recordTypes/1/operations/1',
          'an operation of kind view writes nothing that tasks or mails could follow; attach them to one that adds, edits, deletes or leads to another state',
        ],
        [
          '/recordTypes/1/operations/1/notifications',
          'mails are sent once a pass is issued: attach a task that issues one, or remove them',
        ],
      ],
    },
    {
      of: 'a task and a mail of another record type',
      change: (app) => {
        room(app).operations[0].tasks = [{ task: 'issue-pass' }];
        room(app).operations[0].notifications = ['granted'];
      },
      problems: [
        [
          '/recordTypes/0/operations/0/tasks/0/task',
          'the task "issue-pass" is for the record type "loan", not for "room"',
        ],
        [
          '/recordTypes/0/operations/0/notifications/0',
          'the notification "granted" is for the record type "loan", not for "room"',
        ],
        [
          '/recordTypes/0/operations/0/tasks/0',
          'the task returns values, which are written as an edit: give Room an operation of kind edit',
        ],
      ],
    },
    {
      of: 'a task and a mail that do not exist',
      change: (app) => {
        operation(app, 'ask').tasks = [{ task: 'isue-pass' }];
        operation(app, 'ask').notifications = ['other', 'grantd'];
      },
      problems: [
        [
          '/recordTypes/1/operations/0/tasks/0/task',
          'there is no task "isue-pass". Did you mean "issue-pass"?',
        ],
        [
          '/recordTypes/1/operations/0/notifications/0',
          'the notification "other" is for the record type "room", not for "loan"',
        ],
        [
          '/recordTypes/1/operations/0/notifications/1',
          'there is no notification "grantd". Did you mean "granted"?',
        ],
        [
          '/recordTypes/1/operations/0/notifications',
          'mails are sent once a pass is issued: attach a task that issues one, or remove them',
        ],
      ],
    },
    {
      of: 'a task on a condition that is none',
      change: (app) => {
        operation(app, 'ask').tasks[0].when = 'record.title';
      },
      problems: [
        [
          '/recordTypes/1/operations/0/tasks/0/when',
          'its result is a string, and a bool is needed here in: record.title',
        ],
      ],
    },
    {
      of: 'a task on a formula',
      change: (app) => {
        operation(app, 'ask').tasks[0].when = 'record.text == "x"';
      },
      problems: [
        [
          '/recordTypes/1/operations/0/tasks/0/when',
          '"text" cannot be used here: a formula is computed only where it is shown; name the fields that it reads',
        ],
      ],
    },
    {
      of: 'actions of what writes nothing',
      change: (app) => {
        operation(app, 'look').actions = operation(app, 'drop').actions;
      },
      problems: [
        ['/recordTypes/1/operations/1/actions', 'an operation of kind view writes nothing; remove them'],
      ],
    },
    {
      of: 'two actions of one id',
      change: (app) => {
        operation(app, 'ask').actions[1].id = 'tell';
      },
      problems: [
        [
          '/recordTypes/1/operations/0/actions/1/id',
          'another action has the id "tell" already; choose another id',
        ],
      ],
    },
    {
      of: 'actions on conditions that are none, or read a formula',
      change: (app) => {
        operation(app, 'ask').actions[0].when = 'record.title';
        operation(app, 'ask').actions[1].when = 'record.text == "a"';
      },
      problems: [
        [
          '/recordTypes/1/operations/0/actions/0/when',
          'its result is a string, and a bool is needed here in: record.title',
        ],
        [
          '/recordTypes/1/operations/0/actions/1/when',
          '"text" cannot be used here: a formula is computed only where it is shown; name the fields that it reads',
        ],
      ],
    },
    {
      of: 'an address, a subject and a body that are no texts',
      change: (app) => {
        Object.assign(operation(app, 'ask').actions[0], {
          to: 'record.price',
          subject: 'record.urgent',
          body: 'record.until',
        });
      },
      problems: [
        [
          '/recordTypes/1/operations/0/actions/0/to',
          'its result is a double, and a string or list<string> is needed here in: record.price',
        ],
        [
          '/recordTypes/1/operations/0/actions/0/subject',
          'its result is a bool, and a string is needed here in: record.urgent',
        ],
        [
          '/recordTypes/1/operations/0/actions/0/body',
          'its result is a timestamp, and a string is needed here in: record.until',
        ],
      ],
    },
    {
      of: 'mails to what is no address',
      change: (app) => {
        operation(app, 'ask').actions[0].to = '["nobody", record.mail]';
        operation(app, 'ask').actions[1].email = 'record.urgent ? "a@b" : record.mail';
      },
      problems: [
        [
          '/recordTypes/1/operations/0/actions/0/to',
          '"nobody" is no email address; write one like name@example.org',
        ],
        [
          '/recordTypes/1/operations/0/actions/1/email',
          '"a@b" is no email address; write one like name@example.org',
        ],
      ],
    },
    {
      of: 'an account of parts that do not fit',
      change: (app) => {
        Object.assign(operation(app, 'ask').actions[1], {
          firstName: 'record.price',
          lastName: 'record.urgent',
          email: 'null',
          roles: '"guest"',
        });
      },
      problems: [
        [
          '/recordTypes/1/operations/0/actions/1/firstName',
          'its result is a double, and a string or null is needed here in: record.price',
        ],
        [
          '/recordTypes/1/operations/0/actions/1/lastName',
          'its result is a bool, and a string or null is needed here in: record.urgent',
        ],
        [
          '/recordTypes/1/operations/0/actions/1/email',
          'its result is a null, and a string is needed here in: null',
        ],
        [
          '/recordTypes/1/operations/0/actions/1/roles',
          'its result is a string, and a list<string> or list is needed here in: "guest"',
        ],
      ],
    },
    {
      of: 'an account with roles that do not exist',
      change: (app) => {
        operation(app, 'ask').actions[1].roles = '["gest"]';
        operation(app, 'change').actions[0].addRoles = '["clrk"]';
        operation(app, 'change').actions[0].removeRoles = '["keepr"]';
      },
      problems: [
        ['/recordTypes/1/operations/0/actions/1/roles', 'there is no role "gest". Did you mean "guest"?'],
        ['/recordTypes/1/operations/2/actions/0/addRoles', 'there is no role "clrk". Did you mean "clerk"?'],
        [
          '/recordTypes/1/operations/2/actions/0/removeRoles',
          'there is no role "keepr". Did you mean "keeper"?',
        ],
      ],
    },
    {
      of: 'a change of an account by parts that do not fit',
      change: (app) => {
        Object.assign(operation(app, 'change').actions[0], {
          user: 'null',
          addRoles: 'record.title',
          removeRoles: 'record.title',
        });
      },
      problems: [
        [
          '/recordTypes/1/operations/2/actions/0/user',
          'its result is a null, and a string is needed here in: null',
        ],
        [
          '/recordTypes/1/operations/2/actions/0/addRoles',
          'its result is a string, and a list<string> or list is needed here in: record.title',
        ],
        [
          '/recordTypes/1/operations/2/actions/0/removeRoles',
          'its result is a string, and a list<string> or list is needed here in: record.title',
        ],
      ],
    },
    {
      of: 'an action that reads a formula',
      change: (app) => {
        operation(app, 'drop').actions[0].user = 'record.text';
      },
      problems: [
        [
          '/recordTypes/1/operations/5/actions/0/user',
          '"text" cannot be used here: a formula is computed only where it is shown; name the fields that it reads',
        ],
      ],
    },
    {
      of: 'a token as a user',
      change: (app) => {
        operation(app, 'drop').actions[0].user = 'record.pass';
      },
      problems: [
        [
          '/recordTypes/1/operations/5/actions/0/user',
          '"pass" is a token, which is neither for accounts nor for mails',
        ],
      ],
    },
    {
      of: 'roles for an existing user that is not taken',
      change: (app) => {
        delete operation(app, 'ask').actions[1].acceptExisting;
      },
      problems: [
        [
          '/recordTypes/1/operations/0/actions/1/addRoles',
          'only an existing user is given roles by this: set "acceptExisting" as well, or remove it',
        ],
      ],
    },
    {
      of: 'returns to what is no field, or keeps no value',
      change: (app) => {
        operation(app, 'ask').actions[1].returns = {
          holdr: 'result.id',
          typed: 'result.id',
          pass: 'result.id',
          text: 'result.id',
        };
      },
      problems: [
        [
          '/recordTypes/1/operations/0/actions/1/returns/holdr',
          'there is no field of Loan "holdr". Did you mean "holder"?',
        ],
        [
          '/recordTypes/1/operations/0/actions/1/returns/typed',
          '"typed" keeps no value that could be set; remove this',
        ],
        [
          '/recordTypes/1/operations/0/actions/1/returns/pass',
          '"pass" keeps no value that could be set; remove this',
        ],
        [
          '/recordTypes/1/operations/0/actions/1/returns/text',
          '"text" keeps no value that could be set; remove this',
        ],
        [
          '/recordTypes/1/operations/0/actions/1/returns/text',
          'its result is a string, and a dyn or null is needed here in: result.id',
        ],
      ],
    },
    {
      of: 'returns of what there is not, or does not fit',
      change: (app) => {
        operation(app, 'ask').actions[1].returns = {
          holder: 'result.ident',
          price: 'result.name',
          urgent: 'result.existed',
          notes: 'record.text',
        };
      },
      problems: [
        [
          '/recordTypes/1/operations/0/actions/1/returns/holder',
          'result has no field ident; it has id, name, firstName, lastName, email, existed in: result.ident',
        ],
        [
          '/recordTypes/1/operations/0/actions/1/returns/price',
          'its result is a string, and a double or null is needed here in: result.name',
        ],
        [
          '/recordTypes/1/operations/0/actions/1/returns/notes',
          '"text" cannot be used here: a formula is computed only where it is shown; name the fields that it reads',
        ],
      ],
    },
    {
      of: 'returns to what is deleted',
      change: (app) => {
        operation(app, 'drop').actions = [
          { id: 'a', kind: 'updateUserAccount', user: 'record.holder', returns: { notes: 'result.name' } },
        ];
      },
      problems: [
        ['/recordTypes/1/operations/5/actions/0/returns/notes', '"Drop" deletes the record; remove this'],
      ],
    },
    {
      of: 'operations that nothing carries out',
      change: (app) => {
        loan(app).operations.push(
          { id: 'save', name: 'S', kind: 'export' },
          { id: 'write', name: 'W', kind: 'sendEmail' },
        );
      },
      problems: [
        ['/recordTypes/1/operations/6/kind', 'operations of kind export are not carried out yet; remove it'],
        [
          '/recordTypes/1/operations/7/kind',
          'operations of kind sendEmail are not carried out yet; remove it',
        ],
      ],
    },
  ])('$of', ({ change, problems }) => {
    expect(refusalsOf(change)).toEqual(problems);
  });
});

describe('a list is refused with its place and what to do:', () => {
  it.each<Refused>([
    {
      of: 'columns that do not exist or stand twice',
      change: (app) => {
        setViews(app, [{ id: 'all', name: 'A', columns: ['title', 'colour', 'title'] }]);
      },
      problems: [
        [
          '/recordTypes/1/views/0/columns/1',
          'there is no field "colour". There is "title", "notes", "price", "urgent", "until", "begin", "mail", "page", "phone", "size", "extras", "place", ….',
        ],
        ['/recordTypes/1/views/0/columns/2', '"title" is listed twice; remove one'],
      ],
    },
    {
      of: 'columns of what is secret or never stored',
      change: (app) => {
        setViews(app, [{ id: 'all', name: 'A', columns: ['title', 'link', 'typed'] }]);
      },
      problems: [
        [
          '/recordTypes/1/views/0/columns/1',
          '"link" reads a token: it is shown on the record only; remove it from the list',
        ],
        [
          '/recordTypes/1/views/0/columns/2',
          '"typed" is only on the form and never stored; remove it from the list',
        ],
      ],
    },
    {
      of: 'parameters of one id, or of a formula',
      change: (app) => {
        loan(app).views[1].parameters.push({ id: 'size', type: 'formula' });
      },
      problems: [
        [
          '/recordTypes/1/views/1/parameters/2/id',
          'another parameter has the id "size" already; choose another id',
        ],
        [
          '/recordTypes/1/views/1/parameters/2/type',
          'a parameter is typed in by somebody: it cannot be a formula',
        ],
      ],
    },
    {
      of: 'a filter that is no condition',
      change: (app) => {
        loan(app).views[1].filter = 'record.size';
      },
      problems: [
        [
          '/recordTypes/1/views/1/filter',
          'its result is a string, and a bool is needed here in: record.size',
        ],
      ],
    },
    {
      of: 'a filter of what is never stored',
      change: (app) => {
        loan(app).views[0].filter = 'record.typed == "x"';
      },
      problems: [
        [
          '/recordTypes/1/views/0/filter',
          '"typed" cannot be used here: it is only on the form and never stored',
        ],
      ],
    },
    {
      of: 'an equality that the filter does not demand',
      change: (app) => {
        loan(app).views[1].equality = ['size', 'price'];
      },
      problems: [
        [
          '/recordTypes/1/views/1/equality/1',
          'the filter does not demand record.price == a value; add that to it with &&, or remove "price" here',
        ],
      ],
    },
    {
      of: 'an order of what does not exist, or cannot be one',
      change: (app) => {
        setViews(
          app,
          ['nobody', 'createdBy', 'extras', 'team', 'place', 'sign', 'pass', 'text', 'typed'].map(
            (field) => ({ id: `v${field.toLowerCase()}`, name: 'V', columns: ['title'], sort: { field } }),
          ),
        );
      },
      problems: [
        [
          '/recordTypes/1/views/0/sort/field',
          'there is no field "nobody". There is "title", "notes", "price", "urgent", "until", "begin", "mail", "page", "phone", "size", "extras", "place", ….',
        ],
        ['/recordTypes/1/views/1/sort/field', 'there is no field "createdBy". Did you mean "createdAt"?'],
        [
          '/recordTypes/1/views/2/sort/field',
          'a list cannot be in the order of "extras", a field of type choices; choose one that holds text, a number or a date',
        ],
        [
          '/recordTypes/1/views/3/sort/field',
          'a list cannot be in the order of "team", a field of type roles; choose one that holds text, a number or a date',
        ],
        [
          '/recordTypes/1/views/4/sort/field',
          'a list cannot be in the order of "place", a field of type geoPoint; choose one that holds text, a number or a date',
        ],
        [
          '/recordTypes/1/views/5/sort/field',
          'a list cannot be in the order of "sign", a field of type signature; choose one that holds text, a number or a date',
        ],
        [
          '/recordTypes/1/views/6/sort/field',
          'a list cannot be in the order of "pass", a field of type token; choose one that holds text, a number or a date',
        ],
        [
          '/recordTypes/1/views/7/sort/field',
          'a list cannot be in the order of "text", a field of type formula; choose one that holds text, a number or a date',
        ],
        [
          '/recordTypes/1/views/8/sort/field',
          'a list cannot be in the order of "typed", a field of type string; choose one that holds text, a number or a date',
        ],
      ],
    },
    {
      of: 'a filter that is asked of each record',
      change: (app) => {
        loan(app).views[1].filter = 'record.price > params.price';
      },
      problems: [
        [
          '/recordTypes/1/views/1/filter',
          'the list "By Size" could read past any number of records before it finds one: part of its filter is asked of each record when the list is read, and nothing makes the records few beforehand. Demand with && that a field equals something of the reader or a parameter (record.assignedTo == me.id), or keep the answer in a field or state of the record; or accept pages that are short or empty with "boundedScan": true',
        ],
      ],
    },
    {
      of: 'a list in the order of what somebody who opens it may not view',
      change: (app) => {
        app.permissions[2].views = ['by-size'];
      },
      problems: [
        [
          '/recordTypes/1/views/1/sort/field',
          'the role "guest" can open this list and may not view "until": its order would tell what is in there; permit that field to view, take the view away, or order by something else',
        ],
        [
          '/recordTypes/1/views/1/filter',
          'the role "guest" can open this list and may not view "size": whoever tries values for a parameter learns what is in there; permit that field to view, take the view away, or let no parameter ask for it',
        ],
        [
          '/recordTypes/1/views/1/filter',
          'the role "guest" can open this list and may not view "price": whoever tries values for a parameter learns what is in there; permit that field to view, take the view away, or let no parameter ask for it',
        ],
      ],
    },
    {
      of: 'a list in the order of what an account that opens it may not view',
      change: (app) => {
        app.permissions.push(
          {
            subject: 'u1',
            recordType: 'loan',
            operations: ['look'],
            views: ['all'],
            fields: { look: ['mail'] },
          },
          {
            subject: 'u2',
            recordType: 'loan',
            operations: ['look'],
            views: ['all'],
            fields: { look: ['mail'] },
          },
        );
      },
      problems: [
        [
          '/recordTypes/1/views/0/sort/field',
          'the account "u1" and the account "u2" can open this list and may not view "title": its order would tell what is in there; permit that field to view, take the view away, or order by something else',
        ],
      ],
    },
  ])('$of', ({ change, problems }) => {
    expect(refusalsOf(change)).toEqual(problems);
  });
});
