import { createHash } from 'node:crypto';
import pico from '@picocss/pico/css/pico.classless.min.css';
import style from '../../assets/daypass.css';
import icon from '../../assets/icon.svg' with { type: 'text' };
import script from '../../assets/page.js' with { type: 'text' };
import type { Frame } from './frame.ts';
import { encodingFor, type Packed, packText } from './packed.ts';

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

const packed = new Map<string, Packed>();

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
  const key = `${encodingFor(accepts)} ${file}`;
  const found = packed.get(key) ?? packText(asset.text, accepts);
  packed.set(key, found);
  return { ...found, type: asset.type };
}
