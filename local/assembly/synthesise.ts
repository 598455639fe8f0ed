import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { LocalSystemError } from './problem.ts';

export interface SynthesisOptions {
  /** The project's folder. */
  root: string;
  /** The app's entry, relative to it. */
  app: string;
  /** Where the templates go, relative to it. */
  directory: string;
  /** Folders and files that the templates are made of, relative to it. */
  sources: string[];
  /** Settings that the app reads, besides those of this process. */
  environment?: Readonly<Record<string, string>>;
  /** Is called when there is work to do, which takes some seconds. */
  onWork?(): void;
}

/** Stands beside the templates and names the state of the sources that they were made from. */
const STAMP = 'sources.sha256';
const LOCK_LIMIT_MS = 120_000;

/**
 * Makes the templates unless they are fresh, which a hash of all sources tells. Several processes may ask at once:
 * one works, the others wait. Returns whether it had to be done.
 */
export async function synthesise(options: SynthesisOptions): Promise<boolean> {
  const { root, app, onWork = () => {} } = options;
  const directory = join(root, options.directory);
  if (isFresh(directory, hashSources(options))) return false;
  onWork();
  const release = await lock(join(root, '.daypass', `${options.directory.replaceAll('/', '-')}.lock`));
  try {
    const hash = hashSources(options);
    if (isFresh(directory, hash)) return false;
    const cache = join(root, '.daypass', 'synthesis');
    const env = { NODE_COMPILE_CACHE: cache, ...process.env, ...options.environment, CDK_OUTDIR: directory };
    await promisify(execFile)(process.execPath, [app], {
      cwd: root,
      env,
      maxBuffer: 64 * 1024 * 1024,
    }).catch(({ stdout, stderr }: { stdout: string; stderr: string }) => {
      throw new LocalSystemError(`The app could not be synthesised (${app}):\n${stdout}${stderr}`.trim());
    });
    writeFileSync(join(directory, STAMP), hash);
    return true;
  } finally {
    release();
  }
}

function isFresh(directory: string, hash: string): boolean {
  try {
    return readFileSync(join(directory, STAMP), 'utf8') === hash;
  } catch {
    return false;
  }
}

/** Over names and contents, and over the settings in the environment that configure the app. */
function hashSources({ root, sources, environment = {} }: SynthesisOptions): string {
  const hash = createHash('sha256');
  const add = (path: string) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) return;
    if (stats.isDirectory()) {
      for (const name of readdirSync(path).sort()) add(join(path, name));
    } else
      hash
        .update(`${relative(root, path)}\0`)
        .update(readFileSync(path))
        .update('\0');
  };
  for (const source of sources) add(join(root, source));
  for (const name of ['DAYPASS_CONFIG', 'DAYPASS_STAGE']) hash.update(`${name}=${process.env[name] ?? ''}\0`);
  for (const [name, value] of Object.entries(environment)) hash.update(`${name}=${value}\0`);
  return hash.digest('hex');
}

/** Making a folder succeeds for one process only. A holder that is no longer running, or took too long, is overruled. */
async function lock(path: string): Promise<() => void> {
  const holder = join(path, 'pid');
  mkdirSync(join(path, '..'), { recursive: true });
  for (;;) {
    try {
      mkdirSync(path);
      writeFileSync(holder, String(process.pid));
      return () => rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const age = Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
      if (age > LOCK_LIMIT_MS || isGone(holder)) rmSync(path, { recursive: true, force: true });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function isGone(holder: string): boolean {
  if (!existsSync(holder)) return false;
  try {
    process.kill(Number(readFileSync(holder, 'utf8')), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
