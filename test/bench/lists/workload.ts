import { requireValidApp } from '../../../core/apps/check.ts';
import type { AppDefinitionInput } from '../../../core/apps/definition.ts';
import { linkDefinitions } from '../../../core/apps/link.ts';
import type { LinkedRecordType } from '../../../core/apps/published.ts';
import { buildPolicy } from '../../../core/policy/build.ts';
import { checkRules } from '../../../core/policy/check.ts';
import { appFacts } from '../../../core/policy/facts.ts';
import { loadPolicy } from '../../../core/policy/load.ts';
import { appPermissionRules } from '../../../core/policy/sources/app-permissions.ts';
import { signInRules } from '../../../core/policy/sources/sign-in.ts';
import type { StoredRecord } from '../../../core/records/record.ts';
import type { Published } from '../../../core/runtime.ts';

const ROLES = ['dispatcher', 'technician', 'lead', 'night-shift'];
export const NOW = Date.UTC(2026, 5, 1);

const definition = {
  id: 'jobs',
  name: 'Jobs',
  kind: 'records',
  recordTypes: [
    {
      id: 'job',
      name: 'Job',
      plural: 'Jobs',
      titleField: 'number',
      fields: [
        { id: 'number', label: 'Number', type: 'string' },
        { id: 'building', label: 'Building', type: 'string' },
        { id: 'description', label: 'Description', type: 'text' },
        { id: 'assignedTo', label: 'Assigned to', type: 'user' },
        { id: 'team', label: 'Team', type: 'string' },
        { id: 'dueDate', label: 'Due', type: 'date' },
      ],
      states: [{ id: 'Active', name: 'Active' }],
      initialState: 'Active',
      operations: [
        { id: 'add', name: 'Add', kind: 'add' },
        { id: 'view', name: 'View', kind: 'view' },
      ],
      views: [
        {
          id: 'all',
          name: 'All',
          columns: ['number', 'building', 'description', 'dueDate'],
          sort: { field: 'dueDate' },
        },
      ],
    },
  ],
  permissions: [
    ['dispatcher', undefined],
    ['technician', 'record.assignedTo == me.id'],
    ['lead', 'record.assignedTo == me.id || record.team in me.roles'],
    ['night-shift', 'record.assignedTo == me.id && record.dueDate < now'],
  ].map(([role, when]) => ({
    role,
    recordType: 'job',
    operations: ['view'],
    views: ['all'],
    ...(when && { when }),
  })),
} as unknown as AppDefinitionInput;

/** One wide list, as it would be published. */
export function publishedJobs(): { published: Published; type: LinkedRecordType } {
  const app = requireValidApp(definition, { apps: new Map(), roles: new Set(ROLES), robots: new Set() });
  const roles = ROLES.map((id) => ({ id, name: id, environments: ['production' as const] }));
  const facts = { apps: appFacts([app.definition]), roles: ROLES };
  const rules = [...signInRules(roles), ...appPermissionRules(app.definition, app.expressions)];
  const site = linkDefinitions([app]);
  const published: Published = {
    environment: 'production',
    site,
    policy: loadPolicy(buildPolicy({ ...facts, rules: checkRules(rules, facts) })),
    settings: { name: 'Jobs', contact: '', roles },
  };
  return { published, type: site.recordType('jobs', 'job') as LinkedRecordType };
}

/** One record in twenty is assigned to `tina`, one in ten of the team `lead`; half of all are overdue. */
export function job(number: number): StoredRecord {
  const at = new Date(NOW - number * 1000).toISOString();
  const day = (number * 7919) % 720;
  return {
    id: `job${String((number * 104_729) % 10_000_019).padStart(19, '0')}`,
    environment: 'production',
    app: 'jobs',
    recordType: 'job',
    definitionVersion: 1,
    version: 1,
    state: 'Active',
    values: {
      number: `WO-${number}`,
      building: `${number % 97} Harbour Street`,
      description: 'The lift stops between the second and the third floor. Find out why and repair it.',
      assignedTo: number % 20 === 0 ? 'tina' : `person-${number % 19}`,
      team: number % 10 === 5 ? 'lead' : `team-${number % 7}`,
      dueDate: new Date(NOW + (day - 360) * 86_400_000).toISOString().slice(0, 10),
    },
    names: {},
    createdAt: at,
    createdBy: 'dana',
    updatedAt: at,
    updatedBy: 'dana',
    eventCount: 1,
    eventMac: 'm'.repeat(43),
  };
}

/** Who opens the list, and how many branches their rules come to. */
export const READERS = [
  { id: 'dana', role: 'dispatcher', sees: 'everything', branches: 1 },
  { id: 'tina', role: 'technician', sees: 'own (1 in 20)', branches: 1 },
  { id: 'tina', role: 'lead', sees: 'own or the team’s (3 in 20)', branches: 2 },
  { id: 'tina', role: 'night-shift', sees: 'own, if overdue (residual)', branches: 1 },
] as const;
export type Reader = (typeof READERS)[number];
