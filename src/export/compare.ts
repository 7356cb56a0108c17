/** How far the answers of an exported file are from the model's. */
import type { Answers, ClassAnswers } from './writer.js';

export interface Comparison {
  rows: number;
  /** Which numbers were compared: those that both sides have. */
  compared: 'probabilities' | 'decisions' | 'labels' | 'values';
  /**
   * Over all rows and classes. A decision above 1 in size is compared relative to its size, and a value relative to the
   * largest size of the model's values. 0 where only labels were compared; NaN where one side has a number and the
   * other one NaN.
   */
  largestDifference: number;
  /** 0 where values were compared. */
  labelsThatDiffer: number;
}

/** Compares what a file says (`found`) with what the model says (`expected`) of the same rows. */
export function compare(found: Answers, expected: Answers): Comparison {
  if (expected.values) {
    const { values } = expected;
    const size = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
    const own = found.values ?? new Float64Array();
    const largestDifference = largest(own, values, () => size);
    return { rows: values.length, compared: 'values', largestDifference, labelsThatDiffer: 0 };
  }
  if (found.values) throw new Error('a file of classes gives values');
  return compareClasses(found, expected);
}

function compareClasses(found: ClassAnswers, expected: ClassAnswers): Comparison {
  const rows = expected.labels.length;
  const compared = (['probabilities', 'decisions'] as const).find(which => found[which] && expected[which]);
  let labelsThatDiffer = Math.abs(rows - found.labels.length);
  expected.labels.forEach((label, i) => {
    if (i < found.labels.length && found.labels[i] !== label) labelsThatDiffer++;
  });
  const sizeOf = (value: number): number => Math.max(1, Math.abs(value));
  const largestDifference = compared ? largest(found[compared]!, expected[compared]!, sizeOf) : 0;
  return { rows, compared: compared ?? 'labels', largestDifference, labelsThatDiffer };
}

function largest(found: Float64Array, expected: Float64Array, sizeOf: (value: number) => number): number {
  if (found.length !== expected.length) return NaN;
  let most = 0;
  for (let at = 0; at < found.length; at++) {
    // Equal infinities have no difference.
    if (found[at] === expected[at]) continue;
    const difference = Math.abs(found[at] - expected[at]) / sizeOf(expected[at]);
    if (!(difference <= most)) most = difference;
    if (Number.isNaN(most)) return NaN;
  }
  return most;
}
