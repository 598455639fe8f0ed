import {
  actionSearchSchema,
  decisionSchema,
  explainedSchema,
  questionSchema,
  questionsSchema,
  resourceSearchSchema,
  subjectSearchSchema,
} from '../../../core/authzen/question.ts';
import type { Route } from './route.ts';

/** The OpenID AuthZEN Authorization API 1.0. The environment is `context.environment`, else the key's, else production. */
const authzen = {
  method: 'POST',
  function: 'api',
  answers: 'json',
  anonymous: false,
  standard: 'authzen',
} as const;

/** Who may do what: asked by other systems, and by people who administer. */
export const ACCESS_ROUTES = [
  {
    ...authzen,
    id: 'evaluateAccess',
    path: '/access/v1/evaluation',
    summary: 'May this subject do this with this resource? (AuthZEN Access Evaluation)',
    body: questionSchema,
    responses: { 200: { description: 'The decision', schema: decisionSchema } },
  },
  {
    ...authzen,
    id: 'evaluateAccesses',
    path: '/access/v1/evaluations',
    summary: 'Several questions at once, with defaults (AuthZEN Access Evaluations)',
    body: questionsSchema,
    responses: { 200: { description: 'The decisions in their order' } },
  },
  {
    ...authzen,
    id: 'searchSubjects',
    path: '/access/v1/search/subject',
    summary: 'Who may do this with this resource? (AuthZEN Subject Search)',
    body: subjectSearchSchema,
    responses: { 200: { description: 'A page of subjects' } },
  },
  {
    ...authzen,
    id: 'searchResources',
    path: '/access/v1/search/resource',
    summary: 'With which resources of a type may this subject do this? (AuthZEN Resource Search)',
    body: resourceSearchSchema,
    responses: { 200: { description: 'A page of resources' } },
  },
  {
    ...authzen,
    id: 'searchActions',
    path: '/access/v1/search/action',
    summary: 'What may this subject do with this resource? (AuthZEN Action Search)',
    body: actionSearchSchema,
    responses: { 200: { description: 'Actions' } },
  },
  {
    id: 'readAccessMetadata',
    method: 'GET',
    path: '/.well-known/authzen-configuration',
    function: 'api',
    summary: 'Where the AuthZEN endpoints are',
    answers: 'json',
    anonymous: true,
    standard: 'authzen',
    responses: { 200: { description: 'The metadata' } },
  },
  {
    id: 'explainAccess',
    method: 'POST',
    path: '/access/v1/explanation',
    function: 'api',
    summary: 'Why may this subject do this, or not: the rules that decided, and the nearest change',
    answers: 'json',
    anonymous: false,
    body: explainedSchema,
    responses: { 200: { description: 'The explanation' } },
  },
  {
    id: 'readRecordAccess',
    method: 'GET',
    path: '/{environment}/records/{record}/access',
    function: 'api',
    summary: 'Who can reach this record: roles, people, machines, passes, with which operations',
    answers: 'json',
    anonymous: false,
    responses: { 200: { description: 'Who reaches it' } },
  },
  {
    id: 'readSubjectAccess',
    method: 'GET',
    path: '/{environment}/subjects/{subject}/access',
    function: 'api',
    summary: 'What this subject can reach: apps, views, operations, and records through views',
    answers: 'json',
    anonymous: false,
    responses: { 200: { description: 'What they reach' } },
  },
] as const satisfies readonly Route[];

/** Policies for other tools. */
export const POLICY_ROUTES = [
  {
    id: 'exportPolicy',
    method: 'GET',
    path: '/admin/environments/{target}/cedar',
    function: 'admin',
    summary: 'The policy that an environment runs, as Cedar policies with their schema',
    answers: 'json',
    anonymous: false,
    responses: { 200: { description: 'Policies, schema, and the rules that Cedar cannot say' } },
  },
] as const satisfies readonly Route[];
