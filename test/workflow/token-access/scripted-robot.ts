import { readFileSync } from 'node:fs';
import type { Json } from '../../../local/stepfunctions/json.ts';
import { failure, localMachines } from '../../unit/stepfunctions/local-machines.ts';

const DEFINITION = readFileSync('statemachines/token-access.asl.json', 'utf8').replaceAll(
  /\$\{RobotFunctionArn\}/g,
  'arn:aws:lambda:eu-central-1:123456789012:function:robot',
);
export const INPUT = JSON.parse(readFileSync('statemachines/token-access.input.json', 'utf8'));

type Payload = Record<string, Json>;
type Answer = (payload: Payload, call: number) => unknown;

/** Answers per state: a value, or what to do with the payload and how often the state was called before. */
export type Script = Record<string, Answer | object | null>;

const DAY = 86_400;
const USUAL: Script = {
  CreateToken: { seconds: 7 * DAY },
  CheckGrant: { seconds: 1, next: 'delete' },
};

/** Throws the given error `times` times, then answers. */
export function failing(error: string, times = Number.POSITIVE_INFINITY, answer: unknown = null): Answer {
  return (_, call) => {
    if (call < times) throw failure(error);
    return answer;
  };
}

/** token-access from its deployed file, with a robot that does what the script says and keeps nothing itself. */
export function tokenAccess(script: Script = {}, random?: () => number) {
  const callbackTokens: Json[] = [];
  const counts = new Map<Json, number>();
  const machines = localMachines(
    { 'token-access': DEFINITION },
    (payload) => {
      const state = payload.state as string;
      if (payload.callbackToken) callbackTokens.push(payload.callbackToken);
      const call = counts.get(state) ?? 0;
      counts.set(state, call + 1);
      const answer = { ...USUAL, ...script }[state] ?? null;
      return typeof answer === 'function' ? (answer as Answer)(payload, call) : answer;
    },
    random,
  );
  return {
    ...machines,
    callbackTokens,
    /** The states that the robot was called for, attempt by attempt. */
    called: () => machines.calls.map(({ payload }) => payload.state),
    begin: (name = 'grant-1') => machines.start(name, 'token-access', INPUT),
    /** Sends the newest callback, as the completion of the job does. */
    complete: () => machines.handle('SendTaskSuccess', { taskToken: callbackTokens.at(-1), output: '{}' }),
  };
}
