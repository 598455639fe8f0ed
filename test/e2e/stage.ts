import type { Page } from 'playwright-core';
import type { Frame } from './picture-files.ts';

const CAPTION = 64;
/** Of the whole picture. */
export const STAGE = { width: 800, height: 640 };
/** One page over the whole width, or two phones beside each other. */
export const WIDE = { width: 800, height: STAGE.height - CAPTION };
export const NARROW = { width: 394, height: STAGE.height - CAPTION };

const STYLE = `
  * { box-sizing: border-box; margin: 0 }
  body { width: ${STAGE.width}px; height: ${STAGE.height}px; background: #cbd5e1; font-family: "DejaVu Sans", sans-serif }
  header { height: ${CAPTION}px; padding: 0 20px; background: #1e293b; color: #fff; display: flex; gap: 16px; align-items: center }
  b { flex: none; width: 36px; height: 36px; border-radius: 18px; background: #fff; color: #1e293b; text-align: center; line-height: 36px }
  header span { font-size: 19px; line-height: 1.25 }
  main { display: flex; justify-content: space-between }
  img { display: block }`;

/** Takes the frames of a moving picture: what pages show, under a line that tells what happens. */
export class Stage {
  readonly frames: Frame[] = [];
  readonly #page: Page;
  #step = 0;
  #caption = '';

  constructor(page: Page) {
    this.#page = page;
  }

  /** The next step of the story. */
  tell(caption: string): void {
    this.#step += 1;
    this.#caption = caption;
  }

  /** A frame with what the pages show now. */
  async show(ms: number, ...pages: Page[]): Promise<void> {
    const pictures: string[] = [];
    for (const page of pages) pictures.push((await page.screenshot()).toString('base64'));
    const images = pictures.map((picture) => `<img alt="" src="data:image/png;base64,${picture}">`).join('');
    await this.#page.setContent(
      `<style>${STYLE}</style><header><b>${this.#step}</b><span>${this.#caption}</span></header><main>${images}</main>`,
    );
    this.frames.push({ png: await this.#page.screenshot(), ms });
  }
}
