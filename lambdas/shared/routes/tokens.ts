import { z } from 'zod';
import { MAX_LIFETIME_DAYS, MOST_PASSES_AT_ONCE } from '../../../core/grants/grant.ts';
import { paging } from './paging.ts';
import type { Route } from './route.ts';

const grant = z.string().min(45).max(45);

/** Staff's handles on live passes; who may is decided by their rights on the token users' records. */
export const TOKEN_ROUTES = [
  {
    id: 'listPasses',
    method: 'GET',
    path: '/admin/tokens/{target}',
    function: 'admin',
    summary: 'The live passes of an environment: who, for what, until when, last used',
    answers: 'json',
    anonymous: false,
    query: z.strictObject(paging),
    responses: {
      200: { description: 'A page of those whose holders the caller may view, soonest end first' },
    },
  },
  {
    id: 'extendPass',
    method: 'POST',
    path: '/admin/tokens/{target}/{grant}/extend',
    function: 'admin',
    summary: "Move a live pass's end, at most ten times an hour; the running wait follows",
    answers: 'json',
    anonymous: false,
    body: z.strictObject({
      until: z.iso
        .datetime({ offset: true })
        .describe(`In the future, at most ${MAX_LIFETIME_DAYS} days after the pass was asked for`),
    }),
    responses: { 200: { description: 'The new end' } },
  },
  {
    id: 'resendPass',
    method: 'POST',
    path: '/admin/tokens/{target}/{grant}/resend',
    function: 'admin',
    summary: 'Mail the same link again, at most five times an hour',
    answers: 'json',
    anonymous: false,
    responses: { 200: { description: 'How many mails were sent' } },
  },
  {
    id: 'revokePasses',
    method: 'POST',
    path: '/admin/tokens/{target}/revoke',
    function: 'admin',
    summary: 'End passes at once, all or none; one that has ended meanwhile counts as done',
    answers: 'json',
    anonymous: false,
    body: z.strictObject({ passes: z.array(grant).min(1).max(MOST_PASSES_AT_ONCE) }),
    responses: { 200: { description: 'How many were ended, and how many had ended already' } },
  },
] as const satisfies readonly Route[];
