import { ANNOUNCE_WITHIN_MS, type Grant, START_WITHIN_MS } from '../../core/grants/grant.ts';
import type { StoredRecord } from '../../core/records/record.ts';
import type { Held, InjectedFault } from '../../local/aws-endpoint/faults.ts';
import type { System } from '../../local/system.ts';
import type { Answer } from '../../local/visitor.ts';
import { createJobFaults, type JobFaults, type StateName } from '../support/job-faults.ts';
import { DAY_MS, type Lifecycles, MINUTE_MS } from '../support/lifecycles.ts';
import { WORK_ORDERS, workOrder } from '../support/property-management.ts';
import { type Judgement, judge } from './judge.ts';
import { type Deed, isMild, type LifecyclePlan } from './plan.ts';

/** One work order of a round: what was planned for it, and what its people saw. */
export interface Case {
  plan: LifecyclePlan;
  number: string;
  email: string;
  recordId: string;
  /** The answer that told the contractor or dispatcher that the job is done. */
  reported?: Answer;
  /** The status of the last answer to the deed. */
  answer?: number;
  /** What was wrong while the pass had to be of use. */
  findings: string[];
  /** The troubles and aborts, as they are waiting for their calls. */
  faults: InjectedFault[];
}

const HOUR_MS = 60 * MINUTE_MS;
const CORRECTED: Deed = 'a dispatcher corrects the address, and the new contractor reports it done';
const EXTENDED: Deed =
  'a dispatcher extends the pass, and the contractor reports it done after the first end';
const SHORTENED: Deed = 'a dispatcher lets the pass end a day earlier';
const DUE_IN_DAYS = 3;
const AT_A_TIME = 8;
const TRIES = 12;
let rounds = 0;

/**
 * Lets work orders go through their troubles side by side, three days long, then through quiet hours in which all has
 * to come right; judges each.
 */
export async function runRound(
  system: System,
  lifecycles: Lifecycles,
  plans: readonly LifecyclePlan[],
): Promise<Judgement[]> {
  return new Round(system, lifecycles, plans).run();
}

class Round {
  readonly #system: System;
  readonly #lifecycles: Lifecycles;
  readonly #faults: JobFaults;
  readonly #cases: Case[];
  readonly #dueDate: string;
  /** Those that nobody has seen to be over. */
  readonly #open: Case[];

  constructor(system: System, lifecycles: Lifecycles, plans: readonly LifecyclePlan[]) {
    rounds += 1;
    this.#system = system;
    this.#lifecycles = lifecycles;
    this.#faults = createJobFaults(system);
    this.#dueDate = new Date(system.clock.now() + DUE_IN_DAYS * DAY_MS).toISOString().slice(0, 10);
    this.#cases = plans.map((plan, index) => ({
      plan,
      number: `CHAOS-${rounds}-${index}`,
      email: `chaos-${rounds}-${index}@firm.example`,
      recordId: '',
      findings: [],
      faults: [],
    }));
    this.#open = [...this.#cases];
  }

  async run(): Promise<Judgement[]> {
    await this.#system.mail.clear();
    for (const one of this.#cases) this.#plan(one);
    await this.#each((one) => this.#submit(one));
    await this.#pass(5 * MINUTE_MS, 30 * MINUTE_MS);
    await this.#each((one) => this.#lookIn(one, isMild(one.plan)));
    await this.#each((one) => this.#act(one));
    await this.#pass(0);
    await this.#redriveLater();
    await this.#pass(40 * MINUTE_MS);
    await this.#each((one) => this.#actLate(one, CORRECTED));

    const end = Date.parse(`${this.#dueDate}T00:00:00Z`) + DAY_MS;
    await this.#system.clock.moveTo(end - DAY_MS + MINUTE_MS);
    await this.#pass(30 * MINUTE_MS);
    await this.#each((one) => this.#lookIn(one, false));
    await this.#each((one) => this.#expectEarlierEnd(one));
    await this.#each((one) => this.#actLate(one, 'the contractor reports it done after the reminder'));
    await this.#pass(10 * MINUTE_MS);

    this.#faults.clear();
    await this.#system.clock.moveTo(end + MINUTE_MS);
    await this.#pass(0);
    await this.#each((one) => this.#actLate(one, EXTENDED));
    await this.#pass(15 * MINUTE_MS);
    for (let hours = 0; hours < 9 && (await this.#someOpen()); hours++) await this.#pass(HOUR_MS);
    const mails = await this.#system.mail.messages();
    return Promise.all(this.#cases.map((one) => judge(this.#lifecycles, one, mails)));
  }

  async #each(work: (one: Case) => Promise<unknown>): Promise<void> {
    const waiting = [...this.#cases];
    const worker = async () => {
      for (let one = waiting.shift(); one; one = waiting.shift()) await work(one);
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  }

  async #pass(...steps: number[]): Promise<void> {
    for (const ms of steps) {
      await this.#system.clock.settled();
      if (ms > 0) await this.#system.clock.advance(ms);
    }
    await this.#system.clock.settled();
  }

  #plan({ plan, number, faults }: Case): void {
    for (const trouble of plan.troubles) faults.push(this.#faults.plan(number, trouble));
    for (const { at, afterwards } of plan.aborts) {
      const failure: Held = {
        meanwhile: ({ during }) => this.#abort(during as { grantId: string; state: StateName }, afterwards),
      };
      faults.push(this.#faults.plan(number, { at, target: 'write', failure }));
    }
  }

  async #abort({ grantId }: { grantId: string }, afterwards: string): Promise<void> {
    await this.#system.executions.stop(`grant-${grantId}`);
    if (afterwards === 'redrive at once') await this.#system.executions.redrive(`grant-${grantId}`);
  }

  async #redriveLater(): Promise<void> {
    for (const { plan, recordId } of this.#cases) {
      if (!plan.aborts.some(({ afterwards }) => afterwards === 'redrive later')) continue;
      for (const { id } of await this.#grants(recordId)) {
        const execution = await this.#lifecycles.execution({ grantId: id });
        if (execution?.status === 'ABORTED') await this.#system.executions.redrive(execution.executionArn);
      }
    }
  }

  /** As somebody does who gets no answer: the same request again, which counts once. */
  async #insist(send: () => Promise<Answer>): Promise<Answer> {
    for (let tried = 1; ; tried++) {
      const answer = await send();
      const { code } = (answer.json ?? {}) as { code?: string };
      if ((answer.status < 500 && code !== 'CONFLICT') || tried === TRIES) return answer;
    }
  }

  async #submit(one: Case): Promise<void> {
    const { number, email } = one;
    const values = workOrder({ name: `Contractor ${number}`, email }, { number, dueDate: this.#dueDate });
    const staff = await this.#lifecycles.staff();
    const path = `${WORK_ORDERS}/records`;
    const headers = { 'idempotency-key': number };
    const answer = await this.#insist(() => staff.json('POST', path, { operation: 'add', values }, headers));
    if (answer.status !== 201)
      throw new Error(`Submitting ${number} answered ${answer.status} ${answer.text}`);
    one.recordId = (answer.json as { id: string }).id;
    await this.#actAtOnce(one);
  }

  async #actAtOnce(one: Case): Promise<void> {
    if (one.plan.deed === 'a dispatcher closes it at once') await this.#close(one);
    if (one.plan.deed === 'a dispatcher deletes it at once') await this.#delete(one);
    if (one.plan.deed === 'the contractor reports it done as soon as the pass is there') {
      // Whoever has got the mail does not wait for a workflow to settle.
      for (let looks = 0; looks < 40 && !(await this.#complete(one)); looks++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }

  async #act(one: Case): Promise<void> {
    switch (one.plan.deed) {
      case 'the contractor reports it done':
      case 'the contractor reports it done as soon as the pass is there':
        if (!one.reported) await this.#complete(one);
        return;
      case 'a dispatcher closes it':
        return this.#close(one);
      case 'a dispatcher deletes it':
        return this.#delete(one);
      case 'a dispatcher revokes the pass':
        return this.#revoke(one);
      case EXTENDED:
        return this.#moveEnd(one, DAY_MS / 2);
      case SHORTENED:
        return this.#moveEnd(one, -DAY_MS);
      case CORRECTED:
        return this.#correct(one);
    }
  }

  async #actLate(one: Case, deed: Deed): Promise<void> {
    if (one.plan.deed === deed) await this.#complete(one);
  }

  async #close(one: Case): Promise<void> {
    one.reported = await this.#staff(one, `records/${one.recordId}/operations/complete`, { values: {} });
    const record = await this.#record(one);
    if (record && record.state !== 'Closed')
      one.findings.push(`LOST: ${this.#said(one)}, but it is not closed`);
  }

  async #delete(one: Case): Promise<void> {
    await this.#staff(one, `records/${one.recordId}/operations/delete`, {});
    if (await this.#record(one)) one.findings.push(`LOST: ${this.#said(one)}, but it is still there`);
  }

  async #revoke(one: Case): Promise<void> {
    const live = await this.#live(one);
    if (live.length === 0) return;
    await this.#staff(one, 'revoke', { passes: live.map(({ id }) => id) });
    await this.#shutOut(one, live);
  }

  async #moveEnd(one: Case, by: number): Promise<void> {
    for (const { id, expiresAt = 0 } of await this.#live(one)) {
      const until = expiresAt + by;
      await this.#staff(one, `${id}/extend`, { until: new Date(until).toISOString() });
      const [grant] = (await this.#live(one)).filter((grant) => grant.id === id);
      if (grant && grant.expiresAt !== until)
        one.findings.push(`LOST: ${this.#said(one)}, but its end did not move`);
    }
  }

  /** Half an hour after an end that was moved forward. */
  async #expectEarlierEnd(one: Case): Promise<void> {
    const { answer, plan } = one;
    if (plan.deed !== SHORTENED || answer !== 200) return;
    await this.#shutOut(one, await this.#grants(one.recordId));
    if (isMild(plan) && (await this.#live(one)).length > 0)
      one.findings.push('LATE: half an hour after its earlier end nobody had cleaned up after the pass');
  }

  async #correct(one: Case): Promise<void> {
    const before = await this.#grants(one.recordId);
    const contractorEmail = `new-${one.email}`;
    await this.#staff(one, `records/${one.recordId}/operations/edit`, { values: { contractorEmail } });
    const record = await this.#record(one);
    if (record?.values.contractorEmail !== contractorEmail)
      one.findings.push(`LOST: ${this.#said(one)}, but the address is the old one`);
    await this.#shutOut(one, before);
  }

  /** Whoever was told that a pass is over relies on it at once. */
  async #shutOut(one: Case, grants: readonly Grant[]): Promise<void> {
    for (const { id } of grants) {
      if (await this.#lifecycles.letsIn({ grantId: id }))
        one.findings.push(`ORPHAN: ${this.#said(one)}, but the pass still lets somebody in`);
    }
  }

  /** A dispatcher's request about the record or its passes; its answer is kept to be told with what follows from it. */
  async #staff(one: Case, path: string, body: unknown): Promise<Answer> {
    const staff = await this.#lifecycles.staff();
    const prefix = path.startsWith('records/') ? '/production' : '/admin/tokens/production';
    return this.#noted(one, await this.#insist(() => staff.json('POST', `${prefix}/${path}`, body)));
  }

  #noted(one: Case, answer: Answer): Answer {
    one.answer = answer.status;
    if (answer.status >= 500) one.findings.push(`LOST: ${this.#said(one)}, however often it was tried`);
    return answer;
  }

  #said({ plan, answer }: Case): string {
    return `“${plan.deed}” was answered ${answer}`;
  }

  /** @returns false while there is no pass to do it with */
  async #complete(one: Case): Promise<boolean> {
    const grants = await this.#grants(one.recordId);
    if (grants.every(({ status }) => status === 'ended' || status === 'failed')) return true;
    const [grant] = grants.filter(({ status }) => status === 'live');
    const holder = grant && (await this.#lifecycles.holder({ grantId: grant.id }));
    if (!holder) return false;
    const path = `/production/records/${one.recordId}/operations/complete`;
    const body = { values: { completionNotes: 'Done.' } };
    one.reported = this.#noted(
      one,
      await this.#insist(() => holder.visitor.json('POST', path, body, holder.pass)),
    );
    const still = (await this.#live(one)).some(
      ({ id, expiresAt = 0 }) => id === grant.id && expiresAt > this.#system.clock.now(),
    );
    if (still) one.findings.push(`LOST: ${this.#said(one)}, but the pass is live, and the job not done`);
    return true;
  }

  #record({ recordId }: Case): Promise<StoredRecord | undefined> {
    return this.#lifecycles.runtime.store.readRecord('production', recordId);
  }

  #grants(recordId: string): Promise<Grant[]> {
    return this.#lifecycles.runtime.store.readGrants('production', recordId);
  }

  async #live(one: Case): Promise<Grant[]> {
    return (await this.#grants(one.recordId)).filter(({ status }) => status === 'live');
  }

  /** Whoever was found open last is looked at first: one that is still open is enough to go on. */
  async #someOpen(): Promise<boolean> {
    for (let one = this.#open.at(-1); one; one = this.#open.at(-1)) {
      const grants = await this.#grants(one.recordId);
      if (grants.some(({ status }) => status !== 'ended' && status !== 'failed')) return true;
      this.#open.pop();
    }
    return false;
  }

  /** Between the troubles: what is live must be of use, and what failed must be told. */
  async #lookIn(one: Case, mustLive: boolean): Promise<void> {
    const { deed } = one.plan;
    const record = await this.#record(one);
    for (const grant of await this.#grants(one.recordId)) {
      if (grant.status === 'live' && (grant.expiresAt ?? 0) > this.#system.clock.now()) {
        if (!(await this.#lifecycles.letsIn({ grantId: grant.id })))
          one.findings.push('LOST: a live pass lets nobody in');
        // Until then its workflow may still be on the way, or the reaper that takes it away.
        const announceBy = Date.parse(grant.createdAt) + START_WITHIN_MS + ANNOUNCE_WITHIN_MS + 5 * MINUTE_MS;
        if (announceBy < this.#system.clock.now() && !grant.notified && !isTold(record))
          one.findings.push('LOST: no mail was sent, and nobody was told');
      } else if (mustLive && !deed.includes('at once') && !deed.includes('as soon as')) {
        one.findings.push(`LOST: the pass is ${grant.status}, although all troubles pass by themselves`);
      }
    }
  }
}

const isTold = (record: StoredRecord | undefined) => !record || record.trouble !== undefined;
