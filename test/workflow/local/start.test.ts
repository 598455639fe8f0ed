import { type ChildProcess, execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PutCommand, ScanCommand } from '@aws-sdk/lib-dynamodb';
import { type DynamodbProcess, startDynamodbProcess } from '../../../local/dynamodb/dynamodb-process.ts';
import { checkPorts, FREE_PORTS, listen, portsFrom } from '../../../local/ports.ts';
import { startSystem } from '../../../local/system.ts';
import { fixtureAssembly } from '../../fixtures/local-stack/fixture.ts';

/** What the start is refused with. */
async function refusalOf(start: Promise<unknown>): Promise<string> {
  return start.then(
    () => 'it started',
    (error: Error) => error.message,
  );
}

const portNamedIn = (refusal: string) => Number(/DAYPASS_PORT=(\d+)/.exec(refusal)?.[1]);

let cdkOut: string;
beforeAll(async () => {
  cdkOut = await fixtureAssembly();
}, 120_000);

describe('starting the local system', () => {
  it('says which port is in use, and names others that are free', async () => {
    const other = createServer();
    const port = await listen(other, 0, 'a test');
    const refusal = await refusalOf(startSystem({ cdkOut, ports: { ...FREE_PORTS, dashboard: port } }));
    expect(refusal).toMatch(
      new RegExp(
        `^Port ${port} \\(the dashboard\\) is in use\\. Stop what uses it, or choose other ports: DAYPASS_PORT=\\d+ npm start$`,
      ),
    );
    await expect(checkPorts(portsFrom(portNamedIn(refusal)))).resolves.toBeUndefined();
    other.close();
  });

  it('takes a port for used that somebody else answers on under the name localhost', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '::1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(checkPorts({ ...FREE_PORTS, front: port })).rejects.toThrow(
      `Port ${port} (the API and the pages) is in use.`,
    );
    other.close();
  });

  it.each([
    [6000, 6000, 'the API and the pages'],
    [5060, 5060, 'the API and the pages'],
    [10_079, 10_080, 'the dashboard'],
  ])('does not begin at port %d: browsers refuse %d', async (first, port, purpose) => {
    const refusal = await refusalOf(startSystem({ cdkOut, ports: portsFrom(first) }));
    expect(refusal).toMatch(
      `Browsers refuse to open port ${port} (${purpose}). Choose other ports: DAYPASS_PORT=`,
    );
    await expect(checkPorts(portsFrom(portNamedIn(refusal)))).resolves.toBeUndefined();
  });

  it('says what to do when there is no Java', async () => {
    const home = process.env.JAVA_HOME;
    process.env.JAVA_HOME = '/nowhere';
    const steps: string[] = [];
    try {
      // Before the templates are made, which takes longest.
      await expect(startSystem({ onProgress: (step) => steps.push(step) })).rejects.toThrow(
        /^No Java was found \(\/nowhere\/bin\/java\).*Install a Java runtime of version 17/,
      );
      expect(steps).toEqual([]);
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

describe('npm start', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'daypass-start-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const DATABASE = { DAYPASS_DYNAMODB_ENDPOINT: process.env.DAYPASS_TEST_DYNAMODB ?? '' };

  /** Runs the command; resolves with what it ends with and what it prints, part by part told to `onOutput`. */
  function start(
    site: string,
    env: Record<string, string> = {},
    onOutput: (output: string, command: ChildProcess) => void = () => {},
  ): Promise<{ exitCode: number; output: string }> {
    return new Promise((resolve) => {
      const command = execFile(
        join(root, 'node_modules/.bin/node'),
        [join(root, 'local/start.ts'), site],
        { cwd: folder, env: { PATH: process.env.PATH, ...env } },
        (error, stdout, stderr) => resolve({ exitCode: Number(error?.code ?? 0), output: stdout + stderr }),
      );
      let output = '';
      command.stdout?.on('data', (part) => {
        output += part;
        onOutput(output, command);
      });
    });
  }

  async function freeFirstPort(): Promise<number> {
    const refusal = await refusalOf(checkPorts(portsFrom(6000)));
    return portNamedIn(refusal);
  }

  it('runs another example with its records, and stops with everything on Ctrl-C', async () => {
    const first = await freeFirstPort();
    const { dashboard } = portsFrom(first);
    let mailbox: Promise<string> | undefined;
    let entrance: Promise<Response> | undefined;
    const { exitCode, output } = await start(
      join(root, 'examples/person-directory'),
      { ...DATABASE, DAYPASS_PORT: String(first) },
      (printed, command) => {
        if (mailbox || !printed.includes('Ctrl-C stops everything')) return;
        const [link = ''] = /http:\S+\/as\/olga/.exec(printed) ?? [];
        entrance = fetch(link, { redirect: 'manual' });
        mailbox = fetch(`http://localhost:${dashboard}/mails`).then((answer) => answer.text());
        void Promise.allSettled([mailbox, entrance]).then(() => command.kill('SIGINT'));
      },
    );
    expect(output).toMatch(/\n {2}Be Olga, administrator +http:/);
    expect((await entrance)?.headers.get('location')).toBe(`http://localhost:${first}/`);
    expect(await mailbox).toContain('priya@harbour.example');
    expect(output).toContain('Stopping …');
    expect(exitCode).toBe(0);
    await expect(checkPorts(portsFrom(first))).resolves.toBeUndefined();
  }, 90_000);

  it('ends with 1 and names the folder that is not there', async () => {
    const { exitCode, output } = await start('no-such-site');
    expect(exitCode).toBe(1);
    expect(output).toContain(
      `There is no folder ${join(folder, 'no-such-site')}. Name a folder of definition files`,
    );
  });

  it('ends with 1, tells why and leaves nothing running when the example is refused', async () => {
    await cp(join(root, 'examples/person-directory'), folder, { recursive: true });
    const add = { app: 'directory', recordType: 'person', operation: 'add', as: 'ulf' };
    await writeFile(join(folder, 'records.json'), JSON.stringify([{ ...add, values: { email: 'x' } }]));
    const first = await freeFirstPort();
    const { exitCode, output } = await start('.', { ...DATABASE, DAYPASS_PORT: String(first) });
    expect(output).toContain(`The example in ${folder} could not be put in: /0 of records.json was refused:`);
    expect(output).not.toContain('Daypass is ready');
    expect(exitCode).toBe(1);
    await expect(checkPorts(portsFrom(first))).resolves.toBeUndefined();
  }, 60_000);
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
