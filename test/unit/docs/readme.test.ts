import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { citationsIn, ROOT, withoutTest, withSkippedTests } from './citations.ts';

const text = readFileSync(join(ROOT, 'README.md'), 'utf8');
const [, whatALinkDoes = ''] = /\n## What a link does here\n([\s\S]*?)\n## /.exec(text) ?? [];
const rows = whatALinkDoes
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\|( -|-| when)/.test(line));

describe('README.md', () => {
  it('names for each thing that can happen to a link a test that exists and runs', () => {
    expect(rows.length).toBeGreaterThanOrEqual(8);
    expect(rows.filter((row) => citationsIn(row).length === 0)).toEqual([]);
    const cited = citationsIn(text);
    expect(withoutTest(cited)).toEqual([]);
    expect(withSkippedTests(cited)).toEqual([]);
  });

  it('names commands that there are, and every one that there is', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const [, commands = ''] = /\n## Commands\n([\s\S]*?)\n## /.exec(text) ?? [];
    const named = [...commands.matchAll(/`(?:npm (?:run )?)?([a-z][a-z:-]*)[^`]*`/g)].map(([, name]) => name);
    const there = Object.keys(scripts);
    expect(there.filter((name) => !named.includes(name))).toEqual([]);
    const run = [...text.matchAll(/npm run ([a-z][a-z:-]*)/g)].map(([, name = '']) => name);
    expect(run.filter((name) => !there.includes(name))).toEqual([]);
  });
});
