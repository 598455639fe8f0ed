import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { findConfig } from '../lib/config.ts';
import type { System } from './system.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** In the folder in which `npm start` and the commands run. */
const FILE = '.daypass/local.json';

const localSiteSchema = z.object({
  endpoint: z.url().describe('Where its AWS services answer'),
  port: z.int().describe('The first of its ports, where its pages are'),
  stage: z.string(),
  region: z.string(),
  pid: z.int(),
});

/** What a command must know to reach the local system. */
export type LocalSite = z.output<typeof localSiteSchema>;

/** Leaves word of a running system for the commands, until this process ends. */
export function announceLocalSite({ awsEndpointUrl: endpoint, url }: System): void {
  const { DAYPASS_CONFIG: file, DAYPASS_STAGE } = process.env;
  const { stage, region } = findConfig({ file, stage: DAYPASS_STAGE }, ROOT);
  const site: LocalSite = { endpoint, port: Number(new URL(url).port), stage, region, pid: process.pid };
  mkdirSync(dirname(FILE), { recursive: true });
  const draft = `${FILE}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(site), { mode: 0o600 });
  renameSync(draft, FILE);
  process.once('exit', () => {
    // Another system that was started later has left its own word here.
    if (readLocalSite()?.pid === process.pid) rmSync(FILE);
  });
}

/** The system that was started last and has not said that it ends; it may be gone all the same. */
export function readLocalSite(): LocalSite | undefined {
  try {
    return localSiteSchema.parse(JSON.parse(readFileSync(FILE, 'utf8')));
  } catch {
    return undefined;
  }
}
