import type { AccessRequest, Context, FieldSet, Resource, Subject } from '../../../core/policy/types.ts';

/** Who asks what in the help desk: the same for every engine. */
export interface Question {
  readonly person: Person;
  readonly action: Action;
  readonly record: DeskRecord;
}
export interface Person {
  readonly id: string;
  readonly level: 'admin' | 'user' | 'guest';
  readonly profile?: 'customer' | 'supportStaff';
  /** The profile, or the level of who has none: what the other engines know as a group. */
  readonly group: Group;
}
export type Group = 'admin' | 'customer' | 'supportStaff' | 'user' | 'guest';
export type Action = 'view' | 'add' | 'edit' | 'delete' | 'export' | 'sendEmail';
/** An operation on a record needs that the record may be viewed: every engine is asked for both. */
export const needsView = (action: Action): boolean => action !== 'view' && action !== 'add';
export type Kind = 'customer' | 'solution' | 'case';

export interface DeskRecord {
  readonly id: string;
  readonly kind: Kind;
  readonly values: Readonly<Record<string, string>>;
  /** Of a case: the account of the customer record that it refers to. */
  readonly reportedByAccount?: string;
}

export interface Answer {
  readonly decision: boolean;
  readonly fields: FieldSet;
}

/** A small generator with a fixed seed (mulberry32): every run asks the same questions. */
export function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

const pick = <Value>(next: (below: number) => number, of: readonly Value[]): Value =>
  of[next(of.length)] as Value;

export const PEOPLE: readonly Person[] = [
  ...many(2, 'admin', { level: 'admin', group: 'admin' }),
  ...many(12, 'support', { level: 'user', profile: 'supportStaff', group: 'supportStaff' }),
  ...many(20, 'customer', { level: 'user', profile: 'customer', group: 'customer' }),
  ...many(4, 'user', { level: 'user', group: 'user' }),
  ...many(4, 'guest', { level: 'guest', group: 'guest' }),
];

function many(count: number, name: string, rest: Omit<Person, 'id'>): Person[] {
  return Array.from({ length: count }, (_, i) => ({ id: `${name}${i}`, ...rest }));
}

const next = random(20270101);
const customers = PEOPLE.filter(({ group }) => group === 'customer');
const staff = PEOPLE.filter(({ group }) => group === 'supportStaff');

const CUSTOMER_RECORDS: readonly DeskRecord[] = Array.from({ length: 300 }, (_, i) => ({
  id: `cu${i}`,
  kind: 'customer',
  values: {
    name: `Customer ${i}`,
    emailId: `c${i}@example.org`,
    phone: '+1 555 0100',
    city: 'Springfield',
    userAccount: pick(next, customers).id,
  },
}));
const SOLUTION_RECORDS: readonly DeskRecord[] = Array.from({ length: 300 }, (_, i) => ({
  id: `so${i}`,
  kind: 'solution',
  values: {
    question: `How to ${i}?`,
    answer: 'Turn it off and on again.',
    owner: pick(next, staff).id,
    status: pick(next, ['Draft', 'Reviewed', 'Duplicate']),
  },
}));
/** A thousand cases: what lists are made of. */
export const CASES: readonly DeskRecord[] = Array.from({ length: 1000 }, (_, i) => {
  const reporter = pick(next, customers).id;
  return {
    id: `ca${i}`,
    kind: 'case',
    values: {
      subject: `Case ${i}`,
      type: pick(next, ['Problem', 'Feature Request', 'Question']),
      status: pick(next, ['New', 'On Hold', 'Escalated', 'Closed']),
      origin: 'Web',
      priority: pick(next, ['High', 'Medium', 'Low']),
      reportedBy: `cu${i % 300}`,
      reportedByUser: reporter,
      description: 'It does not work.',
      owner: pick(next, staff).id,
    },
    reportedByAccount: next(2) ? reporter : pick(next, customers).id,
  };
});

const ACTIONS: readonly Action[] = [
  'view',
  'view',
  'view',
  'view',
  'edit',
  'edit',
  'add',
  'delete',
  'export',
  'sendEmail',
];

export const QUESTIONS: readonly Question[] = Array.from({ length: 4096 }, () => ({
  person: pick(next, PEOPLE),
  action: pick(next, ACTIONS),
  record: pick(next, pick(next, [CASES, CASES, SOLUTION_RECORDS, CUSTOMER_RECORDS])),
}));

export const FIELDS: Readonly<Record<Kind, readonly string[]>> = {
  customer: [
    'name',
    'company',
    'emailId',
    'phone',
    'mobilePhone',
    'homePhone',
    'skypeId',
    'website',
    'addressLine1',
    'addressLine2',
    'city',
    'zipCode',
    'state',
    'country',
    'addressOnMap',
    'owner',
    'userAccount',
  ],
  solution: ['question', 'answer', 'owner', 'status'],
  case: [
    'subject',
    'type',
    'status',
    'origin',
    'priority',
    'reason',
    'reportedBy',
    'reportedByUser',
    'description',
    'owner',
    'solution',
  ],
};

export const CONTACT_FIELDS = [
  'emailId',
  'phone',
  'mobilePhone',
  'homePhone',
  'skypeId',
  'website',
  'addressLine1',
  'addressLine2',
  'city',
  'zipCode',
  'state',
  'country',
  'addressOnMap',
];
export const SOLUTION_FIELDS = ['question', 'answer', 'createdAt'];
export const ASSOCIATE_FIELDS = ['solution', 'status'];

const context: Context = { now: Date.UTC(2027, 0, 1), environment: 'production', channel: 'api' };
const subjects = new Map<Person, Subject>();

/** A person as our engine knows them; one object each, as a caller is within a request. */
export function subjectOf(person: Person): Subject {
  let subject = subjects.get(person);
  if (!subject) {
    subject = {
      type: 'user',
      id: person.id,
      roles: ['staff'],
      level: person.level,
      profiles: person.profile ? [person.profile] : [],
    };
    subjects.set(person, subject);
  }
  return subject;
}

const resources = new Map<DeskRecord, Resource>();

export function resourceOf(record: DeskRecord): Resource {
  let resource = resources.get(record);
  if (!resource) {
    resource = {
      type: 'record',
      app: 'helpDesk',
      recordType: record.kind,
      id: record.id,
      values: record.values,
      ...(record.reportedByAccount && { related: { reportedBy: { userAccount: record.reportedByAccount } } }),
    };
    resources.set(record, resource);
  }
  return resource;
}

export function requestOf({ person, action, record }: Question): AccessRequest {
  return { subject: subjectOf(person), action, resource: resourceOf(record), context };
}

export { context };
