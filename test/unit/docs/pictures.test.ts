import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './citations.ts';

const FOLDER = 'docs/img';
const MOVING = 'one-job.png';

const documents = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter(
  (name) => name.endsWith('.md'),
);
const shown = new Set(
  documents.flatMap((name) =>
    [...readFileSync(join(ROOT, name), 'utf8').matchAll(/(?<=[("/])img\/([\w.-]+)/g)].map(
      ([, picture = '']) => picture,
    ),
  ),
);
const pictures = readdirSync(join(ROOT, FOLDER));

describe('pictures of the pages', () => {
  it('are all shown somewhere in the documentation, and whatever is shown is there', () => {
    expect(pictures.filter((name) => !shown.has(name))).toEqual([]);
    expect([...shown].filter((name) => !pictures.includes(name))).toEqual([]);
  });

  it('are small: 150 KB each, and the moving one 1.5 MB', () => {
    const heavy = pictures.filter(
      (name) => statSync(join(ROOT, FOLDER, name)).size > (name === MOVING ? 1_500_000 : 150_000),
    );
    expect(heavy).toEqual([]);
  });
});
