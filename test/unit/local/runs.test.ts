import type { Grant } from '../../../core/grants/grant.ts';
import type { Runtime } from '../../../core/runtime.ts';
import { describeRunsOf } from '../../../local/site/runs.ts';

const RECORD = 'r'.repeat(22);
const GRANT = `${RECORD}-${'g'.repeat(22)}`;

/** Runs of a site with one record, whose pass is in this state. */
function runsWith(grant: Partial<Grant> | undefined, { deleted = false, living = true } = {}) {
  const record = {
    app: 'orders',
    recordType: 'order',
    values: { number: 'WO-7' },
    names: { p1: 'Ana Ruiz' },
  };
  const runtime = {
    siteUrl: 'http://localhost:4000',
    store: {
      readGrant: async () =>
        grant && { environment: 'production', recordId: RECORD, principalId: 'p1', ...grant },
      readRecord: async () => (deleted ? undefined : record),
      readPrincipal: async () => (living ? { name: 'Ana Ruiz' } : undefined),
    },
    published: async () => ({
      site: { recordType: () => ({ definition: { titleField: 'number', name: 'Order' } }) },
    }),
  };
  return describeRunsOf(() => runtime as unknown as Runtime);
}

const inputOf = (environment: string) => JSON.stringify({ environment, grantId: GRANT });
const running = { status: 'RUNNING', input: inputOf('production') };

describe('a workflow in words', () => {
  it.each<[Partial<Grant>, string]>([
    [{ status: 'requested' }, 'the link is being made'],
    [{ status: 'live' }, 'the link is made and about to be mailed'],
    [
      { status: 'live', notified: { mail: '2026-11-29' }, expiresAt: Date.UTC(2026, 11, 5) },
      'waiting until the work is done, or until the end of Friday, 4 December 2026',
    ],
    [{ status: 'ending' }, 'being taken away'],
    [{ status: 'ending', endReason: 'completed' }, 'over: the work was reported done'],
    [{ status: 'ended', endReason: 'expired' }, 'over: it ran out before the work was reported done'],
    [{ status: 'ended', endReason: 'revoked' }, 'over: staff took it away'],
    [{ status: 'ended', endReason: 'superseded' }, 'over: another pass took its place'],
    [{ status: 'ended', endReason: 'aborted' }, 'over: the work is not wanted any more'],
    [{ status: 'failed' }, 'over: it failed, and the access was taken away'],
  ])('says of a pass with %j that it is “%s”', async (grant, stage) => {
    expect(await runsWith(grant)(running)).toEqual({
      name: 'Access for WO-7 (Ana Ruiz)',
      stage,
      page: `http://localhost:4000/app/production/records/${RECORD}`,
    });
  });

  it('keeps the name of whoever had a pass when their token user is gone', async () => {
    const run = await runsWith({ status: 'ended', endReason: 'completed' }, { living: false })(running);
    expect(run?.name).toBe('Access for WO-7 (Ana Ruiz)');
  });

  it('names the environment where it is not production, and a record that was deleted as such', async () => {
    const runs = runsWith({ status: 'live', principalId: undefined as never }, { deleted: true });
    const run = await runs({ status: 'RUNNING', input: inputOf('test') });
    expect(run?.name).toBe('Access for a record that was deleted in test');
  });

  it('tells of lists that are written anew', async () => {
    const input = JSON.stringify({ environment: 'production', app: 'orders', recordType: 'order' });
    const stages = ['RUNNING', 'SUCCEEDED', 'FAILED'].map(async (status) =>
      runsWith(undefined)({ status, input }),
    );
    expect(await Promise.all(stages)).toEqual([
      { name: 'Lists of order', stage: 'being written anew' },
      { name: 'Lists of order', stage: 'written anew' },
      { name: 'Lists of order', stage: 'it failed' },
    ]);
  });

  it.each(['null', '{}', '{"environment":"moon"}', '{"environment":"test"}'])(
    'leaves alone what is not of the site: %s',
    async (input) => {
      expect(await runsWith(undefined)({ status: 'RUNNING', input })).toBeUndefined();
    },
  );
});
