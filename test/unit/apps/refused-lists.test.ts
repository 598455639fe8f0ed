import { crowd, field, guestSees, type Loose, loan, refusalsOf, room } from '../../fixtures/desk.ts';

interface Refused {
  of: string;
  change: (app: Loose) => void;
  problems: [path: string, message: string][];
}

describe('a list is refused with its place and what to do:', () => {
  it.each<Refused>([
    {
      of: 'what a parameter asks, also whether there is a value',
      change: (app) => {
        guestSees(app, 'record.size == params.size && has(record.phone) == params.flag', [
          'title',
          'size',
          'until',
        ]);
      },
      problems: [
        [
          '/recordTypes/1/views/1/filter',
          'the role "guest" can open this list and may not view "phone": whoever tries values for a parameter learns what is in there; permit that field to view, take the view away, or let no parameter ask for it',
        ],
      ],
    },
    {
      of: 'a part of alternatives that a parameter asks, and not the others',
      change: (app) => {
        guestSees(app, 'record.size == params.size && (record.price > params.price || record.urgent)', [
          'size',
          'until',
        ]);
      },
      problems: [
        [
          '/recordTypes/1/views/1/filter',
          'the role "guest" can open this list and may not view "price": whoever tries values for a parameter learns what is in there; permit that field to view, take the view away, or let no parameter ask for it',
        ],
      ],
    },
    {
      of: 'a part under a negation, and not the others',
      change: (app) => {
        guestSees(app, 'record.size == params.size && !(record.price > params.price && record.urgent)', [
          'size',
          'until',
        ]);
      },
      problems: [
        [
          '/recordTypes/1/views/1/filter',
          'the role "guest" can open this list and may not view "price": whoever tries values for a parameter learns what is in there; permit that field to view, take the view away, or let no parameter ask for it',
        ],
      ],
    },
    {
      of: 'a field that is asked for, and not one that has the name of the parameter',
      change: (app) => {
        guestSees(app, 'record.title == params.size', ['until']);
      },
      problems: [
        [
          '/recordTypes/1/views/1/filter',
          'the role "guest" can open this list and may not view "title": whoever tries values for a parameter learns what is in there; permit that field to view, take the view away, or let no parameter ask for it',
        ],
      ],
    },
    {
      of: 'who created a record, which is not told with it',
      change: (app) => {
        guestSees(app, 'record.createdBy == params.size', ['until']);
      },
      problems: [
        [
          '/recordTypes/1/views/1/filter',
          'the role "guest" can open this list and may not view "createdBy": whoever tries values for a parameter learns what is in there; permit that field to view, take the view away, or let no parameter ask for it',
        ],
      ],
    },
    {
      of: 'an order by a field that is named like what every record tells',
      change: (app) => {
        room(app).fields.push({ id: 'state', label: 'S', type: 'string' });
        room(app).views[0].sort = { field: 'state' };
        app.permissions.push({
          role: 'guest',
          recordType: 'room',
          operations: ['view'],
          views: ['all'],
          fields: { view: ['name'] },
        });
      },
      problems: [
        [
          '/recordTypes/0/views/0/sort/field',
          'the role "guest" can open this list and may not view "state": its order would tell what is in there; permit that field to view, take the view away, or order by something else',
        ],
      ],
    },
    {
      of: 'an order by what there is not, which is told once',
      change: (app) => {
        loan(app).views[0].sort.field = 'nobody';
        app.permissions[2].views = ['all'];
      },
      problems: [
        [
          '/recordTypes/1/views/0/sort/field',
          'there is no field "nobody". There is "title", "notes", "price", "urgent", "until", "begin", "mail", "page", "phone", "size", "extras", "place", ….',
        ],
      ],
    },
    {
      of: 'an order by what somebody may view of another record type',
      change: (app) => {
        room(app).operations[1].id = 'look';
        app.permissions[0].operations = ['add', 'look'];
        loan(app).views[0].sort.field = 'notes';
        app.permissions[2].views = ['all'];
        app.permissions.push({ role: 'guest', recordType: 'room', operations: ['look'] });
      },
      problems: [
        [
          '/recordTypes/1/views/0/sort/field',
          'the role "guest" can open this list and may not view "notes": its order would tell what is in there; permit that field to view, take the view away, or order by something else',
        ],
      ],
    },
    {
      of: 'an order by what somebody is denied',
      change: (app) => {
        loan(app).views[0].sort.field = 'notes';
        app.permissions[2].views = ['all'];
        app.permissions.push({ role: 'guest', effect: 'deny', recordType: 'loan', operations: ['look'] });
      },
      problems: [
        [
          '/recordTypes/1/views/0/sort/field',
          'the role "guest" can open this list and may not view "notes": its order would tell what is in there; permit that field to view, take the view away, or order by something else',
        ],
      ],
    },
    {
      of: 'a condition that is asked of each record, of an account and of everybody',
      change: (app) => {
        for (const who of [
          { subject: 'u1' },
          { role: 'AuthenticatedUser' },
          { role: 'NonAuthenticatedUser' },
        ])
          app.permissions.push({
            ...who,
            recordType: 'loan',
            operations: ['look'],
            when: 'record.price > 3.0 && me.name != record.title',
          });
        loan(app).views.length = 1;
        app.permissions[1].views = ['all'];
        app.permissions[2].views = ['all'];
      },
      problems: [
        [
          '/permissions/3/when',
          'by this condition the list "All Loans" could read past any number of records before it finds one: it is asked of each record when the list is read. Demand with && that a field equals something of the reader (record.assignedTo == me.id), or keep the answer in a field or state of the record; or accept pages that are short or empty with "boundedScan": true on the view',
        ],
        [
          '/permissions/4/when',
          'by this condition the list "All Loans" could read past any number of records before it finds one: it is asked of each record when the list is read. Demand with && that a field equals something of the reader (record.assignedTo == me.id), or keep the answer in a field or state of the record; or accept pages that are short or empty with "boundedScan": true on the view',
        ],
        [
          '/permissions/5/when',
          'by this condition the list "All Loans" could read past any number of records before it finds one: it is asked of each record when the list is read. Demand with && that a field equals something of the reader (record.assignedTo == me.id), or keep the answer in a field or state of the record; or accept pages that are short or empty with "boundedScan": true on the view',
        ],
      ],
    },
    {
      of: 'a condition of which one alternative is asked of each record',
      change: (app) => {
        const when = 'record.holder == me.id || record.price > 3.0 && me.name != record.title';
        app.permissions[2] = {
          role: 'guest',
          recordType: 'loan',
          operations: ['look'],
          when,
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
      of: 'more than ten choices that a permission lists by',
      change: (app) => {
        field(app, 'extras').choices = [...'abcdefghijk'];
        app.permissions[2] = {
          role: 'guest',
          recordType: 'loan',
          operations: ['look'],
          when: 'me.name in record.extras',
          views: ['all'],
        };
      },
      problems: [
        [
          '/recordTypes/1/views/0',
          'a permission lists records by what "extras" holds, and it can hold more than 10 values; give it at most 10 to choose from, or let the permission demand something else',
        ],
      ],
    },
    {
      of: 'more index items than a transaction takes, of all its views together',
      change: (app) => {
        crowd(app, 13);
      },
      problems: [
        [
          '/recordTypes/1/operations/0',
          'it would write up to 92 items in one transaction, and 90 are possible; give the record type fewer views, its permissions fewer conditions, or the operation fewer tasks',
        ],
        [
          '/recordTypes/1/operations/2',
          'it would write up to 92 items in one transaction, and 90 are possible; give the record type fewer views, its permissions fewer conditions, or the operation fewer tasks',
        ],
        [
          '/recordTypes/1/operations/5',
          'it would write up to 92 items in one transaction, and 90 are possible; give the record type fewer views, its permissions fewer conditions, or the operation fewer tasks',
        ],
      ],
    },
  ])('$of', ({ change, problems }) => {
    expect(refusalsOf(change)).toEqual(problems);
  });
});
