import { keyringSource } from '../../../lambdas/shared/keyring-source.ts';

const MINUTE = 60_000;
const secret = (id: string) => JSON.stringify({ active: id, [id]: 'a signing key '.repeat(4) });

/** Secrets Manager with a clock beside it, and a count of its calls. */
function source() {
  const state = { now: 1_000_000, calls: 0, answer: secret('0001') as string | Error };
  const client = {
    send: async () => {
      state.calls += 1;
      if (state.answer === 'none') return new Promise<{ SecretString: string }>(() => {});
      if (state.answer instanceof Error) throw state.answer;
      return { SecretString: state.answer };
    },
  };
  return { state, make: () => keyringSource('arn', client as never, () => state.now) };
}

describe('the signing keys', () => {
  it('are fetched once at the start, however many requests come', async () => {
    const { state, make } = source();
    const keyring = make();
    await Promise.all([keyring(), keyring(), keyring()]);
    state.now += 5 * MINUTE;
    expect((await keyring()).active).toBe('0001');
    expect(state.calls).toBe(1);
  });

  it('are fetched again after five minutes, so that a rotation arrives', async () => {
    const { state, make } = source();
    const keyring = make();
    await keyring();
    state.answer = secret('0002');
    state.now += 5 * MINUTE + 1;
    const [one, two] = await Promise.all([keyring(), keyring()]);
    expect([one.active, two.active]).toEqual(['0002', '0002']);
    expect(one.key('0001')).toBeUndefined();
    expect(state.calls).toBe(2);
  });

  it('serve on for an hour when they cannot be refreshed, and no longer', async () => {
    const { state, make } = source();
    const keyring = make();
    await keyring();
    state.answer = new Error('Secrets Manager is away');
    state.now += 60 * MINUTE;
    expect((await keyring()).active).toBe('0001');
    state.now += 1;
    await expect(keyring()).rejects.toThrow('Secrets Manager is away');
  });

  it('are asked for again by the next request when the first fetch failed', async () => {
    const { state, make } = source();
    state.answer = new Error('not yet');
    const keyring = make();
    await expect(keyring()).rejects.toThrow('not yet');
    state.answer = secret('0001');
    expect((await keyring()).active).toBe('0001');
  });

  it('at hand serve while a fetch gets no answer; another one is begun only when that one must be frozen', async () => {
    const { state, make } = source();
    const keyring = make();
    await keyring();
    state.answer = 'none';
    state.now += 6 * MINUTE;
    for (let times = 0; times < 3; times++) expect((await keyring()).active).toBe('0001');
    expect(state.calls).toBe(2);

    state.answer = secret('0002');
    state.now += 1000;
    expect((await keyring()).active).toBe('0001');
    state.now += 10_000;
    expect((await keyring()).active).toBe('0002');
    expect(state.calls).toBe(3);
  });

  it('are not asked for with every request while they cannot be refreshed', async () => {
    const { state, make } = source();
    const keyring = make();
    await keyring();
    state.answer = new Error('Secrets Manager is away');
    state.now += 6 * MINUTE;
    for (let second = 0; second < 60; second++) {
      await keyring();
      state.now += 1000;
    }
    expect(state.calls).toBe(3);
  });

  it('are refused when the secret names no active key, without quoting it', async () => {
    const { state, make } = source();
    state.answer = JSON.stringify({ active: '0009', '0001': 'do not quote me '.repeat(4) });
    const refusal = make()();
    await expect(refusal).rejects.toThrow('names no active key');
    await expect(refusal).rejects.not.toThrow('do not quote me');
  });

  it('are those of the secret that was named, and age from when they were asked for', async () => {
    const asked: unknown[] = [];
    const state = { now: 0, took: 4000 };
    const client = {
      send: async ({ input }: { input: unknown }) => {
        asked.push(input);
        state.now += state.took;
        return { SecretString: secret('0001') };
      },
    };
    const keyring = keyringSource('arn:the-secret', client as never, () => state.now);
    await keyring();
    state.now = 5 * MINUTE;
    await keyring();
    expect(asked).toEqual([{ SecretId: 'arn:the-secret' }]);
    state.now += 1;
    await keyring();
    expect(asked).toHaveLength(2);
  });

  it('of a fetch that was given up do not come back over newer ones', async () => {
    const state = { now: 0 };
    const answers: ((text: string) => void)[] = [];
    const signals: AbortSignal[] = [];
    const client = {
      send: (_: unknown, { abortSignal }: { abortSignal: AbortSignal }) => {
        signals.push(abortSignal);
        return new Promise((resolve) => answers.push((text) => resolve({ SecretString: text })));
      },
    };
    const keyring = keyringSource('arn', client as never, () => state.now);
    const first = keyring();
    state.now += 10_000;
    // So long one may take; after that it must have stood still.
    const second = keyring();
    expect(answers).toHaveLength(1);
    state.now += 1;
    const third = keyring();
    expect(answers).toHaveLength(2);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    answers[1]?.(secret('0002'));
    expect((await third).active).toBe('0002');
    answers[0]?.(secret('0001'));
    expect([(await first).active, (await second).active, (await keyring()).active]).toEqual([
      '0002',
      '0002',
      '0002',
    ]);
  });

  it('count as old after a clock was set back', async () => {
    const { state, make } = source();
    const keyring = make();
    await keyring();
    state.now -= 61 * MINUTE;
    state.answer = new Error('Secrets Manager is away');
    await expect(keyring()).rejects.toThrow('Secrets Manager is away');
  });
});
