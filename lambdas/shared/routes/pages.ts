import { z } from 'zod';
import type { Route } from './route.ts';

const page = { answers: 'page', function: 'portal', anonymous: true } as const;
const formToken = z.string().max(100);
/** Fields of a page's form: values arrive as text, `field.<id>`; the portal turns them into typed values. */
const recordForm = z
  .object({
    formToken,
    version: z.string().max(20).optional(),
    /** Minted with the form: a second click, or a repeated one, is the same request. */
    once: z
      .string()
      .regex(/^[0-9A-Za-z]{1,64}$/)
      .optional(),
  })
  .catchall(z.unknown());
/** The operation that has just been done, to be confirmed on the page it leads to. */
const done = z.string().max(48).optional();

/** Pages. A pass lives under `/pass/{pass}`, staff pages under `/app`. */
export const PAGE_ROUTES = [
  {
    ...page,
    id: 'home',
    method: 'GET',
    path: '/',
    summary: 'Takes a pass link (`?token=`) to its pages; otherwise the way in for staff',
    query: z.object({ token: z.string().max(400).optional(), to: z.string().max(300).optional() }),
    responses: { 200: { description: 'Home' }, 303: { description: 'To the pass, with a cookie' } },
  },
  {
    ...page,
    id: 'takePass',
    method: 'POST',
    path: '/',
    summary: 'Takes the pass of a link of the form `/#token=…`, which the page hands over',
    body: z.object({ token: z.string().max(400) }),
    responses: { 303: { description: 'To the pass, with a cookie' } },
  },
  {
    ...page,
    id: 'asset',
    method: 'GET',
    path: '/assets/{file}',
    summary: 'Style sheet and script',
    responses: { 200: { description: 'The file' } },
  },
  {
    id: 'openApi',
    method: 'GET',
    path: '/openapi.json',
    function: 'portal',
    summary: 'This document',
    answers: 'json',
    anonymous: true,
    responses: { 200: { description: 'OpenAPI 3.1' } },
  },
  {
    ...page,
    id: 'errorsPage',
    method: 'GET',
    path: '/errors',
    summary: 'What the error codes mean: the `type` of every problem document leads here',
    responses: { 200: { description: 'The list' } },
  },
  {
    ...page,
    id: 'signInPage',
    method: 'GET',
    path: '/sign-in',
    summary: 'Asks for an email address',
    query: z.object({ to: z.string().max(300).optional() }),
    responses: { 200: { description: 'The form' } },
  },
  {
    ...page,
    id: 'requestSignIn',
    method: 'POST',
    path: '/sign-in',
    summary: 'Mails a sign-in link, if the address belongs to somebody; the answer is the same if not',
    body: z.object({ email: z.string().max(320), to: z.string().max(300).optional() }),
    responses: { 200: { description: 'Look into your mailbox' } },
  },
  {
    ...page,
    id: 'signInLink',
    method: 'GET',
    path: '/sign-in/link',
    summary: 'Shows one button; nothing is used up by looking',
    query: z.object({ token: z.string().max(400).optional(), to: z.string().max(300).optional() }),
    responses: { 200: { description: 'The button' } },
  },
  {
    ...page,
    id: 'redeemSignIn',
    method: 'POST',
    path: '/sign-in/link',
    summary: 'Redeems a sign-in link, once, for a session',
    body: z.object({ token: z.string().max(400), to: z.string().max(300).optional() }),
    responses: { 303: { description: 'Signed in' } },
  },
  {
    ...page,
    id: 'signOut',
    method: 'POST',
    path: '/sign-out',
    summary: 'Ends the session',
    body: z.object({ formToken }),
    responses: { 303: { description: 'Signed out' } },
  },
  {
    ...page,
    id: 'passHome',
    anonymous: false,
    method: 'GET',
    path: '/pass/{pass}',
    summary: 'What the pass is for: its views with the matching records',
    query: z.object({ done, view: z.string().max(48).optional(), cursor: z.string().max(2000).optional() }),
    responses: { 200: { description: 'The list' } },
  },
  {
    ...page,
    id: 'passRecord',
    anonymous: false,
    method: 'GET',
    path: '/pass/{pass}/records/{record}',
    summary: 'One record',
    query: z.object({ done }),
    responses: { 200: { description: 'The record' } },
  },
  {
    ...page,
    id: 'passForm',
    anonymous: false,
    method: 'GET',
    path: '/pass/{pass}/records/{record}/operations/{operation}',
    summary: "An operation's form",
    responses: { 200: { description: 'The form' } },
  },
  {
    ...page,
    id: 'passRun',
    anonymous: false,
    method: 'POST',
    path: '/pass/{pass}/records/{record}/operations/{operation}',
    summary: 'Runs an operation',
    body: recordForm,
    responses: { 200: { description: 'Done' }, 303: { description: 'Back to the record' } },
  },
  {
    ...page,
    id: 'appsPage',
    method: 'GET',
    path: '/app/{environment}',
    summary: 'Apps to choose from',
    responses: { 200: { description: 'Apps' } },
  },
  {
    ...page,
    id: 'viewPage',
    method: 'GET',
    path: '/app/{environment}/{app}',
    summary: "An app's view with its records",
    query: z
      .object({
        done,
        view: z.string().max(48).optional(),
        type: z.string().max(48).optional(),
        cursor: z.string().max(2000).optional(),
      })
      .catchall(z.string().max(1000)),
    responses: { 200: { description: 'The list' } },
  },
  {
    ...page,
    id: 'addPage',
    method: 'GET',
    path: '/app/{environment}/{app}/{recordType}/operations/{operation}',
    summary: 'A form that adds a record',
    responses: { 200: { description: 'The form' } },
  },
  {
    ...page,
    id: 'addRun',
    method: 'POST',
    path: '/app/{environment}/{app}/{recordType}/operations/{operation}',
    summary: 'Adds a record',
    body: recordForm,
    responses: { 303: { description: 'To the record' } },
  },
  {
    ...page,
    id: 'recordPage',
    method: 'GET',
    path: '/app/{environment}/records/{record}',
    summary: 'One record with its history and task runs',
    query: z.object({ done, history: z.string().max(2000).optional() }),
    responses: { 200: { description: 'The record' } },
  },
  {
    ...page,
    id: 'formPage',
    method: 'GET',
    path: '/app/{environment}/records/{record}/operations/{operation}',
    summary: "An operation's form",
    responses: { 200: { description: 'The form' } },
  },
  {
    ...page,
    id: 'formRun',
    method: 'POST',
    path: '/app/{environment}/records/{record}/operations/{operation}',
    summary: 'Runs an operation',
    body: recordForm,
    responses: { 303: { description: 'To the record' } },
  },
] as const satisfies readonly Route[];
