import { DaypassError, ERRORS, type ErrorCode } from '../../../core/errors.ts';

/** What programs that call the API rely on: which code comes with which status. */
const BY_STATUS: Record<number, ErrorCode[]> = {
  400: ['REQUEST_MALFORMED', 'REQUEST_INVALID'],
  401: ['CREDENTIAL_INVALID', 'CREDENTIAL_MISSING'],
  403: ['FORBIDDEN', 'SIGN_IN_REFUSED', 'OWN_ACCOUNT', 'ORIGIN_REFUSED'],
  404: ['NOT_FOUND'],
  405: ['METHOD_NOT_ALLOWED'],
  409: [
    'CONFLICT',
    'STATE_REFUSED',
    'ALREADY_EXISTS',
    'EMAIL_TAKEN',
    'LAST_OWNER',
    'ROLE_IN_USE',
    'CONFIRMATION_NEEDED',
    'IDEMPOTENCY_MISMATCH',
    'APP_KIND_IMMUTABLE',
    'ROBOT_MISSING',
    'ROBOT_REFUSED',
  ],
  410: ['PASS_ENDED'],
  412: ['VERSION_MISMATCH'],
  413: ['TOO_LARGE'],
  415: ['MEDIA_TYPE'],
  422: [
    'VALUES_INVALID',
    'EMAIL_IMMUTABLE',
    'ROLE_UNKNOWN',
    'DEFINITION_INVALID',
    'EXPRESSION_INVALID',
    'LIMIT_EXCEEDED',
  ],
  428: ['VERSION_REQUIRED'],
  429: ['RATE_LIMITED'],
  500: ['INTERNAL'],
  502: ['MAIL_FAILED'],
  503: ['LIST_NOT_READY', 'UNAVAILABLE'],
  504: ['MAIL_UNCERTAIN'],
};

describe('the errors', () => {
  it('have each the status that programs know them by, and none is without', () => {
    const known = Object.entries(BY_STATUS).flatMap(([status, codes]) =>
      codes.map((code) => [code, Number(status)] as const),
    );

    expect(Object.entries(ERRORS).map(([code, { status }]) => [code, status])).toEqual(
      expect.arrayContaining(known),
    );
    expect(Object.keys(ERRORS)).toHaveLength(known.length);
    for (const [code, status] of known) expect(new DaypassError(code).status).toBe(status);
  });

  it('say each in words of their own what has happened, in whole sentences', () => {
    const titles = Object.values(ERRORS).map(({ title }) => title);

    expect(new Set(titles).size).toBe(titles.length);
    expect(titles.filter((title) => !/^[A-Z].+\.$/.test(title))).toEqual([]);
  });

  it('keep their detail and their places, and say their title where there is none', () => {
    const problems = [{ path: '/name', message: 'is missing' }];

    expect(new DaypassError('CONFLICT')).toMatchObject({
      name: 'DaypassError',
      code: 'CONFLICT',
      message: ERRORS.CONFLICT.title,
      problems: [],
    });
    expect(new DaypassError('VALUES_INVALID', 'one field', problems)).toMatchObject({
      code: 'VALUES_INVALID',
      message: 'one field',
      problems,
    });
  });
});
