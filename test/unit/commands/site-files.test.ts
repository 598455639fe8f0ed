import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { applyPerson, principalIdOf } from '../../../bin/site-files/apply-person.ts';
import type { ApplyPorts } from '../../../bin/site-files/apply-site.ts';
import { asOperator, operator, operatorName } from '../../../bin/site-files/operator.ts';
import { planPolicy } from '../../../bin/site-files/plan-policy.ts';
import { readSiteFiles, robotsOf } from '../../../bin/site-files/read-site.ts';
import { requireValidApp } from '../../../core/apps/check.ts';
import type { SiteDefinition } from '../../../core/apps/definition.ts';
import { newApp } from '../../../core/apps/ready-form.ts';
import type { Change } from '../../../core/changes.ts';
import type { Environment } from '../../../core/environments.ts';
import { sitePolicy } from '../../../core/policy/site-policy.ts';
import type { Principal } from '../../../core/principals.ts';

const NOW = Date.UTC(2027, 2, 10, 12);
const AT = '2027-03-10T12:00:00.000Z';
type Person = SiteDefinition['people'][number];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daypass-files-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the files of a site', () => {
  const SITE = {
    name: 'Site',
    contact: 'Desk',
    roles: [],
    people: [
      { id: 'rob', kind: 'robot', name: 'Rob', roles: [], apps: ['b'] },
      { id: 'idle', kind: 'robot', name: 'Idle', roles: [] },
      { id: 'dana', kind: 'user', name: 'Dana', email: 'dana@abc.example', roles: [] },
    ],
  };

  async function write(files: Record<string, string>) {
    await mkdir(join(folder, 'apps'), { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return readSiteFiles(folder);
  }

  it('are site.json and every app beside it, in order of name; other files are none', async () => {
    const { site, apps } = await write({
      'site.json': JSON.stringify(SITE),
      'apps/b.json': '{"id":"b"}',
      'apps/a.json': '{"id":"a"}',
      'apps/notes.txt': 'not an app',
    });
    expect([site.name, site.contact, apps]).toEqual(['Site', 'Desk', [{ id: 'a' }, { id: 'b' }]]);
    expect([...robotsOf(site)]).toEqual([
      ['rob', ['b']],
      ['idle', []],
    ]);
  });

  it('are refused by the name of the file that is no JSON, and by every mistake of site.json', async () => {
    await expect(write({ 'site.json': '{}', 'apps/a.json': '{' })).rejects.toThrow(
      `${join(folder, 'apps/a.json')} is not JSON: `,
    );
    const refused = write({ 'site.json': JSON.stringify({ ...SITE, name: 7 }), 'apps/a.json': '{}' });
    await expect(refused).rejects.toMatchObject({
      code: 'DEFINITION_INVALID',
      problems: [{ path: '/name', message: expect.any(String) }],
    });
  });
});

describe('the policy of files', () => {
  it('is the one that the environment would run', () => {
    const roles = [
      { id: 'clerk', name: 'Clerk', environments: [], accounts: { update: true, delete: true } },
    ];
    const accounts = { manipulation: true, deletion: false };
    const site = { name: 'Site', contact: '', roles, people: [], environments: { test: { accounts } } };
    const notes = newApp({ id: 'notes', name: 'Notes', kind: 'records' });
    const policyOf = (environment: Environment) =>
      planPolicy({ site: site as SiteDefinition, apps: [notes] }, environment);
    const checked = requireValidApp(notes, { apps: new Map(), roles: new Set(), robots: new Set() });
    expect(policyOf('test')).toEqual(sitePolicy({ roles, apps: [checked], accounts }));
    const usual = { manipulation: true, deletion: true };
    expect(policyOf('production')).toEqual(sitePolicy({ roles, apps: [checked], accounts: usual }));
  });
});

describe('whoever runs a command', () => {
  it('[D12] is named by the command and their account on the machine, and is no account of the site', () => {
    expect(operatorName('apply')).toBe(`apply by ${userInfo().username}`);
    const caller = {
      outcome: 'ok',
      principalId: 'operator',
      type: 'user',
      name: 'apply by ann',
      roles: [],
      profiles: [],
      channel: 'api',
    };
    expect(operator('apply by ann')).toEqual(caller);
    const signing = {} as ApplyPorts['signing'];
    expect(asOperator({ by: 'apply by ann', now: NOW, ...(signing && { signing }) })).toEqual({
      caller,
      now: NOW,
      signing,
    });
    expect(asOperator({ by: 'apply by ann', now: NOW })).toEqual({ caller, now: NOW });
  });
});

describe('a person of the files', () => {
  const DANA = {
    id: 'dana',
    kind: 'user',
    name: 'Dana Dispatcher',
    firstName: 'Dana',
    lastName: 'Dispatcher',
    email: 'Dana@abc.example',
    roles: ['dispatcher'],
  } as Person;
  const ROB = { id: 'rob', kind: 'robot', name: 'Rob', roles: ['robots'], apps: ['jobs'] } as Person;

  let accounts: Map<string, Principal>;
  let committed: Change[][];
  beforeEach(() => {
    accounts = new Map();
    committed = [];
  });

  function apply(person: Person) {
    const store = {
      readPrincipal: async (id: string) => accounts.get(id),
      async commit(changes: Change[]) {
        committed.push(changes);
      },
    } as unknown as ApplyPorts['store'];
    return applyPerson(person, { store, siteId: 'daypass-test', now: NOW, by: 'apply by ann' });
  }

  it('has the same id wherever and whenever files are applied to a site, and another one on another site', () => {
    expect(principalIdOf('daypass-test', DANA)).toBe('R8Ov0jJnlZv8WfDs3EiGa7');
    expect(principalIdOf('daypass-other', DANA)).not.toBe('R8Ov0jJnlZv8WfDs3EiGa7');
    expect(principalIdOf('daypass-test', ROB)).toBe('rob');
  });

  it('is added with what the files say', async () => {
    const id = principalIdOf('daypass-test', DANA);
    expect(await apply(DANA)).toEqual({ id, name: 'Dana Dispatcher', outcome: 'added' });
    expect(await apply(ROB)).toEqual({ id: 'rob', name: 'Rob', outcome: 'added' });
    const { kind: _, ...words } = DANA;
    const { kind: __, ...robot } = ROB;
    const made = { profiles: [], createdAt: AT };
    expect(committed).toEqual([
      [{ kind: 'addUser', principal: { ...words, id, type: 'user', ...made }, email: 'Dana@abc.example' }],
      [{ kind: 'addPrincipal', principal: { ...robot, type: 'robot', ...made } }],
    ]);
  });

  it('is brought to what the files say, under the next version; the rest of the account stays', async () => {
    const id = principalIdOf('daypass-test', DANA);
    const before: Principal = {
      id,
      type: 'user',
      name: 'Dana',
      email: 'dana@abc.example',
      roles: ['technician'],
      profiles: ['p'],
      createdAt: '2026-01-01T00:00:00.000Z',
      version: 4,
    };
    accounts.set(id, before);
    expect((await apply(DANA)).outcome).toBe('updated');
    const after = {
      ...before,
      name: 'Dana Dispatcher',
      firstName: 'Dana',
      lastName: 'Dispatcher',
      roles: ['dispatcher'],
      version: 5,
    };
    expect(committed).toEqual([[{ kind: 'updateAccount', before, after }]]);
    accounts.set(id, after);
    expect((await apply(DANA)).outcome).toBe('unchanged');
    expect(committed).toHaveLength(1);
  });

  it('who is a robot works for those apps alone that the files name', async () => {
    const { kind: _, ...words } = ROB;
    const before = { ...words, type: 'robot', profiles: [], createdAt: AT } as Principal;
    accounts.set('rob', before);
    expect((await apply(ROB)).outcome).toBe('unchanged');
    const { apps: __, ...without } = ROB;
    expect((await apply(without as Person)).outcome).toBe('updated');
    expect(committed).toEqual([
      [{ kind: 'updateAccount', before, after: { ...before, apps: [], version: 2 } }],
    ]);
  });
});
