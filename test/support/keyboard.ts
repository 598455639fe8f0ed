import type { Page } from 'playwright-core';

/** Where the keyboard's focus is, as somebody who sees it and somebody who hears it know it. */
export interface Stop {
  tag: string;
  id: string;
  name: string;
  /** Whether an outline of at least two pixels is drawn round it, inside of the window. */
  visible: boolean;
}

/** Runs in the page: names are taken from labels and texts, the way that these pages give them. */
const LOOK = `(() => {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  const named = element.getAttribute('aria-label') ?? [...(element.labels ?? [])].map((label) => label.textContent).join(' ');
  return {
    tag: element.tagName.toLowerCase(),
    id: element.id,
    name: (named || element.textContent || '').replace(/\\s+/g, ' ').trim(),
    visible: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 &&
      box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
  };
})()`;

export async function focused(page: Page): Promise<Stop> {
  return (await page.evaluate(LOOK)) as Stop;
}

/** Somebody without a mouse. Notes every stop that could not be seen. */
export class Keyboard {
  readonly #page: Page;
  readonly unseen: string[] = [];

  constructor(page: Page) {
    this.#page = page;
  }

  async press(key: string): Promise<Stop> {
    await this.#page.keyboard.press(key);
    return focused(this.#page);
  }

  /** Goes on with Tab until a control with this name has the focus. */
  async tabTo(name: string | RegExp, most = 40): Promise<Stop> {
    const passed: string[] = [];
    for (let presses = 0; presses < most; presses++) {
      const stop = await this.press('Tab');
      if (stop.tag !== 'body' && !stop.visible) {
        this.unseen.push(`${await this.#page.title()}: ${stop.tag}#${stop.id} ${stop.name}`);
      }
      if (typeof name === 'string' ? stop.name.startsWith(name) : name.test(stop.name)) return stop;
      passed.push(stop.name || stop.tag);
    }
    throw new Error(`Tab never comes to ${name} on ${this.#page.url()}; it came to ${passed.join(' | ')}`);
  }

  /** Enter or Space on what has the focus, and the page that it leads to. */
  async follow(key: 'Enter' | 'Space'): Promise<void> {
    const left = this.#page.waitForEvent('framenavigated');
    await this.#page.keyboard.press(key);
    await left;
    await this.#page.waitForLoadState();
  }

  async type(text: string): Promise<void> {
    await this.#page.keyboard.type(text);
  }
}

/** Controls of a page that a screen reader could not name, from the accessibility tree. */
export async function nameless(page: Page): Promise<string[]> {
  const tree = await page.locator('body').ariaSnapshot();
  return tree
    .split('\n')
    .map((line) => line.trim())
    .filter((line) =>
      /^- ((button|link|textbox|checkbox|radio|combobox|spinbutton|table)\b(?! ")|group:$)/.test(line),
    );
}

/** Elements whose text is cut off, and by how much the page is too wide, with all text at twice its size. */
export async function lostAtDouble(page: Page): Promise<string[]> {
  return (await page.evaluate(`(() => {
    const root = document.documentElement;
    root.style.fontSize = 2 * parseFloat(getComputedStyle(root).fontSize) + 'px';
    const lost = [...document.querySelectorAll('main *, header *, footer *')]
      .filter((element) => !element.closest('.unseen, .skip') && getComputedStyle(element).overflow === 'hidden' &&
        !element.classList.contains('clamped') && element.scrollWidth > element.clientWidth + 1)
      .map((element) => element.tagName + ': ' + element.textContent.slice(0, 40));
    const wide = root.scrollWidth - innerWidth;
    root.style.fontSize = '';
    return wide > 0 ? [...lost, wide + ' px too wide'] : lost;
  })()`)) as string[];
}
