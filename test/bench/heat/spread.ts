import { randomId } from '../../../core/tokens/base62.ts';
import { SHARDS, shardOf } from '../../../lambdas/shared/table/keys.ts';
import type { Touch } from './lifecycle.ts';

/** A kind of partition key, with what one contractor costs it. */
export interface Kind {
  index: Touch['index'];
  /** With `…` in place of what differs from contractor to contractor, and `#shard` of a shard. */
  partition: string;
  /** `own`: each contractor has another; `sharded`: spread over a fixed number; `one`: the same for all. */
  spread: 'own' | 'sharded' | 'one';
  readUnits: number;
  writeUnits: number;
  reads: number;
  writes: number;
}

const SHARDED = /^(OUTBOX|LIVE|JOURNAL|REGISTER)#(.*#)?\d+$/;

/** What lifecycles cost by kinds of partition key, for one of them. A key that only one has touched is its own. */
export function kindsOf(lifecycles: readonly (readonly Touch[])[]): Kind[] {
  const seenBy = new Map<string, Set<number>>();
  lifecycles.forEach((touches, at) => {
    for (const { index, partition } of touches) {
      const key = `${index} ${partition}`;
      seenBy.set(key, (seenBy.get(key) ?? new Set()).add(at));
    }
  });
  const kinds = new Map<string, Kind>();
  for (const { index, partition, kind, units } of lifecycles.flat()) {
    const spread = SHARDED.test(partition)
      ? 'sharded'
      : (seenBy.get(`${index} ${partition}`)?.size ?? 0) > 1
        ? 'one'
        : 'own';
    const name = nameOf(partition, spread);
    const found = kinds.get(`${index} ${name}`) ?? {
      index,
      partition: name,
      spread,
      readUnits: 0,
      writeUnits: 0,
      reads: 0,
      writes: 0,
    };
    found[`${kind}Units`] += units / lifecycles.length;
    found[`${kind}s`] += 1 / lifecycles.length;
    kinds.set(`${index} ${name}`, found);
  }
  return [...kinds.values()];
}

function nameOf(partition: string, spread: Kind['spread']): string {
  if (spread === 'sharded') return partition.replace(/\d+$/, 'shard');
  if (spread === 'one') return partition;
  return partition
    .split('#')
    .map((part) => (/[0-9A-Za-z]{16,}/.test(part) || part.includes('@') ? '…' : part))
    .join('#');
}

/** The share of the fullest shard, of ids as they are minted, by the key module's own function. */
export function fullestShard(ids: number): number {
  const counts = new Array<number>(SHARDS).fill(0);
  for (let at = 0; at < ids; at++) {
    const shard = shardOf(randomId());
    counts[shard] = (counts[shard] ?? 0) + 1;
  }
  return Math.max(...counts) / ids;
}
