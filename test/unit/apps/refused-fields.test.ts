import {
  field,
  type Loose,
  loan,
  operation,
  refusalsOf,
  removeField,
  room,
  setViews,
} from '../../fixtures/desk.ts';

interface Refused {
  of: string;
  change: (app: Loose) => void;
  problems: [path: string, message: string][];
}

describe('a field is refused with its place and what to do:', () => {
  it.each<Refused>([
    {
      of: 'a second record type of the same id',
      change: (app) => {
        app.recordTypes[1].id = 'room';
        app.recordTypes[1].fields[13].target.recordType = 'room';
        app.recordTypes.length = 2;
        app.tasks = [];
        app.notifications = [];
        app.permissions = [];
        app.services = [];
        app.recordTypes[1].operations.length = 2;
        app.recordTypes[1].operations[0].tasks = [];
        app.recordTypes[1].operations[0].notifications = [];
        app.recordTypes[1].states.length = 1;
        app.recordTypes[1].views = [];
      },
      problems: [['/recordTypes/1/id', 'another record type has the id "room" already; choose another id']],
    },
    {
      of: 'a title that is computed',
      change: (app) => {
        loan(app).titleField = 'text';
      },
      problems: [
        [
          '/recordTypes/1/titleField',
          '"text" is a field of type formula; name a stored one that holds short text',
        ],
      ],
    },
    {
      of: 'a title of yes and no',
      change: (app) => {
        loan(app).titleField = 'urgent';
      },
      problems: [
        [
          '/recordTypes/1/titleField',
          '"urgent" is a field of type boolean; name a stored one that holds short text',
        ],
      ],
    },
    {
      of: 'a title that is never stored',
      change: (app) => {
        loan(app).titleField = 'typed';
      },
      problems: [
        [
          '/recordTypes/1/titleField',
          '"typed" is a field of type string; name a stored one that holds short text',
        ],
      ],
    },
    {
      of: 'an owner that is no user',
      change: (app) => {
        loan(app).ownerField = 'title';
      },
      problems: [
        [
          '/recordTypes/1/ownerField',
          '"title" is a field of type string; name a stored one that holds a user',
        ],
      ],
    },
    {
      of: 'an owner that is no field',
      change: (app) => {
        loan(app).ownerField = 'holdr';
      },
      problems: [['/recordTypes/1/ownerField', 'there is no field "holdr". Did you mean "holder"?']],
    },
    {
      of: 'a due date of text',
      change: (app) => {
        loan(app).dueDateField = 'title';
      },
      problems: [
        [
          '/recordTypes/1/dueDateField',
          '"title" is a field of type string; name a stored one that holds a date',
        ],
      ],
    },
    {
      of: 'choices for text',
      change: (app) => {
        field(app, 'title').choices = ['A'];
      },
      problems: [['/recordTypes/1/fields/0/choices', 'only a choice takes "choices"; remove it']],
    },
    {
      of: 'a choice of nothing',
      change: (app) => {
        delete field(app, 'size').choices;
        delete field(app, 'size').default;
        removeField(app, 'text');
        setViews(app, []);
      },
      problems: [['/recordTypes/1/fields/9', 'a field of type choice needs "choices"; add it']],
    },
    {
      of: 'several choices of nothing',
      change: (app) => {
        delete field(app, 'extras').choices;
      },
      problems: [['/recordTypes/1/fields/10', 'a field of type choices needs "choices"; add it']],
    },
    {
      of: 'roles to choose from for a user',
      change: (app) => {
        field(app, 'holder').rolesFrom = ['clerk'];
      },
      problems: [
        ['/recordTypes/1/fields/14/rolesFrom', 'only a field of roles takes "rolesFrom"; remove it'],
      ],
    },
    {
      of: 'a target of text',
      change: (app) => {
        field(app, 'title').target = { app: 'assets' };
      },
      problems: [
        ['/recordTypes/1/fields/0/target', 'only a reference or a token field takes "target"; remove it'],
      ],
    },
    {
      of: 'a reference to nothing',
      change: (app) => {
        delete field(app, 'room').target;
      },
      problems: [['/recordTypes/1/fields/13', 'a field of type reference needs "target"; add it']],
    },
    {
      of: 'a token of nothing',
      change: (app) => {
        delete field(app, 'pass').target;
        app.tasks.length = 0;
        operation(app, 'ask').tasks = [];
        operation(app, 'ask').notifications = [];
        operation(app, 'return').tasks = [];
      },
      problems: [['/recordTypes/1/fields/16', 'a field of type token needs "target"; add it']],
    },
    {
      of: 'a formula for text',
      change: (app) => {
        field(app, 'notes').formula = 'record.title';
      },
      problems: [['/recordTypes/1/fields/1/formula', 'only a formula takes "formula"; remove it']],
    },
    {
      of: 'a formula without one',
      change: (app) => {
        delete field(app, 'text').formula;
      },
      problems: [['/recordTypes/1/fields/18', 'a field of type formula needs "formula"; add it']],
    },
    {
      of: 'a text for what has no address',
      change: (app) => {
        field(app, 'title').displayText = 'Here';
      },
      problems: [
        [
          '/recordTypes/1/fields/0/displayText',
          'only an address or a formula takes "displayText"; remove it',
        ],
      ],
    },
    {
      of: 'a longest length of a number',
      change: (app) => {
        field(app, 'price').maxLength = 5;
      },
      problems: [['/recordTypes/1/fields/2/maxLength', 'only a field of text takes "maxLength"; remove it']],
    },
    {
      of: 'a default of a formula',
      change: (app) => {
        field(app, 'text').default = '"a"';
      },
      problems: [
        ['/recordTypes/1/fields/18/default', 'only a field that can be written takes "default"; remove it'],
      ],
    },
    {
      of: 'a default of a token',
      change: (app) => {
        field(app, 'pass').default = '"a"';
      },
      problems: [
        ['/recordTypes/1/fields/16/default', 'only a field that can be written takes "default"; remove it'],
      ],
    },
    {
      of: 'a formula that is only on the form',
      change: (app) => {
        field(app, 'text').runtimeOnly = true;
        setViews(app, []);
      },
      problems: [
        [
          '/recordTypes/1/fields/18/runtimeOnly',
          'only a field that can be written takes "runtimeOnly"; remove it',
        ],
      ],
    },
    {
      of: 'a token that is only on the form',
      change: (app) => {
        field(app, 'pass').runtimeOnly = true;
        app.tasks[0].actions[0].returns = {};
        app.tasks[1].actions[0].returns = {};
        app.tasks[1].actions[0].source.parameters.token = '"x"';
        removeField(app, 'link');
        app.notifications[1].fields = [];
      },
      problems: [
        [
          '/recordTypes/1/fields/16/runtimeOnly',
          'only a field that can be written takes "runtimeOnly"; remove it',
        ],
      ],
    },
    {
      of: 'a formula that is required',
      change: (app) => {
        field(app, 'text').required = true;
      },
      problems: [
        ['/recordTypes/1/fields/18/required', 'only a field that can be written takes "required"; remove it'],
      ],
    },
    {
      of: 'ids that every record has',
      change: (app) => {
        for (const id of ['id', 'createdAt', 'createdBy', 'createdOn', 'updatedAt', 'updatedBy', 'lifecycle'])
          room(app).fields.push({ id, label: 'X', type: 'string' });
      },
      problems: [
        ['/recordTypes/0/fields/2/id', 'every record has "id" already; choose another id'],
        ['/recordTypes/0/fields/3/id', 'every record has "createdAt" already; choose another id'],
        ['/recordTypes/0/fields/4/id', 'every record has "createdBy" already; choose another id'],
        ['/recordTypes/0/fields/5/id', 'every record has "createdOn" already; choose another id'],
        ['/recordTypes/0/fields/6/id', 'every record has "updatedAt" already; choose another id'],
        ['/recordTypes/0/fields/7/id', 'every record has "updatedBy" already; choose another id'],
        ['/recordTypes/0/fields/8/id', 'every record has "lifecycle" already; choose another id'],
      ],
    },
    {
      of: 'a field that hides one of several states',
      change: (app) => {
        loan(app).fields.push({ id: 'state', label: 'State', type: 'string' });
        setViews(app, []);
      },
      problems: [
        ['/recordTypes/1/fields/22/id', 'this field would hide the state of the record; choose another id'],
      ],
    },
    {
      of: 'the same choice twice',
      change: (app) => {
        field(app, 'extras').choices = ['Key', 'Lamp', 'Key'];
      },
      problems: [['/recordTypes/1/fields/10/choices', 'a choice is listed twice; remove one']],
    },
    {
      of: 'a stored field that follows a user',
      change: (app) => {
        delete field(app, 'first').runtimeOnly;
      },
      problems: [
        [
          '/recordTypes/1/fields/20/ofUser',
          'only a field that is not stored follows a user; set "runtimeOnly"',
        ],
      ],
    },
    {
      of: 'a field that follows what is no user',
      change: (app) => {
        field(app, 'first').ofUser.field = 'title';
      },
      problems: [['/recordTypes/1/fields/20/ofUser/field', '"title" is no field of type user; name one']],
    },
    {
      of: 'a field that follows no field',
      change: (app) => {
        field(app, 'first').ofUser.field = 'nobody';
      },
      problems: [['/recordTypes/1/fields/20/ofUser/field', '"nobody" is no field of type user; name one']],
    },
    {
      of: 'roles that do not exist or stand twice',
      change: (app) => {
        field(app, 'team').rolesFrom = ['clerk', 'gest', 'clerk'];
      },
      problems: [
        ['/recordTypes/1/fields/15/rolesFrom/1', 'there is no role "gest". Did you mean "guest"?'],
        ['/recordTypes/1/fields/15/rolesFrom/2', '"clerk" is listed twice; remove one'],
      ],
    },
    {
      of: 'a reference to an app that does not exist',
      change: (app) => {
        field(app, 'room').target = { app: 'asets' };
      },
      problems: [['/recordTypes/1/fields/13/target/app', 'there is no app "asets". Did you mean "assets"?']],
    },
    {
      of: 'a reference to a record type that does not exist',
      change: (app) => {
        field(app, 'room').target = { app: 'assets', recordType: 'spar' };
      },
      problems: [
        [
          '/recordTypes/1/fields/13/target/recordType',
          'there is no record type in "assets" "spar". Did you mean "spare"?',
        ],
      ],
    },
    {
      of: 'a reference to one of several record types, which is not said',
      change: (app) => {
        field(app, 'room').target = { app: 'assets' };
      },
      problems: [
        [
          '/recordTypes/1/fields/13/target',
          '"assets" has several record types; name one in "recordType": record, spare',
        ],
      ],
    },
    {
      of: 'a reference to one of the several record types of the app itself',
      change: (app) => {
        field(app, 'room').target = { app: 'desk' };
      },
      problems: [
        [
          '/recordTypes/1/fields/13/target',
          '"desk" has several record types; name one in "recordType": room, loan',
        ],
      ],
    },
    {
      of: 'a token of an app of records',
      change: (app) => {
        field(app, 'pass').target = { app: 'assets', recordType: 'record' };
        app.tasks.length = 0;
        operation(app, 'ask').tasks = [];
        operation(app, 'ask').notifications = [];
        operation(app, 'return').tasks = [];
      },
      problems: [
        [
          '/recordTypes/1/fields/16/target/app',
          'a token field refers to an app of kind tokens; "assets" is of kind records',
        ],
      ],
    },
    {
      of: 'a condition of visibility that reads a formula',
      change: (app) => {
        field(app, 'notes').visibleIf = 'record.text == "x"';
      },
      problems: [
        [
          '/recordTypes/1/fields/1/visibleIf',
          '"text" cannot be used here: a formula is computed only where it is shown; name the fields that it reads',
        ],
      ],
    },
    {
      of: 'a default of another type',
      change: (app) => {
        field(app, 'price').default = '"1"';
      },
      problems: [
        ['/recordTypes/1/fields/2/default', 'its result is a string, and a double is needed here in: "1"'],
      ],
    },
    {
      of: 'defaults that are no choices',
      change: (app) => {
        field(app, 'extras').default = '["Key", "Lam", "Key"]';
      },
      problems: [
        ['/recordTypes/1/fields/10/default', 'there is no choice "Lam". Did you mean "Lamp"?'],
        ['/recordTypes/1/fields/10/default', '"Key" is listed twice; remove one'],
      ],
    },
    {
      of: 'a default role that may not be chosen',
      change: (app) => {
        field(app, 'team').default = '["keeper"]';
      },
      problems: [
        [
          '/recordTypes/1/fields/15/default',
          'there is no role that may be chosen "keeper". There is "clerk", "guest".',
        ],
      ],
    },
    {
      of: 'a default role that does not exist, where all may be chosen',
      change: (app) => {
        delete field(app, 'team').rolesFrom;
        field(app, 'team').default = '["kleeper"]';
        operation(app, 'ask').fields.push('team');
      },
      problems: [
        [
          '/recordTypes/1/fields/15/default',
          'there is no role that may be chosen "kleeper". Did you mean "keeper"?',
        ],
      ],
    },
    {
      of: 'a default that reads a formula',
      change: (app) => {
        field(app, 'notes').default = 'record.text';
      },
      problems: [
        [
          '/recordTypes/1/fields/1/default',
          '"text" cannot be used here: a formula is computed only where it is shown; name the fields that it reads',
        ],
      ],
    },
    {
      of: 'a formula of what is only on the form',
      change: (app) => {
        field(app, 'text').formula = 'record.title + record.typed';
      },
      problems: [
        [
          '/recordTypes/1/fields/18/formula',
          '"typed" cannot be used here: it is only on the form and never stored',
        ],
      ],
    },
    {
      of: 'a formula of a map',
      change: (app) => {
        field(app, 'text').formula = 'record.place';
      },
      problems: [
        [
          '/recordTypes/1/fields/18/formula',
          'its result is a map, and a string or double or bool or timestamp or list<string> is needed here in: record.place',
        ],
      ],
    },
    {
      of: 'formulas that are too long together',
      change: (app) => {
        for (const id of ['a', 'b', 'c', 'd', 'e', 'f'])
          loan(app).fields.push({ id, label: id, type: 'formula', formula: 'record.notes' });
      },
      problems: [
        [
          '/recordTypes/1/fields/26/formula',
          '"e" can become 20,000 characters long, and the formulas of Loan 101,105 together; at most 100,000 are possible. Give the fields that it reads a smaller maxLength, or read fewer of them.',
        ],
      ],
    },
    {
      of: 'a formula that reads itself',
      change: (app) => {
        field(app, 'text').formula = 'record.text + "a"';
        setViews(app, []);
      },
      problems: [['/recordTypes/1/fields/18/formula', 'formulas read each other in a circle: text → text']],
    },
  ])('$of', ({ change, problems }) => {
    expect(refusalsOf(change)).toEqual(problems);
  });
});
