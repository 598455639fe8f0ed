import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import pico from '@picocss/pico/css/pico.classless.min.css';
import style from '../../assets/daypass.css';
import icon from '../../assets/icon.svg' with { type: 'text' };
import script from '../../assets/page.js' with { type: 'text' };
import type { Frame } from './frame.ts';

export interface Asset {
  type: string;
  text: string;
}

/** The portal's own files by name. The name holds a hash of the content, so that browsers may keep them for good. */
const files = new Map<string, Asset>();

function register(name: string, extension: string, type: string, text: string): string {
  const file = `${name}.${createHash('sha256').update(text).digest('hex').slice(0, 12)}.${extension}`;
  files.set(file, { type, text });
  return `/assets/${file}`;
}

/** Pico draws arrows and ticks with data: images, which the pages' policy forbids; controls keep the browser's own. */
const base = pico.replace(/url\("data:[^"]*"\)/g, 'none');

/** Addresses for the pages' heads. */
export const pageAssets: Frame['assets'] = {
  styles: [register('style', 'css', 'text/css; charset=utf-8', `${base}\n${style}`)],
  script: register('page', 'js', 'text/javascript; charset=utf-8', script),
  icon: register('icon', 'svg', 'image/svg+xml', icon),
};

const packed = new Map<string, Uint8Array>();

/**
 * A file, packed as the browser takes it: HTTP APIs do not compress, and contractors are on mobile networks.
 * @param accepts the Accept-Encoding header
 */
export function readAsset(
  file: string,
  accepts: string | undefined,
): { bytes: Uint8Array; type: string; encoding?: string } | undefined {
  const asset = files.get(file);
  if (!asset) return undefined;
  const encoding = ['br', 'gzip'].find((name) => accepts?.includes(name));
  const key = `${encoding} ${file}`;
  const bytes = packed.get(key) ?? pack(asset.text, encoding);
  packed.set(key, bytes);
  return { bytes, type: asset.type, ...(encoding && { encoding }) };
}

function pack(text: string, encoding: string | undefined): Uint8Array {
  if (encoding === 'br') {
    return brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  }
  return encoding === 'gzip' ? gzipSync(text) : Buffer.from(text, 'utf8');
}
