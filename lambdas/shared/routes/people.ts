import { z } from 'zod';
import { environmentSettingsSchema, MOST_APPS, roleSchema } from '../../../core/apps/definition.ts';
import { heldRole, id, label } from '../../../core/apps/definition-names.ts';
import { ENVIRONMENTS } from '../../../core/environments.ts';
import { paging } from './paging.ts';
import type { Route } from './route.ts';

const admin = { function: 'admin', answers: 'json', anonymous: false } as const;
const name = z.string().min(1).max(100);
const roles = z.array(heldRole).max(20);
const customRoles = z.array(id).max(20);
const confirm = z.strictObject({
  confirm: z
    .string()
    .max(100)
    .optional()
    .describe('Environments in which the account is in use besides, separated by commas'),
});

/** The design plane: people, roles, service accounts, environments. */
export const PEOPLE_ROUTES = [
  {
    ...admin,
    id: 'readDesignJournal',
    method: 'GET',
    path: '/admin/journal',
    summary: 'Who changed apps, roles, accounts and environments, and how; newest first',
    query: z.strictObject({
      ...paging,
      subject: z
        .string()
        .regex(/^(app|role|user|serviceAccount|robot|environment)(\/[0-9A-Za-z-]{1,48})?$/)
        .optional()
        .describe('Only this: `role/dispatcher`, or all of a kind: `role`'),
    }),
    responses: { 200: { description: 'A page of changes' } },
  },
  {
    ...admin,
    id: 'listUsers',
    method: 'GET',
    path: '/admin/users',
    summary: 'Users in order of name, or those whose name or email contains a text',
    query: z.strictObject({ ...paging, search: z.string().max(100).optional() }),
    responses: { 200: { description: 'A page of users' } },
  },
  {
    ...admin,
    id: 'createUser',
    method: 'POST',
    path: '/admin/users',
    summary: 'Create a user; the email is one of a kind in the site',
    body: z.strictObject({
      firstName: name,
      lastName: name,
      email: z.string().min(3).max(320),
      roles: roles.default([]),
    }),
    idempotent: true,
    responses: { 201: { description: 'The user' } },
  },
  {
    ...admin,
    id: 'readUser',
    method: 'GET',
    path: '/admin/users/{user}',
    summary: 'A user; its version is the ETag',
    responses: { 200: { description: 'The user' } },
  },
  {
    ...admin,
    id: 'updateUser',
    method: 'PATCH',
    path: '/admin/users/{user}',
    summary: "Change a user's names or roles; an email stays (EMAIL_IMMUTABLE)",
    body: z.strictObject({
      firstName: name.optional(),
      lastName: name.optional(),
      email: z.string().max(320).optional().describe('Refused: delete the user and create another'),
      roles: roles.optional(),
    }),
    ifMatch: 'required',
    responses: { 200: { description: 'The user' } },
  },
  {
    ...admin,
    id: 'deleteUser',
    method: 'DELETE',
    path: '/admin/users/{user}',
    summary: 'Delete a user in all environments, for good',
    query: confirm,
    ifMatch: 'optional',
    responses: { 204: { description: 'Deleted' } },
  },
  {
    ...admin,
    id: 'signOutUser',
    method: 'POST',
    path: '/admin/users/{user}/sign-out',
    summary: 'Sign a user out everywhere',
    responses: { 200: { description: 'How many sessions were ended' } },
  },
  {
    ...admin,
    id: 'suggestPeople',
    method: 'GET',
    path: '/admin/suggestions',
    summary: 'At most five users and roles whose name contains the text',
    query: z.strictObject({ text: z.string().max(100) }),
    responses: { 200: { description: 'Suggestions' } },
  },
  {
    ...admin,
    id: 'listRoles',
    method: 'GET',
    path: '/admin/roles',
    summary: 'The custom roles with what they permit besides apps, and the built-in ones',
    responses: { 200: { description: 'Roles' } },
  },
  {
    ...admin,
    id: 'createRole',
    method: 'POST',
    path: '/admin/roles',
    summary: 'Create a role; it permits nothing that is not said',
    body: roleSchema,
    responses: { 201: { description: 'The role' } },
  },
  {
    ...admin,
    id: 'readRole',
    method: 'GET',
    path: '/admin/roles/{role}',
    summary: "A role; the version of the site's settings is the ETag",
    responses: { 200: { description: 'The role' } },
  },
  {
    ...admin,
    id: 'changeRole',
    method: 'PUT',
    path: '/admin/roles/{role}',
    summary: 'Change a role, in every environment at once',
    body: roleSchema.omit({ id: true }),
    ifMatch: 'required',
    responses: { 200: { description: 'The role' } },
  },
  {
    ...admin,
    id: 'removeRole',
    method: 'DELETE',
    path: '/admin/roles/{role}',
    summary: 'Remove a role that nobody uses; refused with the places where it is in use',
    ifMatch: 'optional',
    responses: { 204: { description: 'Removed' } },
  },
  {
    ...admin,
    id: 'listServiceAccounts',
    method: 'GET',
    path: '/admin/service-accounts',
    summary: 'Service accounts and robots in order of name',
    query: z.strictObject(paging),
    responses: { 200: { description: 'A page of service accounts' } },
  },
  {
    ...admin,
    id: 'createServiceAccount',
    method: 'POST',
    path: '/admin/service-accounts',
    summary: 'Create a service account',
    body: z.strictObject({ name: label, roles: customRoles.default([]) }),
    idempotent: true,
    responses: { 201: { description: 'The service account' } },
  },
  {
    ...admin,
    id: 'readServiceAccount',
    method: 'GET',
    path: '/admin/service-accounts/{account}',
    summary: 'A service account with its keys, never the keys themselves',
    responses: { 200: { description: 'The service account' } },
  },
  {
    ...admin,
    id: 'updateServiceAccount',
    method: 'PATCH',
    path: '/admin/service-accounts/{account}',
    summary: "Change a service account's name or roles, or the apps that a robot works for",
    body: z.strictObject({
      name: label.optional(),
      roles: customRoles.optional(),
      apps: z
        .array(id)
        .max(MOST_APPS)
        .optional()
        .describe('Robots only: the apps whose tasks and services it runs'),
    }),
    ifMatch: 'required',
    responses: { 200: { description: 'The service account' } },
  },
  {
    ...admin,
    id: 'deleteServiceAccount',
    method: 'DELETE',
    path: '/admin/service-accounts/{account}',
    summary: 'Delete a service account and with it its keys',
    query: confirm,
    responses: { 204: { description: 'Deleted' } },
  },
  {
    ...admin,
    id: 'createKey',
    method: 'POST',
    path: '/admin/service-accounts/{account}/keys',
    summary: 'Make an API key; it is shown in this answer only',
    body: z.strictObject({
      name: label,
      environment: z
        .enum(ENVIRONMENTS)
        .optional()
        .describe('The one that the key is for, in both planes; either this or `site`'),
      site: z
        .literal(true)
        .optional()
        .describe(
          'Instead of `environment`: a site key, for drafts, roles, accounts, and every environment that its roles reach',
        ),
      expiresAt: z.iso.datetime({ offset: true }).describe('At most 365 days from now'),
    }),
    responses: { 201: { description: 'The key' } },
  },
  {
    ...admin,
    id: 'revokeKey',
    method: 'DELETE',
    path: '/admin/service-accounts/{account}/keys/{key}',
    summary: 'Revoke an API key at once',
    responses: { 204: { description: 'Revoked' } },
  },
  {
    ...admin,
    id: 'listEnvironments',
    method: 'GET',
    path: '/admin/environments',
    summary: 'What apps may do with user accounts in each environment, and its welcome mail',
    responses: { 200: { description: 'Environments' } },
  },
  {
    ...admin,
    id: 'readEnvironmentSettings',
    method: 'GET',
    path: '/admin/environments/{target}/settings',
    summary: "An environment's settings; the version of the site's settings is the ETag",
    responses: { 200: { description: 'The settings' } },
  },
  {
    ...admin,
    id: 'changeEnvironmentSettings',
    method: 'PUT',
    path: '/admin/environments/{target}/settings',
    summary: "Change an environment's settings; what is left out is as usual",
    body: environmentSettingsSchema,
    ifMatch: 'required',
    responses: { 200: { description: 'The settings' } },
  },
] as const satisfies readonly Route[];
