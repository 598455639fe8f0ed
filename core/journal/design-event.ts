import { createHmac, type KeyObject } from 'node:crypto';
import type { Environment } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import type { Caller, NewId } from '../ports.ts';
import type { Principal } from '../principals.ts';
import type { Keyring } from '../tokens/keyring.ts';
import { canonicalJson } from './event.ts';
import type { Finding } from './verify.ts';

/** Members of what was changed, as they were or are; never anything that lets somebody in. */
export type DesignValues = Readonly<Record<string, unknown>>;

/** One change of the site itself: its apps, roles, people, service accounts, environments. */
export interface DesignChange {
  action: 'create' | 'change' | 'delete' | 'publish' | 'rebuild' | 'signOut' | 'createKey' | 'revokeKey';
  subject: {
    type: 'app' | 'role' | 'user' | 'serviceAccount' | 'robot' | 'environment';
    id: string;
    name: string;
  };
  /** Only the members that differ; absent before it was there, and after it is gone. */
  before?: DesignValues;
  after?: DesignValues;
  /** The operation of an app that did it; absent for changes in the design plane. */
  via?: { environment: Environment; app: string; operation: string };
}

/** A change as the journal keeps it. */
export interface DesignEvent extends DesignChange {
  id: string;
  at: string;
  actor: { id: string; type: string; name: string };
  /** Key of the MAC. */
  keyId: string;
  /** HMAC over all the rest. The day's seal says which events there are. */
  mac: string;
}

/** Who changes something, when, and with what it is signed. */
export interface Signing {
  caller: Caller;
  now: number;
  runtime: { journal: Keyring; newId: NewId };
}

/** What becomes of a change in the journal: the same members before and after are left out. */
export function designEvent({ caller, now, runtime }: Signing, change: DesignChange): DesignEvent {
  const { journal } = runtime;
  const key = journal.key(journal.active);
  if (!key) throw new DaypassError('INTERNAL', 'the journal has no active key');
  const { before, after, ...rest } = change;
  const event: Omit<DesignEvent, 'mac'> = {
    ...rest,
    ...(before && { before: differing(before, after) }),
    ...(after && { after: differing(after, before) }),
    id: runtime.newId(),
    at: new Date(now).toISOString(),
    actor: { id: caller.principalId, type: caller.type, name: caller.name },
    keyId: journal.active,
  };
  return { ...event, mac: macOf(event, key) };
}

/** What the journal keeps of an account: who it is and what it holds. */
export function accountValues({ name, email, roles, apps }: Principal): DesignValues {
  return { name, ...(email && { email }), roles, ...(apps && { apps }) };
}

/** Finds events that are not what was written; which are missing is told by the day's seal. */
export function verifyDesignEvents(events: readonly DesignEvent[], keys: Keyring): Finding[] {
  return events.flatMap((event): Finding[] => {
    const { mac, ...content } = event;
    const key = keys.key(event.keyId);
    const place = `site ${event.id}`;
    if (!key) return [{ place, message: `was signed with the key ${event.keyId}, which is not listed` }];
    return macOf(content, key) === mac ? [] : [{ place, message: 'the event is not what was written' }];
  });
}

/** For seals: a design event stands for itself. */
export const sealedAs = ({ id, mac }: DesignEvent) => ({ recordId: id, number: 1, mac });

function differing(values: DesignValues, others: DesignValues | undefined): DesignValues {
  if (!others) return values;
  const entries = Object.entries(values);
  return Object.fromEntries(
    entries.filter(([name, value]) => canonicalJson(value) !== canonicalJson(others[name])),
  );
}

function macOf(content: Omit<DesignEvent, 'mac'>, key: KeyObject): string {
  return createHmac('sha256', key)
    .update(`design\n${canonicalJson(content)}`)
    .digest('base64url');
}
