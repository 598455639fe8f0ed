import { designPolicy, requireReach } from '../../core/apps/design-access.ts';
import { readSettings } from '../../core/apps/settings.ts';
import type { PeopleSession } from '../../core/people/session.ts';
import { BUILT_IN_ROLES } from '../../core/policy/built-in.ts';
import type { Caller } from '../../core/ports.ts';
import { noteUse } from './last-use.ts';
import type { Wiring } from './wiring.ts';

/** Opens a session of the design plane for one request. */
export type OpenPeople = (request: {
  caller: Caller;
  now: number;
  /** Of its address: `target` is the environment that it is about; without one it is about the site. */
  params?: Readonly<Record<string, string>>;
}) => Promise<PeopleSession>;

/**
 * A key of one environment is held to it here, before anything is read; that a key is in use is noted. What custom roles may do in the design plane is
 * looked up only for those who hold one.
 */
export function openPeople({ definitions, runtime }: Pick<Wiring, 'definitions' | 'runtime'>): OpenPeople {
  return async ({ caller, now, params }) => {
    requireReach(caller, params?.target);
    const ports = await runtime();
    const custom = caller.roles.some((role) => !BUILT_IN_ROLES.has(role));
    const [{ settings }] = await Promise.all([
      custom ? readSettings({ definitions }) : { settings: undefined },
      noteUse(ports.store, caller, now),
    ]);
    return {
      caller,
      now,
      definitions,
      runtime: ports,
      signing: ports,
      readPrincipal: (id) => ports.store.readPrincipal(id),
      listOpenGrants: (environment) => ports.store.listOpenGrants(environment),
      ...(settings && { policy: designPolicy(settings.roles) }),
    };
  };
}
