import type { Grant } from '../../core/grants/grant.ts';
import type { Credential } from '../../core/principals.ts';
import type { StoredRecord } from '../../core/records/record.ts';
import type { Runtime } from '../../core/runtime.ts';
import { shortId } from '../../core/tokens/token.ts';
import type { ExecutionDescription } from '../../local/executions.ts';
import type { Mail } from '../../local/mailbox/mailbox.ts';
import type { System } from '../../local/system.ts';
import { type Answer, Visitor } from '../../local/visitor.ts';
import { addWorkOrder, DISPATCHER, WORK_ORDERS, workOrder } from './property-management.ts';
import { signedToken, siteRuntime, staffSession } from './site-runtime.ts';

const HOUR_MS = 3_600_000;
export const MINUTE_MS = 60_000;
export const DAY_MS = 86_400_000;

/** One work order with a pass, from its submission to the end of the pass. */
export interface Job {
  recordId: string;
  grantId: string;
  email: string;
  number: string;
}

/** What staff read of a task run. */
export interface RunJson {
  status: string;
  endReason?: string;
  steps: { step: string; outcome: string; message?: string }[];
}

/**
 * Raises work orders on a running system and looks at what becomes of them: from outside over HTTP, and from inside,
 * where outside shows too little. Contractors come with a token made from the key, so that no mail has to be waited for.
 */
export class Lifecycles {
  readonly system: System;
  readonly runtime: Runtime;
  #staff: { visitor: Visitor; until: number } | undefined;
  #raised = 0;
  #machine: string | undefined;

  private constructor(system: System, runtime: Runtime) {
    this.system = system;
    this.runtime = runtime;
  }

  static async on(system: System): Promise<Lifecycles> {
    return new Lifecycles(system, await siteRuntime(system));
  }

  /** A dispatcher whose session has not run out, however far the clock was moved. */
  async staff(): Promise<Visitor> {
    const now = this.system.clock.now();
    if (!this.#staff || this.#staff.until < now) {
      this.#staff = { visitor: await staffSession(this.system, DISPATCHER), until: now + HOUR_MS };
    }
    return this.#staff.visitor;
  }

  /** Raises a work order for a contractor of its own. `more` replaces values. */
  async raise(more: Record<string, unknown> = {}): Promise<Job> {
    this.#raised += 1;
    const email = `contractor-${this.#raised}@firm.example`;
    const values = workOrder({ name: `Contractor ${this.#raised}`, email }, more);
    const { id } = await addWorkOrder(await this.staff(), values);
    const record = await this.runtime.store.readRecord('production', id);
    return { recordId: id, grantId: record?.grantId ?? '', email, number: values.number };
  }

  async grant({ grantId }: Pick<Job, 'grantId'>): Promise<Grant> {
    const grant = await this.runtime.store.readGrant('production', grantId);
    if (!grant) throw new Error(`There is no grant ${grantId}`);
    return grant;
  }

  async record({ recordId }: Job): Promise<StoredRecord | undefined> {
    return this.runtime.store.readRecord('production', recordId);
  }

  /** Undefined when no token was made. */
  async credential(job: Pick<Job, 'grantId'>): Promise<Credential | undefined> {
    const { principalId, credentialId } = await this.grant(job);
    return principalId && credentialId
      ? this.runtime.store.readCredential(principalId, credentialId)
      : undefined;
  }

  /** Somebody who holds the job's pass, and the header that picks it on API routes; undefined when there was none. */
  async holder(
    job: Pick<Job, 'grantId'>,
  ): Promise<{ visitor: Visitor; pass: Record<string, string> } | undefined> {
    const credential = await this.credential(job);
    if (!credential) return undefined;
    const { principalId, id: credentialId, keyId } = credential;
    const visitor = new Visitor(this.system.url);
    const parts = { kind: 'access', environment: 'production', principalId, credentialId, keyId } as const;
    visitor.setCookie(`dp_pass_${shortId(credentialId)}`, signedToken(this.runtime, parts));
    return { visitor, pass: { 'daypass-pass': shortId(credentialId) } };
  }

  /** Whether the job's pass opens its contractor's list right now. */
  async letsIn(job: Pick<Job, 'grantId'>): Promise<boolean> {
    const holder = await this.holder(job);
    if (!holder) return false;
    const { status } = await holder.visitor.get(`${WORK_ORDERS}/views/my-work-orders`, holder.pass);
    return status === 200;
  }

  /** The contractor reports the job done. */
  async complete(job: Job): Promise<Answer> {
    const holder = await this.holder(job);
    if (!holder) throw new Error(`Nobody has a pass for ${job.number}`);
    const path = `/production/records/${job.recordId}/operations/complete`;
    return holder.visitor.json('POST', path, { values: { completionNotes: 'Done.' } }, holder.pass);
  }

  /** The job's only task run, as staff see it. */
  async run({ recordId }: Job): Promise<RunJson> {
    const answer = await (await this.staff()).get(`/production/records/${recordId}/task-runs`);
    const [run] = (answer.json as { taskRuns?: RunJson[] }).taskRuns ?? [];
    if (!run) throw new Error(`Staff read no task run: ${answer.status} ${answer.text}`);
    return run;
  }

  /** What staff are told on the record. */
  async trouble({ recordId }: Job): Promise<{ step: string; message: string } | undefined> {
    const answer = await (await this.staff()).get(`/production/records/${recordId}`);
    return (answer.json as { trouble?: { step: string; message: string } }).trouble;
  }

  async mails({ email }: Pick<Job, 'email'>): Promise<Mail[]> {
    return (await this.system.mail.messages()).filter(({ to }) => to.includes(email));
  }

  /** Undefined while it was not started. */
  async execution(job: Pick<Job, 'grantId'>): Promise<ExecutionDescription | undefined> {
    const arn = await this.#arnOf(job);
    return arn === undefined ? undefined : this.system.executions.describe(arn).catch(() => undefined);
  }

  async path(job: Pick<Job, 'grantId'>): Promise<string[]> {
    return this.system.executions.path((await this.#arnOf(job)) ?? '');
  }

  /** Known from any other execution's, so that thousands need not be listed to find one. */
  async #arnOf({ grantId }: Pick<Job, 'grantId'>): Promise<string | undefined> {
    const [any] = this.#machine ? [] : await this.system.executions.list();
    this.#machine ??= any?.executionArn.slice(0, any.executionArn.lastIndexOf(':'));
    return this.#machine && `${this.#machine}:grant-${grantId}`;
  }

  /** The state in which the job's execution is. */
  async state(job: Pick<Job, 'grantId'>): Promise<string | undefined> {
    return (await this.execution(job)) && (await this.path(job)).at(-1);
  }
}
