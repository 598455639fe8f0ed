import { UNSAFE_PORTS } from '../../../local/unsafe-ports.ts';

/** Why a fetch did not happen. */
async function refusal(port: number): Promise<string> {
  try {
    await fetch(`http://127.0.0.1:${port}`, { signal: AbortSignal.timeout(2_000) });
    return 'an answer';
  } catch (error) {
    return ((error as Error).cause as Error | undefined)?.message ?? (error as Error).message;
  }
}

describe('the ports that browsers refuse', () => {
  it('are those that Fetch calls bad, and none beside them', async () => {
    const beside = [...UNSAFE_PORTS].flatMap((port) => [port - 1, port + 1]).filter((port) => port > 0);
    const asked = [...new Set([...UNSAFE_PORTS, ...beside])].sort((one, other) => one - other);
    const refused: number[] = [];
    for (const port of asked) if ((await refusal(port)) === 'bad port') refused.push(port);
    expect(refused).toEqual([...UNSAFE_PORTS].sort((one, other) => one - other));
  });
});
