import { createHash, createHmac, type KeyObject } from 'node:crypto';
import type { Environment } from '../environments.ts';
import type { Keyring } from '../tokens/keyring.ts';
import { canonicalJson, chainMac, headMac, type RecordEvent } from './event.ts';

const DAY_MS = 86_400_000;

/** What a verification has found wrong, in words that name the place. */
export interface Finding {
  /** Record id, or the day of a seal. */
  place: string;
  message: string;
}

/** What a record's head keeps of its events. */
export interface RecordHead {
  eventCount: number;
  eventMac: string;
}

/**
 * Checks one record's events against each other and against its head: an event that was changed, removed, added or
 * cut off the end is found, and so is a record that vanished without anybody having deleted it.
 * @param events oldest first
 * @param head absent when the record itself is gone
 */
export function verifyRecord(
  recordId: string,
  events: readonly RecordEvent[],
  head: RecordHead | undefined,
  keys: Keyring,
): Finding[] {
  const findings: Finding[] = [];
  const find = (message: string) => findings.push({ place: recordId, message });
  let before = '';
  for (const [at, event] of events.entries()) {
    if (event.number !== at + 1) {
      find(`event ${at + 1} is missing: event ${event.number} stands in its place`);
      return findings;
    }
    const { mac, ...content } = event;
    const key = keys.key(event.keyId);
    if (!key) find(`event ${event.number} was chained with the key ${event.keyId}, which is not listed`);
    else if (chainMac(content, before, key) !== mac)
      find(`event ${event.number} is not what was written, or not in its place`);
    before = key ? headMac(mac, key) : '';
  }
  if (!head) {
    if (events.at(-1)?.stateAfter !== undefined) find('the record is gone, and no event says who deleted it');
  } else if (head.eventCount !== events.length) {
    find(`the record counts ${head.eventCount} events; ${events.length} are there`);
  } else if (head.eventMac !== before) {
    find('the record’s last event is not the one that it was written with');
  }
  return findings;
}

/** Each environment's records, and what was changed about the site itself, are sealed apart. */
export type JournalPart = Environment | 'site';
type Sealed = Pick<RecordEvent, 'recordId' | 'number' | 'mac'>;

/** One day of one part, sealed: whole records cannot vanish from it unseen. */
export interface DaySeal {
  environment: JournalPart;
  /** `2027-03-31`, UTC. */
  day: string;
  events: number;
  /** SHA-256 over the day's events: record, number and MAC of each, in order. */
  digest: string;
  keyId: string;
  /** HMAC over the previous day's seal and this one. */
  mac: string;
}

/** Seals a day. @param previousMac the MAC of the last sealed day, `''` for the first */
export function sealDay(
  environment: JournalPart,
  day: string,
  events: readonly Sealed[],
  previousMac: string,
  keys: Keyring,
): DaySeal {
  const key = keys.key(keys.active) as KeyObject;
  const content = { environment, day, events: events.length, digest: digestOf(events), keyId: keys.active };
  return { ...content, mac: sealMac(content, previousMac, key) };
}

/** Checks a day against its seal. */
export function verifyDay(
  seal: DaySeal,
  events: readonly Sealed[],
  previousMac: string,
  keys: Keyring,
): Finding[] {
  const { mac, ...content } = seal;
  const key = keys.key(seal.keyId);
  const place = `${seal.environment} ${seal.day}`;
  if (!key) return [{ place, message: `was sealed with the key ${seal.keyId}, which is not listed` }];
  if (sealMac(content, previousMac, key) !== mac) {
    return [{ place, message: 'the seal is not what was written, or does not follow the one before' }];
  }
  if (seal.events !== events.length) {
    return [{ place, message: `${seal.events} events were sealed; ${events.length} are there` }];
  }
  if (seal.digest !== digestOf(events))
    return [{ place, message: 'the events are not those that were sealed' }];
  return [];
}

/**
 * Checks that no day is without its seal from the first sealed one on. A day is sealed in the night after it; the last
 * one may be under way.
 * @param seals oldest first
 * @param firstEvent the earliest day of which events are known, `2027-03-31`; absent = none
 * @param now epoch milliseconds
 */
export function verifySpan(
  environment: JournalPart,
  seals: readonly Pick<DaySeal, 'day'>[],
  firstEvent: string | undefined,
  now: number,
): Finding[] {
  const findings: Finding[] = [];
  const lastDue = dayOf(now - 2 * DAY_MS);
  const find = (from: string, to: string) => {
    if (from > to) return;
    const days = from === to ? from : `${from} to ${to}`;
    findings.push({
      place: `${environment} ${days}`,
      message: 'is not sealed: seals were removed, or never made',
    });
  };
  const first = seals[0]?.day;
  if (first === undefined) {
    if (firstEvent !== undefined) find(firstEvent, lastDue);
    return findings;
  }
  let next = first;
  for (const { day } of seals) {
    find(next, dayOf(Date.parse(day) - DAY_MS));
    next = dayOf(Date.parse(day) + DAY_MS);
  }
  find(next, lastDue);
  return findings;
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);

function sealMac(content: Omit<DaySeal, 'mac'>, previousMac: string, key: KeyObject): string {
  return createHmac('sha256', key)
    .update(`seal\n${previousMac}\n${canonicalJson(content)}`)
    .digest('base64url');
}

function digestOf(events: readonly Sealed[]): string {
  const lines = events
    .map(({ recordId, number, mac }) => `${recordId} ${String(number).padStart(8, '0')} ${mac}`)
    .sort();
  return createHash('sha256').update(lines.join('\n')).digest('base64url');
}
