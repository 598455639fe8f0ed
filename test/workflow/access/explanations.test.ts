import { jest } from '@jest/globals';
import type { AppDefinition, Permission } from '../../../core/apps/definition.ts';
import type { WrittenChange } from '../../../core/authzen/changes.ts';
import type { ExplanationAnswer } from '../../../core/authzen/explain.ts';
import type { Runtime } from '../../../core/runtime.ts';
import { signPurpose } from '../../../core/tokens/signed.ts';
import { documentedOf } from '../../../lambdas/shared/reference/index.ts';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import type { Route } from '../../../lambdas/shared/routes/route.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, Visitor } from '../../../local/visitor.ts';
import { codeOf, firstOwner, somebody } from '../../support/people.ts';
import {
  addWorkOrder,
  arrive,
  CONTRACTORS,
  type Contractor,
  readRecord,
  startPropertyManagement,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { addressOf, NOTHING } from '../../support/route-requests.ts';
import { plantCredential, siteRuntime } from '../../support/site-runtime.ts';

jest.setTimeout(120_000);

type Person = Awaited<ReturnType<typeof somebody>>;

let system: System;
let runtime: Runtime;
let administrator: Person;
let dispatcher: Person;
/** Denied by a rule of her own what her role gives her. */
let suspended: Person;
let technician: Person;
/** Signs in, and is granted nothing. */
let clerk: Person;
/** Two more of these: of one a rule will say what they may do with a record, and not that they may view it. */
let blind: Person;
let outsider: Person;
/** Holds no role: does not even sign in to production. */
let stranger: Person;
let contractor: Contractor;
let contractorId: string;
/** The contractor's work order, and one that is assigned to nobody. */
let theirs: string;
let spare: string;

beforeAll(async () => {
  system = await startPropertyManagement();
  runtime = await siteRuntime(system);
  administrator = await firstOwner(system);
  const role = { id: 'clerk', name: 'Clerk', environments: ['production'] };
  const made = await administrator.json('POST', '/admin/roles', role);
  expect([made.status, made.text]).toEqual([201, made.text]);
  dispatcher = await somebody(system, 'dispatcher');
  suspended = await somebody(system, 'dispatcher');
  technician = await somebody(system, 'technician');
  clerk = await somebody(system, 'clerk');
  blind = await somebody(system, 'clerk');
  outsider = await somebody(system, 'clerk');
  stranger = await somebody(system);
  const given = { name: 'Why Lifts', email: 'why@contractor.example' };
  theirs = (await addWorkOrder(dispatcher, workOrder(given))).id;
  contractor = await arrive(system, given.email);
  spare = await freshOrder();
  contractorId = String((await readRecord(dispatcher, theirs)).values.assignedTo);
  await publishWith(({ permissions, recordTypes }) => {
    recordTypes[0]?.operations.find(({ id }) => id === 'note')?.fields?.push('building');
    permissions.push({
      subject: suspended.id,
      effect: 'deny',
      recordType: 'work-order',
      operations: ['view', 'edit', 'complete', 'delete'],
    });
  });
}, 240_000);

afterAll(() => system?.stop());

const freshOrder = async (more = {}) => (await addWorkOrder(dispatcher, workOrder(undefined, more))).id;

/** Changes the app as a designer does: reads the draft, saves it, publishes it. */
async function publishWith(change: (definition: AppDefinition) => void): Promise<void> {
  const draft = await administrator.get('/admin/apps/work-orders/draft');
  const { definition } = draft.json as { definition: AppDefinition };
  change(definition);
  const match = { 'if-match': draft.headers.get('etag') ?? '' };
  const saved = await administrator.json('PUT', '/admin/apps/work-orders/draft', definition, match);
  expect([saved.status, saved.text]).toEqual([200, saved.text]);
  const apps = { apps: ['work-orders'] };
  const published = await administrator.json('POST', '/admin/environments/production/publish', apps);
  expect([published.status, published.text]).toEqual([200, published.text]);
  await system.settled();
}

interface Asked {
  subject: { type: string; id: string };
  action: { name: string; properties?: object };
  resource: { type: string; id: string };
}

const user = ({ id }: { id: string }) => ({ type: 'user', id });
const order = (id: string) => ({ type: 'work-order', id });
const view = (id: string) => ({ type: 'view', id: `work-orders/work-order/${id}` });

/** What the reference of the API says that an explanation is. */
const DOCUMENTED = ROUTES.filter(({ id }) => id === 'explainAccess')
  .map((route) => documentedOf(route)?.answer?.())
  .at(0);

async function explain(question: Asked, by: Visitor = administrator): Promise<ExplanationAnswer> {
  const answer = await by.json('POST', '/access/v1/explanation', question);
  expect([answer.status, answer.text]).toEqual([200, answer.text]);
  const explanation = answer.json as ExplanationAnswer;
  expect(DOCUMENTED?.safeParse(explanation)).toEqual({ success: true, data: explanation });
  return explanation;
}

/** Writes what the explanation names into the app, and nothing else. */
function apply({ add, remove = [] }: WrittenChange): Promise<void> {
  return publishWith((definition) => {
    for (const { at = '', operations = [], views = [] } of remove) {
      const permission = definition.permissions[Number(at.split('/')[2])] as Permission;
      permission.operations = permission.operations?.filter((each) => !operations.includes(each));
      permission.views = permission.views?.filter((each) => !views.includes(each));
    }
    definition.permissions = definition.permissions.filter(
      ({ operations = [], views = [] }) => operations.length + views.length > 0,
    );
    if (add?.permission) definition.permissions.push(add.permission);
  });
}

const run = (visitor: Visitor, id: string, operation: string, values = {}, headers = {}) =>
  visitor.json('POST', `/production/records/${id}/operations/${operation}`, { values }, headers);

/** A request that is refused, the question behind it, and what is to be said of it. */
interface Denial {
  request(): Promise<Answer>;
  question: Asked;
  /** Statuses before and after the nearest change. */
  statuses: [refused: number, allowed: number];
  says: { reason: string; rules: readonly string[]; nearest: object };
}

/** Rules about somebody and work orders, as the app holds them. */
const permission = (more: object) => ({ recordType: 'work-order', ...more });
const added = (more: object) => ({
  add: expect.objectContaining({ app: 'work-orders', permission: permission(more) }),
});

describe('a denial is explained, and the nearest change turns it round', () => {
  const denials: Record<string, () => Promise<Denial>> = {
    'an operation that nobody grants': async () => {
      const id = await freshOrder({ assignedTo: technician.id });
      return {
        request: () => run(technician, id, 'delete'),
        question: { subject: user(technician), action: { name: 'delete' }, resource: order(id) },
        statuses: [403, 204],
        says: {
          reason: 'NOT_GRANTED',
          rules: [],
          nearest: added({ subject: technician.id, operations: ['delete'] }),
        },
      };
    },
    'a list that is not theirs': async () => ({
      request: () => technician.get(`${WORK_ORDERS}/views/all`),
      question: { subject: user(technician), action: { name: 'open' }, resource: view('all') },
      statuses: [404, 200],
      says: {
        reason: 'NOT_GRANTED',
        rules: [],
        nearest: added({ subject: technician.id, views: ['all'] }),
      },
    }),
    'a record that rules do not reach': async () => ({
      request: () => technician.get(`/production/records/${spare}`),
      question: { subject: user(technician), action: { name: 'view' }, resource: order(spare) },
      statuses: [404, 200],
      says: {
        reason: 'SCOPE',
        rules: ['work-orders/permissions/1/view'],
        nearest: added({ subject: technician.id, operations: ['view'] }),
      },
    }),
    'a field that a pass may not write': async () => ({
      request: () => run(contractor.visitor, theirs, 'note', { building: 'Elsewhere' }, contractor.pass),
      question: {
        subject: { type: 'tokenUser', id: contractorId },
        action: { name: 'note', properties: { building: 'Elsewhere' } },
        resource: order(theirs),
      },
      statuses: [422, 200],
      says: {
        reason: 'FIELD',
        rules: ['work-orders/permissions/3/note'],
        nearest: added({ subject: contractorId, operations: ['note'], fields: { note: ['building'] } }),
      },
    }),
    'a rule against a role': async () => {
      const id = await freshOrder({ category: 'Specialist' });
      const at = await forbid({
        role: 'dispatcher',
        operations: ['complete'],
        when: 'record.category == "Specialist"',
      });
      return {
        request: () => run(dispatcher, id, 'complete'),
        question: { subject: user(dispatcher), action: { name: 'complete' }, resource: order(id) },
        statuses: [403, 200],
        says: {
          reason: 'FORBIDDEN',
          rules: [`work-orders/permissions/${at}/complete`],
          nearest: added({ subject: dispatcher.id, operations: ['complete'] }),
        },
      };
    },
    'a rule against one person': async () => {
      const at = await forbid({ subject: dispatcher.id, views: ['my-work-orders'] });
      const rule = `work-orders/permissions/${at}/open/my-work-orders`;
      return {
        request: () => dispatcher.get(`${WORK_ORDERS}/views/my-work-orders`),
        question: { subject: user(dispatcher), action: { name: 'open' }, resource: view('my-work-orders') },
        statuses: [404, 200],
        says: {
          reason: 'FORBIDDEN',
          rules: [rule],
          nearest: { remove: [expect.objectContaining({ rule, views: ['my-work-orders'] })] },
        },
      };
    },
    'a rule against one person whom nobody grants it': async () => {
      const id = await freshOrder({ assignedTo: technician.id });
      const at = await forbid({ subject: technician.id, operations: ['edit'] });
      return {
        request: () => run(technician, id, 'edit', { building: 'Garden Court' }),
        question: {
          subject: user(technician),
          action: { name: 'edit', properties: { building: 'Garden Court' } },
          resource: order(id),
        },
        statuses: [403, 200],
        says: {
          reason: 'FORBIDDEN',
          rules: [`work-orders/permissions/${at}/edit`],
          nearest: {
            ...added({ subject: technician.id, operations: ['edit'], fields: { edit: ['building'] } }),
            remove: [
              expect.objectContaining({ app: 'work-orders', at: `/permissions/${at}`, operations: ['edit'] }),
            ],
          },
        },
      };
    },
    'an operation on a record that may not be viewed': async () => {
      const id = await freshOrder();
      await publishWith(({ permissions }) => {
        const operations = ['complete'];
        permissions.push(permission({ subject: blind.id, operations }) as unknown as Permission);
      });
      return {
        request: () => run(blind, id, 'complete'),
        question: { subject: user(blind), action: { name: 'complete' }, resource: order(id) },
        statuses: [404, 200],
        says: {
          reason: 'NOT_GRANTED',
          rules: [],
          nearest: added({ subject: blind.id, operations: ['view'] }),
        },
      };
    },
    'an operation that nobody grants, on a record that nobody shows': async () => {
      const id = await freshOrder();
      return {
        request: () => run(outsider, id, 'edit', { building: 'Garden Court' }),
        question: {
          subject: user(outsider),
          action: { name: 'edit', properties: { building: 'Garden Court' } },
          resource: order(id),
        },
        statuses: [404, 200],
        says: {
          reason: 'NOT_GRANTED',
          rules: [],
          nearest: added({
            subject: outsider.id,
            operations: ['view', 'edit'],
            fields: { view: ['building'], edit: ['building'] },
          }),
        },
      };
    },
    'a rule against one person, and another against seeing it': async () => {
      const id = await freshOrder({ building: 'Locked House' });
      const when = 'record.building == "Locked House"';
      const at = await forbid({ subject: dispatcher.id, operations: ['view', 'delete'], when });
      return {
        request: () => run(dispatcher, id, 'delete'),
        question: { subject: user(dispatcher), action: { name: 'delete' }, resource: order(id) },
        statuses: [404, 204],
        says: {
          reason: 'FORBIDDEN',
          rules: [`work-orders/permissions/${at}/delete`],
          nearest: {
            remove: ['view', 'delete'].map((operation) =>
              expect.objectContaining({
                rule: `work-orders/permissions/${at}/${operation}`,
                operations: [operation],
              }),
            ),
          },
        },
      };
    },
    'somebody who has not signed in': async () => ({
      request: () => new Visitor(system.url).get(`/production/records/${spare}`),
      question: {
        subject: { type: 'anonymous', id: 'anonymous' },
        action: { name: 'view' },
        resource: order(spare),
      },
      statuses: [404, 200],
      says: {
        reason: 'NO_CREDENTIAL',
        rules: [],
        nearest: added({ role: 'NonAuthenticatedUser', operations: ['view'] }),
      },
    }),
  };

  /** @returns where the rule stands */
  async function forbid(what: object): Promise<number> {
    let at = -1;
    await publishWith(({ permissions }) => {
      at = permissions.push(permission({ effect: 'deny', ...what }) as Permission) - 1;
    });
    return at;
  }

  it.each(Object.keys(denials))('[D1] %s', async (name) => {
    const { request, question, statuses, says } = await (denials[name] as () => Promise<Denial>)();
    const [refused, allowed] = statuses;
    const before = await request();
    expect([before.status, before.text]).toEqual([refused, before.text]);

    const denial = await explain(question);
    expect(denial).toMatchObject({ decision: false, ...says });
    for (const rule of denial.rules) expect(JSON.stringify(denial.tiers)).toContain(`"id":"${rule}"`);

    await apply(denial.nearest as WrittenChange);
    expect(await explain(question)).toMatchObject({ decision: true, reason: 'GRANTED' });
    const after = await request();
    expect([after.status, after.text]).toEqual([allowed, after.text]);
  });

  it('[D1] a grant is explained as well, and taking its rules away refuses again', async () => {
    const request = () => new Visitor(system.url).get(`/production/records/${spare}`);
    const question = {
      subject: { type: 'anonymous', id: 'anonymous' },
      action: { name: 'view' },
      resource: order(spare),
    };
    expect((await request()).status).toBe(200);
    const grant = await explain(question);
    expect(grant.nearest?.remove?.map(({ rule }) => rule)).toEqual(grant.rules);

    await apply(grant.nearest as WrittenChange);
    expect([(await request()).status, (await explain(question)).reason]).toEqual([404, 'NO_CREDENTIAL']);
  });
});

describe('where a gate decided, no rule is named', () => {
  interface Shut {
    request(): Promise<Answer>;
    question: Asked;
    status: number;
    reason: string;
    /** The rule that would grant it, if the gate were open. */
    grant?: Permission;
  }

  const gates: Record<string, () => Promise<Shut>> = {
    'the ceiling of a pass': async () => ({
      request: () => contractor.visitor.get(`/production/records/${spare}`, contractor.pass),
      question: {
        subject: { type: 'tokenUser', id: contractorId },
        action: { name: 'view' },
        resource: order(spare),
      },
      status: 404,
      reason: 'CEILING',
      grant: { subject: contractorId, recordType: 'work-order', operations: ['view'] },
    }),
    'signing in to the environment': async () => ({
      request: () => stranger.get(`/production/records/${spare}`),
      question: { subject: user(stranger), action: { name: 'view' }, resource: order(spare) },
      status: 404,
      reason: 'ENVIRONMENT',
      grant: { subject: stranger.id, recordType: 'work-order', operations: ['view'] },
    }),
    'a token that never changes': async () => {
      const { records } = (await dispatcher.get(`${CONTRACTORS}/views/all`)).json as {
        records: { id: string }[];
      };
      const id = records[0]?.id ?? '';
      return {
        request: () => run(dispatcher, id, 'edit-user', { token: 'another' }),
        question: {
          subject: user(dispatcher),
          action: { name: 'edit-user', properties: { token: 'another' } },
          resource: { type: 'contractor', id },
        },
        status: 422,
        reason: 'INVARIANT',
      };
    },
    'a pass that has ended': async () => {
      const given = { name: 'Done Lifts', email: 'done@contractor.example' };
      const { id } = await addWorkOrder(dispatcher, workOrder(given));
      const { visitor, pass } = await arrive(system, given.email);
      const holder = String((await readRecord(dispatcher, id)).values.assignedTo);
      expect((await run(visitor, id, 'complete', {}, pass)).status).toBe(200);
      return {
        request: () => visitor.get(`/production/records/${id}`, pass),
        question: {
          subject: { type: 'tokenUser', id: holder },
          action: { name: 'view' },
          resource: order(id),
        },
        status: 410,
        reason: 'REVOKED',
        grant: { subject: holder, recordType: 'work-order', operations: ['view'] },
      };
    },
    'a pass whose time is over': async () => {
      const { token, principalId } = await plantCredential(system, {
        type: 'tokenUser',
        kind: 'access',
        roles: ['property-contractors'],
        environment: 'production',
        ceiling: { app: 'work-orders' },
        lifetimeMs: -1000,
      });
      return {
        request: () => new Visitor(system.url).get(`/?token=${token}`),
        question: {
          subject: { type: 'tokenUser', id: principalId },
          action: { name: 'view' },
          resource: order(spare),
        },
        status: 410,
        reason: 'EXPIRED',
      };
    },
    'the state of the record': async () => {
      const id = await freshOrder();
      expect((await run(dispatcher, id, 'complete')).status).toBe(200);
      return {
        request: () => run(dispatcher, id, 'complete'),
        question: { subject: user(dispatcher), action: { name: 'complete' }, resource: order(id) },
        status: 409,
        reason: 'STATE',
      };
    },
  };

  it.each(Object.keys(gates))('[D1] %s', async (name) => {
    const { request, question, status, reason, grant } = await (gates[name] as () => Promise<Shut>)();
    expect((await request()).status).toBe(status);
    expect(await explain(question)).toMatchObject({ decision: false, reason, nearest: null });

    // As it was said: a rule changes nothing here.
    if (!grant) return;
    await publishWith(({ permissions }) => permissions.push(grant));
    expect([(await request()).status, (await explain(question)).reason]).toEqual([status, reason]);
  });
});

it('[D2] a token user whose pass was for another environment is nobody here', async () => {
  const { principalId } = await plantCredential(system, {
    type: 'tokenUser',
    kind: 'access',
    roles: ['property-contractors'],
    environment: 'test',
    ceiling: { app: 'work-orders' },
    lifetimeMs: -1000,
  });
  const answer = await administrator.json('POST', '/access/v1/explanation', {
    subject: { type: 'tokenUser', id: principalId },
    action: { name: 'view' },
    resource: order(spare),
  });
  expect([answer.status, (answer.json as { problems: object[] }).problems]).toEqual([
    404,
    [{ path: '/subject', message: 'names nobody' }],
  ]);
});

describe('what is said outside', () => {
  interface Outsider {
    visitor: Visitor;
    headers?: Record<string, string>;
    /** As administrators ask about them, and what they hear about the spare record. */
    subject: { type: string; id: string };
    reason: string;
  }

  let outsiders: Record<string, Outsider>;

  beforeAll(async () => {
    const api = { type: 'serviceAccount', kind: 'apiKey', environment: 'production' } as const;
    const service = await plantCredential(system, { ...api, roles: ['clerk'] });
    const robot = await plantCredential(system, { ...api, type: 'robot', roles: [] });
    const other = { name: 'Other Lifts', email: 'other@contractor.example' };
    const ordered = await addWorkOrder(dispatcher, workOrder(other));
    const { visitor, pass } = await arrive(system, other.email);
    const holder = String((await readRecord(dispatcher, ordered.id)).values.assignedTo);
    const bearing = ({ token, principalId }: typeof service, type: string) => ({
      visitor: new Visitor(system.url),
      headers: { authorization: `Bearer ${token}` },
      subject: { type, id: principalId },
    });
    const person = (visitor: Person) => ({ visitor, subject: user(visitor) });
    outsiders = {
      'forbidden by a rule': { ...person(suspended), reason: 'FORBIDDEN' },
      'granted by nobody': { ...person(clerk), reason: 'NOT_GRANTED' },
      'granted, but not here': { ...person(await somebody(system, 'technician')), reason: 'SCOPE' },
      'without any role': { ...person(await somebody(system)), reason: 'ENVIRONMENT' },
      'the pass of another': {
        visitor,
        headers: pass,
        subject: { type: 'tokenUser', id: holder },
        reason: 'CEILING',
      },
      'a service account': { ...bearing(service, 'serviceAccount'), reason: 'NOT_GRANTED' },
      'a robot': { ...bearing(robot, 'robot'), reason: 'NOT_GRANTED' },
      'not signed in': {
        visitor: new Visitor(system.url),
        subject: { type: 'anonymous', id: 'anonymous' },
        reason: 'NO_CREDENTIAL',
      },
    };
  }, 60_000);

  it('[D2] administrators are told apart what a rule forbids, what nobody grants, and all the rest', async () => {
    for (const [who, { subject, reason }] of Object.entries(outsiders)) {
      const question = { subject, action: { name: 'view' }, resource: order(spare) };
      const { decision, reason: said, rules } = await explain(question);
      expect([who, decision, said]).toEqual([who, false, reason]);
      expect([who, rules.length > 0]).toEqual([who, reason === 'FORBIDDEN' || reason === 'SCOPE']);
    }
  });

  it('[D2] nobody else is told: the explanation is for those who may ask about others', async () => {
    const question = { subject: user(suspended), action: { name: 'view' }, resource: order(spare) };
    for (const [who, { visitor, headers }] of Object.entries(outsiders)) {
      const answer = await visitor.json('POST', '/access/v1/explanation', question, headers);
      expect([who, ...codeOf(answer)]).toEqual(
        who === 'not signed in' ? [who, 401, 'CREDENTIAL_MISSING'] : [who, 403, 'FORBIDDEN'],
      );
      expect(answer.text).not.toContain('permissions/');
    }
  });

  describe('to who asks about themselves', () => {
    let asker: Person;
    /** May add what is for Mill House, and view nothing. The spare record is for Mill House. */
    beforeAll(async () => {
      asker = await somebody(system, 'clerk');
      await publishWith(({ permissions }) => {
        const when = 'record.building == "Mill House"';
        permissions.push(
          permission({ subject: asker.id, operations: ['add'], when }) as unknown as Permission,
        );
      });
    });

    const ACTIONS = ['view', 'edit', 'complete', 'delete', 'viewHistory', 'viewTask', 'decide', 'nothing'];
    const PROPERTIES = [undefined, {}, { building: 'Mill House' }, { building: 'Elsewhere' }];
    const ask = (path: string, body: object, by: Visitor = asker) =>
      by.json('POST', `/access/v1/${path}`, body);
    const about = (id: string, properties?: object) => ({
      ...order(id),
      ...(properties && { properties }),
    });
    const named = (name: string, properties?: object) => ({ name, ...(properties && { properties }) });

    it('[D2, D6] a record that is out of sight is the same as one that is absent, for every action and route', async () => {
      const { records } = (await dispatcher.get(`${CONTRACTORS}/views/all`)).json as {
        records: { id: string }[];
      };
      const ofAnotherType = records[0]?.id ?? '';
      const asked = ['add', ...ACTIONS].flatMap((name) =>
        PROPERTIES.flatMap((stored) => PROPERTIES.map((written) => ({ name, stored, written }))),
      );
      const answersFor = async (id: string) => {
        const said: unknown[] = [];
        for (let at = 0; at < asked.length; at += 100) {
          const evaluations = asked.slice(at, at + 100).map(({ name, stored, written }) => ({
            action: named(name, written),
            resource: about(id, stored),
          }));
          const { status, json } = await ask('evaluations', { subject: user(asker), evaluations });
          expect(status).toBe(200);
          said.push(...(json as { evaluations: unknown[] }).evaluations);
        }
        for (const properties of PROPERTIES) {
          const common = { subject: user(asker), resource: about(id, properties) };
          for (const name of ['add', 'edit', 'nothing']) {
            const question = { ...common, action: { name } };
            for (const path of ['evaluation', 'explanation', 'search/subject'])
              said.push(whole(await ask(path, question), [id]));
          }
          said.push(whole(await ask('search/action', common), [id]));
        }
        return said;
      };
      const absent = await answersFor(NOTHING);
      for (const id of [spare, theirs, ofAnotherType]) expect(await answersFor(id)).toEqual(absent);
    });

    it('[D6] adding knows no stored record: what it is asked with makes the one that would be added', async () => {
      const point = administrator;
      for (const id of [spare, NOTHING]) {
        const cases = [
          [about(id), named('add'), false],
          [about(id, { building: 'Elsewhere' }), named('add'), false],
          [about(id, { building: 'Mill House' }), named('add'), true],
          [about(id), named('add', { building: 'Mill House' }), true],
          [about(id, { building: 'Mill House' }), named('add', { building: 'Elsewhere' }), false],
        ] as const;
        for (const [resource, action, decision] of cases) {
          const question = { subject: user(asker), action, resource };
          const own = (await ask('evaluation', question)).json;
          expect([resource, action, own]).toEqual([resource, action, { decision }]);
          expect((await ask('evaluation', question, point)).json).toMatchObject({ decision });
          expect((await ask('explanation', question, point)).json).toMatchObject({ decision });
          const found = (await ask('search/subject', { ...question, subject: { type: 'user' } }, point))
            .json as { results: { id: string }[] };
          expect(found.results.some((result) => result.id === asker.id)).toBe(decision);
        }
      }
      const search = { subject: user(dispatcher), action: named('add'), resource: { type: 'work-order' } };
      expect((await ask('search/resource', search, dispatcher)).json).toMatchObject({ results: [] });
      expect(
        (await ask('search/resource', { ...search, action: named('edit') }, dispatcher)).json,
      ).toMatchObject({ results: expect.arrayContaining([order(spare)]) });
    });

    it('[D6] holders of passes and robots are told nothing, about themselves neither', async () => {
      for (const who of ['the pass of another', 'a robot']) {
        const { visitor, headers = {}, subject } = outsiders[who] as Outsider;
        const question = { subject, action: { name: 'view' }, resource: order(spare) };
        for (const path of ['evaluation', 'evaluations', 'search/action', 'search/resource']) {
          const answer = await visitor.json('POST', `/access/v1/${path}`, question, headers);
          expect([who, path, ...codeOf(answer)]).toEqual([who, path, 403, 'FORBIDDEN']);
        }
        const reach = await visitor.get(`/production/subjects/${subject.id}/access`, headers);
        expect([who, ...codeOf(reach)]).toEqual([who, 403, 'FORBIDDEN']);
      }
    });
  });

  /** Every route that names a record, with a body that could be answered. */
  const routes = ROUTES.filter(({ path }) => path.includes('{record}'));

  /** As the caller's own page would send it, form token included. */
  const bodyOf = ({ body, answers }: Route, formToken: string) => {
    if (!body) return {};
    const page = answers === 'page';
    return {
      body: page
        ? new URLSearchParams({ version: '1', formToken }).toString()
        : JSON.stringify({ values: {} }),
      headers: { 'content-type': page ? 'application/x-www-form-urlencoded' : 'application/json' },
    };
  };

  /** The whole answer, without what differs each time, and without what was asked for. */
  const whole = ({ status, headers, text }: Answer, names: readonly string[]) => {
    const said = (part: string) => names.reduce((rest, name) => rest.replaceAll(name, '{named}'), part);
    return {
      status,
      headers: [...headers]
        .filter(([name]) => name !== 'date' && !/request-?id/.test(name))
        .map(([name, value]) => `${name}: ${said(value)}`)
        .sort(),
      text: said(text)
        .replace(/"requestId":"[^"]*"/, '')
        .replace(/, request [^<]+</, ', request <'),
    };
  };

  async function answerTo(who: string, route: Route, values: Record<string, string>, names: string[]) {
    const { visitor, headers, subject } = outsiders[who] as Outsider;
    const pass = headers?.['daypass-pass'] ?? NOTHING;
    const path = addressOf(route, { environment: 'production', pass, ...values });
    const { headers: type, ...request } = bodyOf(route, signPurpose('form', '', subject.id, runtime));
    const sent = { ...request, headers: { ...type, ...headers } };
    return { who, ...whole(await visitor.send(route.method, path, sent), names) };
  }

  it.each(routes.map((route) => [`${route.method} ${route.path}`, route] as const))(
    '[D2] %s answers byte for byte the same for a record that is forbidden and one that is absent',
    async (_, route) => {
      const operations = route.path.includes('{operation}') ? ['complete', 'nothing'] : [''];
      const subjectOf = (who: string) => (outsiders[who] as Outsider).subject;
      for (const who of Object.keys(outsiders)) {
        for (const operation of operations) {
          const answers = await Promise.all(
            [spare, NOTHING].map((record) => answerTo(who, route, { record, operation }, [spare, NOTHING])),
          );
          expect(answers[0]).toEqual(answers[1]);
          const { status } = answers[0] as Awaited<ReturnType<typeof answerTo>>;
          const onPass = route.path.startsWith('/pass/');
          if (subjectOf(who).type === 'user') expect([who, status]).toEqual([who, onPass ? 401 : 404]);
          else expect(status).toBeGreaterThanOrEqual(300);
        }
      }
    },
  );

  /** Places besides records: what the names between braces stand for, and which of them is absent instead. */
  const places: Record<string, [named: string, values: Record<string, string>]> = {
    openView: ['view', { app: 'work-orders', recordType: 'work-order', view: 'all' }],
    viewPage: ['app', { app: 'contractor-tokens' }],
    readForm: ['operation', { app: 'work-orders', recordType: 'work-order', operation: 'add' }],
    addPage: ['operation', { app: 'contractor-tokens', recordType: 'contractor', operation: 'add-user' }],
    readDraft: ['app', { app: 'work-orders' }],
  };

  it.each(Object.keys(places))('[D2] %s does the same for what is no record', async (id) => {
    const route = ROUTES.find((each) => each.id === id) as Route;
    const [named, values] = places[id] as (typeof places)[string];
    // Her role opens lists and forms: the rule against her is about records.
    for (const who of Object.keys(outsiders).filter((each) => each !== 'forbidden by a rule')) {
      const names = [values[named] as string, 'absent'];
      const there = await answerTo(who, route, values, names);
      const absent = await answerTo(who, route, { ...values, [named]: 'absent' }, names);
      expect(there).toEqual(absent);
      expect(there.status).toBeGreaterThanOrEqual(300);
    }
  });
});

describe('what permissions say together', () => {
  const role = (id: string, effect?: 'deny') => ({ role: id, ...(effect && { effect }) });

  /** The precedence of R17 among an app's own permissions; what nobody says is denied there, not allowed. */
  const vectors: [title: string, roles: string[], rules: (id: string) => object[], allowed: boolean][] = [
    ['user grant, role deny', ['clerk'], (id) => [{ subject: id }, role('clerk', 'deny')], true],
    ['user deny, role grant', ['clerk'], (id) => [{ subject: id, effect: 'deny' }, role('clerk')], false],
    [
      'two custom roles, grant and deny',
      ['clerk', 'second-clerk'],
      () => [role('clerk'), role('second-clerk', 'deny')],
      false,
    ],
    [
      'custom-role grant, AuthenticatedUser deny',
      ['clerk'],
      () => [role('clerk'), role('AuthenticatedUser', 'deny')],
      true,
    ],
    ['AuthenticatedUser deny alone', ['clerk'], () => [role('AuthenticatedUser', 'deny')], false],
    ['AuthenticatedUser grant alone', ['clerk'], () => [role('AuthenticatedUser')], true],
    ['nothing said', ['clerk'], () => [], false],
  ];

  it('closer rules stand before wider ones, and a denial before a grant of the same tier', async () => {
    const made = { id: 'second-clerk', name: 'Second clerk', environments: ['production'] };
    expect((await administrator.json('POST', '/admin/roles', made)).status).toBe(201);
    const asked = await Promise.all(
      vectors.map(async ([title, roles, rules, allowed], at) => {
        const person = await somebody(system, ...roles);
        const building = `Vector ${at}`;
        const limited = { when: `record.building == "${building}"`, operations: ['view'] };
        return {
          title,
          allowed,
          person,
          record: await freshOrder({ building }),
          rules: rules(person.id).map((rule) => permission({ ...rule, ...limited }) as Permission),
        };
      }),
    );
    await publishWith(({ permissions }) => permissions.push(...asked.flatMap(({ rules }) => rules)));

    for (const { title, allowed, person, record } of asked) {
      const { status } = await person.get(`/production/records/${record}`);
      const question = { subject: user(person), action: { name: 'view' }, resource: order(record) };
      const { decision } = await explain(question);
      expect([title, status, decision]).toEqual([title, allowed ? 200 : 404, allowed]);
    }
  });

  it('what is denied is missing from lists as well', async () => {
    const shown = async (visitor: Visitor) => {
      const answer = await visitor.get(`${WORK_ORDERS}/views/all?limit=100`);
      expect([answer.status, answer.text]).toEqual([200, answer.text]);
      return (answer.json as { records: unknown[] }).records.length;
    };
    expect(await shown(dispatcher)).toBeGreaterThan(5);
    expect(await shown(suspended)).toBe(0);
  });
});
