import cedar from '@cedar-policy/cedar-wasm/nodejs';
import { jest } from '@jest/globals';
import { recordResource, subjectOf } from '../../../core/access.ts';
import type { AppDefinitionInput } from '../../../core/apps/definition.ts';
import { DEVELOPER, OWNER, TENANT_ADMINISTRATOR } from '../../../core/policy/built-in.ts';
import { exportCedar } from '../../../core/policy/cedar/export.ts';
import { cedarRequests } from '../../../core/policy/cedar/request.ts';
import type { RecordAccess } from '../../../core/reach/record-access.ts';
import type { SubjectAccess } from '../../../core/reach/subject-access.ts';
import { asCaller } from '../../../core/reach/subjects.ts';
import type { Runtime } from '../../../core/runtime.ts';
import type { System } from '../../../local/system.ts';
import { Visitor } from '../../../local/visitor.ts';
import { EnforcementPoint } from '../../support/access.ts';
import { somebody } from '../../support/people.ts';
import {
  addWorkOrder,
  arrive,
  type Contractor,
  DISPATCHER,
  type RecordJson,
  startPropertyManagement,
  TECHNICIAN,
  workOrder,
} from '../../support/property-management.ts';
import { siteRuntime, staffSession } from '../../support/site-runtime.ts';

jest.setTimeout(120_000);

const CONTRACTOR = { name: 'Lift & Söhne', email: 'lifts@contractor.example' };

let system: System;
let runtime: Runtime;
let dispatcher: Visitor;
let technician: Visitor;
let administrator: Visitor;
let technicianId: string;
/** One for a contractor, one for the technician. */
let contracted: RecordJson;
let assigned: RecordJson;
let contractor: Contractor;

beforeAll(async () => {
  system = await startPropertyManagement();
  runtime = await siteRuntime(system);
  dispatcher = await staffSession(system, DISPATCHER);
  technician = await staffSession(system, TECHNICIAN);
  administrator = await somebody(system, TENANT_ADMINISTRATOR);
  technicianId = (await runtime.store.readUserByEmail(TECHNICIAN))?.id ?? '';
  contracted = await addWorkOrder(dispatcher, workOrder(CONTRACTOR));
  contractor = await arrive(system, CONTRACTOR.email);
  assigned = await addWorkOrder(dispatcher, workOrder(undefined, { assignedTo: technicianId }));
  await system.settled();
}, 240_000);

afterAll(() => system?.stop());

const accessOf = async (visitor: Visitor, record: RecordJson) =>
  (await visitor.get(`/production/records/${record.id}/access`)).json as RecordAccess;

/** Who, with which operations. */
const byName = ({ subjects }: RecordAccess) =>
  Object.fromEntries(
    subjects.map(({ type, name, operations }) => [`${type} ${name}`, operations.map(({ id }) => id)]),
  );

describe('who can reach this record', () => {
  it('[D20] is answered by one request: roles, people, the robot and the pass, each with their operations', async () => {
    const access = await accessOf(dispatcher, contracted);

    expect(access.record).toEqual({
      id: contracted.id,
      app: 'work-orders',
      recordType: 'work-order',
      state: 'Active',
    });
    expect(access.roles).toEqual([
      {
        id: 'dispatcher',
        name: 'Dispatcher',
        operations: ['view', 'edit', 'delete', 'complete'].map((id) =>
          expect.objectContaining({ id, fields: '*' }),
        ),
      },
    ]);
    expect(byName(access)).toEqual({
      'user Dana Dispatcher': ['view', 'edit', 'delete', 'complete'],
      'robot Work Order Robot': ['view', 'edit'],
      // Tenant administrators are exempt from the rules: the example's, and the one of this test.
      'user Olivia Owner': ['view', 'edit', 'delete', 'complete', 'note'],
      'user Planted': ['view', 'edit', 'delete', 'complete', 'note'],
      [`tokenUser ${CONTRACTOR.name}`]: ['view', 'complete', 'note'],
    });
    expect(access).toMatchObject({ otherPasses: 0, complete: true });
  });

  it('[D20] names fields, and a pass’s end', async () => {
    const access = await accessOf(dispatcher, contracted);
    const pass = access.subjects.find(({ type }) => type === 'tokenUser');

    expect(pass?.until).toMatch(/^\d{4}-\d{2}-\d{2}T/);
    expect(pass?.operations.find(({ id }) => id === 'note')?.fields).toEqual(['completionNotes']);
    expect(JSON.stringify(access)).not.toContain(contractor.token);
  });

  it('[D20] follows conditions: the technician reaches what is assigned to them', async () => {
    expect(byName(await accessOf(technician, assigned))).toMatchObject({
      'user Theo Technician': ['view', 'complete'],
    });
    expect(byName(await accessOf(dispatcher, contracted))).not.toHaveProperty(['user Theo Technician']);
  });

  it('[D20] is what happens: whoever is named can do it, and nobody else can', async () => {
    for (const record of [contracted, assigned]) {
      const named = Object.keys(byName(await accessOf(dispatcher, record)));
      for (const [name, visitor, headers] of [
        ['user Dana Dispatcher', dispatcher, {}],
        ['user Theo Technician', technician, {}],
        [`tokenUser ${CONTRACTOR.name}`, contractor.visitor, contractor.pass],
      ] as const) {
        const { status } = await visitor.get(`/production/records/${record.id}`, headers);
        expect([name, record.title, status === 200]).toEqual([name, record.title, named.includes(name)]);
      }
    }
  });

  it('[D20] rules are told to administrators alone', async () => {
    const forStaff = await accessOf(dispatcher, contracted);
    const forAdministrator = await accessOf(administrator, contracted);

    expect(JSON.stringify(forStaff)).not.toContain('permissions/');
    expect(forAdministrator.roles[0]?.operations[0]?.rules).toEqual(['work-orders/permissions/0/view']);
    expect(byName(forAdministrator)).toEqual(byName(forStaff));
  });

  it('[D20] passes are counted and not named for staff who may not see their holders', async () => {
    await publishAuditor();
    const auditor = await somebody(system, 'auditor');
    const access = await accessOf(auditor, contracted);

    expect(access.otherPasses).toBe(1);
    expect(byName(access)).not.toHaveProperty([`tokenUser ${CONTRACTOR.name}`]);
    expect(JSON.stringify(access)).not.toContain(CONTRACTOR.name);
  });

  it('[D20] is told to nobody who does not see the record', async () => {
    const developer = await somebody(system, DEVELOPER);
    const path = `/production/records/${contracted.id}/access`;

    expect((await technician.get(path)).status).toBe(404);
    expect((await contractor.visitor.get(path, contractor.pass)).status).toBe(404);
    expect((await developer.get(path)).status).toBe(404);
    expect((await new Visitor(system.url).get(path)).status).toBe(401);
    expect((await administrator.get(`/production/records/${'0'.repeat(22)}/access`)).status).toBe(404);
  });
});

/** A role that sees work orders, and not who holds the passes. */
async function publishAuditor(): Promise<void> {
  const owner = await somebody(system, OWNER, TENANT_ADMINISTRATOR);
  const draft = await owner.get('/admin/apps/work-orders/draft');
  const { definition } = draft.json as { definition: AppDefinitionInput };
  definition.permissions?.push({
    role: 'auditor',
    recordType: 'work-order',
    operations: ['view'],
    views: ['all'],
  });
  const answers = [
    await owner.json('POST', '/admin/roles', {
      id: 'auditor',
      name: 'Auditor',
      environments: ['production'],
    }),
    await owner.json('PUT', '/admin/apps/work-orders/draft', definition, {
      'if-match': draft.headers.get('etag') ?? '',
    }),
    await owner.json('POST', '/admin/environments/production/publish', { apps: ['work-orders'] }),
  ];
  expect(answers.map(({ status, text }) => [status, text])).toEqual(
    answers.map(({ text }, at) => [at === 0 ? 201 : 200, text]),
  );
}

describe('what this subject can reach', () => {
  const reachOf = async (visitor: Visitor, subject: string) =>
    (await visitor.get(`/production/subjects/${subject}/access`)).json as SubjectAccess;

  it('[D20] is answered by one request: apps, views, operations, and records through views', async () => {
    const reach = await reachOf(administrator, technicianId);

    expect(reach.subject).toEqual({
      type: 'user',
      id: technicianId,
      name: 'Theo Technician',
      roles: ['technician'],
    });
    expect(reach.apps).toEqual([
      {
        id: 'work-orders',
        name: 'Property Management Work Orders',
        recordTypes: [
          {
            id: 'work-order',
            name: 'Work Order',
            operations: [],
            views: [
              {
                id: 'assigned-to-me',
                name: 'Assigned to Me',
                records: [{ id: assigned.id, state: 'Active', operations: ['complete'], edit: [] }],
                more: false,
              },
            ],
          },
        ],
      },
    ]);
    expect(reach.complete).toBe(true);
  });

  it('[D20] of a contractor is the work order of their pass, and no value of it', async () => {
    const grants = await runtime.store.readGrants('production', contracted.id);
    const reach = await reachOf(administrator, grants[0]?.principalId ?? '');
    const views = reach.apps.flatMap(({ recordTypes }) => recordTypes.flatMap((type) => type.views));

    expect(views.map(({ id, records }) => [id, records?.map((record) => record.id)])).toEqual([
      ['my-work-orders', [contracted.id]],
    ]);
    expect(JSON.stringify(reach)).not.toContain('The lift makes a noise.');
  });

  it('[D20] everybody asks about themselves, and only who may about others', async () => {
    expect((await reachOf(technician, technicianId)).subject.id).toBe(technicianId);
    const path = `/production/subjects/${technicianId}/access`;
    expect((await dispatcher.get(path)).status).toBe(403);
    expect((await contractor.visitor.get(path, contractor.pass)).status).toBe(403);
    expect((await administrator.get('/production/subjects/nobody/access')).status).toBe(404);
    expect((await reachOf(administrator, 'anonymous')).apps).toEqual([]);
  });
});

describe('the export to Cedar', () => {
  it('[D5] of what is published is there for designers, and Cedar decides on live records as AuthZEN does', async () => {
    const developer = await somebody(system, DEVELOPER);
    const answer = await developer.get('/admin/environments/production/cedar');
    const { policies, schema, refused } = answer.json as {
      policies: string;
      schema: string;
      refused: unknown[];
    };
    expect([answer.status, refused]).toEqual([200, []]);
    expect(cedar.validate({ schema, policies: { staticPolicies: policies } })).toMatchObject({
      type: 'success',
      validationErrors: [],
    });

    const point = await EnforcementPoint.withRoles(system, TENANT_ADMINISTRATOR);
    const published = await runtime.published('production');
    const exported = { ...exportCedar(published.policy.document, 'production'), policies, schema };
    const type = published.site.recordType('work-orders', 'work-order');
    const answers = { true: 0, false: 0 };
    for (const { id } of await runtime.store.listUsers()) {
      const principal = await runtime.store.readPrincipal(id);
      if (!principal || !type) throw new Error('the example lost somebody');
      for (const { id: recordId } of [contracted, assigned]) {
        const record = await runtime.store.readRecord('production', recordId);
        if (!record) throw new Error('the example lost a record');
        for (const action of type.operations.keys()) {
          if (action === 'add') continue;
          const [asked] = cedarRequests(exported, {
            subject: subjectOf(asCaller(principal)),
            action,
            resource: recordResource(type, record),
            context: { now: system.clock.now(), environment: 'production', channel: 'browser' },
          });
          const verdict = cedar.isAuthorized({
            ...asked,
            schema,
            validateRequest: true,
            policies: { staticPolicies: policies },
          } as unknown as Parameters<typeof cedar.isAuthorized>[0]);
          const allows = verdict.type === 'success' && verdict.response.decision === 'allow';
          const decision = await point.decides(
            { type: 'user', id },
            { name: action },
            { type: 'work-order', id: recordId },
          );
          expect([id, recordId, action, allows]).toEqual([id, recordId, action, decision]);
          answers[`${decision}`]++;
        }
      }
    }
    expect(answers.true).toBeGreaterThan(8);
    expect(answers.false).toBeGreaterThan(4);
  });

  it('[D5] is closed to who may not read the design', async () => {
    expect((await dispatcher.get('/admin/environments/production/cedar')).status).toBe(403);
    expect((await new Visitor(system.url).get('/admin/environments/production/cedar')).status).toBe(401);
  });
});
