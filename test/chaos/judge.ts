import type { Grant } from '../../core/grants/grant.ts';
import type { StoredRecord } from '../../core/records/record.ts';
import type { Mail } from '../../local/mailbox/mailbox.ts';
import type { Lifecycles } from '../support/lifecycles.ts';
import { leftOf } from '../support/oracle.ts';
import { describePlan, isMild, type LifecyclePlan } from './plan.ts';
import type { Case } from './round.ts';

/** What became of one work order. */
export interface Judgement {
  plan: LifecyclePlan;
  /** Everything that must not be; empty when all is well. */
  findings: string[];
  passes: number;
  /** Calls that a fault has struck, or during which an execution was aborted. */
  struck: number;
  /** Mails beyond the first of their kind. */
  duplicates: number;
  mails: number;
}

/** One mail more than intended is documented: nobody can know whether a mail has left whose answer was lost. */
const MOST_OF_A_KIND = 2;

/** Judges a work order whose time is over: nothing may be left, lost or done twice. */
export async function judge(lifecycles: Lifecycles, one: Case, mails: readonly Mail[]): Promise<Judgement> {
  const { store } = lifecycles.runtime;
  const { plan, recordId, reported } = one;
  const findings = [...one.findings];
  const record = await store.readRecord('production', recordId);
  const grants = await store.readGrants('production', recordId);
  for (const grant of grants) {
    const left = await leftOf(lifecycles, { ...one, grantId: grant.id });
    findings.push(...left.map((finding) => `${grant.id}: ${finding}`));
    findings.push(...untold(grant, record));
  }
  if (grants.length === 0) findings.push('LOST: no pass was ever asked for');
  if (!record && !plan.deed.includes('deletes')) findings.push('LOST: the work order is gone');
  findings.push(...(await misreported(lifecycles, one, record)));

  const kinds = kindsOf(one, mails);
  for (const [kind, count] of kinds)
    if (count > MOST_OF_A_KIND) findings.push(`DUPLICATE: ${count} mails “${kind}”`);
  const counts = [...kinds.values()];
  return {
    plan,
    findings: findings.map(
      (finding) => `${finding}${reported ? ` (reported done: ${reported.status})` : ''}`,
    ),
    passes: grants.length,
    struck: one.faults.reduce((sum, { struck }) => sum + struck, 0),
    mails: counts.reduce((sum, count) => sum + count, 0),
    duplicates: counts.reduce((sum, count) => sum + count - 1, 0),
  };
}

/** A pass that failed must be told: in its task run, and on the record if that is still about it. */
function untold(grant: Grant, record: StoredRecord | undefined): string[] {
  if (grant.status !== 'failed') return [];
  const noted = grant.steps.some(({ outcome, message }) => outcome === 'failed' && message);
  if (!noted) return ['LOST: a pass failed, and its task run does not say why'];
  const concerns = record && record.state === 'Active' && !record.grantId;
  return concerns && !record.trouble ? ['LOST: a pass failed, and the record does not say so'] : [];
}

/** Who was told that the job is reported done can rely on it, and it counts once. */
async function misreported(
  lifecycles: Lifecycles,
  { plan, recordId, reported }: Case,
  record: StoredRecord | undefined,
): Promise<string[]> {
  const { items } = await lifecycles.runtime.store.readEvents('production', recordId, { limit: 100 });
  const times = items.filter(({ operation }) => operation === 'complete').length;
  const findings: string[] = [];
  if (times > 1) findings.push(`DUPLICATE: it was reported done ${times} times`);
  if (reported?.status === 200 && (times === 0 || record?.state !== 'Closed'))
    findings.push('LOST: it was reported done, and is not');
  if (isMild(plan) && plan.deed.includes('reports it done') && times === 0)
    findings.push('LOST: nobody could report it done, although all troubles pass by themselves');
  return findings;
}

function kindsOf({ number, email }: Case, mails: readonly Mail[]): Map<string, number> {
  const kinds = new Map<string, number>();
  for (const { to, subject, text } of mails) {
    const ours = to.some((address) => address.endsWith(email)) || subject.includes(`${number} ends`);
    if (!ours) continue;
    // A reminder of another end is another reminder, and so is a mail to another address.
    const end = /ends on ([^,]+, [^.,]+)/.exec(text)?.[1] ?? '';
    const kind = `${subject} → ${to.join()} ${end}`;
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return kinds;
}

/** For the person who has to find out. */
export function describeJudgement({ plan, findings }: Judgement): string {
  return `  ${describePlan(plan)}\n    → ${findings.join('\n    → ')}`;
}
