import type { System } from '../../../local/system.ts';
import { Visitor } from '../../../local/visitor.ts';
import {
  addWorkOrder,
  arrive,
  CONTRACTORS,
  type Contractor,
  DISPATCHER,
  finished,
  follow,
  type RecordJson,
  readRecord,
  signIn,
  startPropertyManagement,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';

const CONTRACTOR = { name: 'Lift & Söhne', email: 'lifts@contractor.example' };

let system: System;
let dispatcher: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await signIn(system, DISPATCHER);
}, 120_000);

afterAll(() => system?.stop());

describe('a contractor gets in, completes the work order, and is out', () => {
  let order: RecordJson;
  let contractor: Contractor;

  it('[F9, F14, F26, F27, F30, F39] a work order with “External contractor: Yes” brings the contractor a mail with a link', async () => {
    order = await addWorkOrder(dispatcher, workOrder(CONTRACTOR));
    contractor = await arrive(system, CONTRACTOR.email);

    const mail = (await system.mail.messages()).find(({ to }) => to.includes(CONTRACTOR.email));
    expect(mail?.subject).toContain(order.title);
    expect(mail?.text).toContain('The lift makes a noise.');
    expect(contractor.token).toMatch(/^dp_a/);
  });

  it('[F26] the task has copied token and contractor to the work order', async () => {
    const record = await readRecord(dispatcher, order.id);
    expect(record.names[String(record.values.assignedTo)]).toBe(CONTRACTOR.name);
    expect(String(record.values.contractorToken)).not.toContain('dp_');
  });

  it('[F28, F29] the link is a formula that only a permitted reader sees, with another text than its address', async () => {
    const record = await readRecord(dispatcher, order.id);
    expect(record.values.contractorLink).toBe(contractor.link);
    const page = await dispatcher.get(`/app/production/records/${order.id}`);
    expect(page.text).toMatch(/<a href="[^"]*\?token=dp_a[^>]*><bdi>Open the contractor’s page<\/bdi><\/a>/);
    const form = (await dispatcher.get(`${WORK_ORDERS}/views/all`)).json as { columns: { id: string }[] };
    expect(form.columns.map(({ id }) => id)).not.toContain('contractorLink');

    const { visitor, pass } = contractor;
    const own = await visitor.get(`/production/records/${order.id}`, pass);
    expect([own.status, (own.json as RecordJson).values.description]).toEqual([
      200,
      'The lift makes a noise.',
    ]);
    expect(own.text).not.toMatch(/contractorLink|contractorToken|dp_a/);
  });

  it('[F28] the link answers with a cookie and a clean address, and consumes nothing', async () => {
    expect(contractor.landing.status).toBe(303);
    expect(contractor.landing.headers.get('location')).not.toContain('token');
    expect(contractor.landing.headers.get('referrer-policy')).toBe('no-referrer');
    expect(contractor.landing.headers.get('cache-control')).toContain('no-store');
    const [cookie = ''] = contractor.landing.headers.getSetCookie();
    expect(cookie).toMatch(/HttpOnly/i);
    expect(cookie).toMatch(/SameSite=Lax/i);
    expect((await follow(system, contractor.link)).landing.status).toBe(303);
  });

  it('[F1, F22, F32] following it shows exactly the assigned work order, with no sign-in', async () => {
    await addWorkOrder(dispatcher, workOrder());
    const page = await contractor.visitor.get(contractor.home);
    expect(page.status).toBe(200);
    expect(page.text).toContain('The lift makes a noise.');
    const view = await contractor.visitor.get(`${WORK_ORDERS}/views/my-work-orders`, contractor.pass);
    expect((view.json as { records: RecordJson[] }).records.map(({ id }) => id)).toEqual([order.id]);
  });

  it('[F21, F23] the token user reaches neither other views, nor other records, nor operations of other roles', async () => {
    const other = await addWorkOrder(dispatcher, workOrder());
    const { visitor, pass } = contractor;
    expect((await visitor.get(`${WORK_ORDERS}/views/all`, pass)).status).toBe(404);
    expect((await visitor.get(`/production/records/${other.id}`, pass)).status).toBe(404);
    expect((await visitor.get(`${CONTRACTORS}/views/all`, pass)).status).toBe(404);
    const deletion = await visitor.json(
      'POST',
      `/production/records/${order.id}/operations/delete`,
      {},
      pass,
    );
    expect(deletion.status).toBe(403);
    const addition = await visitor.json(
      'POST',
      `${WORK_ORDERS}/records`,
      { operation: 'add', values: workOrder() },
      pass,
    );
    expect([403, 404]).toContain(addition.status);
  });

  it('[F23] the token user never sees a token, nor fields that the role may not view', async () => {
    const record = (await contractor.visitor.get(`/production/records/${order.id}`, contractor.pass))
      .json as RecordJson;
    expect(Object.keys(record.values).sort()).toEqual([
      'building',
      'category',
      'description',
      'dueDate',
      'number',
    ]);
  });

  it('[F40] the token is refused as a bearer credential', async () => {
    const bearer = new Visitor(system.url);
    const answer = await bearer.get(`/production/records/${order.id}`, {
      authorization: `Bearer ${contractor.token}`,
    });
    expect(answer.status).toBe(401);
  });

  it('[F15, F35] completing moves it to Closed and ends the token in the same transaction', async () => {
    const completed = await contractor.visitor.json(
      'POST',
      `/production/records/${order.id}/operations/complete`,
      { values: { completionNotes: 'Oiled the rails.' } },
      contractor.pass,
    );
    expect([completed.status, (completed.json as RecordJson).state]).toEqual([200, 'Closed']);
    const next = await contractor.visitor.get(contractor.home);
    expect(next.status).toBe(410);
  });

  it('[F36] the same link gives nothing, at once, and says whom to ask', async () => {
    const again = await follow(system, contractor.link);
    expect([303, 410]).toContain(again.landing.status);
    const page = await new Visitor(system.url).follow(
      new URL(contractor.link).pathname + new URL(contractor.link).search,
    );
    expect(page.status).toBe(410);
    expect(page.text).toContain('dispatch@abc.example');
  });

  it('[F13, F34, F35] the robot deletes token user and token without anybody’s help', async () => {
    expect((await finished(system, order.id)).status).toBe('SUCCEEDED');
    const record = await readRecord(dispatcher, order.id);
    expect(record.state).toBe('Closed');
    expect(record.values.contractorToken).toBeUndefined();
    expect(record.values.contractorLink).toBeUndefined();
    expect(record.names[String(record.values.assignedTo)]).toBe(CONTRACTOR.name);
    expect(record.values.completionNotes).toBe('Oiled the rails.');
    const contractors = (await dispatcher.get(`${CONTRACTORS}/views/all`)).json as { records: RecordJson[] };
    expect(contractors.records).toEqual([]);
  });

  it('takes at most eight state transitions for one contractor without a reminder', async () => {
    const { name } = await finished(system, order.id);
    expect((await system.executions.path(name)).length).toBeLessThanOrEqual(8);
  });

  it('[D13] the record’s history says who did what, and how it was before and after, after the token user is gone', async () => {
    const history = (await dispatcher.get(`/production/records/${order.id}/history`)).json as {
      items: {
        operation: string;
        actor: { name: string; type: string };
        stateBefore?: string;
        stateAfter?: string;
        before: Record<string, unknown>;
        after: Record<string, unknown>;
      }[];
    };
    expect(
      history.items.map(({ operation, actor }) => `${actor.name} (${actor.type}): ${operation}`),
    ).toEqual([
      'Work Order Robot (robot): edit',
      `${CONTRACTOR.name} (tokenUser): complete`,
      'Work Order Robot (robot): edit',
      'Dana Dispatcher (user): add',
    ]);
    const [cleaned, completed, copied, added] = history.items;
    expect(added?.before).toEqual({});
    expect(added?.after).toMatchObject({
      description: 'The lift makes a noise.',
      contractorEmail: CONTRACTOR.email,
    });
    const { contractorToken, assignedTo, ...others } = copied?.after ?? {};
    expect([copied?.before, others]).toEqual([{}, {}]);
    expect([contractorToken, assignedTo]).toEqual([expect.any(String), expect.any(String)]);
    expect(completed).toMatchObject({ stateBefore: 'Active', stateAfter: 'Closed' });
    expect([completed?.before, completed?.after]).toEqual([{}, { completionNotes: 'Oiled the rails.' }]);
    expect([cleaned?.before, cleaned?.after]).toEqual([{ contractorToken }, { contractorToken: null }]);
  });

  it('[D27] the task run tells each step and how it ended', async () => {
    const runs = (await dispatcher.get(`/production/records/${order.id}/task-runs`)).json as {
      taskRuns: { status: string; endReason: string; steps: { step: string; outcome: string }[] }[];
    };
    const [run] = runs.taskRuns;
    expect(run).toMatchObject({ status: 'ended', endReason: 'completed' });
    expect(run?.steps.map(({ step, outcome }) => `${step} ${outcome}`)).toEqual([
      'CreateToken done',
      'NotifyContractor done',
      'DeleteToken done',
    ]);
  });
});
