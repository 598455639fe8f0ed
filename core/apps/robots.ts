import type { Problem } from '../errors.ts';
import type { Principal } from '../principals.ts';
import type { AppDefinition } from './definition.ts';

/** The robots of a site, and the ids of the apps whose tasks and services each of them runs. */
export type Robots = ReadonlyMap<string, readonly string[]>;

/** Whether an app has anything that a robot would run. */
export function hasWork({ tasks, services = [] }: AppDefinition): boolean {
  return tasks.length + services.length > 0;
}

/**
 * A robot works for the apps that it names: else whoever designs one app could have it use the rights that it has for
 * another one.
 */
export function worksFor({ type, apps = [] }: Pick<Principal, 'type' | 'apps'>, app: string): boolean {
  return type === 'robot' && apps.includes(app);
}

/** What is wrong where an app names a robot that does not name the app; its path starts with the app's id. */
export function refusedWork(app: AppDefinition, robots: Robots): Problem[] {
  const { id, robot } = app;
  const apps = robot === undefined ? undefined : robots.get(robot);
  if (!apps || !hasWork(app) || apps.includes(id)) return [];
  const message = `the robot "${robot}" does not run tasks or services of "${id}": name another robot, or ask who administers robots to add this app to it`;
  return [{ path: `/${id}/robot`, message }];
}
