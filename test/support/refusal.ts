import { expect } from '@jest/globals';
import type { Answer } from '../../local/visitor.ts';

export interface ExpectedRefusal {
  status: number;
  code: string;
  /** A place among the problems. */
  place?: string;
  /** Words of title, detail or a problem. */
  says?: RegExp;
}

/** A problem document (RFC 9457) that says what to correct, from a request that wrote nothing. */
export function expectRefused(
  { answer, written }: { answer: Answer; written: readonly unknown[] },
  { status, code, place, says }: ExpectedRefusal,
): void {
  const document = answer.json as { code?: string; problems?: { path: string; message: string }[] };
  expect([answer.status, document?.code ?? answer.text]).toEqual([status, code]);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(document).toMatchObject({
    type: expect.stringContaining(`/errors#${code}`),
    title: expect.stringMatching(/\w/),
    status,
    requestId: expect.stringMatching(/\w/),
  });
  if (place !== undefined) {
    expect(document.problems?.map(({ path }) => path).join(' ') ?? answer.text).toContain(place);
    for (const { message } of document.problems ?? []) expect(message).toMatch(/\w/);
  }
  if (says) expect(answer.text).toMatch(says);
  expect(written).toEqual([]);
}
