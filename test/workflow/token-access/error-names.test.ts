import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { DaypassError } from '../../../core/errors.ts';
import { PassGoesOn } from '../../../core/grants/end.ts';
import { RobotRefused } from '../../../core/grants/robot.ts';
import { MailFailed, MailUncertain } from '../../../core/mail/mail.ts';
import { workflowError } from '../../../lambdas/robot/workflow-error.ts';

const SECRET = 'what a record holds';
const aws = (name: string, more: object = {}) => Object.assign(new Error(SECRET), { name, ...more });

it.each<[string, unknown, string]>([
  ['a conflict between writers', new DaypassError('CONFLICT', SECRET), 'TransactionConflict'],
  ['a version that moved', new DaypassError('VERSION_MISMATCH', SECRET), 'TransactionConflict'],
  [
    'a cancelled transaction',
    aws('TransactionCanceledException', {
      CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
    }),
    'TransactionConflict',
  ],
  [
    'a throttled transaction',
    aws('TransactionCanceledException', { CancellationReasons: [{ Code: 'ThrottlingError' }] }),
    'Throttled',
  ],
  ['a throttled table', aws('ProvisionedThroughputExceededException'), 'Throttled'],
  ['a throttled mail', aws('Throttling'), 'Throttled'],
  ['a throttled secret', aws('ThrottlingException'), 'Throttled'],
  ['what the client calls throttling', aws('Strange', { $retryable: { throttling: true } }), 'Throttled'],
  ['a service that fails', aws('InternalServerError', { $fault: 'server' }), 'Unavailable'],
  ['a service that does not answer', aws('TimeoutError'), 'Unavailable'],
  ['a connection that broke', aws('Error', { code: 'ECONNRESET' }), 'Unavailable'],
  ['writers who never stopped', new DaypassError('UNAVAILABLE', SECRET), 'Unavailable'],
  ['a source view that is being indexed', new DaypassError('LIST_NOT_READY', SECRET), 'Unavailable'],
  ['a refusal of the domain', new DaypassError('VALUES_INVALID', SECRET), 'VALUES_INVALID'],
  ['a missing permission of ours', aws('AccessDeniedException'), 'AccessDeniedException'],
  ['a mistake of ours', new TypeError(SECRET), 'TypeError'],
  ['no error at all', SECRET, 'Error'],
])('%s reaches the workflow by its name, without its words', (_, problem, name) => {
  const error = workflowError(problem);
  expect(error.name).toBe(name);
  expect(`${error.message} ${error.stack}`).not.toContain(SECRET);
});

it.each<[string, Error, string]>([
  ...[
    'ThrottlingException',
    'ThrottledException',
    'TooManyRequestsException',
    'RequestLimitExceeded',
    'SlowDown',
  ].map((name): [string, Error, string] => [name, aws(name), 'Throttled']),
  ...['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'ETIMEDOUT'].flatMap((code): [string, Error, string][] => [
    [`code ${code}`, aws('Error', { code }), 'Unavailable'],
    [`name ${code}`, aws(code), 'Unavailable'],
  ]),
  ['a caller who asks too often', new DaypassError('RATE_LIMITED', SECRET), 'Unavailable'],
  ['a mistake of the client', aws('ValidationException', { $fault: 'client' }), 'ValidationException'],
  ['what is not called throttling', aws('Strange', { $retryable: { throttling: false } }), 'Strange'],
  [
    'a conflict beside throttling',
    aws('X', { CancellationReasons: [{ Code: 'ThrottlingError' }, { Code: 'TransactionConflict' }] }),
    'TransactionConflict',
  ],
  ['a reason without a name', aws('X', { CancellationReasons: [{}] }), 'X'],
])('%s is known to the workflow, which reads the name of the error alone', (_, problem, name) => {
  expect(workflowError(problem)).toMatchObject({ name, message: `it failed with ${problem.name}` });
});

it("the robot's own refusals reach the workflow in its words", () => {
  expect(workflowError(new RobotRefused('its roles do not permit it'))).toMatchObject({
    name: 'RobotRefused',
    message: 'its roles do not permit it',
  });
  expect(workflowError(new MailFailed('MessageRejected')).name).toBe('MailFailed');
  expect(workflowError(new MailUncertain()).name).toBe('Unavailable');
  expect(workflowError(new PassGoesOn()).name).toBe('PassGoesOn');
});

it('every name that passes by itself is one that the retry constants try again', () => {
  const { step, mail, callback } = JSON.parse(readFileSync('statemachines/retries.json', 'utf8'));
  for (const { retry } of [step, mail, callback]) {
    const retried = retry.find(({ MaxAttempts }: { MaxAttempts: number }) => MaxAttempts > 3).ErrorEquals;
    expect(retried).toEqual(expect.arrayContaining(['TransactionConflict', 'Throttled', 'Unavailable']));
  }
});
