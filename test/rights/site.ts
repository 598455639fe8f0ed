import type {
  AppDefinition,
  Permission,
  RoleDefinition,
  SiteDefinition,
} from '../../core/apps/definition.ts';
import { newApp } from '../../core/apps/ready-form.ts';
import type { Environment } from '../../core/environments.ts';
import { BUILT_IN_ROLES } from '../../core/policy/built-in.ts';
import { CONDITIONS } from './conditions.ts';
import { type Dice, diceOf } from './dice.ts';

/** A site as it is drawn: definition files, and who there is to try what they may. */
export interface DrawnSite {
  seed: number;
  site: SiteDefinition;
  apps: AppDefinition[];
  /** Ids of people in the files who can sign in. */
  users: string[];
  serviceAccounts: string[];
  /** Texts of the design plane that only some may read, by what they tell of. */
  secrets: { emails: Record<string, string>; drafts: Record<string, string>; roles: Record<string, string> };
}

/** Environments that run the site. Two are enough to tell one from another. */
export const RUNNING = ['production', 'test'] as const satisfies readonly Environment[];
/** Whoever plants the records, and is never who tries. */
export const PLANTER = 'planter';
const ROLES = ['amber', 'blue', 'coral', 'denim', 'ebony'];
const USERS = ['ann', 'ben', 'cleo', 'dan'];
const ACCOUNTS = ['gateway', 'payroll'];
export const APPS = ['alpha', 'beta'];
export const FIELDS = ['title', 'owner', 'amount', 'notes', 'secret'];
export const OPERATIONS = ['add', 'view', 'edit', 'delete', 'shut', 'hand'];

/** Draws a site. @param principalIdOf the id that an account of the files has once they are applied */
export function drawSite(
  seed: number,
  principalIdOf: (person: { id: string; kind: string }) => string,
): DrawnSite {
  const dice = diceOf(seed);
  const secrets: DrawnSite['secrets'] = { emails: {}, drafts: {}, roles: {} };
  const accountOf = (id: string) => principalIdOf({ id, kind: 'user' });
  const keep = (of: keyof DrawnSite['secrets'], id: string) => {
    const mark = dice.mark();
    secrets[of][id] = mark;
    return mark;
  };
  const roles = ROLES.map((id) => drawRole(dice, id, keep('roles', id)));
  for (const id of ['machine', 'visitor']) roles.push({ id, name: id, environments: [] });
  const users = USERS.map((id): SiteDefinition['people'][number] => {
    const email = `${keep('emails', id)}@people.example`;
    const held = dice.chance(0.12)
      ? [dice.pick([...BUILT_IN_ROLES])]
      : [dice.pick(ROLES), ...dice.some(ROLES, 0.2)];
    return {
      id,
      kind: 'user',
      name: `${id} person`,
      firstName: id,
      lastName: 'person',
      email,
      roles: distinct(held),
    };
  });
  const accounts = ACCOUNTS.map((id): SiteDefinition['people'][number] => ({
    id,
    kind: 'serviceAccount',
    name: id,
    roles: distinct([dice.pick(ROLES), ...dice.some(ROLES, 0.2)]),
  }));
  const robots = APPS.map((app) => ({
    id: `${app}-robot`,
    kind: 'robot' as const,
    name: `${app} robot`,
    roles: ['machine'],
    apps: [app],
  }));
  const planter = {
    id: PLANTER,
    kind: 'user' as const,
    name: 'The Planter',
    firstName: 'The',
    lastName: 'Planter',
    email: 'planter@people.example',
    roles: ['Owner', 'TenantAdministrator'],
  };
  const site = {
    name: 'Drawn',
    contact: 'nobody',
    roles,
    environments: {
      production: {
        accounts: { manipulation: true, deletion: true },
        welcomeMail: { subject: 'Welcome', body: 'Hello.' },
      },
    },
    people: [...users, ...accounts, ...robots, planter],
  } as SiteDefinition;
  const apps = APPS.map((id) => drawApp(dice, id, accountOf, keep('drafts', id)));
  return { seed, site, apps: [...apps, tokensApp()], users: USERS, serviceAccounts: ACCOUNTS, secrets };
}

const distinct = <T>(from: T[]) => [...new Set(from)];

const THEMES = ['apps', 'roles', 'accounts', 'environments', 'records', 'records'] as const;

/** Rights of a role. Most have few: what is interesting is one right without the next one. */
function drawRole(dice: Dice, id: string, secret: string): RoleDefinition {
  const theme = dice.pick(THEMES);
  const likely = (about: (typeof THEMES)[number]) => dice.chance(theme === about ? 0.9 : 0.08);
  const accounts = {
    ...(dice.chance(0.15) && { create: true }),
    ...(dice.chance(0.15) && { update: true }),
    ...(dice.chance(0.15) && { delete: true }),
    assign: dice.some(ROLES, 0.12),
  };
  const read = <const Action extends string>(actions: readonly Action[], wanted: boolean) =>
    wanted ? ['read' as const, ...dice.some(actions, 0.65)] : [];
  const design = {
    ...(likely('apps') && {
      apps: {
        [dice.pick([...APPS, '*'])]: read(['create', 'edit', 'publish', 'changePermissions'], true),
      },
    }),
    ...(dice.chance(0.4) && { publish: dice.some([...RUNNING], 0.5) }),
    roles: read(['create', 'edit', 'delete'], likely('roles')),
    accounts: read(['create', 'edit', 'delete'], likely('accounts')),
    environments: read(['configure'], likely('environments')),
  };
  return {
    id,
    name: id,
    description: secret,
    environments: dice.some([...RUNNING], theme === 'records' ? 0.9 : 0.5),
    accounts,
    design,
    services: dice.some(['export-alpha', 'export-beta', 'file-beta', 'access'], 0.12),
  } as RoleDefinition;
}

function drawApp(dice: Dice, id: string, accountOf: (id: string) => string, secret: string): AppDefinition {
  return {
    id,
    name: id,
    description: `About ${id}`,
    kind: 'records',
    accessModel: 'roles',
    robot: `${id}-robot`,
    recordTypes: [
      {
        id: 'thing',
        name: `Thing of ${id}`,
        plural: `Things of ${id}`,
        titleField: 'title',
        ownerField: 'owner',
        fields: [
          { id: 'title', label: 'Title', type: 'string' },
          { id: 'owner', label: 'Owner', type: 'user' },
          { id: 'amount', label: 'Amount', type: 'number' },
          { id: 'notes', label: 'Notes', type: 'text' },
          { id: 'secret', label: 'Secret', type: 'string', help: 'For few' },
        ],
        states: [
          { id: 'Open', name: 'Open' },
          { id: 'Shut', name: 'Shut' },
        ],
        initialState: 'Open',
        operations: [
          { id: 'add', name: 'Add', kind: 'add' },
          { id: 'view', name: 'View', kind: 'view' },
          { id: 'edit', name: 'Edit', kind: 'edit' },
          { id: 'delete', name: 'Delete', kind: 'delete' },
          { id: 'shut', name: 'Shut', kind: 'transition', from: ['Open'], to: 'Shut', fields: [...FIELDS] },
          {
            id: 'hand',
            name: 'Hand on',
            kind: 'transition',
            from: ['Open', 'Shut'],
            to: 'Open',
            fields: ['owner', 'notes'],
          },
        ],
        views: [
          { id: 'all', name: 'All', columns: ['title', 'amount', 'owner'], sort: { field: 'createdAt' } },
          {
            id: 'mine',
            name: 'Mine',
            columns: ['title', 'secret'],
            filter: 'record.owner == me.id',
            sort: { field: 'createdAt' },
          },
        ],
      },
    ],
    // A comment is for designers, and nowhere else.
    tasks: [
      {
        id: 'make-pass',
        title: 'Make a pass',
        comment: secret,
        recordType: 'thing',
        actions: [
          {
            id: 'add-user',
            title: 'Add',
            target: { app: 'passes', recordType: 'token-user', operation: 'add-user' },
            fields: { name: 'record.title', email: '"pass@people.example"', roles: '["visitor"]' },
          },
        ],
      },
    ],
    notifications: [],
    permissions: drawPermissions(dice, accountOf),
    services: [
      { id: `export-${id}`, name: 'Export', recordType: 'thing', view: 'all' },
      ...(id === 'beta'
        ? [
            {
              id: 'file-beta',
              name: 'File',
              recordType: 'thing',
              operation: 'edit',
              fields: ['notes'],
              returns: ['title'],
            },
          ]
        : []),
    ],
  };
}

function drawPermissions(dice: Dice, accountOf: (id: string) => string): Permission[] {
  const permissions = ROLES.flatMap((role): Permission[] => {
    if (dice.chance(0.3)) return [];
    const one = drawPermission(dice, { role });
    return dice.chance(0.2)
      ? [one, { role, effect: 'deny', recordType: 'thing', operations: [dice.pick(OPERATIONS.slice(2))] }]
      : [one];
  });
  if (dice.chance(0.4))
    permissions.push(drawPermission(dice, { subject: accountOf(dice.pick([...USERS, ...ACCOUNTS])) }));
  if (dice.chance(0.25)) permissions.push(drawPermission(dice, { role: 'AuthenticatedUser' }));
  const all = { recordType: 'thing', operations: OPERATIONS, views: ['all', 'mine'] };
  return [...permissions, { role: 'machine', ...all }];
}

function drawPermission(dice: Dice, whom: { role: string } | { subject: string }): Permission {
  const drawn = [
    ...dice.some(['view'], 0.8),
    ...dice.some(
      OPERATIONS.filter((id) => id !== 'view'),
      0.35,
    ),
  ];
  const operations = drawn.length > 0 ? drawn : ['view'];
  const fields = Object.fromEntries(
    operations
      .filter((operation) => operation !== 'delete' && dice.chance(0.5))
      .map((operation): [string, string[]] => [
        operation,
        dice.some(operation === 'hand' ? ['owner', 'notes'] : FIELDS, 0.6),
      ])
      .filter(([, named]) => named.length > 0),
  );
  const when = dice.chance(0.55) ? dice.pick(Object.keys(CONDITIONS)) : undefined;
  const views = operations.includes('view') ? dice.some(['all', 'mine'], 0.6) : [];
  return { ...whom, recordType: 'thing', operations, ...(when && { when }), fields, views } as Permission;
}

/** A tokens app, which the robots use: whoever borrows one of them makes passes. */
function tokensApp(): AppDefinition {
  return {
    id: 'passes',
    name: 'Passes',
    kind: 'tokens',
    accessModel: 'roles',
    recordTypes: [TOKEN_USERS],
    tasks: [],
    notifications: [],
    permissions: [{ role: 'machine', recordType: 'token-user', operations: ['add-user', 'view-user'] }],
  } as AppDefinition;
}

const TOKEN_USERS = newApp({ id: 'passes', name: 'Passes', kind: 'tokens' }).recordTypes[0];
