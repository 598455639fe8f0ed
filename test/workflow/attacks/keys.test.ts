import { jest } from '@jest/globals';
import type { System } from '../../../local/system.ts';
import { linkIn, type Visitor } from '../../../local/visitor.ts';
import { runCommand } from '../../support/command.ts';
import {
  addWorkOrder,
  CONTRACTORS,
  type Contractor,
  DISPATCHER,
  finished,
  follow,
  livePassOf,
  readRecord,
  startPropertyManagement,
  takeOn,
  workOrder,
} from '../../support/property-management.ts';
import { staffSession } from '../../support/site-runtime.ts';
import { watchCalls, wholeTable } from '../../support/witness.ts';

jest.setTimeout(120_000);

/** Functions look at the secret again after five minutes. */
const REFRESHED_MS = 5 * 60_000 + 1000;

let system: System;
let dispatcher: Visitor;

beforeAll(async () => {
  system = await startPropertyManagement();
  dispatcher = await staffSession(system, DISPATCHER);
}, 180_000);

afterEach(() => system.faults.clear());
afterAll(() => system?.stop());

/** Every key that there is now, of tokens and of the journal. */
function keyTexts(): string[] {
  return ['SigningKeysSecretArn', 'JournalKeysSecretArn'].flatMap((name) => {
    const text = system.secrets.read(system.outputs[name] as string);
    return text.startsWith('{')
      ? Object.values<string>(JSON.parse(text)).filter((key) => key.length > 4)
      : [];
  });
}

/** `npm run keys`, as an operator runs it; it prints no key, whatever becomes of it. */
async function keys(...args: string[]): Promise<{ exitCode: number; says: string }> {
  const before = keyTexts();
  const { exitCode, site, stdout, stderr } = await runCommand(system, 'bin/keys.ts', args);
  if (!stdout.startsWith('Usage')) expect(site).toBe(`Site ${system.url} (stage local, us-east-1)`);
  const printed = [...before, ...keyTexts()].filter((key) => (stdout + stderr).includes(key));
  if (printed.length > 0) throw new Error(`npm run keys -- ${args.join(' ')} printed a key`);
  return { exitCode, says: (stdout || stderr).trim() };
}

/** The same, for which nothing may be in the way. */
async function changeKeys(...args: string[]): Promise<string> {
  const { exitCode, says } = await keys(...args);
  if (exitCode !== 0) throw new Error(`npm run keys -- ${args.join(' ')} said: ${says}`);
  return says;
}

/** Until every function has looked at the secret again. */
const taken = () => system.clock.advance(REFRESHED_MS);
const keyOf = (token: string) => token.slice(5, 9);

const begin = () => takeOn(system, dispatcher);

const complete = ({ visitor, pass, id }: Contractor & { id: string }) =>
  visitor.json('POST', `/production/records/${id}/operations/complete`, { values: {} }, pass);

describe('a key that is rotated while passes live', () => {
  it('[P12] ends nothing: old passes, sessions and forms go on, new ones name the new key', async () => {
    const before = await begin();
    const form = `${before.home}/records/${before.id}/operations/complete`;
    const [, formToken = ''] =
      /name="formToken" value="([^"]+)"/.exec((await before.visitor.get(form)).text) ?? [];
    await addWorkOrder(dispatcher, workOrder());
    const { cursor = '' } = (
      await dispatcher.get('/production/apps/work-orders/record-types/work-order/views/all?limit=1')
    ).json as { cursor?: string };

    // In two steps, so that no function signs with a key that another does not know yet.
    expect(await changeKeys('add')).toBe(
      '0001  signs\n0002\n\nFunctions know it within five minutes. Activate it ten minutes from now.',
    );
    expect(await changeKeys('list')).toBe('0001  signs\n0002');
    expect(await keys('activate', '0002')).toEqual({
      exitCode: 1,
      says: expect.stringMatching(/^The keys were changed just now\..* activate it in 10 minutes\.$/),
    });
    await taken();
    expect(keyOf((await begin()).token)).toBe('0001');
    // The command's clock is not the one that was moved.
    expect(await changeKeys('activate', '0002', '--at-once')).toBe(
      '0001\n0002  signs\n\nWhat was signed before stays as it is. Functions sign with it within five minutes.',
    );
    const between = await begin();
    expect((await between.visitor.get(between.home)).status).toBe(200);
    await taken();

    expect((await before.visitor.get(before.home)).status).toBe(200);
    expect((await follow(system, before.link)).landing.status).toBe(303);
    expect((await dispatcher.get('/me')).json).toMatchObject({ name: 'Dana Dispatcher' });
    expect((await readRecord(dispatcher, before.id)).values.contractorLink).toBe(before.link);
    const after = await begin();
    expect(keyOf(after.token)).toBe('0002');
    expect(keyOf((await staffSession(system, DISPATCHER)).cookies.get('dp_session') ?? '')).toBe('0002');
    const view = '/production/apps/work-orders/record-types/work-order/views/all';
    const further = await dispatcher.get(`${view}?cursor=${encodeURIComponent(cursor)}`);
    expect([further.status, cursor.slice(0, 4)]).toEqual([200, '0001']);

    const done = await before.visitor.form(form, { formToken });
    expect([done.status, done.headers.get('location')]).toEqual([303, before.home]);
    // Thanked once; from then on the pass is over.
    expect((await before.visitor.get(before.home)).text).toContain('Thank you');
    expect((await finished(system, before.id)).status).toBe('SUCCEEDED');
    expect((await before.visitor.get(before.home)).status).toBe(410);
    expect((await complete(after)).status).toBe(200);
    expect((await finished(system, after.id)).status).toBe('SUCCEEDED');
  });
});

describe('a key that has become known', () => {
  it('[P12] is taken out: whatever it signed is refused without a read, and passes get other links', async () => {
    await changeKeys('add');
    await changeKeys('activate', '0003', '--at-once');
    await taken();
    dispatcher = await staffSession(system, DISPATCHER);
    const contractor = await begin();
    const { id, visitor, pass, home, token, link } = contractor;
    expect(keyOf(token)).toBe('0003');

    expect(await changeKeys('replace', '0003')).toMatch(
      /^0001\n0002\n0004 {2}signs\n0003 {2}retired\n\nWithin five minutes, whatever it signed is refused\. Until /,
    );
    await taken();
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
    const grant = await livePassOf(dispatcher, id);
    const resent = await dispatcher.json('POST', `/admin/tokens/production/${grant?.id}/resend`, {});
    expect([resent.status, resent.json]).toEqual([200, { sent: 1 }]);
    const [mail] = await system.mail.messages();
    expect(linkIn(mail?.text ?? '')).toBe(contractorLink);
    const again = { id, ...(await follow(system, String(contractorLink))) };
    expect(again.landing.status).toBe(303);
    // Its credential still names 0003, but its link was written with 0004: that one is in use.
    await changeKeys('add');
    await taken();
    await changeKeys('activate', '0005', '--at-once');
    await taken();
    dispatcher = await staffSession(system, DISPATCHER);
    expect(await keys('retire', '0004', '--at-once')).toEqual({
      exitCode: 1,
      says: expect.stringMatching(/^1 live pass and 0 API keys were signed with 0004 /),
    });
    const byToken = await dispatcher.get(`${CONTRACTORS}/views/by-token?param.token=${again.token}`);
    expect((byToken.json as { records: unknown[] }).records).toHaveLength(1);

    expect((await complete(again)).status).toBe(200);
    expect((await finished(system, id)).status).toBe('SUCCEEDED');
    expect((await again.visitor.get(again.home)).status).toBe(410);
    const gone = await dispatcher.get(`${CONTRACTORS}/views/by-token?param.token=${again.token}`);
    expect((gone.json as { records: unknown[] }).records).toEqual([]);
  });
});

describe('a key that signs no more', () => {
  it('[P12] is retired once no live pass names it, or if that is said; undone, all is as it was', async () => {
    const contractor = await begin();
    const { id, visitor, home, token } = contractor;
    const old = keyOf(token);
    expect(await keys('retire', old)).toEqual({
      exitCode: 1,
      says: `${old} is the key to sign with. Activate another one before.`,
    });
    await changeKeys('add');
    await taken();
    await changeKeys('activate', '0006', '--at-once');
    expect(await keys('retire', old)).toEqual({
      exitCode: 1,
      says: expect.stringMatching(/may still sign with 0005: retire it in 10 minutes\.$/),
    });
    await taken();
    dispatcher = await staffSession(system, DISPATCHER);
    expect(await keys('retire', old, '--at-once')).toEqual({
      exitCode: 1,
      says: `1 live pass and 0 API keys were signed with ${old} and would be refused. Wait until they have ended, or say --end-what-it-signed.`,
    });
    expect(await changeKeys('retire', old, '--end-what-it-signed')).toMatch(
      new RegExp(`\\n${old} {2}retired\\n\\nWithin five minutes, whatever it signed is refused\\.$`),
    );
    await taken();
    expect((await visitor.get(home)).status).toBe(410);
    const undone = await changeKeys('undo');
    expect(undone).not.toContain('0005  retired');
    expect(undone).toMatch(/\n\nFunctions take these keys up within five minutes\.$/);
    await taken();
    expect((await visitor.get(home)).status).toBe(200);

    expect((await complete(contractor)).status).toBe(200);
    expect((await finished(system, id)).status).toBe('SUCCEEDED');
    expect(await changeKeys('retire', old, '--at-once')).toContain(`${old}  retired`);
    expect((await keys('retire', old)).says).toBe(
      `There is no key ${old}. There are 0001, 0002, 0004, 0006.`,
    );
    // Nor is a key taken back that has signed since.
    const now = await changeKeys('replace', '0006');
    expect(now).toContain('0007  signs');
    expect((await keys('undo')).says).toMatch(/^0007 signs now, and was not there before the last change/);
    await taken();
    dispatcher = await staffSession(system, DISPATCHER);
  });

  it('[P12] is not lost when two operators change the keys at the same time', async () => {
    const secret = system.outputs.SigningKeysSecretArn as string;
    const before = system.secrets.read(secret);
    const others = JSON.stringify({ ...JSON.parse(before), '0009': '9'.repeat(96) });
    system.faults.inject({
      when: ({ operation }) => operation === 'UpdateSecretVersionStage',
      failure: { meanwhile: async () => system.secrets.replace(secret, others) },
      attempts: 1,
      times: 1,
    });
    expect(await keys('add')).toEqual({
      exitCode: 1,
      says: 'Somebody else has changed the keys meanwhile. Nothing was done; look at them again.',
    });
    expect(system.secrets.read(secret)).toBe(others);
    expect((await changeKeys('undo')).split('\n')).not.toContain('0009');
    expect(system.secrets.read(secret)).toBe(before);
  });

  it('[P12] is changed once when the answer is lost', async () => {
    const lost = system.faults.inject({
      when: ({ operation }) => ['PutSecretValue', 'UpdateSecretVersionStage'].includes(operation),
      failure: 'lose answer',
      attempts: 1,
    });
    expect(await changeKeys('add')).toContain('\n0007  signs\n0008\n');
    expect(lost.struck).toBe(2);
    expect(await changeKeys('undo')).not.toContain('0008');
  });

  it('[P12] of the journal is kept for ever: without it, what it chained cannot be verified', async () => {
    expect(await changeKeys('add', '--journal')).toMatch(/^0001 {2}chains the journal\n0002\n/);
    for (const command of ['retire', 'replace']) {
      expect(await keys(command, '0001', '--journal')).toEqual({
        exitCode: 1,
        says: 'A key of the journal is never taken out: without it, what it chained cannot be verified.',
      });
    }
    await taken();
    await changeKeys('activate', '0002', '--journal', '--at-once');
    await taken();
    const { id } = await begin();
    await system.settled();
    const { exitCode, stdout } = await runCommand(system, 'bin/journal-verify.ts');
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('The journal is whole.')]);
    expect(JSON.stringify(await wholeTable(system))).toContain('"keyId":"0002"');
    expect((await readRecord(dispatcher, id)).state).toBe('Active');

    // Nor by taking back a change, whatever is said: here one that somebody made by hand.
    const secret = system.outputs.JournalKeysSecretArn as string;
    const byHand = { ...JSON.parse(system.secrets.read(secret)), active: '0003', '0003': '3'.repeat(64) };
    system.secrets.replace(secret, JSON.stringify(byHand));
    expect(await keys('undo', '--journal', '--end-what-it-signed')).toEqual({
      exitCode: 1,
      says: 'A key of the journal is never taken out: without it, what it chained cannot be verified.',
    });
  });

  it('whoever asks wrongly is told how to', async () => {
    expect(await keys('--help')).toEqual({
      exitCode: 0,
      says: expect.stringMatching(/^Usage: npm run keys/),
    });
    for (const args of [['retire'], ['add', '0007'], ['retire', '0001', '0002'], ['rotate']]) {
      expect(await keys(...args)).toEqual({
        exitCode: 2,
        says: expect.stringMatching(/^Usage: npm run keys/),
      });
    }
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
    expect(await keys()).toEqual({
      exitCode: 1,
      says: expect.stringMatching(/^The secret does not hold keys .*`npm run keys -- undo`/),
    });
    expect((await keys('undo')).says).toMatch(/^Before the last change, the secret held no keys/);
    system.secrets.replace(secret, right);
    system.secrets.replace(secret, 'edited by hand');
    await changeKeys('undo');
    expect(system.secrets.read(secret)).toBe(right);
    const logged = system.logs().filter((line) => line.includes(JSON.parse(right)['0001']));
    expect(logged).toEqual([]);
  });
});
