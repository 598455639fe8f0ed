import { createHash } from 'node:crypto';
import type { SiteDefinition } from '../../core/apps/definition.ts';
import { noted } from '../../core/apps/drafts.ts';
import type { Change } from '../../core/changes.ts';
import { canonicalJson } from '../../core/journal/event.ts';
import { accountChange } from '../../core/people/session.ts';
import type { Principal } from '../../core/principals.ts';
import { digestCodes } from '../../core/tokens/base62.ts';
import type { ApplyPorts } from './apply-site.ts';
import { asOperator } from './operator.ts';

export interface AppliedPerson {
  id: string;
  name: string;
  outcome: 'added' | 'updated' | 'unchanged';
}

/** The id of a person who is named in files: the same wherever and whenever the files are applied to the site. */
export function principalIdOf(siteId: string, person: { id: string; kind: string }): string {
  // Robots hold no token, so their ids need not have a token's width; apps name them as the files do.
  if (person.kind === 'robot') return person.id;
  const digest = createHash('sha256').update(`${siteId}\nperson\n${person.id}`).digest('binary');
  return Buffer.from(digestCodes(digest)).toString('latin1').slice(0, 22);
}

/** Whether an account is as the files say. */
function holds(account: Principal, given: Partial<Principal>): boolean {
  return canonicalJson({ ...account, ...given }) === canonicalJson(account);
}

/** Adds a person of the files, or brings their account to what these say: one transaction with its journal entry. */
export async function applyPerson(
  person: SiteDefinition['people'][number],
  ports: Pick<ApplyPorts, 'store' | 'siteId' | 'now' | 'by' | 'signing'>,
): Promise<AppliedPerson> {
  const { store, siteId, now } = ports;
  const id = principalIdOf(siteId, person);
  const { name, roles, kind: type, email, firstName, lastName } = person;
  const given = {
    name,
    roles,
    ...(firstName && { firstName }),
    ...(lastName && { lastName }),
    ...(type === 'robot' && { apps: person.apps ?? [] }),
  };
  const before = await store.readPrincipal(id);
  const entry = (...accounts: [Principal | undefined, Principal]): Change[] => {
    const event = noted(asOperator(ports), accountChange(...accounts));
    return event ? [{ kind: 'addDesignEvent', event }] : [];
  };
  if (before && holds(before, given)) return { id, name, outcome: 'unchanged' };
  if (before) {
    const after = { ...before, ...given, version: (before.version ?? 1) + 1 };
    await store.commit([{ kind: 'updateAccount', before, after }, ...entry(before, after)]);
    return { id, name, outcome: 'updated' };
  }
  const principal: Principal = {
    id,
    type,
    ...given,
    ...(email && { email }),
    profiles: [],
    createdAt: new Date(now).toISOString(),
  };
  const added: Change = email ? { kind: 'addUser', principal, email } : { kind: 'addPrincipal', principal };
  await store.commit([added, ...entry(undefined, principal)]);
  return { id, name, outcome: 'added' };
}
