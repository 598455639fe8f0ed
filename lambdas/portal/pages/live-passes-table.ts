import type { LivePass } from '../../../core/grants/live-passes.ts';

const HEADER = [
  'Person',
  'Email',
  'For',
  'App',
  'Record type',
  'Record',
  'Issued',
  'Ends',
  'Last used',
  'Status',
  'Trouble',
  'Pass',
];

/**
 * Live passes as rows of text, the header first; times in UTC (ISO 8601). Empty where the reader may not see it.
 * @param base address of the environment's pages: `https://…/app/{environment}`
 */
export function livePassesTable(passes: readonly LivePass[], base: string): string[][] {
  const rows = passes.map((pass) => [
    pass.person ?? '',
    pass.email ?? '',
    pass.record.title ?? '',
    pass.record.app,
    pass.record.recordType,
    pass.record.title === undefined ? '' : `${base}/records/${pass.record.id}`,
    pass.issuedAt,
    pass.expiresAt ?? '',
    pass.lastUsedAt ?? '',
    pass.status,
    pass.trouble ?? '',
    pass.id,
  ]);
  return [HEADER, ...rows];
}
