import type { Environment } from '../environments.ts';
import { DESIGN } from './built-in.ts';

/** Publishing is an action of its own for each environment, so that each is given, held and handed on by itself. */
export const publishAction = (environment: Environment) => `${DESIGN}publish:${environment}` as const;

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
