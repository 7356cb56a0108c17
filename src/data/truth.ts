/** Words of truth: what programs and people write for 1 and 0. */

/** For 1 and for 0. Letter case does not count. */
const PAIRS: readonly [yes: string, no: string][] = [
  ['true', 'false'],
  ['t', 'f'],
  ['yes', 'no'],
  ['y', 'n'],
];

export const TRUTH_EXPECTED = 'true and false, T and F, yes and no, y and n, or 1 and 0';

const VALUES = new Map(
  PAIRS.flatMap(([yes, no]): [string, number][] => [
    [yes, 1],
    [no, 0],
  ]),
);

/** 1 or 0, or undefined for another text. */
export function truthOf(cell: string): 0 | 1 | undefined {
  return VALUES.get(cell.trim().toLowerCase()) as 0 | 1 | undefined;
}

/** Whether the texts are the two words of one pair. */
export function areTruths(cells: Iterable<string>): boolean {
  const words = new Set(Array.from(cells, cell => cell.trim().toLowerCase()));
  return words.size === 2 && PAIRS.some(pair => pair.every(word => words.has(word)));
}
