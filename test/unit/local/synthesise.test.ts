import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { synthesise } from '../../../local/assembly/synthesise.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'synthesise-'));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
  symlinkSync(fileURLToPath(new URL('../../../node_modules', import.meta.url)), join(root, 'node_modules'));
  mkdirSync(join(root, 'src'));
  writeApp('one');
});
afterEach(() => rmSync(root, { recursive: true }));

/** An app that appends a line to its output each time it runs. */
function writeApp(text: string): void {
  writeFileSync(
    join(root, 'src', 'app.ts'),
    `import { appendFileSync, mkdirSync } from 'node:fs';
const out: string = process.env.CDK_OUTDIR!;
mkdirSync(out, { recursive: true });
appendFileSync(out + '/runs', '${text}\\n');`,
  );
}

const run = (app = 'src/app.ts') => synthesise({ root, app, directory: 'out', sources: ['src'] });
const runs = () =>
  readFileSync(join(root, 'out', 'runs'), 'utf8')
    .trim()
    .split('\n');

describe('synthesising when it is needed', () => {
  it('makes the templates once, and again when a source has changed', async () => {
    expect(await run()).toBe(true);
    expect(await run()).toBe(false);
    writeApp('two');
    expect(await run()).toBe(true);
    expect(runs()).toEqual(['one', 'two']);
  });

  it('lets only one of several that ask at once do the work', async () => {
    expect((await Promise.all([run(), run(), run()])).filter(Boolean)).toHaveLength(1);
    expect(runs()).toEqual(['one']);
  });

  it('does not wait for a process that was ended in the middle of it', async () => {
    const ended = spawnSync(process.execPath, ['-e', '']);
    mkdirSync(join(root, '.daypass', 'out.lock'), { recursive: true });
    writeFileSync(join(root, '.daypass', 'out.lock', 'pid'), String(ended.pid));
    expect(await run()).toBe(true);
  });

  it('says what the app printed when it fails, and is not fresh afterwards', async () => {
    writeFileSync(join(root, 'src', 'broken.ts'), "console.error('no region'); process.exit(1);");
    await expect(run('src/broken.ts')).rejects.toThrow(/src\/broken\.ts[\s\S]*no region/);
    expect(await run()).toBe(true);
  });
});
