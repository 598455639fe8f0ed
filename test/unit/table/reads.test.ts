import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createDefinitions } from '../../../lambdas/shared/table/definitions.ts';
import { createJournal } from '../../../lambdas/shared/table/journal.ts';
import { createDocumentClient, createStore } from '../../../lambdas/shared/table/store.ts';

interface Sent {
  TableName: string;
  ConsistentRead?: boolean;
  IndexName?: string;
  Limit?: number;
  Select?: string;
}
const sent: Sent[] = [];
const client = {
  async send({ input }: { input: Sent }) {
    sent.push(input);
    return {};
  },
} as unknown as DynamoDBDocumentClient;
const store = createStore(client, 'the-table');
const definitions = createDefinitions(client, 'the-table');
const journal = createJournal(client, 'the-table');
const type = { environment: 'test', app: 'desk', recordType: 'job' } as const;

/** How a read asks the table, in words: each way that it does, once. */
async function asked(read: () => Promise<unknown>): Promise<string[]> {
  sent.length = 0;
  await read();
  const ways = sent.map(
    ({ TableName, ConsistentRead, IndexName, Limit, Select }) =>
      `${TableName}${IndexName ? ` by ${IndexName}` : ''}: ${ConsistentRead ? 'as it is' : 'as it was lately'}${Limit ? `, ${Limit} at most` : ''}${Select ? `, ${Select}` : ''}`,
  );
  return [...new Set(ways)];
}

const AS_IT_IS: Record<string, () => Promise<unknown>> = {
  'a record': () => store.readRecord('test', 'r'),
  'a principal': () => store.readPrincipal('p'),
  'a credential': () => store.readCredential('p', 'c'),
  'who has an email': () => store.readUserByEmail('a@example.org'),
  'all credentials of somebody': () => store.listCredentials('p'),
  'a grant': () => store.readGrant('test', 'g'),
  "a record's grants": () => store.readGrants('test', 'r'),
  'a repeated request': () => store.readRequest('p', 'k', 0),
  'how far a rebuild has come': () => store.readRebuild(type),
  'what is published': () => definitions.readManifest('test'),
  'a draft': () => definitions.readDraft('desk'),
  'a version': () => definitions.readVersion('desk', 1),
  'a policy': () => definitions.readPolicy('h'),
  'the settings': () => definitions.readSettings(1),
  'all apps': () => definitions.listApps(),
  'the rebuild after a publication': () => definitions.readRebuild(type),
  'a head for verification': () => journal.head('test', 'r'),
  'the events of a record for verification': () => journal.recordEvents('test', 'r'),
  seals: () => journal.seals('test'),
};

describe('what decides is read as it is, not as it was lately:', () => {
  it.each(Object.entries(AS_IT_IS))('%s', async (_, read) => {
    expect(await asked(read)).toEqual(['the-table: as it is']);
  });

  it.each<[string, () => Promise<unknown>, number]>([
    ['events of a record', () => store.readEvents('test', 'r', { limit: 7 }), 7],
    ['changes of the site', () => store.readDesignEvents({ limit: 8 }), 8],
    ['users for choices', () => store.listUsers(), 500],
    ['the directory', () => store.listDirectory('users', { limit: 9 }), 9],
    [
      'a list',
      () =>
        store.queryIndex({ ...type, view: 'v', index: 'i', partition: [] }, { limit: 10, descending: true }),
      10,
    ],
    ['the register', () => store.listRegister(type, 0, { limit: 11 }), 11],
  ])('%s, a page at a time', async (_, read, limit) => {
    expect(await asked(read)).toEqual([`the-table: as it is, ${limit} at most`]);
  });

  it('not so the indexes, which cannot be, and a number that is for people to see', async () => {
    expect(await asked(() => store.listOpenGrants('test'))).toEqual(['the-table by GSI1: as it was lately']);
    expect(await asked(() => journal.eventsOf('test', '2026-01-01'))).toEqual([
      'the-table by GSI2: as it was lately',
    ]);
    expect(await asked(() => journal.designEventsOf('2026-01-01'))).toEqual([
      'the-table by GSI2: as it was lately',
    ]);
    expect(await asked(() => store.countRegister(type))).toEqual(['the-table: as it was lately, COUNT']);
  });
});

describe('the client of the table', () => {
  it('tries three times, waits for each as long as a request has, and leaves out what is undefined', async () => {
    const made = createDocumentClient();

    expect(await made.config.maxAttempts()).toBe(3);
    expect(made.config.translateConfig).toEqual({ marshallOptions: { removeUndefinedValues: true } });
  });
});
