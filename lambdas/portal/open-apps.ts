import { listApps } from '../../core/records/apps.ts';
import { openSession } from '../../core/runtime.ts';
import { anonymousCaller } from '../shared/http/caller.ts';
import type { Portal } from './portal.ts';

/** An app that anybody may open, as the sign-in page offers it. */
export interface OpenApp {
  href: string;
  name: string;
  description?: string;
}

/** Where apps are offered to anybody: other environments are for those who know them. */
const ADVERTISED = 'production';

/**
 * The apps in which anybody may open or add something without signing in. Nobody is kept from signing in because they
 * cannot be told just now.
 */
export async function openApps({ runtime }: Pick<Portal, 'runtime'>): Promise<OpenApp[]> {
  try {
    const session = await openSession(await runtime(), anonymousCaller('browser'), ADVERTISED);
    return listApps(session).map(({ id, name, description }) => ({
      href: `/app/${ADVERTISED}/${id}`,
      name,
      ...(description && { description }),
    }));
  } catch {
    return [];
  }
}
