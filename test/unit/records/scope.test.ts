import type { AppDefinitionInput } from '../../../core/apps/definition.ts';
import { readParameters } from '../../../core/records/list-parameters.ts';
import { addRecord, readRecord, runOperation } from '../../../core/records/operation.ts';
import type { RecordAnswer, StoredRecord } from '../../../core/records/record.ts';
import { nameReferences } from '../../../core/records/references.ts';
import { readValue, recordScope, surroundings } from '../../../core/records/scope.ts';
import { formatToken, readToken } from '../../../core/tokens/token.ts';
import { exampleApp } from '../../fixtures/property-management.ts';
import { NOW, REPAIRS, RepairSite } from '../../fixtures/repairs.ts';

const DAY_MS = 86_400_000;
const RECORD: StoredRecord = {
  id: 'r1',
  environment: 'production',
  app: 'repairs',
  recordType: 'job',
  definitionVersion: 1,
  version: 4,
  state: 'Open',
  values: { title: 'Mend', hours: null },
  names: {},
  createdAt: '2027-01-01T00:00:00.000Z',
  createdBy: 'ann',
  updatedAt: '2027-02-02T00:00:00.000Z',
  updatedBy: 'bob',
  eventCount: 4,
  eventMac: '',
};

describe('what an expression can read', () => {
  it('is the record with its properties, who asks, the site, and the moment', () => {
    const session = new RepairSite().as('ann', {
      firstName: 'Ann',
      lastName: 'Lee',
      email: 'ann@example.org',
      profiles: ['p'],
      level: 'guest',
    });
    const around = {
      me: {
        id: 'ann',
        type: 'user',
        name: 'Ann',
        firstName: 'Ann',
        lastName: 'Lee',
        email: 'ann@example.org',
        roles: ['chief'],
        profiles: ['p'],
        level: 'guest',
      },
      site: { url: 'https://repairs.example', name: 'Repairs & Sons' },
      now: NOW,
    };
    expect(surroundings(session)).toEqual(around);
    expect(recordScope(session, RECORD, { params: { a: 1 } })).toEqual({
      ...around,
      record: RECORD.values,
      meta: {
        id: 'r1',
        state: 'Open',
        lifecycle: 'SUBMITTED',
        owner: 'ann',
        createdAt: '2027-01-01T00:00:00.000Z',
        createdOn: '2027-01-01T00:00:00.000Z',
        createdBy: 'ann',
        updatedAt: '2027-02-02T00:00:00.000Z',
        updatedBy: 'bob',
      },
      params: { a: 1 },
    });
    expect(surroundings(new RepairSite().as('bob')).me).toEqual({
      id: 'bob',
      type: 'user',
      name: 'Bob',
      firstName: '',
      lastName: '',
      email: '',
      roles: ['worker'],
      profiles: [],
      level: '',
    });
  });

  it.each([
    ['title', 'Mend'],
    ['hours', null],
    ['updatedBy', 'bob'],
    ['state', 'Open'],
    ['other', null],
  ])('by the name of a field or a property: %s is %j', (name, value) => {
    expect(readValue(RECORD, name)).toEqual(value);
  });
});

describe('a formula', () => {
  it('is computed after those that it reads, and is empty where it cannot be or is far too long', async () => {
    const site = new RepairSite(({ recordTypes: [, job] }) => {
      job?.fields.push(
        { id: 'outer', label: 'Outer', type: 'formula', formula: 'record.inner + "!"' },
        { id: 'inner', label: 'Inner', type: 'formula', formula: 'record.title + "?"' },
        { id: 'long', label: 'Long', type: 'formula', formula: 'record.title + record.title' },
      );
    });
    const { values } = await site.job({ title: 'Mend' });
    expect(values).toEqual({
      title: 'Mend',
      day: '2027-03-10',
      outer: 'Mend?!',
      inner: 'Mend?',
      long: 'MendMend',
    });

    const stored = site.store.records.get('r1') as StoredRecord;
    const longOf = async (length: number) => {
      // As an app of an earlier version could hold it.
      site.store.records.set('r1', { ...stored, values: { title: 'm'.repeat(length) } });
      return (await readRecord(site.as('ann'), 'r1')).values.long;
    };
    expect(await longOf(50_000)).toHaveLength(100_000);
    expect(await longOf(50_001)).toBeUndefined();
  });

  it('with a token is the link that its reference names, written with a key that there is', async () => {
    const [tokens, orders] = [exampleApp('contractor-tokens'), exampleApp('work-orders')];
    const site = siteOf(tokens, orders);
    const [principalId, credentialId] = ['p'.repeat(22), 'c'.repeat(22)];
    const linkOf = async (contractorToken: string | null) => {
      site.store.records.set('r1', {
        ...RECORD,
        app: 'orders',
        recordType: 'work-order',
        state: 'Active',
        values: { externalContractor: ['Yes'], contractorToken, number: '1' },
      });
      const { values } = await readRecord(site.as('ann'), 'r1');
      return values.contractorLink;
    };
    const link = (keyId: string) =>
      `https://repairs.example/?token=${formatToken(
        { kind: 'access', environment: 'production', principalId, credentialId, keyId },
        site.runtime.keyring,
        'site',
      )}`;
    expect(await linkOf(`${principalId}.${credentialId}.0001`)).toBe(link('0001'));
    expect(await linkOf(`${principalId}.${credentialId}.0002`)).toBe(link('0002'));
    // Its key is gone: the link is another one, of the same pass.
    expect(await linkOf(`${principalId}.${credentialId}.0009`)).toBe(link('0002'));
    expect([await linkOf(null), await linkOf('nonsense')]).toEqual([undefined, undefined]);
  });
});

/** The worked example's apps for the roles of repairs: `tokens` and `orders`, whose link the chief sees. */
function siteOf(tokens: AppDefinitionInput, orders: AppDefinitionInput): RepairSite {
  const [contractor] = tokens.recordTypes;
  const roles = contractor?.fields.find(({ id }) => id === 'roles');
  Object.assign(roles ?? {}, { rolesFrom: ['worker'], default: '["worker"]' });
  const operations = contractor?.operations.map(({ id }) => id) ?? [];
  Object.assign(tokens, {
    permissions: [{ role: 'chief', recordType: 'contractor', operations, views: ['all', 'by-token'] }],
  });
  const [order] = orders.recordTypes;
  for (const operation of order?.operations ?? []) Object.assign(operation, { tasks: [], notifications: [] });
  Object.assign(orders, {
    id: 'orders',
    robot: 'fixer',
    tasks: [],
    notifications: [],
    permissions: [{ role: 'chief', recordType: 'work-order', operations: ['view', 'edit'] }],
  });
  return new RepairSite(undefined, [tokens, orders]);
}

describe('a token user who is added by hand', () => {
  const add = (site: RepairSite) =>
    addRecord(site.as('ann'), {
      app: 'contractor-tokens',
      recordType: 'contractor',
      operation: 'add-user',
      values: { name: 'Lift & Co', email: 'lift@example.org' },
    });
  const endOf = (site: RepairSite) =>
    site.store.commits
      .at(-1)
      ?.flatMap((change) => (change.kind === 'addCredential' ? [change.credential] : []))[0]?.expiresAt;

  it.each<[number | undefined, number]>([
    [7, 7],
    [undefined, 30],
  ])('with a lifetime of the app of %s days gets in for %s', async (tokenLifetimeDays, days) => {
    const tokens = exampleApp('contractor-tokens');
    Object.assign(tokens, { tokenLifetimeDays });
    const site = siteOf(tokens, exampleApp('work-orders'));
    await add(site);
    expect(endOf(site)).toBe(NOW + days * DAY_MS);
  });

  it('follows its record in names, and ends with it for good', async () => {
    const site = siteOf(exampleApp('contractor-tokens'), exampleApp('work-orders'));
    let made = 0;
    Object.assign(site.runtime, { newId: () => String(++made).padStart(22, '0') });
    const { recordId, record } = await add(site);
    const principalId = String(record?.values.self);
    const run = (operation: string, values: object) =>
      runOperation(site.as('ann'), { recordId, operation, values: values as never });

    await run('edit-user', { name: 'Lift & Sons' });
    expect(site.store.commits.at(-1)?.at(-1)).toEqual({
      kind: 'changePrincipal',
      principalId,
      set: { name: 'Lift & Sons', email: 'lift@example.org' },
    });
    await run('delete-user', {});
    const [removed, event, ...ended] = site.store.commits.at(-1) ?? [];
    expect([removed?.kind, event?.kind]).toEqual(['removeRecord', 'addEvent']);
    expect(removed).not.toHaveProperty('purgeAt');
    expect(ended).toEqual([
      {
        kind: 'endCredential',
        principalId,
        credentialId: expect.stringMatching(/^\d{22}$/),
        reason: 'revoked',
        at: NOW,
        requireLive: false,
      },
      { kind: 'endPrincipal', principalId, at: NOW },
    ]);
  });

  it('is found by the link, whatever key wrote it', async () => {
    const site = siteOf(exampleApp('contractor-tokens'), exampleApp('work-orders'));
    const view = site.published.site.recordType('contractor-tokens', 'contractor')?.views.get('by-token');
    if (!view) throw new Error('there is no such list');
    const [principalId, credentialId] = ['p'.repeat(22), 'c'.repeat(22)];
    const asked = async (token?: string) =>
      (await readParameters(site.as('ann'), view, token === undefined ? {} : { token })).token;
    const link = formatToken({ kind: 'access', principalId, credentialId }, site.runtime.keyring, 'site');
    expect(readToken(link, site.runtime.keyring, 'site')?.keyId).toBe('0002');

    expect(await asked(link)).toBe(`${principalId}.${credentialId}.0002`);
    site.store.credentials.push({ id: credentialId, principalId, keyId: '0001' } as never);
    expect(await asked(` ${link} `)).toBe(`${principalId}.${credentialId}.0001`);
    expect([await asked(' other '), await asked('  '), await asked()]).toEqual(['other', null, null]);
  });
});

describe('names of a page', () => {
  const answer = (id: string, values: RecordAnswer['values']): RecordAnswer =>
    ({ id, app: 'repairs', recordType: 'job', values, names: { x: 'X' } }) as never;

  it('are looked up for a hundred references, once each, and what goes beyond stays without', async () => {
    const site = new RepairSite();
    const house = { ...RECORD, recordType: 'house', values: { street: 'Elm' } };
    for (let at = 0; at <= 100; at++) site.store.records.set(`h${at}`, { ...house, id: `h${at}` });
    const page = Array.from({ length: 101 }, (_, at) => answer(`r${at}`, { house: `h${at}` }));
    const named = await nameReferences(site.as('ann'), [...page, answer('again', { house: 'h0' })]);

    expect(named.map(({ names }) => Object.keys(names).length)).toEqual([...Array(100).fill(2), 1, 2]);
    expect(named[0]?.names).toEqual({ x: 'X', h0: 'Elm' });
    expect(named[100]).toBe(page[100]);
    expect(site.store.reads).toHaveLength(100);
  });

  it('are of records of the app that the field refers to', async () => {
    const other = { ...structuredClone(REPAIRS), id: 'other', services: [] };
    const field = other.recordTypes[1]?.fields.find(({ id }) => id === 'house');
    Object.assign(field ?? {}, { target: { app: 'other', recordType: 'house' } });
    const site = new RepairSite(undefined, [other]);
    site.store.records.set('h1', {
      ...RECORD,
      id: 'h1',
      app: 'other',
      recordType: 'house',
      values: { street: 'Elm' },
    });
    const [named] = await nameReferences(site.as('ann'), [answer('r1', { house: 'h1' })]);
    expect(named?.names).toEqual({ x: 'X' });
  });

  it('of accounts are the accounts’ own, where the record stands for them', async () => {
    const called = (ofUser: boolean) => {
      const site = new RepairSite(({ recordTypes: [, job] }) => {
        const follows = { runtimeOnly: true, ofUser: { field: 'helper', property: 'firstName' } } as const;
        if (ofUser) job?.fields.push({ id: 'called', label: 'Called', type: 'string', ...follows });
      });
      const page = Array.from({ length: 102 }, (_, at) => {
        const helper = at === 101 ? 'u0' : `u${at}`;
        site.store.principals.set(`u${at}`, {
          ...(site.store.principals.get('bob') as never as object),
          id: `u${at}`,
          name: 'New',
        } as never);
        return { ...answer(`r${at}`, { helper }), names: { [helper]: 'Old' } };
      });
      return nameReferences(site.as('ann'), page);
    };
    const names = (page: RecordAnswer[]) => page.map(({ names: given }) => Object.values(given).join());
    expect(new Set(names(await called(false)))).toEqual(new Set(['Old']));
    // A hundred accounts are looked up, each once.
    expect(names(await called(true))).toEqual([...Array(100).fill('New'), 'Old', 'New']);
  });
});
