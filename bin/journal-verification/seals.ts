import type { DaySeal, Finding } from '../../core/journal/verify.ts';

/** What people keep of a seal, to give it back later. */
const sealName = ({ environment, day, mac }: DaySeal) => `${environment}/${day}/${mac}`;

/** How far a part is sealed, in words. */
export function sealedDays(seals: readonly DaySeal[]): string {
  const newest = seals.at(-1);
  return newest ? `${seals.length} sealed days, the newest ${sealName(newest)}` : 'no sealed day';
}

/** Seals that somebody has seen earlier must be there, and be the same. */
export function missingSeals(seen: readonly string[], seals: readonly DaySeal[]): Finding[] {
  const there = new Set(seals.map(sealName));
  return seen
    .filter((name) => !there.has(name))
    .map((place) => ({ place, message: 'this seal is not there any more' }));
}
