import { createHmac, type KeyObject } from 'node:crypto';
import type { Environment } from '../environments.ts';
import type { Bypass } from '../policy/types.ts';
import type { Values } from '../records/record.ts';

/** What happened to one record in one transaction. Token fields hold references, which nobody can use. */
export interface RecordEvent {
  environment: Environment;
  recordId: string;
  /** 1, 2, … without gaps. */
  number: number;
  at: string;
  app: string;
  recordType: string;
  operation: string;
  actor: { id: string; type: string; name: string };
  /** What asked for it when a robot acted: the grant. */
  grantId?: string;
  /** The service that was called for it: the actor is who called, the rights were the robot's. */
  service?: string;
  /** What somebody did with the record's pass, `grantId`, when the event is about that. */
  pass?: PassEvent;
  /** The actor is exempt from the rules, which alone would have given less. */
  exemption?: Bypass;
  stateBefore?: string;
  stateAfter?: string;
  /** Only the fields that changed. */
  before: Values;
  after: Values;
  /** Key that chained it. */
  keyId: string;
  /** HMAC over the previous event's MAC and this event. */
  mac: string;
}

/** A pass before and after what was done with it; times are ISO-8601. */
export interface PassEvent {
  endBefore?: string;
  /** When it ends now; of one that was revoked, when it has ended. */
  endAfter?: string;
  /** How many mails were sent again. */
  mails?: number;
  /** Why not all of them were, or why nobody knows. */
  failure?: string;
}

/** JSON with members in code-point order, so that the same event gives the same bytes wherever it is read. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/**
 * The MAC that ties an event to all before it.
 * @param head what the record's head kept before this event, `''` before the first
 */
export function chainMac(event: Omit<RecordEvent, 'mac'>, head: string, key: KeyObject): string {
  return createHmac('sha256', key).update(head).update('\n').update(canonicalJson(event)).digest('base64url');
}

/**
 * What the record's head keeps after an event. It is no MAC that stands in an event, so that whoever can write the table
 * cannot make the head fit a shorter chain.
 */
export function headMac(eventMac: string, key: KeyObject): string {
  return createHmac('sha256', key).update(`head\n${eventMac}`).digest('base64url');
}
