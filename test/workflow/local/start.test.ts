import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type DynamodbProcess, startDynamodbProcess } from '../../../local/dynamodb/dynamodb-process.ts';
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
    const start = startSystem({ cdkOut, ports: { ...FREE_PORTS, dashboard: port } });
    await expect(start).rejects.toThrow(
      `Port ${port} (the dashboard) is in use. Stop what uses it, or choose other ports: DAYPASS_PORT=5000 npm start`,
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

  it('leaves nothing running when the template is refused', async () => {
    await expect(startSystem({ cdkOut, denyActions: ['Nobody:dynamodb:PutItem'] })).rejects.toThrow(
      'denyActions: no role Nobody is allowed dynamodb:PutItem',
    );
    await expect(startSystem({ cdkOut: '/nowhere' })).rejects.toThrow('No synthesised app in /nowhere');
  }, 30_000);
});

describe('with a DynamoDB Local of its own, the local system', () => {
  let database: DynamodbProcess;
  beforeAll(async () => {
    database = await startDynamodbProcess(0);
  }, 60_000);
  afterAll(() => database.stop());

  it('uses it although it is already running, and makes its tables anew each time', async () => {
    for (const run of ['first', 'second']) {
      const system = await startSystem({ cdkOut, dynamodb: database });
      const { client } = system.dynamodb;
      const TableName = system.dynamodb.tableName();
      const { Items } = await client.send(new ScanCommand({ TableName }));
      expect(Items).toEqual([]);
      await client.send(new PutCommand({ TableName, Item: { PK: run, SK: 'x' } }));
      await system.stop();
    }
  }, 60_000);

  it('can be reached from this machine only: no port is open on another address', async () => {
    const system = await startSystem({ cdkOut, dynamodb: database });
    const { url, dashboardUrl, mailboxUrl, awsEndpointUrl } = system;
    const addresses = [
      ...Object.values(networkInterfaces()).flatMap((each = []) => each.map(({ address }) => address)),
      // What listens everywhere answers here, too, also on a machine without a network.
      '127.0.0.2',
    ].filter((address) => address !== '127.0.0.1');
    const found: Record<string, string[]> = {};
    const places = { url, dashboardUrl, mailboxUrl, awsEndpointUrl, table: database.endpoint };
    for (const [name, place] of Object.entries(places)) {
      const port = Number(new URL(place).port);
      expect([name, await answers('127.0.0.1', port)]).toEqual([name, true]);
      found[name] = [];
      for (const address of addresses) if (await answers(address, port)) found[name].push(address);
    }
    await system.stop();

    expect(found).toEqual({ url: [], dashboardUrl: [], mailboxUrl: [], awsEndpointUrl: [], table: [] });
  }, 60_000);
});

/** Whether something accepts a connection there. */
function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.setTimeout(2_000, () => socket.destroy());
    socket.once('connect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
