import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { eventKey, recordKey, sealKey } from '../../../lambdas/shared/table/keys.ts';
import type { System } from '../../../local/system.ts';
import { Visitor } from '../../../local/visitor.ts';
import { awsOf, type CommandResult, execute, runCommand } from '../../support/command.ts';
import { codeOf, createUser, readUser } from '../../support/people.ts';
import {
  addWorkOrder,
  arrive,
  DISPATCHER,
  finished,
  type RecordJson,
  signIn,
  startPropertyManagement,
  workOrder,
} from '../../support/property-management.ts';
import { staffSession } from '../../support/site-runtime.ts';

let system: System;
let order: RecordJson;
/** What a command says first of the stage that the running system is. */
let SITE: string;

beforeAll(async () => {
  system = await startPropertyManagement();
  SITE = `Site ${system.url} (stage local, us-east-1)`;
  const dispatcher = await signIn(system, DISPATCHER);
  order = await addWorkOrder(dispatcher, workOrder({ name: 'C', email: 'c@contractor.example' }));
  const { visitor, pass } = await arrive(system, 'c@contractor.example');
  await visitor.json('POST', `/production/records/${order.id}/operations/complete`, {}, pass);
  await finished(system, order.id);
}, 120_000);

afterAll(() => system?.stop());

/** Changes of the site of one kind, newest first, as its owner reads them. */
async function journal(subject: string) {
  const owner = await staffSession(system, 'olga@abc.example');
  const answer = await owner.get(`/admin/journal?limit=10&subject=${subject}`);
  expect(answer.status).toBe(200);
  return (answer.json as { changes: { after?: object }[] }).changes;
}

describe('npm run first-owner', () => {
  it('[P11] prints a link that signs the first owner in, once, without any mail', async () => {
    await system.mail.clear();
    const { exitCode, site, stdout } = await runCommand(system, 'bin/first-owner.ts', [
      'Olga@abc.example',
      'Olga',
      'Owner',
    ]);
    expect([exitCode, site]).toEqual([0, SITE]);
    const [link = ''] = /http\S+/.exec(stdout) ?? [];
    const token = new URL(link).searchParams.get('token') ?? '';
    const owner = new Visitor(system.url);
    expect((await owner.form('/sign-in/link', { token })).status).toBe(303);
    expect((await owner.get('/me')).json).toMatchObject({
      name: 'Olga Owner',
      roles: expect.arrayContaining(['Owner', 'TenantAdministrator']),
    });
    expect((await new Visitor(system.url).form('/sign-in/link', { token })).status).not.toBe(303);
    expect(await system.mail.messages()).toEqual([]);
  });

  it('[D12] is told in the journal', async () => {
    expect((await journal('user'))[0]).toMatchObject({
      action: 'create',
      actor: { id: 'operator', name: expect.stringMatching(/^first-owner by \S/) },
      subject: { name: 'Olga Owner' },
      after: { roles: ['Owner', 'TenantAdministrator'] },
    });
  });

  it('[P11] run again for the same email makes nobody else, and prints another link', async () => {
    const before = await journal('user');
    const again = await runCommand(system, 'bin/first-owner.ts', ['olga@ABC.example', 'Somebody', 'Else']);
    const [says, , link = ''] = again.stdout.split('\n');
    expect([again.exitCode, says]).toEqual([0, 'Olga Owner signs in here, once, within 15 minutes:']);
    const token = new URL(link.trim()).searchParams.get('token') ?? '';
    const owner = new Visitor(system.url);
    expect((await owner.form('/sign-in/link', { token })).status).toBe(303);
    expect((await owner.get('/me')).json).toMatchObject({ name: 'Olga Owner' });
    expect(await journal('user')).toEqual(before);
  });

  it('refuses to make an owner of somebody who is a user already', async () => {
    const { exitCode, stderr } = await runCommand(system, 'bin/first-owner.ts', [DISPATCHER, 'Dana']);
    expect([exitCode, stderr.trim()]).toEqual([
      1,
      `${DISPATCHER} is a user already, and no owner. Only an owner can make another one.`,
    ]);
  });
});

describe('npm run apply', () => {
  it('changes nothing when the files are as published', async () => {
    const { exitCode, site, stdout } = await runCommand(system, 'bin/apply.ts', [
      'examples/property-management',
    ]);
    expect(stdout).toContain('unchanged  work-orders version 1 in production');
    expect([exitCode, site]).toEqual([0, SITE]);
  });

  it('[D12] publishes what has changed, and the journal tells what and by whom', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'daypass-site-'));
    try {
      await cp('examples/property-management', folder, { recursive: true });
      const file = join(folder, 'apps/work-orders.json');
      const app = JSON.parse(await readFile(file, 'utf8'));
      await writeFile(file, JSON.stringify({ ...app, name: 'Jobs' }));
      const { exitCode, stdout } = await runCommand(system, 'bin/apply.ts', [folder]);
      expect([exitCode, stdout]).toEqual([0, expect.stringContaining('published  work-orders version 2')]);
      expect(stdout).toMatch(/^unchanged {2}Dana/m);
    } finally {
      await rm(folder, { recursive: true });
    }
    const actor = { id: 'operator', name: expect.stringMatching(/^apply by \S/) };
    expect((await journal('app'))[0]).toMatchObject({
      action: 'change',
      actor,
      subject: { id: 'work-orders', name: 'Jobs' },
      after: { version: 2, changed: ['/name'] },
    });
    const [published] = await journal('environment');
    expect(published).toMatchObject({ action: 'publish', actor, before: { 'work-orders': 1 } });
    expect(published?.after).toMatchObject({ 'work-orders': 2 });
  });

  describe('on a site where others work, too', () => {
    interface Role {
      id: string;
      name: string;
      version: number;
    }
    let owner: Visitor;
    const EXAMPLE = 'examples/property-management';
    const read = (id: string) => owner.get(`/admin/roles/${id}`);
    const create = (id: string, more: object = {}) =>
      owner.json('POST', '/admin/roles', { id, name: `The ${id}`, environments: ['production'], ...more });

    /** Applies the example's files with a site.json that says something else in these members. */
    async function apply(set: object, ...options: string[]) {
      const folder = await mkdtemp(join(tmpdir(), 'daypass-site-'));
      try {
        await cp(EXAMPLE, folder, { recursive: true });
        const site = JSON.parse(await readFile(join(folder, 'site.json'), 'utf8'));
        await writeFile(join(folder, 'site.json'), JSON.stringify({ ...site, ...set }));
        return await runCommand(system, 'bin/apply.ts', [folder, '--replace-drafts', ...options]);
      } finally {
        await rm(folder, { recursive: true });
      }
    }

    /** The example's roles, some of them otherwise. */
    async function roles(...others: { id: string; [member: string]: unknown }[]) {
      const site = JSON.parse(await readFile(join(EXAMPLE, 'site.json'), 'utf8')) as { roles: Role[] };
      const known = site.roles.filter(({ id }) => !others.some((other) => other.id === id));
      return { roles: [...known, ...others] };
    }

    beforeAll(async () => {
      owner = await staffSession(system, 'olga@abc.example');
    });

    it('leaves roles that the files do not mention to who holds them, and says so', async () => {
      expect((await create('inspector')).status).toBe(201);
      const user = await createUser(owner, { roles: ['inspector'] });
      const { exitCode, stdout } = await apply({});
      const kept = await read('inspector');
      const again = await create('inspector');
      expect([exitCode, kept.status, codeOf(again)]).toEqual([0, 200, [409, 'ALREADY_EXISTS']]);
      expect(stdout).toMatch(/^kept {7}role The inspector \(inspector\): not in the files$/m);
      expect(await readUser(owner, user.id)).toMatchObject({
        roles: ['inspector'],
        environments: ['production'],
      });
    });

    it('leaves what was set up by hand for environments that the files do not mention', async () => {
      const path = '/admin/environments/production/settings';
      const set = { accounts: { manipulation: true, deletion: false } };
      const before = (await owner.get(path)).headers.get('etag') ?? '';
      expect((await owner.json('PUT', path, set, { 'if-match': before })).status).toBe(200);
      const test = { accounts: { manipulation: true, deletion: false } };
      const { stdout } = await apply({ environments: { test } });
      expect((await owner.get(path)).json).toMatchObject(set);
      expect((await owner.get('/admin/environments/test/settings')).json).toMatchObject(test);
      expect(stdout).toMatch(/^updated {4}environment test$/m);
      expect((await journal('environment/test'))[0]).toMatchObject({
        action: 'change',
        actor: { name: expect.stringMatching(/^apply by/) },
        after: test,
      });
    });

    it('[D12] says of each role what it does, and the journal tells it as of a role that is written on the pages', async () => {
      const janitor = { id: 'janitor', name: 'Janitor', environments: ['test'] };
      const made = await apply(await roles(janitor));
      expect(made.stdout).toMatch(/^added {6}role Janitor \(janitor\)$/m);
      const changed = await apply(await roles({ ...janitor, environments: ['staging'] }));
      expect(changed.stdout).toMatch(/^updated {4}role Janitor \(janitor\)$/m);
      expect(changed.stdout).toMatch(/^unchanged {2}role Dispatcher \(dispatcher\)$/m);
      expect((await read('janitor')).json).toMatchObject({ environments: ['staging'] });
      const actor = { id: 'operator', name: expect.stringMatching(/^apply by \S/) };
      expect(await journal('role/janitor')).toMatchObject([
        { action: 'change', actor, before: { environments: ['test'] }, after: { environments: ['staging'] } },
        { action: 'create', actor, after: janitor },
      ]);
    });

    it('[F19, D12] removes them with --prune as the pages do: not those in use, never to be used again, journalled', async () => {
      expect((await create('visitors')).status).toBe(201);
      const handing = { accounts: { assign: ['visitors'] } };
      expect((await create('porter', handing)).status).toBe(201);
      const { exitCode, stdout, stderr } = await apply({}, '--prune');
      expect([exitCode, stderr.trim().split('\n')]).toEqual([
        1,
        [
          'ROLE_IN_USE: “inspector” is in use in one place',
          expect.stringMatching(/^ {2}\/users\/\S+: Pat Person holds it$/),
        ],
      ]);
      expect(stdout.split('\n').filter((line) => /^(removed|kept)/.test(line))).toEqual([
        'removed    role Janitor (janitor)',
        'removed    role The porter (porter)',
        'removed    role The visitors (visitors)',
      ]);
      const found = await Promise.all(['inspector', 'janitor', 'porter', 'visitors'].map(read));
      expect(found.map(({ status }) => status)).toEqual([200, 404, 404, 404]);
      expect((await journal('role/visitors'))[0]).toMatchObject({
        action: 'delete',
        actor: { id: 'operator', name: expect.stringMatching(/^apply by \S/) },
        before: { id: 'visitors', environments: ['production'] },
      });

      expect(codeOf(await create('visitors'))).toEqual([409, 'ALREADY_EXISTS']);
      const back = await apply(await roles({ id: 'visitors', name: 'Visitors', environments: [] }));
      expect([back.exitCode, back.stdout, back.stderr]).toEqual([
        1,
        '',
        expect.stringContaining(
          '“visitors” was the id of a role that was removed, and a new one must not take its place',
        ),
      ]);
      expect((await read('visitors')).status).toBe(404);
    });

    it('refuses two roles of one name, and a role to be handed out that the site does not have, and writes nothing', async () => {
      const { roles: before } = (await owner.get('/admin/roles')).json as { roles: Role[] };
      const same = await apply(await roles({ id: 'other', name: 'The inspector', environments: [] }));
      expect([same.exitCode, same.stderr]).toEqual([1, expect.stringContaining('ALREADY_EXISTS')]);
      const unknown = { id: 'other', name: 'Other', environments: [], accounts: { assign: ['pilot'] } };
      const refused = await apply(await roles(unknown));
      expect([refused.exitCode, refused.stderr]).toEqual([
        1,
        expect.stringContaining('“pilot” is not a role'),
      ]);
      expect((await owner.get('/admin/roles')).json).toMatchObject({ roles: before });
    });
  });

  it('names a folder that holds no site', async () => {
    const { exitCode, stderr } = await runCommand(system, 'bin/apply.ts', ['docs']);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('docs/apps')]);
  });
});

/** Leaves word of the running system in a folder, as `npm start` does, until it is ended. */
async function announced(folder: string): Promise<() => Promise<void>> {
  const { url, awsEndpointUrl } = system;
  const script = `
    import { announceLocalSite } from ${JSON.stringify(resolve('local/local-site.ts'))};
    announceLocalSite(${JSON.stringify({ url, awsEndpointUrl })});
    console.log('announced');
    process.stdin.resume();`;
  const options = ['--input-type=module', '-e', script];
  const running = spawn(resolve('node_modules/.bin/node'), options, { cwd: folder });
  await once(running.stdout, 'data');
  return async () => {
    running.stdin.end();
    await once(running, 'exit');
  };
}

describe('the site that a command is about', () => {
  const NO_SITE = 'Name a stage with --stage …, or start the local system with `npm start`.';
  const EXAMPLE = resolve('examples/property-management');
  const COMMANDS: [string, string[]][] = [
    ['bin/apply.ts', [EXAMPLE]],
    ['bin/first-owner.ts', ['olga@abc.example', 'Olga']],
    ['bin/keys.ts', []],
    ['bin/journal-verify.ts', []],
  ];
  const said = ({ exitCode, site, stderr }: CommandResult) => [exitCode, site || stderr.trim()];
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'daypass-laptop-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** Runs every command in the folder, as on a laptop. */
  const runAll = (env: Record<string, string>) =>
    Promise.all(COMMANDS.map(([command, args]) => execute(command, args, { cwd: folder, env })));

  it('[P11] is, without --stage, the local system that runs here, and never an account that the environment names', async () => {
    const end = await announced(folder);
    expect((await stat(join(folder, '.daypass/local.json'))).mode & 0o777).toBe(0o600);
    const answers = await runAll({
      AWS_PROFILE: 'production',
      AWS_REGION: 'eu-west-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
      AWS_USE_FIPS_ENDPOINT: 'true',
    });
    expect(answers.map(said)).toEqual(COMMANDS.map(() => [0, `The local system, ${system.url}`]));

    await end();
    expect(said(await execute('bin/keys.ts', [], { cwd: folder, env: awsOf(system) }))).toEqual([1, NO_SITE]);
  });

  it('[P11] is none when the local system has gone without a word', async () => {
    const gone = { endpoint: 'http://127.0.0.1:1', port: 4000, stage: 'local', region: 'us-east-1', pid: 1 };
    await mkdir(join(folder, '.daypass'), { recursive: true });
    for (const word of [JSON.stringify(gone), '{}']) {
      await writeFile(join(folder, '.daypass/local.json'), word);
      expect(said(await execute('bin/keys.ts', [], { cwd: folder, env: awsOf(system) }))).toEqual([
        1,
        NO_SITE,
      ]);
    }
    await rm(join(folder, '.daypass/local.json'));
  });

  it('is refused with what to do when it is not to be found', async () => {
    const config = join(folder, 'elsewhere.json');
    const elsewhere = { stage: 'elsewhere', region: 'eu-west-1', senderAddress: 'passes@example.org' };
    await writeFile(config, JSON.stringify(elsewhere));
    const keys = (args: string[], env = awsOf(system)) => execute('bin/keys.ts', args, { env, cwd: folder });
    const there = ['--stage', 'elsewhere', '--config', config];
    const answers = await Promise.all([
      keys(['--stage', 'prodution']),
      keys(there),
      keys(there, { ...awsOf(system), AWS_ACCESS_KEY_ID: 'stale' }),
      keys(there, { AWS_ENDPOINT_URL: system.awsEndpointUrl }),
      // The stage of laptops is on no account, unless a file says so.
      keys(['--stage', 'local']),
    ]);
    expect(answers.map(said)).toEqual([
      [
        1,
        'There is no config/prodution.json. Copy config/example.json to it and fill it in (docs/deploy.md, Configuration).',
      ],
      [
        1,
        'There is no stack Daypass-elsewhere-data in eu-west-1 in the account of these credentials. Deploy the stage (`npm run deploy -- -c stage=elsewhere`), or use credentials of the account that has it.',
      ],
      [
        1,
        expect.stringMatching(
          /^AWS does not accept these credentials \(.*\)\. Sign in again, or name another profile/,
        ),
      ],
      [1, expect.stringMatching(/^There are no AWS credentials \(.*\)\. Sign in with `aws sso login`/)],
      [1, NO_SITE],
    ]);
    expect(answers.map(({ stdout }) => stdout)).toEqual(answers.map(() => ''));
  });
});

// Last, because it moves the clock.
describe('npm run journal:verify', () => {
  const verify = (...args: string[]) => runCommand(system, 'bin/journal-verify.ts', args);
  const Key = () => ({ ...eventKey('production', order.id, 2) });

  it('[D12] finds a whole journal whole', async () => {
    system.fireSchedule('sealJournal');
    const { exitCode, site, stdout } = await verify();
    expect(stdout).toContain('The journal is whole.');
    expect(stdout).toMatch(/production: \d+ events of \d+ records/);
    expect([exitCode, site]).toEqual([0, SITE]);
  });

  it('[D12] names an entry that was altered', async () => {
    await changed(async (TableName, client) => {
      await client.send(
        new UpdateCommand({
          TableName,
          Key: Key(),
          UpdateExpression: 'SET actor.#name = :name',
          ExpressionAttributeNames: { '#name': 'name' },
          ExpressionAttributeValues: { ':name': 'Somebody Else' },
        }),
      );
    });
    const { exitCode, stdout } = await verify();
    expect(stdout).toContain(`${order.id}: event 2 is not what was written`);
    expect(exitCode).toBe(1);
    await restore();
  });

  it('[D12] names an entry that was removed', async () => {
    await changed((TableName, client) => client.send(new DeleteCommand({ TableName, Key: Key() })));
    expect((await verify()).stdout).toContain(`${order.id}: event 2 is missing`);
    await restore();
  });

  it('[D12] finds that the last entries were cut off, also with a head that was made to fit', async () => {
    const { client } = system.dynamodb;
    const TableName = system.dynamodb.tableName();
    const headAt = { TableName, Key: { ...recordKey('production', order.id) } };
    const { Item: head } = await client.send(new GetCommand(headAt));
    const count = head?.eventCount as number;
    const [before, last] = [count - 1, count].map((number) => ({
      TableName,
      Key: { ...eventKey('production', order.id, number) },
    }));
    const { Item: previous } = await client.send(new GetCommand(before as typeof headAt));
    const { Item } = await client.send(new GetCommand(last as typeof headAt));
    await client.send(new DeleteCommand(last as typeof headAt));
    expect((await verify()).stdout).toContain(`${order.id}: the record counts 4 events; 3 are there`);

    const forged = { ...head, eventCount: count - 1, eventMac: previous?.mac };
    await client.send(new PutCommand({ TableName, Item: forged }));
    expect((await verify()).stdout).toContain(
      `${order.id}: the record’s last event is not the one that it was written with`,
    );

    await client.send(new PutCommand({ TableName, Item: head }));
    await client.send(new PutCommand({ TableName, Item }));
    expect((await verify()).exitCode).toBe(0);
  });

  it('[D12] finds that the newest seals were removed, and others made in their place', async () => {
    await system.clock.advance(25 * 3_600_000);
    system.fireSchedule('sealJournal');
    await system.settled();
    const { stdout, exitCode } = await verify();
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/[1-9]\d* sealed days/);
    const [seen = '', day = ''] = /production\/(\d{4}-\d\d-\d\d)\/[\w-]+/.exec(stdout) ?? [];
    expect((await verify('--seal', seen)).exitCode).toBe(0);
    // A day is sealed when it is over: what still happens on it belongs to it.
    expect(day).toBe(new Date(system.clock.now() - 24 * 3_600_000).toISOString().slice(0, 10));

    const { client } = system.dynamodb;
    const at = { TableName: system.dynamodb.tableName(), Key: { ...sealKey('production', day) } };
    const { Item: seal } = await client.send(new GetCommand(at));
    await client.send(new DeleteCommand(at));
    const without = await verify('--seal', seen);
    expect(without.stdout).toContain(`${seen}: this seal is not there any more`);
    expect(without.exitCode).toBe(1);
    await client.send(new PutCommand({ TableName: at.TableName, Item: seal }));
    expect((await verify('--seal', seen)).exitCode).toBe(0);
  });

  it('[D12] finds that a sealed day has lost a whole record', async () => {
    const client = system.dynamodb.client;
    const TableName = system.dynamodb.tableName();
    for (const number of [1, 2, 3, 4]) {
      await client.send(
        new DeleteCommand({ TableName, Key: { ...eventKey('production', order.id, number) } }),
      );
    }
    await client.send(new DeleteCommand({ TableName, Key: { ...recordKey('production', order.id) } }));
    const { exitCode, stdout } = await verify();
    expect(stdout).toMatch(/\d+ events were sealed; \d+ are there/);
    expect(exitCode).toBe(1);
  });

  let kept: Record<string, unknown> | undefined;
  async function changed(change: (table: string, client: System['dynamodb']['client']) => Promise<unknown>) {
    const { client } = system.dynamodb;
    const TableName = system.dynamodb.tableName();
    kept = (await client.send(new GetCommand({ TableName, Key: Key() }))).Item;
    await change(TableName, client);
  }
  async function restore() {
    await system.dynamodb.client.send(new PutCommand({ TableName: system.dynamodb.tableName(), Item: kept }));
  }
});

describe('a local system whose clock was moved', () => {
  it('[P11] lets the first owner in by a link of its own time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'daypass-laptop-'));
    const end = await announced(folder);
    const args = ['olga@abc.example', 'Olga'];
    const { stdout } = await execute('bin/first-owner.ts', args, { cwd: folder });
    await end();
    await rm(folder, { recursive: true });
    const token = new URL(/http\S+/.exec(stdout)?.[0] ?? '').searchParams.get('token') ?? '';
    expect(system.clock.now() - Date.now()).toBeGreaterThan(24 * 3_600_000);
    expect((await new Visitor(system.url).form('/sign-in/link', { token })).status).toBe(303);
  });
});
