import { readPublished } from '../apps/publishing.ts';
import { hasWork } from '../apps/robots.ts';
import type { SettingsState } from '../apps/settings.ts';
import type { Environment } from '../environments.ts';
import type { PeopleSession } from './session.ts';

/** A published app that would have a robot run its tasks or services. */
export interface RobotWork {
  app: string;
  name: string;
  environments: Environment[];
}

/** The published apps whose tasks or services are a robot's, whether it works for them or not; in order of name. */
export async function workOf(
  { definitions }: Pick<PeopleSession, 'definitions'>,
  { manifests }: Pick<SettingsState, 'manifests'>,
  robot: string,
): Promise<RobotWork[]> {
  const found = new Map<string, RobotWork>();
  for (const [environment, manifest] of manifests) {
    for (const { definition } of await readPublished(definitions, manifest)) {
      if (definition.robot !== robot || !hasWork(definition)) continue;
      const { id: app, name } = definition;
      const { environments } = found.get(app) ?? { environments: [] };
      found.set(app, { app, name, environments: [...environments, environment] });
    }
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}
