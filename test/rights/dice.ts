/** Draws that look random and are the same for the same seed. */
export interface Dice {
  /** From 0 to below 1. */
  next(): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Each member with this probability, in their order. */
  some<T>(from: readonly T[], probability: number): T[];
  /** A text of small letters and digits that nothing else holds. */
  mark(): string;
}

export function diceOf(seed: number): Dice {
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0;
  let marks = 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    next,
    chance: (probability) => next() < probability,
    pick: <T>(from: readonly T[]) => from[Math.floor(next() * from.length)] as T,
    some: (from, probability) => from.filter(() => next() < probability),
    mark: () => {
      marks += 1;
      return `canary${seed.toString(36)}x${marks.toString(36)}z`;
    },
  };
}
