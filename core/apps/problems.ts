import type { Problem } from '../errors.ts';

/** Where something stands in a document: member names and positions, from the root. */
export type Path = readonly (string | number)[];

/** Called for each mistake. The message says what is wrong and what to write instead. */
export type Report = (path: Path, message: string) => void;

/** A JSON pointer (RFC 6901). */
export function pointerOf(path: Path): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Follows a path in a document as far as it exists: the whole path, or that of the nearest thing around it. */
export function existingPath(document: unknown, path: Path): Path {
  let at = document;
  for (const [depth, part] of path.entries()) {
    const there = typeof at === 'object' && at !== null && Object.hasOwn(at, part);
    if (!there) return path.slice(0, depth);
    at = (at as Record<string | number, unknown>)[part];
  }
  return path;
}

/** More than this many mistakes in one document help nobody. */
const MOST_PROBLEMS = 50;

/** Collects mistakes of one document; each is placed where something exists in it. */
export function collectProblems(document: unknown): { report: Report; problems: Problem[] } {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  const report: Report = (path, message) => {
    const problem = { path: pointerOf(existingPath(document, path)), message };
    const key = `${problem.path}\n${message}`;
    if (seen.has(key) || problems.length >= MOST_PROBLEMS) return;
    seen.add(key);
    problems.push(problem);
  };
  return { report, problems };
}

/** ` Did you mean "x"?`, or the names to choose from; empty if there are none. */
export function suggestion(name: string, known: Iterable<string>): string {
  const names = [...known];
  const close = nearest(name, names);
  if (close !== undefined) return ` Did you mean "${close}"?`;
  if (names.length === 0) return '';
  const shown = names.slice(0, 12).map((each) => `"${each}"`);
  return ` There is ${shown.join(', ')}${names.length > 12 ? ', …' : ''}.`;
}

/** The known name that differs least, if it differs by no more than about a third of its letters. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  // Longer texts are no slips of the pen, and comparing them would take long.
  if (name.length > 100) return undefined;
  let best: string | undefined;
  let least = Math.min(Math.floor(Math.max(name.length, 3) / 3) + 1, name.length);
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** Insertions, deletions and replacements of single letters, and swaps of neighbours, that lead from one to the other. */
function editDistance(a: string, b: string): number {
  let twoBack: number[] = [];
  let back: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    [twoBack, back, row] = [back, row, [i]];
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(back, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(twoBack, j - 2) + 1 : replaced;
      row.push(Math.min(replaced, swapped, at(back, j) + 1, at(row, j - 1) + 1));
    }
  }
  return at(row, b.length);
}

/** A cell of the table; those beyond its edge are never the least. */
function at(row: readonly number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY;
}
