/** `spt enqueue --pilot N`: a few configs of each pipeline and split, before all of them. */
import type { Enumeration } from '../config/enumerate.js';

const keyOf = ({ pipeline, split }: { pipeline: string; split: string }): string =>
  JSON.stringify([pipeline, split]);

/**
 * The first configs of a search, at most so many, in equal shares of all pipelines and splits. They come first in the
 * order of the search as well, and so the same search without a pilot only adds the others.
 */
export function pilotOf(found: Enumeration, most: number): Enumeration {
  const sizes = found.counts.map(({ configs }) => configs);
  const shares = evenShares(sizes, turns(found), most);
  const counts = found.counts.map((count, i) => ({ ...count, configs: shares[i] }));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return { ...found, total, counts, iterate: () => firstOf(found, counts, total) };
}

/** The order in which pipelines and splits get a config: each pipeline on the first split, then on the second one. */
function turns({ counts, pipelines }: Enumeration): number[] {
  const splits = counts.length / pipelines.length;
  return [...counts.keys()].sort((a, b) => (a % splits) - (b % splits) || a - b);
}

/** Shares that differ by one at most, but where a size is too small. */
function evenShares(sizes: readonly number[], order: readonly number[], most: number): number[] {
  const shares = sizes.map(() => 0);
  let left = Math.min(
    most,
    sizes.reduce((sum, size) => sum + size, 0),
  );
  for (let turn = 0; left > 0; turn++) {
    const i = order[turn % order.length];
    if (shares[i] === sizes[i]) continue;
    shares[i]++;
    left--;
  }
  return shares;
}

function* firstOf(
  found: Enumeration,
  counts: Enumeration['counts'],
  total: number,
): ReturnType<Enumeration['iterate']> {
  const open = new Map(counts.map(count => [keyOf(count), count.configs]));
  let left = total;
  if (left === 0) return;
  for (const config of found.iterate()) {
    const key = keyOf(config);
    const share = open.get(key)!;
    if (share === 0) continue;
    open.set(key, share - 1);
    yield config;
    if (--left === 0) return;
  }
}
