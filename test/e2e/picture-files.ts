import { writeFileSync } from 'node:fs';
import UPNG from 'upng-js';

/** What is seen for a while. */
export interface Frame {
  png: Buffer;
  ms: number;
}

/** As many as a PNG with a palette can have. */
const COLOURS = 256;

/** Writes a screenshot as a PNG with a palette: pages have few colours, and files become half as large. */
export function writePicture(path: string, png: Buffer): void {
  const { width, height, pixels } = opened(png);
  writeFileSync(path, Buffer.from(UPNG.encode([pixels], width, height, COLOURS)));
}

/** Writes screenshots of one size as an animated PNG, which plays in browsers and on GitHub, again and again. */
export function writeMovingPicture(path: string, frames: readonly Frame[]): void {
  const images = frames.map(({ png }) => opened(png));
  const { width = 0, height = 0 } = images[0] ?? {};
  const pixels = images.map((image) => image.pixels);
  const delays = frames.map(({ ms }) => ms);
  writeFileSync(path, Buffer.from(UPNG.encode(pixels, width, height, COLOURS, delays)));
}

function opened(png: Buffer): { width: number; height: number; pixels: ArrayBuffer } {
  const image = UPNG.decode(new Uint8Array(png).buffer);
  const [pixels = new ArrayBuffer()] = UPNG.toRGBA8(image);
  return { width: image.width, height: image.height, pixels };
}
