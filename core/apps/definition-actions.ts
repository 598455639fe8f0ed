import { z } from 'zod';
import { expression, fieldId, id, label } from './definition-names.ts';

const common = {
  id,
  title: label.optional(),
  when: expression.optional().describe('Only if this holds; absent = always'),
};
const returns = z
  .record(fieldId, expression)
  .optional()
  .describe(
    'Field of the record → expression over `result`, the user account: id, name, firstName, lastName, email, existed',
  );

/** What an operation does in its own request and transaction, as the caller, before the record is saved. */
export const requestActionSchema = z
  .discriminatedUnion('kind', [
    z.strictObject({
      ...common,
      kind: z.literal('createUserAccount'),
      firstName: expression,
      lastName: expression,
      email: expression,
      roles: expression.optional().describe('A list of custom roles'),
      acceptExisting: z.boolean().optional().describe('An existing email is read instead of refused'),
      addRoles: z.boolean().optional().describe('The roles are given to an existing user, too'),
      welcomeMail: z.boolean().optional().describe("Mails the environment's welcome to a new user"),
      returns,
    }),
    z.strictObject({
      ...common,
      kind: z.literal('updateUserAccount'),
      user: expression,
      firstName: expression.optional().describe('Nothing in it: the name stays'),
      lastName: expression.optional(),
      addRoles: expression.optional(),
      removeRoles: z.union([z.literal('all'), expression]).optional(),
      returns,
    }),
    z.strictObject({ ...common, kind: z.literal('deleteUserAccount'), user: expression }),
    z.strictObject({
      ...common,
      kind: z.literal('sendEmail'),
      to: expression.describe('An address, or a list of at most ten; an empty one means no mail'),
      subject: expression,
      body: expression.describe('Plain text; an empty line begins a paragraph'),
    }),
  ])
  .meta({ id: 'RequestAction' });
export type RequestAction = z.infer<typeof requestActionSchema>;

/** Parts of an action that hold an expression over the record. */
export const ACTION_PARTS = [
  'firstName',
  'lastName',
  'email',
  'roles',
  'user',
  'addRoles',
  'removeRoles',
  'to',
  'subject',
  'body',
] as const;
export type ActionPart = (typeof ACTION_PARTS)[number];

/** The expression in a part of an action, if it has one: `all` roles and the switch of Create User Account are none. */
export function expressionIn(action: RequestAction, part: ActionPart): string | undefined {
  const value = (action as unknown as Record<ActionPart, unknown>)[part];
  return typeof value === 'string' && !(part === 'removeRoles' && value === 'all') ? value : undefined;
}
