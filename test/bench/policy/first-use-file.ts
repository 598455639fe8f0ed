import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { encodePolicy } from '../../../core/policy/text.ts';
import type { AccessRequest } from '../../../core/policy/types.ts';
import { type Measured, statistics } from './measure.ts';
import type { Scaled } from './scaling.ts';

/** What the process that measures a first use reads. */
export interface FirstUse {
  /** The policy's text, as it is stored. */
  readonly policy: string;
  /** The rules of the one role, as CASL writes them. */
  readonly caslRules: readonly object[];
  readonly request: AccessRequest;
}

const SCRIPT = fileURLToPath(new URL('first-use.ts', import.meta.url));

/** Starts fresh processes in turn, each with a bundle as it would be deployed; the median of what they report. */
export function measureFirstUse({ document, input }: Scaled, processes = 61): Measured[] {
  const role = 'role0';
  const subject = { type: 'robot', id: 'bot', roles: [role] } as const;
  const caslRules = input.rules
    .filter(({ subjects }) => subjects.some((selector) => 'id' in selector && selector.id === role))
    .map(({ actions, resource, condition, fields }) => ({
      action: actions[0],
      subject: resource.recordType,
      ...(condition && {
        conditions: String(condition).includes('owner')
          ? { owner: subject.id }
          : { title: String(condition).split('"')[1] },
      }),
      ...(fields && { fields }),
    }));
  const request: AccessRequest = {
    subject,
    action: 'edit',
    resource: { type: 'record', app: 'app', recordType: 'type0', values: { owner: 'bot', title: 't' } },
    context: { now: 0, environment: 'production', channel: 'workflow' },
  };
  const folder = mkdtempSync(join(tmpdir(), 'daypass-bench-'));
  const file = join(folder, 'policy.json');
  const script = join(folder, 'first-use.mjs');
  buildSync({
    entryPoints: [SCRIPT],
    outfile: script,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
  });
  writeFileSync(
    file,
    JSON.stringify({ policy: encodePolicy(document), caslRules, request } satisfies FirstUse),
  );
  const engines = ['daypass', 'casl'] as const;
  const times = engines.map((): number[] => []);
  for (let n = 0; n < processes; n++) {
    for (const [i, engine] of engines.entries()) {
      const { stdout, stderr, status } = spawnSync(process.execPath, [script, engine, file], {
        encoding: 'utf8',
      });
      if (status !== 0) throw new Error(stderr);
      times[i]?.push(Number(stdout));
    }
  }
  rmSync(folder, { recursive: true });
  const names = ['Daypass', 'CASL, building one ability'];
  return names.map((name, i) => ({ name, ...statistics(times[i] ?? []) }));
}
