import type { Node } from '../expressions/types.ts';
import { conjunctsOf } from '../policy/conjuncts.ts';

/** More alternatives than these are not multiplied out: such a part is left for the reader as it is. */
const MOST_ALTERNATIVES = 16;

/**
 * The alternatives of a condition, each as the parts that must all hold: the condition holds exactly if all parts of
 * some alternative do.
 */
export function disjunctsOf(node: Node): readonly (readonly Node[])[] {
  let all: (readonly Node[])[] = [[]];
  for (const part of conjunctsOf(node)) {
    const choices = alternativesOf(part);
    const expanded = all.flatMap((before) => choices.map((choice) => [...before, ...choice]));
    all = expanded.length <= MOST_ALTERNATIVES ? expanded : all.map((before) => [...before, part]);
  }
  return all;
}

function alternativesOf(part: Node): readonly (readonly Node[])[] {
  return part.op === '||' ? part.args.flatMap(disjunctsOf) : [[part]];
}
