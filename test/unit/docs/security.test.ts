import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');

/** `[title of a test](../test/file)`; titles may hold brackets of their own. */
const CITED = /\[((?:[^[\]]|\[[^\]]*\])+)\]\(\.\.\/(test\/[^)]+)\)/g;
const cited = [...text.matchAll(CITED)].map(([, title = '', file = '']) => ({ title, file }));

/** Source text as a test's title is written in it. */
function titles(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8').replaceAll("\\'", "'");
}

describe('docs/security.md', () => {
  it('cites tests that exist', () => {
    expect(cited.length).toBeGreaterThan(50);
    const missing = cited.filter(({ title, file }) => {
      const source = titles(file);
      return ![`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) => source.includes(quoted));
    });
    expect(missing).toEqual([]);
  });

  it('cites no test that is left out or left alone', () => {
    const files = [...new Set(cited.map(({ file }) => file))];
    expect(
      files.filter((file) => /\.(skip|only|todo|failing)\b|\bx(it|describe)\(/.test(titles(file))),
    ).toEqual([]);
  });

  it('names for each promise a test that holds it, and the ids that it answers to', () => {
    const [, promises = ''] = /\n## Threats, promises, tests\n([\s\S]*?)\n## /.exec(text) ?? [];
    const rows = promises.split('\n').filter((line) => line.startsWith('|') && !/^\|(-| threat)/.test(line));
    expect(rows.length).toBeGreaterThan(30);
    const bare = rows.filter(
      (row) => !row.includes('](../test/') || !/\| ((V\d+\.\d+\.\d+|API\d+) ?)+\|$/.test(row),
    );
    expect(bare).toEqual([]);
  });

  it('leaves out no file of attacks and refusals', () => {
    const files = ['attacks', 'refusals'].flatMap((folder) =>
      readdirSync(join(ROOT, 'test/workflow', folder)).map(
        (file) => `test/workflow/${folder}/${basename(file)}`,
      ),
    );
    expect(files.filter((file) => !cited.some((each) => each.file === file))).toEqual([]);
  });
});
