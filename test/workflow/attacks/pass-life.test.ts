import { jest } from '@jest/globals';
import { ROUTES } from '../../../lambdas/shared/routes/index.ts';
import type { System } from '../../../local/system.ts';
import { type Answer, linkIn, Visitor } from '../../../local/visitor.ts';
import { submit } from '../../support/page-forms.ts';
import {
  addWorkOrder,
  type Contractor,
  type ContractorAtWork,
  DISPATCHER,
  finished,
  follow,
  livePassOf,
  readRecord,
  startPropertyManagement,
  takeOn,
  WORK_ORDERS,
  workOrder,
} from '../../support/property-management.ts';
import { addressOf } from '../../support/route-requests.ts';
import { staffSession } from '../../support/site-runtime.ts';
import { photograph, watchCalls } from '../../support/witness.ts';

jest.setTimeout(180_000);

let system: System;
let dispatcher: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
}, 180_000);

afterEach(() => system.faults.clear());
afterAll(() => system?.stop());

const begin = () => takeOn(system, dispatcher);

const complete = ({ visitor, pass }: Contractor, id: string, headers: Record<string, string> = {}) =>
  visitor.json(
    'POST',
    `/production/records/${id}/operations/complete`,
    { values: {} },
    { ...pass, ...headers },
  );

interface History {
  items: { operation: string; stateAfter?: string }[];
}
const historyOf = async (id: string) =>
  ((await dispatcher.get(`/production/records/${id}/history`)).json as History).items;

/** Several requests at a time, as scanners send them. */
async function repeat(times: number, send: (index: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let at = 0; at < times; at += 10) {
    const some = Array.from({ length: Math.min(10, times - at) }, (_, index) => send(at + index));
    answers.push(...(await Promise.all(some)));
  }
  return answers;
}

describe('programs that open links before the person does', () => {
  it('[D7] a thousand GET and HEAD requests later the person still gets in, and completes', async () => {
    const { id, link, token } = await begin();
    const { pathname, search } = new URL(link);
    // The robot still notes that the mail has left: that is no scanner's doing.
    await system.settled();
    const watch = watchCalls(system);
    const answers = await repeat(1000, (index) => {
      const scanner = new Visitor(system.url);
      const headers = {
        'user-agent': `LinkScanner/${index}`,
        ...(index % 3 === 0 && { range: 'bytes=0-0' }),
      };
      return scanner.send(index % 2 === 0 ? 'GET' : 'HEAD', pathname + search, { headers });
    });
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([303]);
    expect(watch.written()).toEqual([]);

    const person = await follow(system, link);
    expect(person.token).toBe(token);
    expect((await person.visitor.get(person.home)).status).toBe(200);
    expect((await complete(person, id)).status).toBe(200);
  });

  it('[D7] a program that follows every link on the pages, with cookies, uses nothing up either', async () => {
    const { id, link } = await begin();
    const robot = await follow(system, link);
    const seen = new Set<string>();
    const open = [robot.home];
    for (let path = open.pop(); path !== undefined && seen.size < 40; path = open.pop()) {
      if (seen.has(path)) continue;
      seen.add(path);
      for (const method of ['GET', 'HEAD']) await robot.visitor.send(method, path);
      const page = await robot.visitor.get(path);
      for (const [, href = ''] of page.text.matchAll(/(?:href|action)="(\/[^"#]*)"/g)) open.push(href);
    }
    expect(seen.size).toBeGreaterThan(3);
    expect((await readRecord(dispatcher, id)).state).toBe('Active');
    expect((await complete(await follow(system, link), id)).status).toBe(200);
  });

  it('[D7] a mangled link says so and leaves the right one alone', async () => {
    const { link } = await begin();
    const open = (mangled: string) => {
      const { pathname, search } = new URL(mangled);
      return new Visitor(system.url).follow(pathname + search);
    };
    for (const mangled of [link.toLowerCase(), link.slice(0, -5), `${link}.`, `${link.slice(0, -1)}!`]) {
      const { status, text } = await open(mangled);
      expect([mangled, status, text.includes('This link is not complete')]).toEqual([mangled, 404, true]);
    }
    // A space is what mail programs and thumbs add; the token is whole.
    expect((await open(link.replace('token=', 'token=%20'))).status).toBe(200);
    expect((await follow(system, link)).landing.status).toBe(303);
  });

  it('looking at a sign-in link uses nothing up, and the button works once', async () => {
    const visitor = new Visitor(system.url);
    await visitor.form('/sign-in', { email: DISPATCHER });
    const mail = await system.mail.waitFor(({ to }) => to.includes(DISPATCHER));
    const { pathname, search, searchParams } = new URL(linkIn(mail.text));
    const looks = await repeat(50, (index) =>
      new Visitor(system.url).send(index % 2 === 0 ? 'GET' : 'HEAD', pathname + search),
    );
    expect([...new Set(looks.map(({ status }) => status))]).toEqual([200]);
    expect(looks.flatMap(({ headers }) => headers.getSetCookie())).toEqual([]);
    const token = searchParams.get('token') ?? '';
    const presses = await Promise.all(
      Array.from({ length: 8 }, () => new Visitor(system.url).form('/sign-in/link', { token })),
    );
    expect(presses.map(({ status }) => status).sort()).toEqual([303, ...Array(7).fill(410)]);
    const cookies = presses.flatMap(({ headers }) => headers.getSetCookie());
    expect(cookies.map((cookie) => cookie.split('=')[0])).toEqual(['dp_session', 'dp_known']);
  });
});

describe('a pass whose work is done', () => {
  /** The table but for the count of links that let nobody in: to be counted is all that becomes of one. */
  const sight = async () =>
    Object.entries(await photograph(system)).filter(([place]) => !place.startsWith('RATE#exchange#'));

  it('[F36] gives nothing on any route, whatever is sent again, and nothing is written', async () => {
    const contractor = await begin();
    const { id, visitor, pass, home, link, token } = contractor;
    const page = await visitor.get(`${home}/records/${id}/operations/complete`);
    const [, formToken = ''] = /name="formToken" value="([^"]+)"/.exec(page.text) ?? [];
    const key = { 'idempotency-key': 'report' };
    expect((await complete(contractor, id, key)).status).toBe(200);
    await finished(system, id);
    await system.settled();
    const before = await sight();
    const values: Record<string, string> = {
      environment: 'production',
      target: 'production',
      app: 'work-orders',
      recordType: 'work-order',
      record: id,
      view: 'my-work-orders',
      operation: 'complete',
      pass: home.split('/')[2] ?? '',
    };
    for (const route of ROUTES.filter(
      ({ anonymous, path }) => !anonymous || path.startsWith('/{environment}'),
    )) {
      const path = addressOf(route, values);
      const headers = { ...pass, ...key, 'if-match': '"1"' };
      const answer =
        route.method === 'GET'
          ? await visitor.get(path, headers)
          : route.answers === 'page'
            ? await visitor.form(path, { formToken })
            : await visitor.json(route.method, path, { operation: 'add', values: {} }, headers);
      expect([route.id, answer.status]).toEqual([route.id, 410]);
      expect([route.id, answer.text.includes('The lift')]).toEqual([route.id, false]);
    }
    const again = await complete(contractor, id, key);
    expect([again.status, again.text.includes(id)]).toEqual([410, false]);
    for (const method of ['GET', 'HEAD']) {
      const other = await new Visitor(system.url).send(method, new URL(link).pathname + new URL(link).search);
      expect([method, other.status, other.headers.getSetCookie()]).toEqual([method, 410, []]);
    }
    const bearer = await new Visitor(system.url).get('/me', { authorization: `Bearer ${token}` });
    expect(bearer.status).toBe(401);
    await system.settled();
    expect(await sight()).toEqual(before);
    expect((await historyOf(id)).filter(({ operation }) => operation === 'complete')).toHaveLength(1);
  });
});

describe('the same click eight times at once', () => {
  it('[F15, F35] makes one transition, one event, one end and one callback', async () => {
    const contractor = await begin();
    const { id } = contractor;
    await system.settled();
    const from = system.calls().length;
    const answers = await Promise.all(Array.from({ length: 8 }, () => complete(contractor, id)));
    const statuses = answers.map(({ status }) => status).sort();
    expect([statuses[0], statuses.slice(1).filter((status) => ![409, 410].includes(status))]).toEqual([
      200,
      [],
    ]);
    expect((await finished(system, id)).status).toBe('SUCCEEDED');
    await system.settled();
    const history = await historyOf(id);
    expect(
      history.filter(({ stateAfter, operation }) => stateAfter === 'Closed' && operation === 'complete'),
    ).toHaveLength(1);
    const { name } = await finished(system, id);
    const events = await system.executions.history(name);
    expect(events.filter(({ type }) => type === 'TaskSucceeded').length).toBeGreaterThan(0);
    expect((await system.executions.path(name)).filter((state) => state === 'DeleteToken')).toHaveLength(1);
    const wakes = system
      .calls()
      .slice(from)
      .filter(({ operation, outcome }) => operation === 'SendTaskSuccess' && outcome === 'ok');
    expect(wakes).toHaveLength(1);
  });

  it('with one Idempotency-Key, sent by staff, adds one record', async () => {
    const body = { operation: 'add', values: workOrder() };
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        dispatcher.json('POST', `${WORK_ORDERS}/records`, body, { 'idempotency-key': 'eight-at-once' }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
    expect(new Set(answers.map(({ json }) => (json as { id: string }).id)).size).toBe(1);
  });
});

describe('a revocation that overtakes a write', () => {
  const grantOf = async (id: string) => (await livePassOf(dispatcher, id))?.id as string;

  type Send = (contractor: ContractorAtWork, operation: string) => Promise<Answer>;
  const values = { completionNotes: 'Too late' };

  const throughTheApi: Send = ({ id, visitor, pass }, operation) =>
    visitor.json('POST', `/production/records/${id}/operations/${operation}`, { values }, pass);

  const throughTheForm: Send = ({ id, visitor, home }, operation) =>
    submit(visitor, `${home}/records/${id}/operations/${operation}`, values);

  it.each([
    ['note', 'the API', throughTheApi],
    ['complete', 'the API', throughTheApi],
    ['note', 'its form', throughTheForm],
    ['complete', 'its form', throughTheForm],
  ] as const)(
    '[D8] no %s through %s commits after it, although the pass was live when the request was read',
    async (operation, _, send) => {
      const contractor = await begin();
      const { id, visitor, home } = contractor;
      const grant = await grantOf(id);
      const before = await readRecord(dispatcher, id);
      let revoked: Answer | undefined;
      const held = system.faults.inject({
        when: (call) => /-(api|portal)$/.test(call.caller) && call.operation === 'TransactWriteItems',
        failure: {
          meanwhile: async () => {
            revoked = await dispatcher.json('POST', '/admin/tokens/production/revoke', { passes: [grant] });
          },
        },
        times: 1,
      });
      const answer = await send(contractor, operation);
      expect([held.struck, revoked?.status]).toEqual([1, 200]);
      expect([answer.status, answer.text]).toEqual([410, expect.stringMatching(/PASS_ENDED|has ended/)]);
      expect(answer.text).not.toContain('The lift');
      expect((await visitor.get(home)).status).toBe(410);
      await finished(system, id);
      const after = await readRecord(dispatcher, id);
      expect([after.state, after.values.completionNotes]).toEqual(['Active', before.values.completionNotes]);
      const events = await historyOf(id);
      expect(events.some(({ operation: done }) => done === 'complete')).toBe(false);
    },
  );

  it('[D8] the very next request is refused, whichever it is', async () => {
    const { id, visitor, pass, home } = await begin();
    const grant = await grantOf(id);
    await dispatcher.json('POST', '/admin/tokens/production/revoke', { passes: [grant] });
    const answers = await Promise.all([
      visitor.get(home),
      visitor.get(`/production/records/${id}`, pass),
      visitor.get('/me', pass),
      visitor.json('POST', `/production/records/${id}/operations/note`, { values: {} }, pass),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([410, 410, 410, 410]);
  });

  it('[D9] ending one pass leaves another of the same person alone', async () => {
    const person = { name: 'Two Jobs', email: 'two-jobs@contractor.example' };
    const orders = [
      await addWorkOrder(dispatcher, workOrder(person)),
      await addWorkOrder(dispatcher, workOrder(person)),
    ];
    const mails = await system.waitFor('two mails', async () => {
      const found = (await system.mail.messages()).filter(({ to }) => to.includes(person.email));
      return found.length === 2 ? found : undefined;
    });
    const passes = await Promise.all(mails.map(({ text }) => follow(system, linkIn(text))));
    const [one, other] = await Promise.all(
      orders.map(async ({ id }) => {
        const answers = await Promise.all(
          passes.map(({ visitor, pass }) => visitor.get(`/production/records/${id}`, pass)),
        );
        return { id, pass: passes[answers.findIndex(({ status }) => status === 200)] as Contractor };
      }),
    );
    expect((await complete(one?.pass as Contractor, one?.id as string)).status).toBe(200);
    expect((await one?.pass.visitor.get(one.pass.home))?.status).toBe(410);
    expect((await other?.pass.visitor.get(other.pass.home))?.status).toBe(200);
    expect((await complete(other?.pass as Contractor, other?.id as string)).status).toBe(200);
  });
});
