/** The part of the scores that a picture shows: a few very bad configs must not squeeze all others into one corner. */
import type { Direction } from '../../../base/direction.js';
import { quantileOf } from '../../../statistics/sample.js';

/** How many times the distance from the best score to the worst quarter is shown. */
const DISTANCES = 5;

export interface Range {
  min?: number;
  max?: number;
  /** A value as it is drawn: one beyond the range stands at its edge. */
  clamp(value: number): number;
  /** How many of the values stand at the edge, as the end of a note; empty if none do. */
  note: string;
}

/** @param values scores; NaN does not count */
export function rangeOf(values: Iterable<number>, direction: Direction): Range {
  const sorted = Float64Array.from(values)
    .filter(value => !Number.isNaN(value))
    .sort();
  if (sorted.length < 4) return { clamp: value => value, note: '' };
  const isMax = direction === 'max';
  const [worst, best] = isMax
    ? [sorted[0], sorted[sorted.length - 1]]
    : [sorted[sorted.length - 1], sorted[0]];
  const quarter = quantileOf(sorted, isMax ? 0.25 : 0.75);
  const edge = best - DISTANCES * (best - quarter);
  const isBeyond = (value: number): boolean => (isMax ? value < edge : value > edge);
  if (!isBeyond(worst) || edge === best) return { clamp: value => value, note: '' };
  const beyond = sorted.filter(isBeyond).length;
  const side = isMax ? 'below' : 'above';
  const digits = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(Math.abs(best - edge)))));
  const shown = Number(edge.toFixed(digits));
  const count = beyond === 1 ? 'One score' : `${beyond} scores`;
  return {
    ...(isMax ? { min: shown } : { max: shown }),
    clamp: value => (isBeyond(value) ? shown : value),
    note: ` ${count} ${side} ${shown} ${beyond === 1 ? 'is' : 'are'} drawn at the edge.`,
  };
}
