import { InputError } from '../base/errors.js';
import { quote } from '../base/listing.js';
import { decimal, decimalOrder } from './numbers.js';

/**
 * Labels (classes, groups) in the order of scikit-learn's encoders: by number where all of them are numbers, else by
 * code points.
 */

/** Compares texts by code points, as numpy does. The order of UTF-16 would put emoji before some letters. */
function byCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = left[i].codePointAt(0)! - right[i].codePointAt(0)!;
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

/**
 * The different values in their order. Throws InputError `ambiguous-label` where one number is written in two ways.
 * They are two labels here, but one label for a program that reads numbers.
 */
export function sortedLabels(values: Iterable<string>, column: string): string[] {
  const labels = [...new Set(values)].sort(byCodePoints);
  if (!labels.every(label => decimal(label) !== undefined)) return labels;
  labels.sort((a, b) => decimalOrder(a, b)!);
  const twice = labels.findIndex((label, i) => i > 0 && decimalOrder(labels[i - 1], label) === 0);
  if (twice < 0) return labels;
  const [first, second] = [labels[twice - 1], labels[twice]].map(quote);
  const message = `${quote(column)} writes one number in two ways: ${first} and ${second}`;
  throw new InputError('ambiguous-label', message, {
    value: labels[twice],
    hint: 'Write it in one way in all rows.',
  });
}

/** The code of each value: its place among the labels. Every value must be a label. */
export function codesOf(values: readonly string[], labels: readonly string[]): Int32Array {
  const codeOf = new Map(labels.map((label, code) => [label, code]));
  return Int32Array.from(values, value => codeOf.get(value)!);
}
