import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { citationsIn, ROOT, withoutTest, withSkippedTests } from './citations.ts';

const text = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
const cited = citationsIn(text);

describe('docs/security.md', () => {
  it('cites tests that exist', () => {
    expect(cited.length).toBeGreaterThan(50);
    expect(withoutTest(cited)).toEqual([]);
  });

  it('cites no test that is left out or left alone', () => {
    expect(withSkippedTests(cited)).toEqual([]);
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
