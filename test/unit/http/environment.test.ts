import { environmentNames, readEnvironment } from '../../../lambdas/shared/environment.ts';

const VARIABLES = {
  SITE_ID: 'site-one',
  SITE_URL: 'https://passes.example.org',
  TABLE_NAME: 'the-table',
  SIGNING_KEYS_ARN: 'arn:signing',
  JOURNAL_KEYS_ARN: 'arn:journal',
  TOKEN_LIFETIME_DAYS: '30',
};

describe("a function's environment", () => {
  it('is read once, with its types', () => {
    expect(readEnvironment('api', { ...VARIABLES, UNRELATED: 'x' })).toEqual({
      ...VARIABLES,
      TOKEN_LIFETIME_DAYS: 30,
    });
    expect(environmentNames('api').sort()).toEqual(Object.keys(VARIABLES).sort());
  });

  it('that is wrong stops the function with the names of what to correct, and no values', () => {
    const wrong = {
      ...VARIABLES,
      SITE_URL: 'https://secret.example/',
      TOKEN_LIFETIME_DAYS: 'soon',
      TABLE_NAME: undefined,
    };
    const start = () => readEnvironment('api', wrong);
    expect(start).toThrow(/^The function api cannot start\. Correct its environment: /);
    for (const name of ['SITE_URL: must not end with a slash', 'TOKEN_LIFETIME_DAYS', 'TABLE_NAME']) {
      expect(start).toThrow(name);
    }
    expect(start).not.toThrow('secret.example');
  });
});
