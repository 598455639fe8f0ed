import { writeFileSync } from 'node:fs';
import type { Verdict } from './judge.ts';

const FILE = new URL('results.json', import.meta.url);

/** Prints what survived, and keeps the result of a whole run. */
export function writeResults(verdicts: readonly Verdict[], whole: boolean): void {
  const count = (status: Verdict['status']) => verdicts.filter((verdict) => verdict.status === status).length;
  const dead = count('killed') + count('timeout');
  const files = [...new Set(verdicts.map(({ mutant }) => mutant.file))].sort().map((file) => {
    const ofFile = verdicts.filter(({ mutant }) => mutant.file === file);
    const alive = ofFile.filter(({ status }) => status === 'survived' || status === 'uncovered');
    return { file, mutants: ofFile.length, killed: ofFile.length - alive.length };
  });
  const survivors = verdicts
    .filter(({ status }) => status === 'survived' || status === 'uncovered')
    .map(({ mutant: { id: _, ...mutant }, status }) => ({ ...mutant, status }))
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  const score = Math.round((dead / verdicts.length) * 1000) / 10;
  for (const { file, line, column, original, replacement, status } of survivors) {
    console.log(`${status}\t${file}:${line}:${column}\t${oneLine(original)}\t→ ${oneLine(replacement)}`);
  }
  console.log(`${dead} of ${verdicts.length} mutants killed (${count('timeout')} by the clock): ${score} %`);
  if (!whole) return;
  const summary = {
    date: new Date().toISOString().slice(0, 10),
    mutants: verdicts.length,
    killed: dead,
    score,
  };
  writeFileSync(FILE, `${JSON.stringify({ ...summary, files, survivors }, null, 2)}\n`);
}

function oneLine(text: string): string {
  const flat = text.replace(/\s+/g, ' ');
  return flat.length > 90 ? `${flat.slice(0, 90)}…` : flat;
}
