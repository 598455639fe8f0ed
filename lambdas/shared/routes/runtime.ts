import { z } from 'zod';
import { ENVIRONMENTS } from '../../../core/environments.ts';
import { paging } from './paging.ts';
import type { Route } from './route.ts';

const fieldValue = z.union([
  z.string().max(20_000),
  z.number(),
  z.boolean(),
  z.array(z.string().max(200)).max(200),
  z.strictObject({ lat: z.number().min(-90).max(90), lon: z.number().min(-180).max(180) }),
  z.null(),
]);
const values = z.record(z.string().max(48), fieldValue).describe('Field id → value');

/** The runtime plane: records and views of published apps. */
export const RUNTIME_ROUTES = [
  {
    id: 'listApps',
    method: 'GET',
    path: '/{environment}/apps',
    function: 'api',
    summary: 'The apps, record types, operations and views that the caller can reach',
    answers: 'json',
    anonymous: true,
    responses: { 200: { description: 'Apps' } },
  },
  {
    id: 'addRecord',
    method: 'POST',
    path: '/{environment}/apps/{app}/record-types/{recordType}/records',
    function: 'api',
    summary: 'Run an add operation: creates a record',
    answers: 'json',
    anonymous: true,
    body: z.strictObject({ operation: z.string().max(48), values }),
    idempotent: true,
    responses: { 201: { description: 'The record as the caller may see it' } },
  },
  {
    id: 'openView',
    method: 'GET',
    path: '/{environment}/apps/{app}/record-types/{recordType}/views/{view}',
    function: 'api',
    summary: 'Open a view; its parameters are query parameters named `param.<id>`',
    answers: 'json',
    anonymous: true,
    query: z.object({ ...paging }).catchall(z.string().max(1000)),
    responses: { 200: { description: 'A page of records' } },
  },
  {
    id: 'readForm',
    method: 'GET',
    path: '/{environment}/apps/{app}/record-types/{recordType}/forms/{operation}',
    function: 'api',
    summary: "An operation's form: its fields, choices, defaults; for an existing record with `record`",
    answers: 'json',
    anonymous: true,
    query: z.strictObject({ record: z.string().max(48).optional() }),
    responses: { 200: { description: 'The form' } },
  },
  {
    id: 'readRecord',
    method: 'GET',
    path: '/{environment}/records/{record}',
    function: 'api',
    summary: 'Read a record',
    answers: 'json',
    anonymous: true,
    responses: { 200: { description: 'The record as the caller may see it; its version is the ETag' } },
  },
  {
    id: 'runOperation',
    method: 'POST',
    path: '/{environment}/records/{record}/operations/{operation}',
    function: 'api',
    summary: 'Run an operation on a record: edit, delete, or a transition',
    answers: 'json',
    anonymous: true,
    body: z.strictObject({
      values: values.default({}),
      confirm: z
        .array(z.enum(ENVIRONMENTS))
        .max(4)
        .optional()
        .describe('Environments in which an account that is deleted is in use besides'),
    }),
    ifMatch: 'optional',
    idempotent: true,
    responses: { 200: { description: 'The record after the operation' }, 204: { description: 'Deleted' } },
  },
  {
    id: 'callService',
    method: 'POST',
    path: '/{environment}/services/{service}',
    function: 'api',
    summary:
      "Call a service of an app: it reads a view or runs an operation, with the rights of the app's robot",
    answers: 'json',
    anonymous: false,
    body: z.strictObject({
      record: z.string().max(48).optional().describe('For operations on a record'),
      values: values.optional().describe('For operations: field id → value'),
      parameters: z
        .record(z.string().max(48), z.string().max(1000))
        .optional()
        .describe("For views: the view's parameters"),
      limit: z.int().min(1).max(100).optional().describe('For views: records on a page; default 25'),
      cursor: z.string().max(4000).optional().describe('For views: where the last page ended'),
    }),
    ifMatch: 'optional',
    idempotent: true,
    responses: { 200: { description: 'The records, or the record, as far as the service says' } },
  },
  {
    id: 'readHistory',
    method: 'GET',
    path: '/{environment}/records/{record}/history',
    function: 'api',
    summary: "A record's events, newest first: who did what, before and after",
    answers: 'json',
    anonymous: false,
    query: z.strictObject(paging),
    responses: { 200: { description: 'Events' } },
  },
  {
    id: 'readTaskRuns',
    method: 'GET',
    path: '/{environment}/records/{record}/task-runs',
    function: 'api',
    summary: 'What the robot did for a record: steps, errors, where it stands',
    answers: 'json',
    anonymous: false,
    responses: { 200: { description: 'Task runs' } },
  },
  {
    id: 'runTaskAgain',
    method: 'POST',
    path: '/{environment}/records/{record}/task-runs',
    function: 'api',
    summary:
      'Asks for another pass where the last one failed, ran out or was revoked and the job is not done',
    answers: 'json',
    anonymous: false,
    responses: { 202: { description: 'The task runs, with the one that was just asked for' } },
  },
  {
    id: 'readMe',
    method: 'GET',
    path: '/me',
    function: 'api',
    summary: 'Who the caller is',
    answers: 'json',
    anonymous: true,
    responses: { 200: { description: 'The caller' } },
  },
  {
    id: 'listSessions',
    method: 'GET',
    path: '/me/sessions',
    function: 'api',
    summary: 'Where the caller is signed in',
    answers: 'json',
    anonymous: false,
    responses: { 200: { description: 'Live sessions, the newest first' } },
  },
  {
    id: 'endSession',
    method: 'DELETE',
    path: '/me/sessions/{session}',
    function: 'api',
    summary: 'Sign out of one browser',
    answers: 'json',
    anonymous: false,
    responses: { 204: { description: 'Signed out' } },
  },
  {
    id: 'endSessions',
    method: 'DELETE',
    path: '/me/sessions',
    function: 'api',
    summary: 'Sign out everywhere, here as well',
    answers: 'json',
    anonymous: false,
    responses: { 204: { description: 'Signed out' } },
  },
] as const satisfies readonly Route[];
