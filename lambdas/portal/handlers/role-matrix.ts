import type { Permission, RoleDefinition } from '../../../core/apps/definition.ts';
import { nameOperation } from '../../../core/apps/operation-name.ts';
import type { Environment } from '../../../core/environments.ts';
import type { Published } from '../../../core/runtime.ts';
import { type MatrixRow, publishedBy } from '../pages/manage-roles.tsx';

/** What a role's permissions say about one operation or view, before it is put into words. */
interface Cell {
  permitted?: string;
  denied?: 'always' | 'on some';
}

type Cells = Map<string, { what: string; byRole: Map<string, Cell> }>;

/** What the apps of an environment permit and deny, by role. What concerns one account alone is no role's. */
export function matrixRows({ site }: Published): MatrixRow[] {
  const rows: Cells = new Map();
  for (const { id, definition } of site.apps.values()) {
    for (const permission of definition.permissions) {
      const { recordType, operations = [], views = [] } = permission;
      const type = definition.recordTypes.find((each) => each.id === recordType);
      const name = (list: readonly { id: string; name: string }[] | undefined, each: string) =>
        list?.find((one) => one.id === each)?.name ?? each;
      const of = `${definition.name}, ${type?.plural ?? recordType}`;
      for (const operation of operations) {
        const found = type?.operations.find((one) => one.id === operation);
        const what = `${of}: ${type && found ? nameOperation(found, type).name : operation}`;
        note(rows, `${id} ${recordType} ${operation}`, what, permission, howMuch(permission, operation));
      }
      for (const view of views) {
        const what = `${of}: list “${name(type?.views, view)}”`;
        note(rows, `${id} ${recordType} view ${view}`, what, { ...permission, when: undefined }, 'yes');
      }
    }
  }
  return [...rows].map(([id, { what, byRole }]) => ({
    id,
    what,
    byRole: Object.fromEntries([...byRole].map(([role, cell]) => [role, inWords(cell)])),
  }));
}

/** Who may publish which app into an environment: what built-in roles may do is said where they are told. */
export function publishingRows(
  roles: readonly RoleDefinition[],
  environment: Environment,
  published: Published | undefined,
): MatrixRow[] {
  const here = roles.filter(({ design }) => design?.publish?.includes(environment) ?? true);
  const apps = [...new Set(here.flatMap(publishedBy))].sort();
  const name = (app: string) => published?.site.apps.get(app)?.definition.name ?? app;
  return apps.map((app) => ({
    id: `publish ${app}`,
    what: `${app === '*' ? 'Every app' : name(app)}: publish`,
    byRole: Object.fromEntries(
      here.filter((role) => publishedBy(role).includes(app)).map(({ id }) => [id, 'yes']),
    ),
  }));
}

function howMuch({ when, fields }: Permission, operation: string): string {
  const limited = fields?.[operation] !== undefined && fields[operation] !== '*';
  return [...(when ? ['on some'] : []), ...(limited ? ['some fields'] : [])].join(', ') || 'yes';
}

function note(rows: Cells, key: string, what: string, permission: Permission, how: string): void {
  const { role, effect, when } = permission;
  if (role === undefined) return;
  const row = rows.get(key) ?? { what, byRole: new Map<string, Cell>() };
  const cell = row.byRole.get(role) ?? {};
  if (effect !== 'deny') cell.permitted = cell.permitted === 'yes' ? 'yes' : how;
  else cell.denied = when && cell.denied !== 'always' ? 'on some' : 'always';
  row.byRole.set(role, cell);
  rows.set(key, row);
}

function inWords({ permitted, denied }: Cell): string {
  if (denied === 'always') return 'denied';
  return [permitted, ...(denied ? [`denied ${denied}`] : [])].filter(Boolean).join(', ');
}
