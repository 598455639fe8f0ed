import { applySite } from '../../bin/site-files/apply-site.ts';
import { readSiteFiles } from '../../bin/site-files/read-site.ts';
import type { AppDefinition, SiteDefinition } from '../../core/apps/definition.ts';
import type { LivePass } from '../../core/grants/live-passes.ts';
import { createDefinitions } from '../../lambdas/shared/table/definitions.ts';
import { createStore } from '../../lambdas/shared/table/store.ts';
import { PROPERTY_MANAGEMENT, seedDefinitions, siteIdOf } from '../../local/seed.ts';
import type { System } from '../../local/system.ts';
import type { SystemOptions } from '../../local/system-options.ts';
import { type Answer, linkIn, signIn, Visitor } from '../../local/visitor.ts';
import type { WaitOptions } from '../../local/wait-for.ts';
import { startSystem } from './system.ts';

export const DISPATCHER = 'dana@abc.example';
export const TECHNICIAN = 'theo@abc.example';
export const WORK_ORDERS = '/production/apps/work-orders/record-types/work-order';
export const CONTRACTORS = '/production/apps/contractor-tokens/record-types/contractor';

/** The running system with the worked example of property management and nobody's records. */
export async function startPropertyManagement(options: SystemOptions = {}): Promise<System> {
  const system = await startSystem(options);
  try {
    await seedDefinitions(system, PROPERTY_MANAGEMENT);
    return system;
  } catch (error) {
    await system.stop();
    throw error;
  }
}

/** A record as the API answers it. */
export interface RecordJson {
  id: string;
  version: number;
  state: string;
  title: string;
  values: Record<string, unknown>;
  names: Record<string, string>;
  trouble?: { step: string; message: string };
  can: { operations: { id: string; name: string }[]; edit: string[] };
}

let numbers = 0;

/** Values of a work order; `contractor` is who gets a pass for it. */
export function workOrder(contractor?: { name: string; email: string }, more: Record<string, unknown> = {}) {
  numbers += 1;
  return {
    number: `WO-${numbers}`,
    building: 'Mill House',
    category: 'Maintenance',
    description: 'The lift makes a noise.',
    dueDate: '2099-03-31',
    ...(contractor && {
      externalContractor: ['Yes'],
      contractorName: contractor.name,
      contractorEmail: contractor.email,
    }),
    ...more,
  };
}

export async function addWorkOrder(visitor: Visitor, values: Record<string, unknown>): Promise<RecordJson> {
  const answer = await visitor.json('POST', `${WORK_ORDERS}/records`, { operation: 'add', values });
  if (answer.status !== 201) throw new Error(`Adding a work order answered ${answer.status}: ${answer.text}`);
  return answer.json as RecordJson;
}

export async function readRecord(visitor: Visitor, id: string): Promise<RecordJson> {
  const answer = await visitor.get(`/production/records/${id}`);
  if (answer.status !== 200) throw new Error(`Reading a record answered ${answer.status}: ${answer.text}`);
  return answer.json as RecordJson;
}

/** A contractor who has followed the link of their mail, on a browser of their own. */
export interface Contractor {
  visitor: Visitor;
  link: string;
  /** The link as a path of the site, token included. */
  linkPath: string;
  token: string;
  /** `/pass/<short id>` */
  home: string;
  /** Picks this pass on API routes. */
  pass: Record<string, string>;
  landing: Answer;
}

/** Waits for the mail of a work order and follows its link. */
export async function arrive(system: System, email: string): Promise<Contractor> {
  const mail = await system.mail.waitFor(({ to }) => to.includes(email));
  return follow(system, linkIn(mail.text));
}

export async function follow(system: System, link: string): Promise<Contractor> {
  const visitor = new Visitor(system.url);
  const { pathname, search, searchParams } = new URL(link);
  const linkPath = pathname + search;
  const landing = await visitor.get(linkPath);
  const home = new URL(landing.headers.get('location') ?? '/', system.url).pathname;
  return {
    visitor,
    link,
    linkPath,
    token: searchParams.get('token') ?? '',
    home,
    pass: { 'daypass-pass': home.split('/')[2] ?? '' },
    landing,
  };
}

let contractors = 0;

/** A contractor at work: the work order, who it is for, and the browser in which they have followed their link. */
export interface ContractorAtWork extends Contractor {
  id: string;
  order: RecordJson;
  name: string;
  email: string;
}

/** Raises a work order for a new contractor, who follows the link of their mail. */
export async function takeOn(
  system: System,
  staff: Visitor,
  values: Record<string, unknown> = {},
): Promise<ContractorAtWork> {
  contractors += 1;
  const name = `Contractor ${contractors}`;
  const email = `contractor-${contractors}@contractor.example`;
  const order = await addWorkOrder(staff, workOrder({ name, email }, values));
  return { id: order.id, order, name, email, ...(await arrive(system, email)) };
}

/** The pass of a work order, as staff see it among the live ones. */
export async function livePassOf(staff: Visitor, recordId: string): Promise<LivePass | undefined> {
  let query = '?limit=100';
  for (;;) {
    const { json } = await staff.get(`/admin/tokens/production${query}`);
    const { passes, cursor } = json as { passes: LivePass[]; cursor?: string };
    const found = passes.find(({ record }) => record.id === recordId);
    if (found || cursor === undefined) return found;
    query = `?limit=100&cursor=${cursor}`;
  }
}

/** The grant's workflow of a record, once it has come to an end. */
export async function finished(system: System, recordId: string, options?: WaitOptions) {
  return system.waitFor(
    `the workflow of record ${recordId} has ended`,
    async () => {
      const found = (await system.executions.list()).find(({ name }) => name.includes(recordId));
      return found && found.status !== 'RUNNING' ? found : undefined;
    },
    options,
  );
}

export { signIn };

/** Publishes the example anew, with its definition files changed. */
export async function changeDefinitions(
  system: System,
  change: (apps: Record<string, AppDefinition>, site: SiteDefinition) => void,
): Promise<void> {
  const files = await readSiteFiles(PROPERTY_MANAGEMENT.folder);
  const apps = files.apps as AppDefinition[];
  change(Object.fromEntries(apps.map((app) => [app.id, app])), files.site);
  const { client } = system.dynamodb;
  const table = system.dynamodb.tableName();
  await applySite(files, PROPERTY_MANAGEMENT.environment, {
    definitions: createDefinitions(client, table),
    store: createStore(client, table),
    siteId: siteIdOf(system),
    now: system.clock.now(),
    by: 'a test',
  });
}
