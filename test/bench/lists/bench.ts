// `npm run bench:lists`: what a page of a list costs from a thousand to a hundred thousand records, against a scan.
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startLocalTables } from '../../support/local-table.ts';
import { load } from './load.ts';
import { type Consumption, measuredClient } from './measured-client.ts';
import { PAGE_SIZE, type PageCost, readPages, scan } from './read.ts';
import { publishedJobs, READERS } from './workload.ts';

const RESULTS = fileURLToPath(new URL('../results', import.meta.url));
const SIZES = [1_000, 10_000, 100_000];
const LATER = 100;

interface Row {
  reader: string;
  branches: number;
  records: number;
  first: PageCost;
  later?: PageCost;
  scan: Consumption;
}

const { published, type } = publishedJobs();
const tables = await startLocalTables();
const rows: Row[] = [];
try {
  const names = { indexes: await tables.create(), heads: await tables.create() };
  const measured = measuredClient(tables.client);
  let loaded = 0;
  for (const records of SIZES) {
    console.log(`${records} records …`);
    await load(tables.client, names, type, { from: loaded, to: records });
    loaded = records;
    console.log('  … loaded');
    const scanned = await scan(measured, names.heads, READERS[1].id);
    console.log('  … scanned');
    for (const reader of READERS) {
      const pages = await readPages(measured, names.indexes, published, reader, LATER - 1);
      const { role, sees, branches } = reader;
      rows.push({ reader: `${role}: ${sees}`, branches, records, ...pages, scan: scanned });
    }
  }
} finally {
  await tables.stop();
}

/** The slope of units over records on logarithmic scales: 0 = the same cost however many there are, 1 = in proportion. */
function exponent(points: readonly { records: number; units: number }[]): number {
  const logs = points.map(({ records, units }) => [Math.log(records), Math.log(units)] as const);
  const mean = (at: 0 | 1) => logs.reduce((sum, point) => sum + point[at], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const over = logs.reduce((sum, [a, b]) => sum + (a - x) * (b - y), 0);
  return over / logs.reduce((sum, [a]) => sum + (a - x) ** 2, 0);
}

const readers = [...new Set(rows.map(({ reader }) => reader))];
const growth = readers.map((reader) => {
  const own = rows.filter((row) => row.reader === reader);
  return {
    reader,
    list: exponent(own.map(({ records, first }) => ({ records, units: first.units }))),
    scan: exponent(own.map(({ records, scan: { units } }) => ({ records, units }))),
  };
});
const result = { date: new Date().toISOString().slice(0, 10), pageSize: PAGE_SIZE, rows, growth };

const perRecord = ({ items, returned }: PageCost) => (items / returned).toFixed(2);
const cells = (row: Row) => [
  row.reader,
  row.branches,
  row.records.toLocaleString('en'),
  perRecord(row.first),
  row.first.units.toFixed(1),
  row.later ? perRecord(row.later) : '–',
  row.later ? row.later.units.toFixed(1) : '–',
  row.scan.units.toLocaleString('en', { maximumFractionDigits: 0 }),
];
const text = `# Lists: what a page costs

\`npm run bench:lists\` on ${result.date}: pages of ${PAGE_SIZE} on DynamoDB Local, read strongly consistently, through the use case that
answers the API and the pages; units as DynamoDB counts them. One wide list, in order of the due date, for four readers.
The scan reads the records themselves with a filter, which it has to for a first page: any record could come first.

| reader | branches | records | items read per record shown, page 1 | read units, page 1 | items per record, page ${LATER} | read units, page ${LATER} | read units of a scan |
|---|--:|--:|--:|--:|--:|--:|--:|
${rows.map((row) => `| ${cells(row).join(' | ')} |`).join('\n')}

Growth of the read units of page 1 with the number of records (exponent; 0 = none, 1 = in proportion):

| reader | list | scan |
|---|--:|--:|
${growth.map(({ reader, list, scan: other }) => `| ${reader} | ${list.toFixed(3)} | ${other.toFixed(3)} |`).join('\n')}

Aims: 1.0 item per record and branch where nothing is left to ask of each record, and an exponent of at most 0.05. A page ${LATER}
that is not there is shown as –. The residual condition of the night shift costs nothing here, because what is overdue comes
first in this order; in another order, what it leaves out is read, too, five rounds at most for a page.
`;
mkdirSync(RESULTS, { recursive: true });
writeFileSync(`${RESULTS}/lists.json`, `${JSON.stringify(result, null, 2)}\n`);
writeFileSync(`${RESULTS}/lists.md`, text);
console.log(text);
