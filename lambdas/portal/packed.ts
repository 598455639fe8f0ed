import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

/** A text as it is sent, and what a browser has to unpack it with. */
export interface Packed {
  bytes: Uint8Array;
  encoding?: string;
}

/** What a browser unpacks, by its Accept-Encoding header. */
export function encodingFor(accepts: string | undefined): string | undefined {
  return ['br', 'gzip'].find((name) => accepts?.includes(name));
}

/** A text packed as the browser takes it: HTTP APIs do not compress. */
export function packText(text: string, accepts: string | undefined): Packed {
  const encoding = encodingFor(accepts);
  return { bytes: pack(text, encoding), ...(encoding && { encoding }) };
}

function pack(text: string, encoding: string | undefined): Uint8Array {
  if (encoding === 'br') {
    return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  }
  return encoding === 'gzip' ? gzipSync(text) : Buffer.from(text, 'utf8');
}
