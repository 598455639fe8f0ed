import type { FieldType } from './definition.ts';

/** What a list can show of every record besides its fields: id → label and type. */
export const BUILT_IN_COLUMNS: ReadonlyMap<string, { label: string; type: FieldType }> = new Map([
  ['state', { label: 'State', type: 'string' }],
  ['createdAt', { label: 'Created', type: 'dateTime' }],
  ['createdBy', { label: 'Created by', type: 'user' }],
  ['updatedAt', { label: 'Updated', type: 'dateTime' }],
]);

export const SORTABLE_COLUMNS: readonly string[] = ['state', 'createdAt', 'updatedAt'];
