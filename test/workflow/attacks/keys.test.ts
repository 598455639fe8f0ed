import { randomBytes } from 'node:crypto';
import { jest } from '@jest/globals';
import type { System } from '../../../local/system.ts';
import { linkIn, type Visitor } from '../../../local/visitor.ts';
import {
  addWorkOrder,
  arrive,
  CONTRACTORS,
  type Contractor,
  DISPATCHER,
  finished,
  follow,
  readRecord,
  startPropertyManagement,
  workOrder,
} from '../../support/property-management.ts';
import { staffSession } from '../../support/site-runtime.ts';
import { watchCalls } from '../../support/witness.ts';

jest.setTimeout(120_000);

/** Functions look at the secret again after five minutes. */
const REFRESHED_MS = 5 * 60_000 + 1000;

let system: System;
let dispatcher: Visitor;
let people = 0;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
}, 180_000);

afterEach(() => system.faults.clear());
afterAll(() => system?.stop());

type Keys = Record<string, string>;

/** What an operator does with `aws secretsmanager put-secret-value`. */
function changeKeys(change: (keys: Keys) => void): void {
  const secret = system.outputs.SigningKeysSecretArn as string;
  const keys = JSON.parse(system.secrets.read(secret)) as Keys;
  change(keys);
  system.secrets.replace(secret, JSON.stringify(keys));
}

const newKey = () => randomBytes(48).toString('hex');
const keyOf = (token: string) => token.slice(5, 9);

async function begin(): Promise<Contractor & { id: string }> {
  people += 1;
  const email = `contractor-${people}@contractor.example`;
  const { id } = await addWorkOrder(dispatcher, workOrder({ name: `Contractor ${people}`, email }));
  return { id, ...(await arrive(system, email)) };
}

const complete = ({ visitor, pass, id }: Contractor & { id: string }) =>
  visitor.json('POST', `/production/records/${id}/operations/complete`, { values: {} }, pass);

describe('a key that is rotated while passes live', () => {
  it('[P12] ends nothing: old passes, sessions and forms go on, new ones name the new key', async () => {
    const before = await begin();
    const form = `${before.home}/records/${before.id}/operations/complete`;
    const [, formToken = ''] =
      /name="formToken" value="([^"]+)"/.exec((await before.visitor.get(form)).text) ?? [];
    const { cursor = '' } = (
      await dispatcher.get('/production/apps/work-orders/record-types/work-order/views/all?limit=1')
    ).json as { cursor?: string };

    // In two steps, so that no function signs with a key that another does not know yet.
    changeKeys((keys) => {
      keys['0002'] = newKey();
    });
    await system.clock.advance(REFRESHED_MS);
    expect(keyOf((await begin()).token)).toBe('0001');
    changeKeys((keys) => {
      keys.active = '0002';
    });
    const between = await begin();
    expect((await between.visitor.get(between.home)).status).toBe(200);
    await system.clock.advance(REFRESHED_MS);

    expect((await before.visitor.get(before.home)).status).toBe(200);
    expect((await follow(system, before.link)).landing.status).toBe(303);
    expect((await dispatcher.get('/me')).json).toMatchObject({ name: 'Dana Dispatcher' });
    expect((await readRecord(dispatcher, before.id)).values.contractorLink).toBe(before.link);
    const after = await begin();
    expect(keyOf(after.token)).toBe('0002');
    expect(keyOf((await staffSession(system, DISPATCHER)).cookies.get('dp_session') ?? '')).toBe('0002');
    if (cursor) {
      const view = '/production/apps/work-orders/record-types/work-order/views/all';
      expect((await dispatcher.get(`${view}?cursor=${encodeURIComponent(cursor)}`)).status).toBe(200);
    }

    expect((await before.visitor.form(form, { formToken })).status).toBe(200);
    expect((await finished(system, before.id)).status).toBe('SUCCEEDED');
    expect((await before.visitor.get(before.home)).status).toBe(410);
    expect((await complete(after)).status).toBe(200);
    expect((await finished(system, after.id)).status).toBe('SUCCEEDED');
  });
});

describe('a key that has become known', () => {
  it('[P12] is taken out: whatever it signed is refused without a read, and passes get other links', async () => {
    changeKeys((keys) => {
      keys['0003'] = newKey();
      keys.active = '0003';
    });
    await system.clock.advance(REFRESHED_MS);
    dispatcher = await staffSession(system, DISPATCHER);
    const contractor = await begin();
    const { id, visitor, pass, home, token, link } = contractor;
    expect(keyOf(token)).toBe('0003');

    changeKeys((keys) => {
      delete keys['0003'];
      keys['0004'] = newKey();
      keys.active = '0004';
    });
    await system.clock.advance(REFRESHED_MS);
    // Whoever comes first makes a function look at the secret again; that reads no table.
    const watch = watchCalls(system);
    expect((await visitor.get(`/production/records/${id}`, pass)).status).toBe(410);
    expect((await dispatcher.get('/me')).json).toMatchObject({ type: 'anonymous' });
    expect(watch.all()).toEqual([]);
    expect((await visitor.get(home)).status).toBe(410);
    expect((await follow(system, link)).landing.status).toBe(404);

    dispatcher = await staffSession(system, DISPATCHER);
    const { contractorLink } = (await readRecord(dispatcher, id)).values;
    expect(keyOf(new URL(String(contractorLink)).searchParams.get('token') ?? '')).toBe('0004');
    await system.mail.clear();
    const { passes } = (await dispatcher.get('/admin/tokens/production')).json as {
      passes: { id: string; record: { id: string } }[];
    };
    const grant = passes.find(({ record }) => record.id === id)?.id;
    const resent = await dispatcher.json('POST', `/admin/tokens/production/${grant}/resend`, {});
    expect([resent.status, resent.json]).toEqual([200, { sent: 1 }]);
    const [mail] = await system.mail.messages();
    expect(linkIn(mail?.text ?? '')).toBe(contractorLink);
    const again = { id, ...(await follow(system, String(contractorLink))) };
    expect(again.landing.status).toBe(303);
    const byToken = await dispatcher.get(`${CONTRACTORS}/views/by-token?param.token=${again.token}`);
    expect((byToken.json as { records: unknown[] }).records).toHaveLength(1);

    expect((await complete(again)).status).toBe(200);
    expect((await finished(system, id)).status).toBe('SUCCEEDED');
    expect((await again.visitor.get(again.home)).status).toBe(410);
    const gone = await dispatcher.get(`${CONTRACTORS}/views/by-token?param.token=${again.token}`);
    expect((gone.json as { records: unknown[] }).records).toEqual([]);
  });
});

describe('keys that cannot be had', () => {
  it('[P12] shut nobody out at once, and nobody gets in on keys that are too old', async () => {
    const { visitor, home } = await begin();
    system.faults.inject({ when: ({ service }) => service === 'secretsmanager', failure: 'fail' });
    await system.clock.advance(30 * 60_000);
    expect((await visitor.get(home)).status).toBe(200);
    await system.clock.advance(35 * 60_000);
    expect((await visitor.get(home)).status).toBe(503);
    expect((await dispatcher.get('/me')).status).toBe(503);
    system.faults.clear();
    expect((await visitor.get(home)).status).toBe(200);
  });

  it('a secret that was damaged is not taken up', async () => {
    const { visitor, home } = await begin();
    const secret = system.outputs.SigningKeysSecretArn as string;
    const right = system.secrets.read(secret);
    for (const wrong of ['', '{', '{}', '{"active": "0009"}', '{"active": "0001", "0001": "short"}']) {
      system.secrets.replace(secret, wrong);
      await system.clock.advance(REFRESHED_MS);
      expect([wrong, (await visitor.get(home)).status]).toEqual([wrong, 200]);
    }
    system.secrets.replace(secret, right);
    const logged = system.logs().filter((line) => line.includes(JSON.parse(right)['0001']));
    expect(logged).toEqual([]);
  });
});
