import type { Permission } from '../../../core/apps/definition.ts';
import type { Published } from '../../../core/runtime.ts';
import type { MatrixRow } from '../pages/manage-roles.tsx';

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
        const what = `${of}: ${name(type?.operations, operation)}`;
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
