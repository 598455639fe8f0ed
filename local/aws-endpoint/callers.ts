import { randomBytes } from 'node:crypto';
import type { Role } from '../iam/roles.ts';

/** Who signs with an access key. */
export interface Caller {
  name: string;
  /** Without a role (the tests' own client) everything is allowed. */
  role?: Role;
  /** Ends the caller's process, as a crash would. */
  kill?(): void;
  /** A call of the caller is held back, until `release` is called or for good. */
  hold?(why: Hold): { release(): void };
  /** The caller makes a call, or gets an answer. */
  stir?(): void;
  /** The event that the caller is handling. */
  during?(): unknown;
}

/** What somebody waits for whose call is held back: what others do meanwhile, or only for time to pass. */
export type Hold = 'others' | 'time';

/** With this access key, and any secret, a person at this machine calls as somebody to whom everything is allowed. */
export const OPERATOR_KEY = 'operator';

export interface Callers {
  /** Gives a caller keys of its own, under a made-up id unless one is given. */
  register(caller: Caller, id?: string): { accessKeyId: string; secretAccessKey: string };
  find(accessKeyId: string): Caller | undefined;
}

export function createCallers(): Callers {
  const callers = new Map<string, Caller>();
  return {
    register(caller, accessKeyId = `ASIA${randomBytes(8).toString('hex').toUpperCase()}`) {
      callers.set(accessKeyId, caller);
      return { accessKeyId, secretAccessKey: randomBytes(20).toString('hex') };
    },
    find: (accessKeyId) => callers.get(accessKeyId),
  };
}
