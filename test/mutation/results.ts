import { writeFileSync } from 'node:fs';
import type { Verdict } from './judge.ts';

const FILE = new URL('results.json', import.meta.url);

/**
 * Prints what survived, and keeps the result of a whole run.
 * @param total of mutants; those without a verdict count as alive
 */
export function writeResults(verdicts: readonly Verdict[], total: number, whole: boolean): void {
  const count = (status: Verdict['status']) => verdicts.filter((verdict) => verdict.status === status).length;
  const dead = count('killed') + count('timeout');
  const scoresBy = (part: (file: string) => string) =>
    [...new Set(verdicts.map(({ mutant }) => part(mutant.file)))].sort().map((name) => {
      const ofPart = verdicts.filter(({ mutant }) => part(mutant.file) === name);
      const killed = ofPart.filter(isDead).length;
      return { name, mutants: ofPart.length, killed, score: percent(killed, ofPart.length) };
    });
  const survivors = verdicts
    .filter((verdict) => !isDead(verdict))
    .map(({ mutant: { id: _, ...mutant }, status }) => ({ ...mutant, status }))
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  for (const { file, line, column, original, replacement, status } of survivors) {
    console.log(`${status}\t${file}:${line}:${column}\t${oneLine(original)}\t→ ${oneLine(replacement)}`);
  }
  const score = percent(dead, total);
  console.log(`${dead} of ${total} mutants killed (${count('timeout')} run for ever): ${score} %`);
  if (!whole) return;
  const summary = {
    date: new Date().toISOString().slice(0, 10),
    mutants: total,
    judged: verdicts.length,
    killed: dead,
    score,
    folders: scoresBy((file) => file.slice(0, file.lastIndexOf('/'))),
    files: scoresBy((file) => file),
  };
  writeFileSync(FILE, `${JSON.stringify({ ...summary, survivors }, null, 2)}\n`);
}

function isDead({ status }: Verdict): boolean {
  return status === 'killed' || status === 'timeout';
}

function percent(part: number, whole: number): number {
  return Math.round((part / whole) * 1000) / 10;
}

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > 90 ? `${flat.slice(0, 90)}…` : flat;
}
