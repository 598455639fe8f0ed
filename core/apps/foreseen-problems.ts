import type { Problem } from '../errors.ts';
import { checkApp } from './check.ts';
import { type AppDefinition, appSchema } from './definition.ts';
import { foreignRules } from './draft-rights.ts';
import { type DesignSession, robotsAmong } from './drafts.ts';
import type { Draft } from './manifest.ts';
import type { SiteVersion } from './publish.ts';
import type { CheckedApp } from './published.ts';
import { refusedWork } from './robots.ts';

/** What an environment would run if these drafts were published there. */
export interface Foreseen {
  site: SiteVersion;
  published: readonly CheckedApp[];
  drafts: readonly Draft[];
}

/**
 * What publishing drafts together would be refused for, told before anybody tries.
 * @returns the problems of one of the drafts, their paths starting with the app's id
 */
export async function foreseenProblems(
  session: DesignSession,
  { site, published, drafts }: Foreseen,
): Promise<(draft: Draft) => Problem[]> {
  const chosen = drafts.flatMap(({ definition }): AppDefinition[] => {
    const { success, data } = appSchema.safeParse(definition);
    return success ? [data] : [];
  });
  const apps = [...published.map(({ definition }) => definition), ...chosen];
  const robots = await robotsAmong(
    session,
    apps.map(({ robot }) => robot),
  );
  const names = {
    apps: new Map(apps.map((app) => [app.id, app])),
    roles: new Set(site.settings.roles.map(({ id }) => id)),
    robots: new Set(robots.keys()),
  };
  return ({ app, definition }) => {
    const checked = checkApp(definition, names);
    if (!checked.app) {
      return checked.problems.map(({ path, message }) => ({ path: `/${app}${path}`, message }));
    }
    const before = published.find((each) => each.definition.id === app);
    return [...refusedWork(checked.app.definition, robots), ...foreignRules(session, before, checked.app)];
  };
}
