import { createLogger, createMetrics, redact, redactText } from '../../../lambdas/shared/observability.ts';

describe('what may stand in a log', () => {
  it.each([
    ['a pass', 'dp_ap0001AbC9z'],
    ['a sign-in link', 'dp_nt0001AbC9z'],
    ['a session', 'dp_ss0001AbC9z'],
    ['an API key', 'dp_kd0001AbC9z'],
    ['a key of any environment', 'dp_kx0001AbC9z'],
  ])('is never %s, wherever it stands and how often', (_, token) => {
    expect(redactText(`a ${token}, b "${token}"`)).toBe('a dp_[withheld], b "dp_[withheld]"');
    expect(redact('message', `x${token}`)).toBe('xdp_[withheld]');
  });

  it('is any other text as it is', () => {
    for (const text of ['dp_', 'dp_zz00', 'dp_pass', 'ap0001', '']) expect(redactText(text)).toBe(text);
  });

  it.each([
    'authorization',
    'Authorization',
    'body',
    'cookie',
    'cookies',
    'headers',
    'password',
    'query',
    'queryString',
    'queryParameters',
    'queryStringParameters',
    'raw',
    'rawQueryString',
    'rawPath',
    'secret',
    'secretValue',
    'SecretString',
    'set-cookie',
    'token',
  ])('is not what stands under %s', (key) => {
    expect(redact(key, { any: 'thing' })).toBe('[withheld]');
    expect(redact(key, 'text')).toBe('[withheld]');
    expect(redact(key, undefined)).toBeUndefined();
  });

  it('is what stands under other names, values of other kinds too', () => {
    for (const key of ['recordId', 'tokenId', 'bodySize', 'querying', 'myToken', 'status']) {
      expect(redact(key, 'text')).toBe('text');
    }
    const value = { deep: 1 };
    expect(redact('value', value)).toBe(value);
    expect(redact('count', 7)).toBe(7);
  });

  it('goes through this in every line that a function writes', () => {
    const logger = createLogger('robot');
    const lines: string[] = [];
    Object.defineProperty(logger, 'console', { value: { error: (line: string) => lines.push(line) } });
    logger.error('with dp_ap0001AbC9z', { body: 'dp_ap0001AbC9z', id: 'r1' });

    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        service: 'robot',
        message: 'with dp_[withheld]',
        body: '[withheld]',
        id: 'r1',
      }),
    ]);
  });
});

describe('the metrics of a function', () => {
  afterEach(() => void delete process.env.POWERTOOLS_METRICS_NAMESPACE);

  it("carry the function's name and lie in the namespace of the stage", () => {
    process.env.POWERTOOLS_METRICS_NAMESPACE = 'Daypass/test';
    const lines: string[] = [];
    const metrics = createMetrics('housekeeping');
    Object.defineProperty(metrics, 'console', { value: { log: (line: string) => lines.push(line) } });
    metrics.addMetric('OutboxBacklog', 'Count', 3);
    metrics.publishStoredMetrics();
    const [line] = lines.map((text) => JSON.parse(text));

    expect(line).toMatchObject({ service: 'housekeeping', OutboxBacklog: 3 });
    expect(line._aws.CloudWatchMetrics).toEqual([
      {
        Namespace: 'Daypass/test',
        Dimensions: [['service']],
        Metrics: [{ Name: 'OutboxBacklog', Unit: 'Count' }],
      },
    ]);
  });
});
