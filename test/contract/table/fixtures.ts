import type { Change } from '../../../core/changes.ts';
import type { Grant } from '../../../core/grants/grant.ts';
import type { Credential, Principal } from '../../../core/principals.ts';
import type { StoredRecord } from '../../../core/records/record.ts';
import type { IndexEntry } from '../../../core/records/view-index.ts';

export const AT = '2026-01-01T00:00:00.000Z';
export const NOW = Date.parse(AT);
export const DAY = 86_400;
/** Seconds, as the table's time to live counts; half a second is no whole one. */
export const SECONDS = 1_767_225_600;
export const LATER = NOW + 30 * DAY * 1000 + 500;

export const ADA: Principal = {
  id: 'u1',
  type: 'user',
  name: 'Ada King',
  firstName: 'Ada',
  lastName: 'King',
  email: 'Ada@Example.org',
  roles: ['staff', 'Owner'],
  profiles: [],
  createdAt: AT,
};
export const ROBOT: Principal = {
  id: 'b1',
  type: 'robot',
  name: 'Ｒobot',
  roles: ['staff'],
  profiles: [],
  createdAt: AT,
};
export const GUEST: Principal = {
  id: 't1',
  type: 'tokenUser',
  name: 'Bob',
  roles: ['staff'],
  profiles: ['guest'],
  createdAt: AT,
};
export const addAda: Change = { kind: 'addUser', principal: ADA, email: 'Ada@Example.org' };
export const credential = (kind: Credential['kind']): Credential => ({
  id: 'c1',
  principalId: 'p1',
  kind,
  keyId: '0001',
  createdAt: AT,
  expiresAt: LATER,
});
export const RECORD: StoredRecord = {
  id: 'record-1',
  environment: 'staging',
  app: 'desk',
  recordType: 'job',
  definitionVersion: 3,
  version: 1,
  state: 'open',
  values: { title: 'Lift' },
  names: {},
  createdAt: AT,
  createdBy: 'u1',
  updatedAt: AT,
  updatedBy: 'u1',
  eventCount: 1,
  eventMac: 'mac-1',
};
export const entry = (view: string, sort: string): IndexEntry => ({
  app: 'desk',
  recordType: 'job',
  view,
  index: 'all',
  partition: ['a#b', 'ü'],
  sort,
  recordId: 'record-1',
  projection: {
    version: 1,
    state: 'open',
    values: { title: 'Lift' },
    names: {},
    createdAt: AT,
    createdBy: 'u1',
    updatedAt: AT,
    updatedBy: 'u1',
    layout: 'layout-1',
  },
});
export const addRecord: Change = {
  kind: 'addRecord',
  record: RECORD,
  index: [entry('open', '1'), entry('mine', '2')],
};

export const RECORD_ID = '0'.repeat(22);
export const GRANT: Grant = {
  id: `${RECORD_ID}-abc`,
  environment: 'test',
  recordId: RECORD_ID,
  app: 'desk',
  recordType: 'job',
  operation: 'add',
  task: 'give',
  status: 'requested',
  createdAt: AT,
  createdBy: 'u1',
  steps: [],
  dueAt: NOW,
};
export const changeGrant = (more: Partial<Extract<Change, { kind: 'changeGrant' }>>): Change => ({
  kind: 'changeGrant',
  environment: 'test',
  grantId: GRANT.id,
  from: ['requested', 'live'],
  set: {},
  ...more,
});
export const addGrant: Change = { kind: 'addGrant', grant: GRANT };
