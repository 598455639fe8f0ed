import { createServer } from 'node:net';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { startDynamodbProcess } from '../../../local/dynamodb/dynamodb-process.ts';
import { FREE_PORTS, listen } from '../../../local/ports.ts';
import { startSystem } from '../../../local/system.ts';
import { fixtureAssembly } from '../../fixtures/local-stack/fixture.ts';

let cdkOut: string;
beforeAll(async () => {
  cdkOut = await fixtureAssembly();
}, 120_000);

describe('starting the local system', () => {
  it('says which port is in use and how to choose another', async () => {
    const other = createServer();
    const port = await listen(other, 0, 'a test');
    const start = startSystem({ cdkOut, ports: { ...FREE_PORTS, mailbox: port } });
    await expect(start).rejects.toThrow(
      `Port ${port} (the mailbox) is in use. Stop what uses it, or choose other ports: DAYPASS_PORT=5000 npm start`,
    );
    other.close();
  });

  it('says what to do when there is no Java', async () => {
    const home = process.env.JAVA_HOME;
    process.env.JAVA_HOME = '/nowhere';
    try {
      await expect(startSystem({ cdkOut })).rejects.toThrow(
        /^No Java was found \(\/nowhere\/bin\/java\).*Install a Java runtime of version 17/,
      );
    } finally {
      if (home === undefined) delete process.env.JAVA_HOME;
      else process.env.JAVA_HOME = home;
    }
  });

  it('uses a DynamoDB Local that is already running, and makes its tables anew each time', async () => {
    const database = await startDynamodbProcess(0);
    try {
      for (const run of ['first', 'second']) {
        const system = await startSystem({ cdkOut, dynamodb: database });
        const { client } = system.dynamodb;
        const TableName = system.dynamodb.tableName();
        const { Items } = await client.send(new ScanCommand({ TableName }));
        expect(Items).toEqual([]);
        await client.send(new PutCommand({ TableName, Item: { PK: run, SK: 'x' } }));
        await system.stop();
      }
    } finally {
      await database.stop();
    }
  }, 60_000);

  it('leaves nothing running when the template is refused', async () => {
    await expect(startSystem({ cdkOut, denyActions: ['Nobody:dynamodb:PutItem'] })).rejects.toThrow(
      'denyActions: no role Nobody is allowed dynamodb:PutItem',
    );
    await expect(startSystem({ cdkOut: '/nowhere' })).rejects.toThrow('No synthesised app in /nowhere');
  }, 30_000);
});
