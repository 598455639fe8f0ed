import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** A test that a document names, and the file in which it says to find it. */
export interface Citation {
  title: string;
  file: string;
}

/** Titles may hold brackets of their own. */
const CITED = /\[((?:[^[\]]|\[[^\]]*\])+)\]\((?:\.\.\/)?(test\/[^)]+\.test\.ts)\)/g;

/** The tests that a Markdown text links to as `[title](test/file)`. */
export function citationsIn(text: string): Citation[] {
  return [...text.matchAll(CITED)].map(([, title = '', file = '']) => ({ title, file }));
}

/** Source text as a test's title is written in it. */
export function sourceOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8').replaceAll("\\'", "'");
}

/** Those that name no test of that file. */
export function withoutTest(citations: readonly Citation[]): Citation[] {
  return citations.filter(({ title, file }) => {
    const source = sourceOf(file);
    return ![`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) => source.includes(quoted));
  });
}

/** Files among those cited that leave tests out, or leave all others out. */
export function withSkippedTests(citations: readonly Citation[]): string[] {
  const files = [...new Set(citations.map(({ file }) => file))];
  return files.filter((file) => /\.(skip|only|todo|failing)\b|\bx(it|describe)\(/.test(sourceOf(file)));
}
