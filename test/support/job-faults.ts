import { type AwsCall, AwsError } from '../../local/aws-endpoint/aws-call.ts';
import type { Failure, InjectedFault } from '../../local/aws-endpoint/faults.ts';
import type { System } from '../../local/system.ts';

/** The parts of the contractor's path that call something: the workflow's states, and what is around them. */
export const STATES = [
  'CreateToken',
  'NotifyContractor',
  'RecordMailFailure',
  'AwaitCompletion',
  'CheckGrant',
  'RemindContractor',
  'DeleteToken',
  'RevokeAfterFailure',
] as const;
export type StateName = (typeof STATES)[number];
export type Place = StateName | 'request' | 'dispatch' | 'sweep' | 'reap' | 'after failure';

/** What is called there: the function itself, or by it. */
export type Target = 'invoke' | 'read' | 'write' | 'mail' | 'start' | 'callback' | 'acknowledge';

/** One thing that goes wrong for one job, as data: it can be printed, drawn at random, and left out again. */
export interface Trouble {
  at: Place;
  target: Target;
  failure: Exclude<Failure, AwsError> | 'refuse';
  /** How many calls it strikes; default 1. `Infinity` is for good. */
  times?: number;
  /** How many attempts of each call; default all, so that no SDK's retry helps. */
  attempts?: number;
  /** How many such calls go well first; default none. */
  after?: number;
}

/** Troubles by the number of the work order that they are meant for. */
export interface JobFaults {
  /** To be called before the work order is raised, so that even its submission can fail. */
  plan(number: string, trouble: Trouble): InjectedFault;
  /** No further trouble for anybody. */
  clear(): void;
}

const OPERATIONS: Record<string, Target> = {
  GetItem: 'read',
  Query: 'read',
  TransactWriteItems: 'write',
  SendEmail: 'mail',
  StartExecution: 'start',
  SendTaskSuccess: 'callback',
  SendTaskFailure: 'callback',
  DeleteItem: 'acknowledge',
};

const REFUSED = new AwsError('AccessDeniedException', 'No policy allows this.', 400);
const MAIL_REFUSED = new AwsError('MessageRejected', 'Email address is not verified.', 400);

// biome-ignore lint/suspicious/noExplicitAny: events of many shapes
type Any = any;

/** Strikes calls by what they are about: works out from each call, or from the event behind it, whose job it is. */
export function createJobFaults(system: System): JobFaults {
  /** Record id, outbox entry id or callback token → number. */
  const numbers = new Map<string, string>();
  const seen = new WeakMap<
    AwsCall,
    { place: Place | undefined; target: Target | undefined; jobs: string[] }
  >();

  function about(call: AwsCall) {
    let known = seen.get(call);
    if (!known) {
      learn(call);
      known = { place: placeOf(call), target: targetOf(call), jobs: jobsOf(call) };
      seen.set(call, known);
    }
    return known;
  }

  /** Which record belongs to which number is seen when it is written, before it is written. */
  function learn({ operation, input, caller }: AwsCall): void {
    for (const { Put } of operation === 'TransactWriteItems' ? (input.TransactItems ?? []) : []) {
      const number = Put?.Item?.values?.M?.number?.S;
      if (number && Put.Item.SK.S === '#RECORD') numbers.set(Put.Item.id.S, number);
      const grantId = Put?.Item?.action?.M?.grantId?.S;
      if (grantId) link(Put.Item.id.S, grantId);
    }
    const { callbackToken, grantId } = caller === 'states' ? (input.Payload ?? {}) : {};
    if (callbackToken) link(callbackToken, grantId);
  }

  function link(id: string, grantId: string): void {
    const number = numbers.get(grantId.slice(0, 22));
    if (number) numbers.set(id, number);
  }

  function jobsOf({ service, input, during }: AwsCall): string[] {
    const event = (service === 'lambda' ? input.Payload : during) as Any;
    if (event?.grantId) return [numbers.get(event.grantId.slice(0, 22)) ?? ''];
    if (event?.rawPath) {
      const [, number] = /"number":"([^"]+)"/.exec(event.body ?? '') ?? [];
      const [, id = ''] = /\/(?:records|tokens\/\w+)\/(\w{22})/.exec(event.rawPath) ?? [];
      const [, revoked = ''] = /"passes":\["(\w{22})-/.exec(event.body ?? '') ?? [];
      return [number ?? numbers.get(id || revoked) ?? ''];
    }
    const ids = JSON.stringify(input).matchAll(/RECORD#production#(\w{22})|"(AQ[\w-]{64})"|\b(\w{22})\b/g);
    return [
      ...new Set([...ids].map(([, record, token, id]) => numbers.get(record ?? token ?? id ?? '') ?? '')),
    ];
  }

  return {
    plan(number, { at, target, failure, times = 1, attempts, after = 0 }) {
      const spared = new Set<string>();
      return system.faults.inject({
        times,
        ...(attempts !== undefined && { attempts }),
        failure: failure !== 'refuse' ? failure : target === 'mail' ? MAIL_REFUSED : REFUSED,
        when(call) {
          const known = about(call);
          if (known.place !== at || known.target !== target || !known.jobs.includes(number)) return false;
          if (spared.size < after) spared.add(call.invocationId);
          return !spared.has(call.invocationId);
        },
      });
    },
    clear: () => system.faults.clear(),
  };
}

function placeOf({ caller, service, during, input }: AwsCall): Place | undefined {
  const event = (service === 'lambda' ? input.Payload : during) as Any;
  if (event?.state) return event.state;
  if (event?.rawPath) return service === 'lambda' || caller.endsWith('-authorizer') ? undefined : 'request';
  if (event?.Records) return 'dispatch';
  if (event?.job) return event.job === 'sweepOutbox' ? 'sweep' : 'reap';
  return event?.detail ? 'after failure' : undefined;
}

function targetOf({ service, operation }: AwsCall): Target | undefined {
  return service === 'lambda' ? 'invoke' : OPERATIONS[operation];
}
