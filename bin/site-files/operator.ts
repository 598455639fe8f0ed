import { userInfo } from 'node:os';
import type { Caller } from '../../core/ports.ts';
import type { ApplyPorts } from './apply-site.ts';

/** Whoever works on a site with the rights of its AWS account, in words for manifests and the journal. */
export const operatorName = (command: string) => `${command} by ${userInfo().username}`;

/** The same as the actor of a change: no account of the site. */
export function operator(name: string): Caller {
  return {
    outcome: 'ok',
    principalId: 'operator',
    type: 'user',
    name,
    roles: [],
    profiles: [],
    channel: 'api',
  };
}

/** Who changes something, and when, for the journal. */
export function asOperator({ signing, now, by }: Pick<ApplyPorts, 'signing' | 'now' | 'by'>) {
  return { caller: operator(by), now, ...(signing && { signing }) };
}
