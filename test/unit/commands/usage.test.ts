import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const NODE = join(ROOT, 'node_modules/.bin/node');
const EXAMPLE = 'examples/property-management';

/** Runs a command on a machine that knows no site: its exit code, and the first line of what it says. */
function run(command: string, ...args: string[]): Promise<[exitCode: number, says: string]> {
  const env = { PATH: `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH}` };
  return new Promise((done) => {
    execFile(NODE, [join(ROOT, 'bin', command), ...args], { cwd: ROOT, env }, (error, stdout, stderr) =>
      done([error ? Number(error.code) : 0, (stdout || stderr).split('\n')[0] as string]),
    );
  });
}

it('a command says how it is used, and goes no further than it knows where', async () => {
  const answers = await Promise.all([
    run('apply.ts', '--help'),
    run('first-owner.ts', '--help'),
    run('first-owner.ts', 'olga@abc.example'),
    run('apply.ts', EXAMPLE, '--environment', 'moon'),
    run('journal-verify.ts', '--help'),
    run('keys.ts', '--help'),
    run('keys.ts', '--profile', 'ops'),
  ]);
  expect(answers).toEqual([
    [0, expect.stringMatching('^Usage: npm run apply -- ')],
    [0, expect.stringMatching('^Usage: npm run first-owner -- ')],
    [2, expect.stringMatching('^Usage: npm run first-owner -- ')],
    [1, '“moon” is no environment; choose one of development, test, staging, production.'],
    [0, expect.stringMatching('^Usage: npm run journal:verify -- ')],
    [0, expect.stringMatching('^Usage: npm run keys -- ')],
    [1, '--profile says nothing without a stage: name it with --stage.'],
  ]);
});
