import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { encodingFor, packText } from '../../../lambdas/portal/packed.ts';

const TEXT = '… für alle 😀 '.repeat(50);

describe('a text that a browser is sent', () => {
  it.each([
    ['gzip, deflate, br', 'br'],
    ['br', 'br'],
    ['gzip, deflate', 'gzip'],
    ['deflate', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('that accepts %j is packed as %s, and unpacks to what it was', (accepts, encoding) => {
    const unpack = { br: brotliDecompressSync, gzip: gunzipSync, none: (bytes: Uint8Array) => bytes };
    const packed = packText(TEXT, accepts);
    expect(encodingFor(accepts)).toBe(encoding);
    expect(Object.hasOwn(packed, 'encoding')).toBe(encoding !== undefined);
    expect(packed.encoding).toBe(encoding);
    expect(
      Buffer.from(unpack[(packed.encoding as 'br' | undefined) ?? 'none'](packed.bytes)).toString('utf8'),
    ).toBe(TEXT);
  });
});
