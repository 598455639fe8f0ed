import {
  environmentNames,
  readEnvironment,
  readIssuerSettings,
} from '../../../lambdas/shared/environment.ts';

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

describe('what each function is told', () => {
  const MAIL = {
    SENDER_ADDRESS: 'Passes <a@example.org>',
    REPLY_TO: 'b@example.org',
    CONFIGURATION_SET: 'set',
  };
  const MACHINES = { TOKEN_ACCESS_ARN: 'arn:machine', REBUILD_INDEXES_ARN: 'arn:rebuild' };
  const { SIGNING_KEYS_ARN: _, ...KEYLESS } = VARIABLES;
  const ALL = { ...VARIABLES, ...MAIL, ...MACHINES, UNRELATED: 'x' };

  it.each([
    ['api', VARIABLES],
    ['admin', { ...VARIABLES, ...MAIL }],
    ['portal', { ...VARIABLES, ...MAIL }],
    ['robot', { ...VARIABLES, ...MAIL }],
    ['outbox', { TABLE_NAME: 'the-table', ...MACHINES, ...MAIL }],
    ['housekeeping', { ...KEYLESS, ...MACHINES, ...MAIL }],
    ['mail-events', KEYLESS],
  ] as const)(
    '%s is told this and nothing else, and all of it but the address for answers is needed',
    (name, told) => {
      const { TOKEN_LIFETIME_DAYS: days, ...texts } = told as Partial<typeof VARIABLES>;

      expect(readEnvironment(name, ALL)).toEqual({ ...texts, ...(days && { TOKEN_LIFETIME_DAYS: 30 }) });
      const needed = Object.keys(told).filter((variable) => {
        try {
          readEnvironment(name, { ...ALL, [variable]: undefined });
          return false;
        } catch {
          return true;
        }
      });
      expect(needed).toEqual(Object.keys(told).filter((variable) => variable !== 'REPLY_TO'));
    },
  );

  it.each([
    ['TOKEN_LIFETIME_DAYS', ['1', '364'], ['0', '365', '1.5', '']],
    [
      'SITE_URL',
      ['http://localhost:4000', 'https://a.example'],
      ['https://a.example/', 'ftp://a.example', 'a.example'],
    ],
    ['TABLE_NAME', ['abc'], ['ab']],
    ['SITE_ID', ['a'], ['']],
  ])('%s may be %j and not %j', (variable, good, bad) => {
    const takes = (value: string) => {
      try {
        readEnvironment('api', { ...VARIABLES, [variable]: value });
        return true;
      } catch {
        return false;
      }
    };

    expect(good.filter((value) => !takes(value))).toEqual([]);
    expect(bad.filter(takes)).toEqual([]);
  });
});

describe('the issuer that staff sign in with', () => {
  const issuer = {
    OIDC_ISSUER: 'https://login.example.org',
    OIDC_CLIENT_ID: 'daypass',
    OIDC_NAME: 'Accounts',
  };

  it('is absent where nothing of it is set, and whole where it is, with a secret or without', () => {
    const withSecret = { ...issuer, OIDC_SECRET_ARN: 'arn:secret' };

    expect(readIssuerSettings({ ...VARIABLES })).toBeUndefined();
    expect(readIssuerSettings({ ...VARIABLES, ...issuer })).toEqual(issuer);
    expect(readIssuerSettings(withSecret)).toEqual(withSecret);
  });

  it.each([...Object.keys(issuer), 'all but the secret'])('stops the portal when it lacks %s', (lacking) => {
    const rest = lacking in issuer ? { ...issuer, [lacking]: undefined } : {};

    expect(() => readIssuerSettings({ ...rest, OIDC_SECRET_ARN: 'arn:secret' })).toThrow(
      'The portal cannot start: its OIDC_ variables are incomplete',
    );
  });
});
