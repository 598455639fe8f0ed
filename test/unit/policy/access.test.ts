import {
  accessRequest,
  decideFor,
  exemptionOf,
  operationOfKind,
  ownerOf,
  permits,
  recordResource,
  requireAllowed,
  subjectOf,
} from '../../../core/access.ts';
import type { LinkedOperation, LinkedRecordType } from '../../../core/apps/published.ts';
import type { Decision } from '../../../core/policy/types.ts';
import type { StoredRecord } from '../../../core/records/record.ts';
import { exampleApps, exampleSite } from '../../fixtures/property-management.ts';
import { callerOf, NOW, refusal, SiteMemory } from '../../fixtures/site-memory.ts';

const memory = new SiteMemory({ roles: exampleSite().roles }, exampleApps()).running('production');
const site = memory.published('production').site;
const workOrder = site.recordType('work-orders', 'work-order') as LinkedRecordType;
const record = (more: Partial<StoredRecord> = {}): StoredRecord => ({
  id: 'r',
  environment: 'production',
  app: 'work-orders',
  recordType: 'work-order',
  definitionVersion: 1,
  version: 3,
  state: 'Active',
  values: { number: '7', assignedTo: 'carl' },
  names: {},
  createdAt: 'created',
  createdBy: 'dana',
  updatedAt: 'updated',
  updatedBy: 'theo',
  eventCount: 0,
  eventMac: '',
  ...more,
});
const carl = callerOf({
  principalId: 'carl',
  type: 'tokenUser',
  name: 'Carl',
  email: 'carl@x.example',
  roles: ['property-contractors'],
  profiles: ['p'],
  level: 'guest',
  channel: 'browser',
  credential: {
    id: 'c',
    kind: 'access',
    expiresAt: NOW + 1,
    environment: 'production',
    ceiling: { app: 'work-orders', records: ['r'] },
  },
});

describe('a question to the policy', () => {
  it('says who asks, what for, and in which circumstances', () => {
    const resource = { type: 'app', app: 'work-orders' } as const;
    expect(accessRequest(memory.open(carl), 'open', resource)).toEqual({
      subject: {
        type: 'tokenUser',
        id: 'carl',
        roles: ['property-contractors'],
        profiles: ['p'],
        level: 'guest',
        ceiling: { app: 'work-orders', records: ['r'] },
        attributes: {
          id: 'carl',
          type: 'tokenUser',
          name: 'Carl',
          firstName: '',
          lastName: '',
          email: 'carl@x.example',
          roles: ['property-contractors'],
          profiles: ['p'],
          level: 'guest',
        },
      },
      action: 'open',
      resource,
      context: {
        now: NOW,
        environment: 'production',
        channel: 'browser',
        site: { url: 'https://passes.example', name: 'Harbour' },
      },
    });
    expect(subjectOf(carl)).toBe(subjectOf(carl));
  });

  it('has no id of whoever came without a credential', () => {
    const anonymous = callerOf({ type: 'anonymous', principalId: 'x', roles: [] });
    expect('id' in subjectOf(anonymous)).toBe(false);
    expect(subjectOf(callerOf({ principalId: 'x' })).id).toBe('x');
  });

  it('about a record says how it is, and how it would be saved', () => {
    const lists = { view: ['principal:x'] } as never;
    const stored = record({ accessLists: lists });
    const resource = {
      type: 'record',
      app: 'work-orders',
      recordType: 'work-order',
      id: 'r',
      state: 'Active',
      owner: 'dana',
      values: { number: '7', assignedTo: 'carl' },
      accessLists: lists,
      createdAt: 'created',
      createdBy: 'dana',
      updatedAt: 'updated',
      updatedBy: 'theo',
    };
    expect(recordResource(workOrder, stored)).toEqual(resource);
    const saved = record({ state: 'Closed', values: { number: '8' }, updatedAt: 'now', updatedBy: 'me' });
    expect(recordResource(workOrder, stored, saved)).toEqual({
      ...resource,
      proposed: { number: '8' },
      proposedMeta: { state: 'Closed', owner: 'dana', updatedAt: 'now', updatedBy: 'me' },
    });
    expect('accessLists' in recordResource(workOrder, record())).toBe(false);
  });

  it.each([
    ['the user in the owner field', 'assignedTo', 'carl'],
    ['who made it where that is empty', 'empty', 'dana'],
    ['who made it where that holds no user', 'list', 'dana'],
    ['who made it where there is no owner field', undefined, 'dana'],
  ])('takes for the owner of a record %s', (_, ownerField, owner) => {
    const type = { ...workOrder, definition: { ...workOrder.definition, ownerField } } as LinkedRecordType;
    const values = { assignedTo: 'carl', empty: null, list: ['x'] };
    expect(ownerOf(type, record({ values }))).toBe(owner);
    expect(recordResource(type, record(), record({ values })).proposedMeta?.owner).toBe(owner);
  });

  it('names fields one by one, or all', () => {
    expect([permits('*', 'a'), permits(['a'], 'a'), permits(['a'], 'b'), permits([], 'a')]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  it('finds the first operation of a kind, whatever it is called', () => {
    expect(operationOfKind(workOrder, 'view')).toBe('view');
    const contractor = site.recordType('contractor-tokens', 'contractor') as LinkedRecordType;
    expect(['view', 'edit', 'delete'].map((kind) => operationOfKind(contractor, kind))).toEqual([
      'view-user',
      'edit-user',
      'delete-user',
    ]);
    expect(operationOfKind(contractor, 'export')).toBeUndefined();
  });
});

describe('a refusal', () => {
  const complete = workOrder.operations.get('complete') as LinkedOperation;
  const answer = (decision: boolean, ...codes: string[]) =>
    ({ decision, fields: '*', reasons: codes.map((code) => ({ code })) }) as unknown as Decision;
  const requires = (decision: Decision, stored: StoredRecord) =>
    refusal(() => requireAllowed(memory.open(carl), complete, stored, decision));

  it('says nothing of a record that the caller may not view', async () => {
    for (const stored of [record({ values: { assignedTo: 'other' } }), record({ id: 'else' })]) {
      expect((await requires(answer(false, 'STATE'), stored))[0]).toBe('NOT_FOUND');
    }
  });

  it('names the state that is in the way to whoever may view the record, by what states are called', async () => {
    const offered = workOrder.states.get('Active');
    expect((await requires(answer(false, 'SCOPE', 'STATE'), record())).slice(0, 2)).toEqual([
      'STATE_REFUSED',
      `“Complete Work Order” is offered in the state ${offered}; this record is ${offered}`,
    ]);
    const two = { ...complete, definition: { ...complete.definition, from: ['Active', 'Closed', 'Lost'] } };
    const [, message] = await refusal(() =>
      requireAllowed(memory.open(carl), two as LinkedOperation, record(), answer(false, 'STATE')),
    );
    expect(message).toContain(`in the state ${offered} or ${workOrder.states.get('Closed')} or Lost; this`);
    expect((await requires(answer(false, 'SCOPE'), record()))[0]).toBe('FORBIDDEN');
    requireAllowed(memory.open(carl), complete, record(), answer(true));
  });

  it('that did not come because somebody is exempt from the rules is remembered of that request alone', () => {
    const administrator = callerOf({ principalId: 't', roles: ['TenantAdministrator'] });
    const resource = recordResource(workOrder, record());
    expect(decideFor(memory.open(administrator), 'view', resource).decision).toBe(true);
    expect(exemptionOf(administrator)).toBe('tenantAdministrator');
    const dispatcher = callerOf({ principalId: 'd', roles: ['dispatcher'] });
    expect(decideFor(memory.open(dispatcher), 'view', resource).decision).toBe(true);
    expect(exemptionOf(dispatcher)).toBeUndefined();
  });
});
