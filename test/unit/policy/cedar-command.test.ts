import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import type { AppDefinitionInput } from '../../../core/apps/definition.ts';
import { exportCedar } from '../../../core/policy/cedar/export.ts';
import { sitePolicy } from '../../../core/policy/site-policy.ts';
import { exampleApps, exampleSite } from '../../fixtures/property-management.ts';

jest.setTimeout(60_000);

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const EXAMPLE = join(ROOT, 'examples/property-management');

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daypass-cedar-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** Runs the command without any AWS credentials. */
function run(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const bin = join(ROOT, 'node_modules/.bin');
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: folder };
  return new Promise((done) => {
    execFile(
      join(bin, 'node'),
      [join(ROOT, 'bin/policy-cedar.ts'), ...args],
      { env },
      (error, stdout, stderr) => done({ exitCode: error ? Number(error.code) : 0, stdout, stderr }),
    );
  });
}

describe('policy:cedar', () => {
  it('writes the policies and the schema that would be published, from files alone', async () => {
    const out = join(folder, 'out');
    const { exitCode, stdout, stderr } = await run(EXAMPLE, '--environment', 'test', '--out', out);

    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain('policies for test');
    const document = sitePolicy({ roles: exampleSite().roles, apps: exampleApps() });
    const { policies, schema } = exportCedar(document, 'test');
    expect(rulesIn(await readFile(join(out, 'policies.cedar'), 'utf8'))).toEqual(rulesIn(policies));
    expect((await readFile(join(out, 'schema.cedarschema'), 'utf8')).length).toBe(schema.length);
  });

  it('fails with the names of rules that Cedar cannot say, and writes the others', async () => {
    const files = join(folder, 'files');
    await cp(EXAMPLE, files, { recursive: true });
    const path = join(files, 'apps/work-orders.json');
    const app = JSON.parse(await readFile(path, 'utf8')) as AppDefinitionInput;
    const [dispatcher] = app.permissions ?? [];
    Object.assign(dispatcher ?? {}, { when: 'size(record.externalContractor) < 2' });
    await writeFile(path, JSON.stringify(app));
    const { exitCode, stderr } = await run(files, '--out', join(folder, 'out'));

    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'refused  work-orders/permissions/0/view (work-orders#/permissions/0): Cedar can tell whether there is nothing, and cannot count',
    );
    expect(rulesIn(await readFile(join(folder, 'out/policies.cedar'), 'utf8'))).toContain(
      'work-orders/permissions/1/view',
    );
  });

  it('says what is wrong with the files, and how it is used', async () => {
    expect(await run()).toMatchObject({
      exitCode: 2,
      stdout: expect.stringContaining('Usage: npm run policy:cedar'),
    });
    expect((await run('--help')).exitCode).toBe(0);
    expect(await run(EXAMPLE, '--environment', 'moon')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('“moon” is no environment'),
    });
  });
});

function rulesIn(policies: string): string[] {
  return [...policies.matchAll(/^@rule\("(.*)"\)$/gm)].map(([, rule]) => rule as string).sort();
}
