import type { Config } from './config.ts';

/** The eight functions, by responsibility. Each has its handler at `lambdas/<name>/handler.ts`. */
export const FUNCTION_NAMES = [
  'authorizer',
  'api',
  'admin',
  'portal',
  'robot',
  'outbox',
  'housekeeping',
  'mail-events',
] as const;

export type DeployedFunction = (typeof FUNCTION_NAMES)[number];

/**
 * The physical name of a function, state machine, queue or schedule: `daypass-<stage>-<part>`.
 * Names are fixed so that policies can name a resource that does not exist yet: a robot may answer the machine that
 * calls it, which by reference would be a circle.
 */
export const nameOf = (config: Config, part: string): string => `daypass-${config.stage}-${part}`;

/**
 * Where the functions' own metrics of a stage go; each carries the dimension `service`, the function's name. An account may
 * hold several stages.
 */
export const metricsNamespace = ({ stage }: Pick<Config, 'stage'>): string => `Daypass/${stage}`;

/** The stack that holds the data of a stage. */
export const dataStackName = ({ stage }: Pick<Config, 'stage'>): string => `Daypass-${stage}-data`;

/** The stack of everything else: API, functions, workflows, alarms. */
export const siteStackName = ({ stage }: Pick<Config, 'stage'>): string => `Daypass-${stage}`;
