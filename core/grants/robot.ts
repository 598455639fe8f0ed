import type { LinkedApp, LinkedRecordType } from '../apps/published.ts';
import { worksFor } from '../apps/robots.ts';
import type { Environment } from '../environments.ts';
import { DaypassError } from '../errors.ts';
import type { Mailer } from '../mail/mail.ts';
import type { Caller } from '../ports.ts';
import type { Principal } from '../principals.ts';
import type { StoredRecord } from '../records/record.ts';
import { openSession, type Runtime, type Session } from '../runtime.ts';
import type { Grant } from './grant.ts';

/** What the workflow's states work with. */
export interface RobotRuntime extends Runtime {
  mailer: Mailer;
}

/** A grant with everything around it, as its app's robot sees it. */
export interface GrantSession extends Session {
  runtime: RobotRuntime;
  grant: Grant;
  app: LinkedApp;
  type: LinkedRecordType;
  /** Undefined when the record is gone, or has a newer grant. */
  record?: StoredRecord;
}

/** The robot may not do, or could not do, what the task says. Trying again would end the same way. */
export class RobotRefused extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RobotRefused';
  }
}

/**
 * Reads a grant and its record, and acts as the robot that the app names.
 * @throws RobotRefused when grant, app or robot do not exist, or the robot does not work for the app
 */
export async function openGrantSession(
  runtime: RobotRuntime,
  environment: Environment,
  grantId: string,
): Promise<GrantSession> {
  const grant = await runtime.store.readGrant(environment, grantId);
  if (!grant) throw new RobotRefused(`there is no grant ${grantId}`);
  const session = await openSession(runtime, NOBODY, environment);
  const app = session.published.site.apps.get(grant.app);
  const type = app?.recordTypes.get(grant.recordType);
  if (!app || !type) throw new RobotRefused(`the app ${grant.app} is not published in ${environment}`);
  const record = await runtime.store.readRecord(environment, grant.recordId);
  return {
    ...session,
    runtime,
    caller: await robotOf(runtime, app),
    grant,
    app,
    type,
    ...(record?.grantId === grant.id && { record }),
  };
}

async function robotOf(runtime: RobotRuntime, app: LinkedApp): Promise<Caller> {
  const id = app.definition.robot ?? '';
  const robot = id ? await runtime.store.readPrincipal(id) : undefined;
  if (robot?.type !== 'robot')
    throw new RobotRefused(`the app ${app.id} names a robot “${id}” that does not exist`);
  if (!worksFor(robot, app.id))
    throw new RobotRefused(
      `the robot ${robot.name} does not run tasks of the app ${app.id}; whoever administers robots can add the app to it`,
    );
  return robotCaller(robot);
}

/** A robot as a caller. */
export function robotCaller({ id, name, roles, profiles }: Principal): Caller {
  return { outcome: 'ok', principalId: id, type: 'robot', name, roles, profiles, channel: 'workflow' };
}

const NOBODY: Caller = {
  outcome: 'anonymous',
  principalId: '',
  type: 'anonymous',
  name: '',
  roles: [],
  profiles: [],
  channel: 'workflow',
};

/** Daypass itself, where it has to act although the robot cannot: it only ever takes access away. */
export const HOUSEKEEPER: Caller = {
  ...NOBODY,
  outcome: 'ok',
  principalId: 'daypass',
  type: 'robot',
  name: 'Daypass',
};

/** Refusals of the domain, told as the robot's: what it lacked, in words that hold no value. */
export function refusedBy(error: unknown, doing: string): unknown {
  if (!(error instanceof DaypassError)) return error;
  const because: Partial<Record<DaypassError['code'], string>> = {
    FORBIDDEN: 'its roles do not permit it',
    NOT_FOUND: 'its roles do not permit it, or there is nothing there',
    VALUES_INVALID: `values are not accepted: ${error.problems.map(({ path, message }) => `${path.slice(8)} ${message}`).join('; ')}`,
    STATE_REFUSED: 'the record is in a state that does not offer it',
  };
  const reason = because[error.code];
  return reason ? new RobotRefused(`the robot could not ${doing}: ${reason}`) : error;
}

/** Runs `attempt` again when somebody else wrote one of its records in between. */
export async function whileContended<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      const moved = error instanceof DaypassError && ['CONFLICT', 'VERSION_MISMATCH'].includes(error.code);
      if (!moved || tried === 5) throw error;
    }
  }
}
