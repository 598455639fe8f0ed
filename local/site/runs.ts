import { isEnvironment } from '../../core/environments.ts';
import { type Grant, recordIdOfGrant } from '../../core/grants/grant.ts';
import { readableDay } from '../../core/grants/readable-day.ts';
import type { Runtime } from '../../core/runtime.ts';
import type { ExecutionSummary } from '../executions.ts';
import { recordTitle } from './record-title.ts';
import type { Site } from './site.ts';

/** An execution in a newcomer's words. */
export interface Run {
  /** “Access for WO-2001 (Ana Ruiz)” */
  name: string;
  /** “waiting until the work is done, or until the end of Friday, 4 December 2026” */
  stage: string;
  /** The page of the record that it works for. */
  page?: string;
}

/** Tells executions in words; undefined for one that is not the site's. */
export type DescribeRun = (
  execution: Pick<ExecutionSummary, 'status'> & { input: string },
) => Promise<Run | undefined>;

export function describeRunsOf(site: Site): DescribeRun {
  return async ({ status, input }) => {
    const { environment, grantId, recordType } = (JSON.parse(input) ?? {}) as Record<string, unknown>;
    if (typeof environment !== 'string' || !isEnvironment(environment)) return undefined;
    const runtime = site();
    const where = environment === 'production' ? '' : ` in ${environment}`;
    if (typeof grantId === 'string') {
      const grant = await runtime.store.readGrant(environment, grantId);
      const recordId = recordIdOfGrant(grantId);
      const title = await recordTitle(runtime, environment, recordId);
      return {
        name: `Access for ${title}${await personOf(grant, runtime)}${where}`,
        stage: grant ? stageOf(grant) : 'it was cleaned up',
        page: `${runtime.siteUrl}/app/${environment}/records/${recordId}`,
      };
    }
    if (typeof recordType === 'string') {
      const stage = status === 'RUNNING' ? 'being written anew' : 'written anew';
      return { name: `Lists of ${recordType}${where}`, stage: status === 'FAILED' ? 'it failed' : stage };
    }
    return undefined;
  };
}

async function personOf(grant: Grant | undefined, { store }: Runtime): Promise<string> {
  if (!grant?.principalId) return '';
  const { environment, recordId, principalId } = grant;
  const name =
    (await store.readPrincipal(principalId))?.name ??
    (await store.readRecord(environment, recordId))?.names[principalId];
  return name ? ` (${name})` : '';
}

const ENDS: Record<NonNullable<Grant['endReason']>, string> = {
  completed: 'over: the work was reported done',
  expired: 'over: it ran out before the work was reported done',
  revoked: 'over: staff took it away',
  superseded: 'over: another pass took its place',
  failed: 'over: it failed, and the access was taken away',
  aborted: 'over: the work is not wanted any more',
};

function stageOf({ status, expiresAt, endReason, notified }: Grant): string {
  if (status === 'requested') return 'the link is being made';
  if (status === 'live') {
    if (!notified) return 'the link is made and about to be mailed';
    const end = expiresAt === undefined ? '' : `, or until the end of ${readableDay(expiresAt)}`;
    return `waiting until the work is done${end}`;
  }
  if (endReason && status !== 'failed') return ENDS[endReason];
  return status === 'failed' ? ENDS.failed : 'being taken away';
}
