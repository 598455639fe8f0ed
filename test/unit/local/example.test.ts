import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readExample } from '../../../local/example.ts';

const PERSON_DIRECTORY = fileURLToPath(new URL('../../../examples/person-directory', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'daypass-example-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (file: string, text: string) => writeFile(join(folder, file), text);
/** What the folder is refused with. */
const refusal = () =>
  readExample(folder).then(
    () => 'it was read',
    (error: Error) => error.message,
  );

describe('a folder that npm start is to run', () => {
  it('is read with the records of its people, which need not be there', async () => {
    await cp(PERSON_DIRECTORY, folder, { recursive: true });
    expect((await readExample(folder)).records.map(({ as }) => as)).toEqual(['dora', 'dora', 'dora']);
    await rm(join(folder, 'records.json'));
    expect((await readExample(folder)).records).toEqual([]);
  });

  it('is refused without a site.json or without apps', async () => {
    expect(await refusal()).toMatch(`There is no site.json in ${folder}.`);
    await write('site.json', '{}');
    expect(await refusal()).toMatch(`There is no apps in ${folder}.`);
  });

  it('is refused with every mistake in its files, each with its place', async () => {
    await cp(PERSON_DIRECTORY, folder, { recursive: true });
    await write('apps/notices.json', '{ "id": "notices", "kind": "papers" }');
    expect(await refusal()).toMatch(new RegExp(`^The files in ${folder} cannot be used:\\n {2}/notices: `));
    await write('apps/notices.json', '{');
    expect(await refusal()).toContain(`${join(folder, 'apps/notices.json')} is not JSON`);
  });

  it('is refused with records of nobody who can sign in, or of another shape', async () => {
    await cp(PERSON_DIRECTORY, folder, { recursive: true });
    const add = { app: 'directory', recordType: 'person', operation: 'add', as: 'payroll', values: {} };
    await write('records.json', JSON.stringify([add]));
    expect(await refusal()).toContain('/0/as: nobody in site.json who can sign in has the id “payroll”');
    await write('records.json', JSON.stringify([{ ...add, as: 'dora', value: {} }]));
    expect(await refusal()).toMatch(/records\.json cannot be used:\n {2}\/0: .*"value"/);
  });
});
