import { Accounts } from '../../../core/actions/accounts.ts';
import type { ActionValues } from '../../../core/actions/action-values.ts';
import { runActions } from '../../../core/actions/run.ts';
import { withUserAccount } from '../../../core/actions/users-app.ts';
import type { LinkedRequestAction } from '../../../core/apps/published.ts';
import type { Environment } from '../../../core/environments.ts';
import { DaypassError } from '../../../core/errors.ts';
import { Unevaluable } from '../../../core/expressions/compile.ts';
import type { Principal } from '../../../core/principals.ts';
import type { Plan } from '../../../core/records/plan.ts';
import type { StoredRecord, Values } from '../../../core/records/record.ts';
import type { Session } from '../../../core/runtime.ts';
import {
  AT,
  callerOf,
  idOf,
  journalOf,
  NOW,
  principalOf,
  refusal,
  SiteMemory,
  withoutJournal,
} from '../../fixtures/site-memory.ts';

type Grant = { create?: boolean; update?: boolean; delete?: boolean; assign?: string[] };
const ALL: Grant = { create: true, update: true, delete: true, assign: ['clerk', 'pilot'] };
const ann = principalOf({
  id: 'ann',
  name: 'Ann Able',
  firstName: 'Ann',
  lastName: 'Able',
  email: 'ann@people.example',
  roles: ['clerk', 'pilot'],
  version: 3,
});
const accounts = { manipulation: true, deletion: true };

function siteWith(grant: Grant = ALL, settings: { test?: object } = { test: { accounts } }): SiteMemory {
  const role = (id: string, more: object = {}) => ({
    id,
    name: id,
    environments: ['production', 'test'] as Environment[],
    ...more,
  });
  const roles = [
    role('keeper', { accounts: grant }),
    role('clerk'),
    role('pilot'),
    role('far', { environments: ['staging'] }),
  ];
  return new SiteMemory({ roles, environments: settings }).running('production', 'test').add(ann);
}
const kim = callerOf({
  principalId: 'kim',
  name: 'Kim',
  email: 'kim@people.example',
  roles: ['keeper', 'Owner'],
});
const opened = (site: SiteMemory, environment: Environment = 'production') => site.open(kim, environment);

/** Parts of an action as they are given. */
function given(parts: Record<string, string | string[]>): ActionValues {
  return {
    scope: {},
    text: (part) => parts[part] as string | undefined,
    list: (part) => parts[part] as string[] | undefined,
    isFixed: () => false,
    refuse: (path, message) => new DaypassError('VALUES_INVALID', undefined, [{ path, message }]),
  };
}
const zoe = { firstName: ' Zoë ', lastName: 'Meer', email: ' Zoe@people.example', roles: ['pilot', 'clerk'] };
const created: Principal = principalOf({
  id: idOf(1),
  name: 'Zoë Meer',
  firstName: 'Zoë',
  lastName: 'Meer',
  email: 'Zoe@people.example',
  roles: ['clerk', 'pilot'],
  createdAt: AT,
  version: 1,
});

describe('user accounts that an operation makes', () => {
  it('[A15, A30] are written with their journal entry, which names the operation', async () => {
    const made = new Accounts(opened(siteWith()), []);
    expect(await made.create({ welcomeMail: true }, given(zoe))).toEqual({
      id: idOf(1),
      name: 'Zoë Meer',
      firstName: 'Zoë',
      lastName: 'Meer',
      email: 'Zoe@people.example',
      existed: false,
    });
    const via = { environment: 'production', app: 'directory', operation: 'add' } as const;
    const changes = made.changes(via);
    expect(withoutJournal(changes)).toEqual([
      { kind: 'addUser', principal: created, email: 'Zoe@people.example' },
    ]);
    expect(journalOf(changes)).toEqual([
      {
        action: 'create',
        subject: { type: 'user', id: idOf(1), name: 'Zoë Meer' },
        after: { name: 'Zoë Meer', email: 'Zoe@people.example', roles: ['clerk', 'pilot'] },
        via,
        at: AT,
        actor: { id: 'kim', type: 'user', name: 'Kim' },
      },
    ]);
    expect(made.welcomed).toEqual([created]);
    const unwelcomed = new Accounts(opened(siteWith()), []);
    await unwelcomed.create({}, given(zoe));
    expect(unwelcomed.welcomed).toEqual([]);
    expect(journalOf(unwelcomed.changes(undefined))[0]).not.toHaveProperty('via');
  });

  it.each([
    ['firstName', { firstName: ' ' }, 'is required'],
    ['lastName', { lastName: '' }, 'is required'],
    ['email', { email: 'zoe@people' }, 'must be an email address like name@example.org'],
  ])('[A21] need a %s', async (path, more, message) => {
    const made = new Accounts(opened(siteWith()), []);
    expect((await refusal(() => made.create({}, given({ ...zoe, ...more }))))[2]).toEqual([
      { path, message },
    ]);
    expect(made.changes(undefined)).toEqual([]);
  });

  it.each([
    ['are refused', {}, 'EMAIL_TAKEN'],
    ['are refused also where roles would be added', { addRoles: true }, 'EMAIL_TAKEN'],
    ['are taken as they are', { acceptExisting: true }, ['clerk', 'pilot']],
    [
      'are taken with the roles besides',
      { acceptExisting: true, addRoles: true },
      ['Publisher', 'clerk', 'pilot'],
    ],
  ])('[A16, A17, A36] of which there is one with the email %s', async (_, definition, outcome) => {
    const site = siteWith();
    const held = outcome === 'EMAIL_TAKEN' || outcome.length === 2 ? ann.roles : ['Publisher', 'pilot'];
    site.add({ ...ann, roles: held });
    const made = new Accounts(opened(site), []);
    const work = () =>
      made.create({ ...definition, welcomeMail: true }, given({ ...zoe, email: 'ANN@people.example' }));
    if (outcome === 'EMAIL_TAKEN') return expect((await refusal(work))[0]).toBe('EMAIL_TAKEN');
    expect(await work()).toEqual({
      id: 'ann',
      name: 'Ann Able',
      firstName: 'Ann',
      lastName: 'Able',
      email: 'ann@people.example',
      existed: true,
    });
    const before = principalOf({ ...ann, roles: held });
    const changes = withoutJournal(made.changes(undefined));
    const changed = { kind: 'updateAccount', before, after: { ...before, roles: outcome, version: 4 } };
    expect(changes).toEqual(outcome.length === 2 ? [] : [changed]);
    expect(made.welcomed).toEqual([]);
  });

  it('[A1] twice in one operation are one, whatever case the email is in', async () => {
    const made = new Accounts(opened(siteWith()), []);
    await made.create({}, given(zoe));
    const again = given({ ...zoe, email: 'ZOE@people.example', firstName: 'Other' });
    expect(await made.create({ acceptExisting: true }, again)).toMatchObject({
      id: idOf(1),
      name: 'Zoë Meer',
      existed: true,
    });
    expect((await refusal(() => made.create({}, again)))[0]).toBe('EMAIL_TAKEN');
    expect(withoutJournal(made.changes(undefined))).toHaveLength(1);
  });

  it('in one operation are as many as there are emails', async () => {
    const made = new Accounts(opened(siteWith()), []);
    await made.create({}, given(zoe));
    const other = given({ ...zoe, firstName: 'Ivo', email: 'ivo@people.example' });
    expect(await made.create({ acceptExisting: true }, other)).toMatchObject({
      name: 'Ivo Meer',
      existed: false,
    });
    expect(withoutJournal(made.changes(undefined)).map(({ kind }) => kind)).toEqual(['addUser', 'addUser']);
  });

  it('in turn come to one change, or none where they were never there', async () => {
    const made = new Accounts(opened(siteWith(), 'test'), ['production']);
    await made.create({}, given(zoe));
    await made.update({}, given({ user: idOf(1), firstName: 'Zora' }));
    expect(await made.find(idOf(1))).toMatchObject({ name: 'Zora Meer' });
    expect(withoutJournal(made.changes(undefined))).toEqual([
      {
        kind: 'addUser',
        principal: { ...created, firstName: 'Zora', name: 'Zora Meer' },
        email: 'Zoe@people.example',
      },
    ]);
    await made.remove(given({ user: idOf(1) }));
    expect([await made.find(idOf(1)), made.changes(undefined)]).toEqual([undefined, []]);
    await made.update({}, given({ user: 'ann', lastName: 'Ames' }));
    await made.remove(given({ user: 'ann' }));
    expect(withoutJournal(made.changes(undefined))).toEqual([
      { kind: 'endAccount', principal: ann, at: NOW },
    ]);
  });

  it('are journalled for whoever called the service, and not for the robot', async () => {
    const session: Session = {
      ...opened(siteWith()),
      service: {
        id: 's',
        calledBy: callerOf({ principalId: 'pay', type: 'serviceAccount', name: 'Payroll' }),
      },
    };
    const made = new Accounts(session, []);
    await made.create({}, given(zoe));
    expect(journalOf(made.changes(undefined))).toMatchObject([
      { actor: { id: 'pay', type: 'serviceAccount', name: 'Payroll' } },
    ]);
  });
});

describe('user accounts that an operation changes', () => {
  it.each([
    [{}, undefined, ['clerk', 'pilot'], 'Ann Able'],
    [{ firstName: ' Anna ' }, undefined, ['clerk', 'pilot'], 'Anna Able'],
    [{ lastName: ' Ames ', firstName: ' ' }, undefined, ['clerk', 'pilot'], 'Ann Ames'],
    [{ removeRoles: ['clerk'] }, undefined, ['pilot'], 'Ann Able'],
    [{ removeRoles: ['clerk'], addRoles: ['clerk'] }, undefined, ['clerk', 'pilot'], 'Ann Able'],
    [{}, 'all', [], 'Ann Able'],
    [{ addRoles: ['pilot'] }, 'all', ['pilot'], 'Ann Able'],
  ] as const)(
    '[A24, A27, A44] by %j and “removeRoles: %s” hold %j and are called %s',
    async (parts, removeRoles, roles, name) => {
      const made = new Accounts(opened(siteWith()), []);
      const set = { user: 'ann', ...parts } as Record<string, string | string[]>;
      expect(await made.update(removeRoles ? { removeRoles } : {}, given(set))).toMatchObject({
        id: 'ann',
        name,
        existed: true,
      });
      const [firstName = '', lastName = ''] = name.split(' ');
      const after = { ...ann, roles: [...roles], name, firstName, lastName };
      const same = JSON.stringify(after) === JSON.stringify({ ...ann, roles: ann.roles });
      expect(withoutJournal(made.changes(undefined))).toEqual(
        same ? [] : [{ kind: 'updateAccount', before: ann, after: { ...after, version: 4 } }],
      );
    },
  );

  it('[A43, D18] need the permission for each role that moves, and everything that it permits', async () => {
    const asked = async (grant: Grant, parts: Record<string, string[]>, removeRoles?: 'all') => {
      const made = new Accounts(opened(siteWith(grant)), []);
      const definition = removeRoles ? { removeRoles } : {};
      return (await refusal(() => made.update(definition, given({ user: 'ann', ...parts } as never)))).slice(
        0,
        2,
      );
    };
    const only = (...assign: string[]): Grant => ({ update: true, assign });
    const refused = (words: string) => ['FORBIDDEN', `You may not ${words}`];
    expect(await asked(only('clerk'), { addRoles: ['clerk', 'pilot'] })).toEqual(
      refused('give the role “pilot”'),
    );
    expect(await asked(only('clerk'), { removeRoles: ['pilot'] })).toEqual(
      refused('take away the role “pilot”'),
    );
    expect(await asked(only('clerk'), {}, 'all')).toEqual(refused('take away the role “pilot”'));
    expect(await asked(only('far'), { addRoles: ['far'] })).toEqual(refused('give the role “far”'));
    expect((await asked(ALL, { addRoles: ['nobody'] }))[0]).toBe('ROLE_UNKNOWN');
    expect(await asked(ALL, { addRoles: ['Owner'] })).toEqual(refused('give the role “Owner”'));
    expect(await asked({ create: true, delete: true }, {})).toEqual(refused('update this user account'));
  });

  it('are those of somebody who exists and is a user', async () => {
    const site = siteWith().add({ id: 'bot', type: 'robot' });
    const made = new Accounts(opened(site), []);
    for (const user of ['nobody', 'bot', '']) {
      expect((await refusal(() => made.update({}, given({ user }))))[2]).toEqual([
        { path: 'user', message: 'names somebody who does not exist' },
      ]);
    }
  });
});

describe('user accounts that an operation ends', () => {
  it.each([
    ['test', [], ['name production to confirm']],
    ['test', ['production'], []],
    ['production', [], []],
  ] as const)(
    '[A25, A26, D19] in %s, confirmed with %j, are asked about by %j',
    async (environment, confirmed, asked) => {
      const made = new Accounts(opened(siteWith(), environment), confirmed);
      const work = () => made.remove(given({ user: 'ann' }));
      if (asked.length > 0) {
        expect((await refusal(work))[2]).toEqual(asked.map((message) => ({ path: '/confirm', message })));
        return expect(made.changes(undefined)).toEqual([]);
      }
      await work();
      expect(withoutJournal(made.changes(undefined))).toEqual([
        { kind: 'endAccount', principal: ann, at: NOW },
      ]);
    },
  );

  it('[A39] are never the caller’s own; whoever is gone already is gone', async () => {
    const made = new Accounts(opened(siteWith()), []);
    await made.remove(given({ user: 'nobody' }));
    expect(made.changes(undefined)).toEqual([]);
    expect((await refusal(() => made.remove(given({ user: 'kim' }))))[0]).toBe('OWN_ACCOUNT');
    const bare = new Accounts(opened(siteWith({})), []);
    expect((await refusal(() => bare.remove(given({ user: 'kim' }))))[0]).toBe('OWN_ACCOUNT');
  });

  it('[A38] hold no built-in role', async () => {
    const site = siteWith().add({ ...ann, roles: ['clerk', 'Developer'] });
    const made = new Accounts(opened(site), ['development', 'test']);
    expect((await refusal(() => made.remove(given({ user: 'ann' })))).slice(0, 2)).toEqual([
      'FORBIDDEN',
      'You may not delete this user account',
    ]);
  });

  it.each([
    ['create', { manipulation: false, deletion: true }],
    ['update', { manipulation: false, deletion: true }],
    ['delete', { manipulation: false, deletion: true }],
    ['delete', { manipulation: true, deletion: false }],
  ] as const)('[A26, A28] are not touched where it is switched off: %s, %j', async (action, allowed) => {
    const made = new Accounts(opened(siteWith(ALL, { test: { accounts: allowed } }), 'test'), []);
    const works = {
      create: () => made.create({}, given(zoe)),
      update: () => made.update({}, given({ user: 'ann' })),
      delete: () => made.remove(given({ user: 'ann' })),
    };
    expect((await refusal(works[action])).slice(0, 2)).toEqual([
      'FORBIDDEN',
      `Apps do not ${action} user accounts in test: it is switched off there`,
    ]);
  });
});

/** A planned operation of an app of users or with actions, on a record with these values. */
function planOf(kind: 'add' | 'edit' | 'delete', values: Values, more: object = {}): Plan {
  const record = (of: Values) =>
    ({ id: 'r', values: { ...of }, names: {}, createdBy: 'kim' }) as unknown as StoredRecord;
  const field = (id: string, type: string) => [id, { id, definition: { id, label: id, type } }] as const;
  const fields = new Map([field('user', 'string'), field('note', 'string'), field('count', 'number')]);
  const app = { id: 'directory', definition: { contact: 'people desk' } };
  return {
    operation: {
      id: 'op',
      definition: { kind, name: 'Op' },
      actions: [],
      recordType: { id: 'person', app, fields, definition: { name: 'Person' } },
    },
    after: record(values),
    ...(kind !== 'add' && { before: record(values) }),
    runtimeValues: {},
    changes: [],
    ...more,
  } as unknown as Plan;
}

describe('a record of a users app', () => {
  const ann2 = {
    firstName: 'Old',
    lastName: 'Able',
    email: 'ann@people.example',
    roles: ['clerk'],
    user: 'ann',
  };
  const via = { environment: 'production', app: 'directory', operation: 'op' };

  it('[F49] makes its user, and names it', async () => {
    const plan = planOf('add', zoe);
    await withUserAccount(opened(siteWith()), plan, []);
    expect(withoutJournal(plan.changes)).toEqual([
      { kind: 'addUser', principal: created, email: 'Zoe@people.example' },
    ]);
    expect(journalOf(plan.changes)).toMatchObject([{ via }]);
    expect([plan.after.values.user, plan.after.names]).toEqual([idOf(1), { [idOf(1)]: 'Zoë Meer' }]);
  });

  it.each([
    [['firstName'], { firstName: 'New' }, 'New Able', ['clerk', 'pilot']],
    [['lastName'], { lastName: 'New' }, 'Ann New', ['clerk', 'pilot']],
    [[], { firstName: 'New', lastName: 'New', roles: [] }, 'Ann Able', ['clerk', 'pilot']],
    [['roles'], { roles: ['pilot'] }, 'Ann Able', ['pilot']],
    [['roles'], { roles: [] }, 'Ann Able', []],
    [['email'], { email: ' ANN@people.example' }, 'Ann Able', ['clerk', 'pilot']],
  ] as const)(
    '[F49] where %j is sent of %j leaves the user called %s with %j',
    async (sent, values, name, roles) => {
      const plan = planOf('edit', ann2, { sent });
      Object.assign(plan.after.values, values);
      await withUserAccount(opened(siteWith()), plan, []);
      const [firstName, lastName] = name.split(' ');
      expect(plan.after.values).toMatchObject({ firstName, lastName, roles: [...roles], user: 'ann' });
      expect(plan.after.names).toEqual({ ann: name });
      const [change] = withoutJournal(plan.changes);
      if (name === 'Ann Able' && roles.length === 2) return expect(change).toBeUndefined();
      expect(change).toMatchObject({ kind: 'updateAccount', after: { name, roles: [...roles], version: 4 } });
    },
  );

  it('[F49, A43] gets and loses the roles alone that differ from those that the user has by now', async () => {
    const edit = async (grant: Grant, roles: string[]) => {
      const plan = planOf('edit', ann2, { sent: ['roles'] });
      plan.after.values.roles = roles;
      const site = siteWith(grant).add({ ...ann, roles: ['clerk', 'Publisher'] });
      await withUserAccount(opened(site), plan, []);
      return plan.changes.flatMap((change) => (change.kind === 'updateAccount' ? change.after.roles : []));
    };
    const only = (...assign: string[]) => ({ update: true, assign });
    expect(await edit(only('pilot'), ['clerk', 'pilot'])).toEqual(['Publisher', 'clerk', 'pilot']);
    expect(await edit(only('clerk'), [])).toEqual(['Publisher']);
    expect((await refusal(() => edit(only('clerk'), ['clerk', 'pilot'])))[1]).toBe(
      'You may not give the role “pilot”',
    );
  });

  it('[A23, F49] keeps its email', async () => {
    const plan = planOf('edit', ann2, { sent: ['email'] });
    plan.after.values.email = 'other@people.example';
    expect(await refusal(() => withUserAccount(opened(siteWith()), plan, []))).toEqual([
      'EMAIL_IMMUTABLE',
      'An email cannot be changed. Delete the account and create one with the new address.',
      [{ path: '/values/email', message: 'cannot be changed' }],
    ]);
  });

  it('[F49] that stands for nobody any more is told so at its field', async () => {
    const plan = planOf('edit', { ...ann2, user: 'gone' }, { sent: [] });
    expect((await refusal(() => withUserAccount(opened(siteWith()), plan, [])))[2]).toEqual([
      { path: '/values/user', message: 'names somebody who does not exist' },
    ]);
  });

  it('[F49, D19] ends its user once it is confirmed', async () => {
    const plan = planOf('delete', ann2);
    const session = opened(siteWith(), 'test');
    expect((await refusal(() => withUserAccount(session, plan, [])))[0]).toBe('CONFIRMATION_NEEDED');
    expect(plan.changes).toEqual([]);
    await withUserAccount(session, plan, ['production']);
    expect(withoutJournal(plan.changes)).toEqual([{ kind: 'endAccount', principal: ann, at: NOW }]);
  });
});

describe('the actions of an operation', () => {
  type Parts = Record<string, (scope: { record: Values; result?: { id: string } }) => unknown>;
  const action = (definition: object, values: Parts, more: object = {}) =>
    ({
      id: 'a',
      definition,
      values: new Map(Object.entries(values)),
      reads: new Map([['email', 'mailField']]),
      returns: new Map(),
      ...more,
    }) as unknown as LinkedRequestAction;
  const create = action(
    { kind: 'createUserAccount', welcomeMail: true },
    {
      firstName: ({ record }) => record.firstName,
      lastName: () => 'Meer',
      email: ({ record }) => record.email,
      roles: () => 'clerk',
    },
    { returns: new Map(Object.entries({ user: ({ result }) => result?.id, note: () => ' said ' } as Parts)) },
  );
  const run = async (plan: Plan, ...actions: LinkedRequestAction[]) => {
    Object.assign(plan.operation, { actions });
    await runActions(opened(siteWith()), plan, []);
    return plan;
  };

  it('[A18, A19, A20] run in their order on what was typed, set what they return, and welcome whom they made', async () => {
    const later = action(
      { kind: 'updateUserAccount' },
      { user: ({ record }) => record.user, firstName: () => 'Zora' },
    );
    const runtimeValues = { firstName: 'Zoë', email: 'zoe@people.example' };
    const plan = await run(
      planOf('add', { email: 'stored@people.example' }, { runtimeValues }),
      create,
      later,
    );
    expect(plan.after.values).toMatchObject({ user: idOf(1), note: 'said' });
    expect(plan.after.names).toEqual({ [idOf(1)]: 'Zoë Meer' });
    const [made, , mail] = plan.changes;
    expect(made).toMatchObject({ kind: 'addUser', principal: { name: 'Zora Meer', roles: ['clerk'] } });
    expect(journalOf(plan.changes)).toMatchObject([
      { via: { environment: 'production', app: 'directory', operation: 'op' } },
    ]);
    expect(mail).toEqual({
      kind: 'addOutbox',
      entry: {
        id: expect.any(String),
        createdAt: AT,
        action: {
          type: 'sendMail',
          environment: 'production',
          mail: {
            to: 'zoe@people.example',
            subject: 'Welcome',
            paragraphs: [
              'Hello Zoë Meer,',
              'You have an account now. Sign in with this email address: a link is mailed to you whenever you ask for one.',
            ],
            button: { label: 'Sign in', href: 'https://passes.example/sign-in' },
            siteName: 'Harbour',
            contact: 'people desk',
          },
        },
      },
    });
  });

  it('[A19] welcome in the words of the environment, paragraph by paragraph', async () => {
    const body = 'Ship ahoy.\n  \nSee you.\n\n\n\nAt eight.';
    const welcomeMail = { subject: 'Aboard', body };
    const plan = planOf('add', {}, { runtimeValues: { firstName: 'Zoë', email: 'zoe@people.example' } });
    Object.assign(plan.operation, { actions: [create] });
    await runActions(opened(siteWith(ALL, { test: { accounts, welcomeMail } }), 'test'), plan, []);
    expect(plan.changes.at(-1)).toMatchObject({
      entry: {
        action: {
          environment: 'test',
          mail: {
            subject: 'Aboard',
            paragraphs: ['Hello Zoë Meer,', 'Ship ahoy.', 'See you.', 'At eight.'],
          },
        },
      },
    });
  });

  it('[A20] leave out those whose condition does not hold, and go on', async () => {
    const skipped = { ...create, when: () => false } as unknown as LinkedRequestAction;
    const remove = action({ kind: 'deleteUserAccount' }, { user: () => 'ann' });
    const plan = await run(planOf('delete', {}), skipped, { ...remove, when: () => true } as never);
    expect(withoutJournal(plan.changes)).toEqual([{ kind: 'endAccount', principal: ann, at: NOW }]);
  });

  it('[A20] that return what its field does not take are refused at that field', async () => {
    const wrong = {
      ...create,
      returns: new Map([['count', () => 'many']]),
    } as unknown as LinkedRequestAction;
    const plan = planOf('add', {}, { runtimeValues: { firstName: 'Zoë', email: 'zoe@people.example' } });
    const [code, , problems] = await refusal(() => run(plan, wrong));
    expect([code, problems]).toEqual([
      'VALUES_INVALID',
      [{ path: '/values/count', message: expect.any(String) }],
    ]);
    const stranger = {
      ...create,
      returns: new Map([['nothing', () => 'x']]),
    } as unknown as LinkedRequestAction;
    expect((await run(planOf('add', {}, plan), stranger)).after.values).not.toHaveProperty('nothing');
  });

  it('[A20] name whom they made where a field holds the user alone, and read the record for what they return', async () => {
    const returns = new Map(
      Object.entries({ note: ({ record }) => `${record.email} of ${record.company}` } as Parts),
    );
    const runtimeValues = { firstName: 'Zoë', email: 'zoe@people.example' };
    const told = { ...create, returns } as unknown as LinkedRequestAction;
    const plan = await run(planOf('add', { company: 'Harbour' }, { runtimeValues }), told);
    expect([plan.after.values.note, plan.after.names]).toEqual(['zoe@people.example of Harbour', {}]);
  });

  it('[A19] mail what they say, counting by address unless the definition names it', async () => {
    const turns = async (reads: Map<string, string>) => {
      const site = siteWith();
      const mail = action({ kind: 'sendEmail' }, { to: () => 'a@x.example', subject: () => 'Hi' }, { reads });
      const plan = planOf('add', {});
      Object.assign(plan.operation, { actions: [mail] });
      await runActions(opened(site), plan, []);
      expect(plan.changes).toMatchObject([
        { entry: { action: { type: 'sendMail', mail: { to: 'a@x.example', subject: 'Hi' } } } },
      ]);
      return site.turns.map(([purpose]) => purpose);
    };
    expect([await turns(new Map()), await turns(new Map([['to', 'mail']]))]).toEqual([
      ['mail'],
      ['mail', 'mailTo'],
    ]);
  });

  it('[A20] go without what cannot be evaluated where that says something, and refuse it elsewhere', async () => {
    const unknown = new Unevaluable(['record.title']);
    const mail = action({ kind: 'sendEmail' }, { to: () => unknown });
    expect((await run(planOf('add', {}), mail)).changes).toEqual([]);
    const titled = action(
      { kind: 'sendEmail' },
      { to: () => 'a@x.example', subject: () => unknown },
      { reads: new Map([['subject', 'title']]) },
    );
    expect((await refusal(() => run(planOf('add', {}), titled)))[2]).toEqual([
      { path: '/values/title', message: 'is needed here' },
    ]);
  });

  it('[A20] refuse a part at the field that it reads', async () => {
    const plan = planOf('add', {}, { runtimeValues: { firstName: 'Zoë', email: 'zoe@people' } });
    expect((await refusal(() => run(plan, create)))[2]).toEqual([
      { path: '/values/mailField', message: 'must be an email address like name@example.org' },
    ]);
  });
});
