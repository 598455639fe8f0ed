import { field, type Loose, operation, refusalsOf, room } from '../../fixtures/desk.ts';

interface Refused {
  of: string;
  change: (app: Loose) => void;
  problems: [path: string, message: string][];
}

describe('a permission is refused with its place and what to do:', () => {
  it.each<Refused>([
    {
      of: 'a role that does not exist',
      change: (app) => {
        app.permissions[1].role = 'guets';
      },
      problems: [['/permissions/1/role', 'there is no role "guets". Did you mean "guest"?']],
    },
    {
      of: 'operations and views that do not exist, or stand twice',
      change: (app) => {
        app.permissions[1].operations = ['ask', 'ak', 'ask'];
        app.permissions[1].views = ['all', 'al', 'all'];
      },
      problems: [
        ['/permissions/1/operations/1', 'there is no operation of Loan "ak". Did you mean "ask"?'],
        ['/permissions/1/operations/2', '"ask" is listed twice; remove one'],
        ['/permissions/1/views/1', 'there is no view of Loan "al". Did you mean "all"?'],
        ['/permissions/1/views/2', '"all" is listed twice; remove one'],
      ],
    },
    {
      of: 'a permission of nothing, and a denial of nothing',
      change: (app) => {
        app.permissions[1] = { role: 'clerk', recordType: 'loan' };
        app.permissions.push({
          role: 'clerk',
          effect: 'deny',
          recordType: 'loan',
          operations: [],
          views: [],
        });
      },
      problems: [
        ['/permissions/1', 'this permits nothing; add "operations" or "views", or remove it'],
        ['/permissions/3', 'this forbids nothing; add "operations" or "views", or remove it'],
      ],
    },
    {
      of: 'a denial of fields, and of a list on a condition',
      change: (app) => {
        app.permissions.push({
          role: 'guest',
          effect: 'deny',
          recordType: 'loan',
          operations: ['look'],
          views: ['all'],
          when: 'record.urgent',
          fields: { look: ['title'] },
        });
      },
      problems: [
        ['/permissions/3/fields', 'what is denied is denied whole; remove the fields'],
        [
          '/permissions/3/views',
          'a list is opened or not, whatever is on the records; deny it in a permission of its own, without "when"',
        ],
      ],
    },
    {
      of: 'fields of operations that do not exist, or that are not permitted',
      change: (app) => {
        app.permissions[2].fields = { lok: ['title'], ask: ['title'], look: [] };
      },
      problems: [
        ['/permissions/2/fields/lok', 'there is no operation of Loan "lok". Did you mean "look"?'],
        [
          '/permissions/2/fields/ask',
          '"ask" is not among the operations of this permission; add it there, or remove this',
        ],
        ['/permissions/2/fields/look', 'this list is empty; name a field, or write "*" for all'],
      ],
    },
    {
      of: 'fields that do not exist, or are never written',
      change: (app) => {
        app.permissions[2].fields = {
          look: ['title', 'tite', 'owner'],
          change: ['notes', 'pass', 'text', 'createdAt'],
        };
      },
      problems: [
        ['/permissions/2/fields/look/1', 'there is no field "tite". Did you mean "title"?'],
        [
          '/permissions/2/fields/change/3',
          'there is no field "createdAt". There is "title", "notes", "price", "urgent", "until", "begin", "mail", "page", "phone", "size", "extras", "place", ….',
        ],
        ['/permissions/2/fields/change/2', '"text" is never written; remove it'],
      ],
    },
    {
      of: 'a check of what saves nothing',
      change: (app) => {
        app.permissions[1].check = 'record.urgent';
      },
      problems: [
        [
          '/permissions/1/check',
          '"look", "drop", "all", "by-size" saves no record; name it in a permission of its own, without "check"',
        ],
      ],
    },
    {
      of: 'conditions that are none, or read what is not stored',
      change: (app) => {
        app.permissions[2].when = 'record.title';
        app.permissions[0].when = 'record.floor';
        app.permissions.push({
          role: 'guest',
          recordType: 'loan',
          operations: ['change'],
          when: 'record.text == "x"',
          check: 'record.typed == "x"',
        });
      },
      problems: [
        ['/permissions/0/when', 'its result is a double, and a bool is needed here in: record.floor'],
        ['/permissions/2/when', 'its result is a string, and a bool is needed here in: record.title'],
        [
          '/permissions/3/when',
          '"text" cannot be used here: a formula is computed only where it is shown; name the fields that it reads',
        ],
        ['/permissions/3/check', '"typed" cannot be used here: it is only on the form and never stored'],
      ],
    },
    {
      of: 'values that never occur',
      change: (app) => {
        app.permissions[2].when =
          'record.holder == me.id && (record.state != "Lnt" || "Large" == record.size || record.size in ["Larg"] || "clrk" in record.team || !("Lam" in record.extras))';
      },
      problems: [
        ['/permissions/2/when', 'record.state is never "Lnt". Did you mean "Lent"?'],
        ['/permissions/2/when', 'record.size is never "Larg". Did you mean "Large"?'],
        ['/permissions/2/when', 'record.team is never "clrk". Did you mean "clerk"?'],
        ['/permissions/2/when', 'record.extras is never "Lam". Did you mean "Lamp"?'],
      ],
    },
    {
      of: 'a form for anybody that lists users and roles',
      change: (app) => {
        delete field(app, 'team').rolesFrom;
        operation(app, 'ask').fields.push('team');
        app.permissions.push({
          role: 'NonAuthenticatedUser',
          recordType: 'loan',
          operations: ['look', 'ask'],
        });
      },
      problems: [
        [
          '/permissions/3/operations/1',
          `anybody could read the names of all users from "holder" on this form; leave it out of the form or of this permission's "fields", or give "ask" to AuthenticatedUser`,
        ],
        [
          '/permissions/3/operations/1',
          `anybody could read the names of all roles from "team" on this form; say with "rolesFrom" which may be chosen, leave it out of the form or of this permission's "fields", or give "ask" to AuthenticatedUser`,
        ],
      ],
    },
    {
      of: 'a form without a list of fields for anybody',
      change: (app) => {
        delete operation(app, 'ask').fields;
        operation(app, 'change').fields = undefined;
        app.permissions.push({
          role: 'NonAuthenticatedUser',
          recordType: 'loan',
          operations: ['ask', 'change'],
          fields: { change: ['holder'] },
        });
      },
      problems: [
        [
          '/permissions/3/operations/0',
          `anybody could read the names of all users from "holder" on this form; leave it out of the form or of this permission's "fields", or give "ask" to AuthenticatedUser`,
        ],
        [
          '/permissions/3/operations/1',
          `anybody could read the names of all users from "holder" on this form; leave it out of the form or of this permission's "fields", or give "change" to AuthenticatedUser`,
        ],
      ],
    },
    {
      of: 'a list by the condition that is asked of each record',
      change: (app) => {
        app.permissions[2] = {
          role: 'guest',
          recordType: 'loan',
          operations: ['look'],
          when: 'record.price > 3 && me.name != record.title',
          views: ['all'],
        };
      },
      problems: [
        [
          '/permissions/2/when',
          'by this condition the list "All Loans" could read past any number of records before it finds one: it is asked of each record when the list is read. Demand with && that a field equals something of the reader (record.assignedTo == me.id), or keep the answer in a field or state of the record; or accept pages that are short or empty with "boundedScan": true on the view',
        ],
      ],
    },
    {
      of: 'a list by what a field holds that can hold any number',
      change: (app) => {
        delete field(app, 'team').rolesFrom;
        app.permissions[2] = {
          role: 'guest',
          recordType: 'loan',
          operations: ['look'],
          when: 'me.name in record.team',
          views: ['all'],
        };
      },
      problems: [
        [
          '/recordTypes/1/views/0',
          'a permission lists records by what "team" holds, and it can hold more than 10 values; give it at most 10 to choose from, or let the permission demand something else',
        ],
      ],
    },
    {
      of: 'a robot that does not exist',
      change: (app) => {
        app.robot = 'clerk-robt';
      },
      problems: [['/robot', 'there is no robot "clerk-robt". Did you mean "clerk-robot"?']],
    },
  ])('$of', ({ change, problems }) => {
    expect(refusalsOf(change)).toEqual(problems);
  });
});

describe('what cannot be read is refused with its place and what to do:', () => {
  it.each<Refused>([
    {
      of: 'members that are missing, misspelt or of another type',
      change: (app) => {
        delete app.name;
        app.knd = 'records';
        app.robot = 5;
        app.recordTypes = {};
        app.tasks = [{}];
        app.description = 7;
      },
      problems: [
        ['', '"name" is missing; add it: a text is needed here'],
        ['/description', 'a text is needed here'],
        ['/robot', 'a text is needed here'],
        ['/recordTypes', 'a list is needed here'],
        ['/tasks/0', '"id" is missing; add it: a text is needed here'],
        ['/tasks/0', '"title" is missing; add it: a text is needed here'],
        ['/tasks/0', '"recordType" is missing; add it: a text is needed here'],
        ['/tasks/0', '"actions" is missing; add it: a list is needed here'],
        ['/knd', '"knd" is not known here; remove it. Did you mean "kind"?'],
      ],
    },
    {
      of: 'numbers and texts out of range',
      change: (app) => {
        app.tokenLifetimeDays = 0;
        app.name = '';
        app.description = 'x'.repeat(1001);
        app.recordTypes = [];
      },
      problems: [
        ['/name', 'this is too short: at least 1 characters'],
        ['/description', 'this is too long: at most 1000 characters'],
        ['/tokenLifetimeDays', 'this is too small: at least 1'],
        ['/recordTypes', 'this is too short: at least 1 entries'],
      ],
    },
    {
      of: 'numbers that are not whole',
      change: (app) => {
        app.tokenLifetimeDays = 1.5;
        app.recordTypes[0].fields[0].required = 'yes';
      },
      problems: [
        ['/tokenLifetimeDays', 'a whole number is needed here'],
        ['/recordTypes/0/fields/0/required', 'true or false is needed here'],
      ],
    },
    {
      of: 'ids that cannot be ones',
      change: (app) => {
        app.id = 'Desk';
        room(app).id = 'hasOwnProperty';
        room(app).fields[0].id = 'in';
        room(app).states[0].id = '1';
        room(app).fields[1].id = 'a-b';
      },
      problems: [
        ['/id', 'an id starts with a small letter; letters, digits and hyphens; at most 48'],
        ['/recordTypes/0/id', 'this name means something to every object already; choose another'],
        ['/recordTypes/0/fields/0/id', 'this word is reserved in expressions; choose another'],
        [
          '/recordTypes/0/fields/1/id',
          'a field id starts with a small letter; letters and digits (an expression would read a hyphen as minus); at most 48',
        ],
        [
          '/recordTypes/0/states/0/id',
          'a state id starts with a letter; letters, digits and hyphens; at most 48',
        ],
      ],
    },
    {
      of: 'names of a mapping that cannot be ones',
      change: (app) => {
        app.tasks[0].actions[0].fields = { 'a-b': '1' };
      },
      problems: [
        [
          '/tasks/0/actions/0/fields/a-b',
          'the name "a-b" cannot be used: a field id starts with a small letter; letters and digits (an expression would read a hyphen as minus); at most 48',
        ],
      ],
    },
    {
      of: 'a role and an account that cannot be ones',
      change: (app) => {
        app.permissions[0].role = 'Owner';
        app.permissions[1] = { subject: 'a b', recordType: 'loan', operations: ['look'] };
      },
      problems: [
        ['/permissions/0/role', 'an id starts with a small letter; letters, digits and hyphens; at most 48'],
        ['/permissions/1/subject', 'name an account by its id'],
      ],
    },
    {
      of: 'kinds of what does not exist',
      change: (app) => {
        app.kind = 'record';
        room(app).operations[0].kind = 'insert';
        room(app).fields[0].type = 'numbr';
      },
      problems: [
        ['/kind', 'write one of "records", "users", "tokens". Did you mean "records"?'],
        [
          '/recordTypes/0/fields/0/type',
          'write one of "string", "text", "number", "boolean", "date", "dateTime", "email", "url", "phone", "choice", "choices", "geoPoint", "signature", "reference", "user", "roles", "token", "formula". Did you mean "number"?',
        ],
        [
          '/recordTypes/0/operations/0/kind',
          'write one of "add", "view", "edit", "delete", "export", "sendEmail", "transition".',
        ],
      ],
    },
    {
      of: 'fields of a permission that are neither a list nor all',
      change: (app) => {
        app.permissions[2].fields = { look: 'all' };
      },
      problems: [['/permissions/2/fields/look', 'write "*" for all fields, or a list of field ids']],
    },
    {
      of: 'an action of a kind that does not exist',
      change: (app) => {
        operation(app, 'ask').actions[0].kind = 'sendMail';
      },
      problems: [
        [
          '/recordTypes/1/operations/0/actions/0/kind',
          `Invalid discriminator value. Expected 'createUserAccount' | 'updateUserAccount' | 'deleteUserAccount' | 'sendEmail'`,
        ],
      ],
    },
    {
      of: 'members that are not known deep inside',
      change: (app) => {
        field(app, 'first').ofUser.propery = 'x';
        app.tasks[0].actions[0].target.ap = 'x';
        app.permissions[2].field = {};
      },
      problems: [
        [
          '/recordTypes/1/fields/20/ofUser/propery',
          '"propery" is not known here; remove it. Did you mean "property"?',
        ],
        ['/tasks/0/actions/0/target/ap', '"ap" is not known here; remove it. Did you mean "app"?'],
        ['/permissions/2/field', '"field" is not known here; remove it. Did you mean "fields"?'],
      ],
    },
  ])('$of', ({ change, problems }) => {
    expect(refusalsOf(change)).toEqual(problems);
  });
});
