/** How far the answers of an exported file are from the model's. */
import type { Answers } from './writer.js';

export interface Comparison {
  rows: number;
  /** Which numbers were compared: those that both sides have. */
  compared: 'probabilities' | 'decisions' | 'labels';
  /**
   * Over all rows and classes. A decision above 1 in size is compared relative to its size. 0 where only labels were
   * compared; NaN where one side has a number and the other one NaN.
   */
  largestDifference: number;
  labelsThatDiffer: number;
}

/** Compares what a file says (`found`) with what the model says (`expected`) of the same rows. */
export function compare(found: Answers, expected: Answers): Comparison {
  const rows = expected.labels.length;
  const compared = (['probabilities', 'decisions'] as const).find(which => found[which] && expected[which]);
  let labelsThatDiffer = Math.abs(rows - found.labels.length);
  expected.labels.forEach((label, i) => {
    if (i < found.labels.length && found.labels[i] !== label) labelsThatDiffer++;
  });
  const largestDifference = compared ? largest(found[compared]!, expected[compared]!) : 0;
  return { rows, compared: compared ?? 'labels', largestDifference, labelsThatDiffer };
}

function largest(found: Float64Array, expected: Float64Array): number {
  if (found.length !== expected.length) return NaN;
  let most = 0;
  for (let at = 0; at < found.length; at++) {
    // Equal infinities have no difference.
    if (found[at] === expected[at]) continue;
    const difference = Math.abs(found[at] - expected[at]) / Math.max(1, Math.abs(expected[at]));
    if (!(difference <= most)) most = difference;
    if (Number.isNaN(most)) return NaN;
  }
  return most;
}
