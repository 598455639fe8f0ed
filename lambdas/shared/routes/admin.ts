import { z } from 'zod';
import { APP_KINDS } from '../../../core/apps/definition.ts';
import { ENVIRONMENTS } from '../../../core/environments.ts';
import type { Route } from './route.ts';

/** The design plane: apps are drafted and published here. */
export const ADMIN_ROUTES = [
  {
    id: 'listDrafts',
    method: 'GET',
    path: '/admin/apps',
    function: 'admin',
    summary: 'All apps with their draft and published versions',
    answers: 'json',
    anonymous: false,
    responses: { 200: { description: 'Apps' } },
  },
  {
    id: 'createApp',
    method: 'POST',
    path: '/admin/apps',
    function: 'admin',
    summary: 'Create an app of a kind; a tokens app comes with its form',
    answers: 'json',
    anonymous: false,
    body: z.strictObject({
      id: z.string().max(48),
      name: z.string().min(1).max(200),
      kind: z.enum(APP_KINDS).default('records'),
    }),
    responses: { 201: { description: 'The draft' } },
  },
  {
    id: 'readDraft',
    method: 'GET',
    path: '/admin/apps/{app}/draft',
    function: 'admin',
    summary: "An app's draft; its version is the ETag",
    answers: 'json',
    anonymous: false,
    responses: { 200: { description: 'The draft' } },
  },
  {
    id: 'saveDraft',
    method: 'PUT',
    path: '/admin/apps/{app}/draft',
    function: 'admin',
    summary: 'Save a draft: checked whole, refused with the places that are wrong',
    answers: 'json',
    anonymous: false,
    body: z.record(z.string(), z.unknown()).describe('An app definition (see the JSON Schema)'),
    ifMatch: 'required',
    responses: { 200: { description: 'The draft' } },
  },
  {
    id: 'listPublishingOptions',
    method: 'GET',
    path: '/admin/environments/{target}/publish',
    function: 'admin',
    summary: 'What would be published with some apps: they and all that they need, preselected',
    answers: 'json',
    anonymous: false,
    query: z.strictObject({
      apps: z.string().min(1).max(1000).describe('Ids of apps, separated by commas'),
    }),
    responses: { 200: { description: 'Apps to choose from' } },
  },
  {
    id: 'publish',
    method: 'POST',
    path: '/admin/environments/{target}/publish',
    function: 'admin',
    summary: 'Publish drafts into an environment, all or none',
    answers: 'json',
    anonymous: false,
    body: z.strictObject({ apps: z.array(z.string().max(48)).min(1).max(20) }),
    responses: { 200: { description: 'The published versions' } },
  },
  {
    id: 'readManifest',
    method: 'GET',
    path: '/admin/environments/{target}',
    function: 'admin',
    summary: 'What is published in an environment',
    answers: 'json',
    anonymous: false,
    responses: { 200: { description: 'The manifest' } },
  },
] as const satisfies readonly Route[];

export const TARGETS = ENVIRONMENTS;
