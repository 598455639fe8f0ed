/** What may be done with any record besides its operations. */
export const RECORD_ACTIONS: ReadonlySet<string> = new Set([
  '*',
  'viewHistory',
  'viewTask',
  'decide',
  'modifyTask',
]);

/** Properties of every record that a list of fields may name. */
export const RECORD_PROPERTIES: ReadonlySet<string> = new Set([
  'createdAt',
  'createdOn',
  'createdBy',
  'updatedAt',
  'updatedBy',
  'owner',
]);
