import { z } from 'zod';
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
    responses: { 200: { description: 'Passes, soonest end first' } },
  },
  {
    id: 'extendPass',
    method: 'POST',
    path: '/admin/tokens/{target}/{grant}/extend',
    function: 'admin',
    summary: "Move a live pass's end; the running wait follows",
    answers: 'json',
    anonymous: false,
    body: z.strictObject({ until: z.iso.datetime({ offset: true }).describe('At most 364 days from now') }),
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
    summary: 'End passes at once, all or none',
    answers: 'json',
    anonymous: false,
    body: z.strictObject({ passes: z.array(grant).min(1).max(100) }),
    responses: { 200: { description: 'How many were ended' } },
  },
] as const satisfies readonly Route[];
