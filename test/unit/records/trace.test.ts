import type { Grant } from '../../../core/grants/grant.ts';
import type { PassEvent } from '../../../core/journal/event.ts';
import { runOperation } from '../../../core/records/operation.ts';
import { readHistory, readTaskRuns } from '../../../core/records/trace.ts';
import type { Session } from '../../../core/runtime.ts';
import { RepairSite } from '../../fixtures/repairs.ts';

const AT = '2027-03-10T09:00:00.000Z';
const historyOf = (session: Session, limit = 10, cursor?: string) =>
  readHistory(session, 'r1', { limit, ...(cursor !== undefined && { cursor }) });

/** A job of Bob's that the chief has added and Bob has finished. */
async function siteWithJob(): Promise<RepairSite> {
  const site = new RepairSite();
  await site.job({ title: 'Mend', hours: 2, worker: 'bob', secret: 'x' });
  await runOperation(site.as('bob'), { recordId: 'r1', operation: 'finish', values: { hours: 3 } });
  return site;
}

describe('a record’s history', () => {
  it('tells newest first who did what, and of values those that the reader may view', async () => {
    const site = await siteWithJob();
    const finished = {
      number: 2,
      at: AT,
      operation: 'finish',
      actor: { id: 'bob', type: 'user', name: 'Bob' },
      stateBefore: 'Open',
      stateAfter: 'Done',
      before: { hours: 2 },
      after: { hours: 3 },
    };
    const added = {
      number: 1,
      at: AT,
      operation: 'add',
      actor: { id: 'ann', type: 'user', name: 'Ann' },
      stateAfter: 'Open',
      before: {},
    };
    const all = { title: 'Mend', hours: 2, worker: 'bob' };

    expect(await historyOf(site.as('ann'))).toEqual({
      items: [finished, { ...added, after: { ...all, secret: 'x', day: '2027-03-10' } }],
      names: { bob: 'Bob' },
    });
    expect(await historyOf(site.as('bob'))).toEqual({
      items: [finished, { ...added, after: all }],
      names: { bob: 'Bob' },
    });
  });

  it('goes on from page to page for who reads it', async () => {
    const site = await siteWithJob();
    const first = await historyOf(site.as('ann'), 1);
    const second = await historyOf(site.as('ann'), 1, first.cursor);
    expect([first, second].map(({ items }) => items.map(({ number }) => number))).toEqual([[2], [1]]);
    expect([typeof first.cursor, second.cursor]).toEqual(['string', undefined]);
    await expect(historyOf(site.as('bob'), 1, first.cursor)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
    await site.job({ title: 'Other' });
    await expect(
      readHistory(site.as('ann'), 'r2', { limit: 1, cursor: first.cursor as string }),
    ).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('and task runs are not for passes, nor for who does not see the record', async () => {
    const site = await siteWithJob();
    const missing = { code: 'NOT_FOUND' };
    for (const session of [site.pass('bob'), site.as('cid')]) {
      await expect(historyOf(session)).rejects.toMatchObject(missing);
      await expect(readTaskRuns(session, 'r1')).rejects.toMatchObject(missing);
    }
    for (const type of ['serviceAccount', 'robot'] as const) {
      expect((await historyOf(site.as('ann', { type }))).items).toHaveLength(2);
      expect(await readTaskRuns(site.as('ann', { type }), 'r1')).toEqual([]);
    }
  });

  it.each<[string, PassEvent, string]>([
    [
      'ExtendPass',
      { endBefore: '2027-03-11T00:00:00.000Z', endAfter: '2027-04-01T00:00:00.001Z' },
      'Moved the end of the pass from Wednesday, 10 March 2027 to Thursday, 1 April 2027',
    ],
    [
      'ExtendPass',
      { endAfter: '2027-04-01T00:00:00.000Z' },
      'Moved the end of the pass from none to Wednesday, 31 March 2027',
    ],
    ['RevokePass', { failure: 'no answer' }, 'Revoked the pass'],
    ['ResendPass', { mails: 1 }, 'Sent the link of the pass again'],
    [
      'ResendPass',
      { mails: 1, failure: 'no answer' },
      'Tried to send the link of the pass again (no answer)',
    ],
    ['ResendPass', { mails: 0 }, 'Found nobody to send the link of the pass to'],
    ['ResendPass', {}, 'Found nobody to send the link of the pass to'],
  ])('says in words what was done with its pass: %s %j', async (operation, pass, summary) => {
    const site = await siteWithJob();
    const [event] = site.store.events;
    if (!event) throw new Error('nothing has happened');
    site.store.events.unshift({
      ...event,
      operation,
      pass,
      grantId: 'g1',
      service: 'close-job',
      exemption: 'admin' as never,
    });
    const [told] = (await historyOf(site.as('ann'))).items;
    expect(told).toMatchObject({
      operation,
      grantId: 'g1',
      pass,
      summary,
      service: 'close-job',
      exemption: 'admin',
    });
  });

  it('does not tell of a grant that is not what the event is about', async () => {
    const site = await siteWithJob();
    Object.assign(site.store.events[0] ?? {}, { grantId: 'g1' });
    expect((await historyOf(site.as('ann'))).items[0]).not.toHaveProperty('grantId');
  });
});

it('a record’s task runs tell where each of them stands, in the words of its task', async () => {
  const site = await siteWithJob();
  const grant = (id: string, more: Partial<Grant>): Grant => ({
    id,
    environment: 'production',
    recordId: 'r1',
    app: 'repairs',
    recordType: 'job',
    operation: 'add',
    task: 'gone-task',
    status: 'live',
    createdAt: AT,
    createdBy: 'ann',
    principalId: 'p1',
    credentialId: 'c1',
    callbackToken: 'never told',
    steps: [{ at: AT, step: 'CreateToken', outcome: 'done' }],
    dueAt: 1,
    ...more,
  });
  site.store.grants.push(
    grant('g2', { expiresAt: Date.parse('2027-04-01T00:00:00.000Z') }),
    grant('g1', { status: 'ended', endedAt: AT, endReason: 'revoked', steps: [] }),
    grant('g0', { recordId: 'r2' }),
  );
  const same = { task: 'gone-task', title: 'gone-task', startedAt: AT };
  expect(await readTaskRuns(site.as('ann'), 'r1')).toEqual([
    {
      id: 'g2',
      ...same,
      status: 'live',
      expiresAt: '2027-04-01T00:00:00.000Z',
      steps: [{ at: AT, step: 'CreateToken', outcome: 'done' }],
    },
    { id: 'g1', ...same, status: 'ended', endedAt: AT, endReason: 'revoked', steps: [] },
  ]);
});
