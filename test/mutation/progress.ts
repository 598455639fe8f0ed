import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { ROOT } from './mutants.ts';
import type { Verdict } from './run.ts';

const FOLDER = `${ROOT}reports/mutation/`;

/** What is known of the mutants of a bundle, from earlier runs over the same sources and tests. */
export function openProgress(bundle: string): { known: Map<string, Verdict>; keep(verdict: Verdict): void } {
  mkdirSync(FOLDER, { recursive: true });
  const hash = createHash('sha256').update(readFileSync(bundle)).digest('hex').slice(0, 16);
  const file = `${FOLDER}${hash}.jsonl`;
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const verdicts = lines.filter(Boolean).map((line) => JSON.parse(line) as Verdict);
  return {
    known: new Map(verdicts.map((verdict) => [verdict.mutant.id, verdict])),
    keep: (verdict) => appendFileSync(file, `${JSON.stringify(verdict)}\n`),
  };
}
