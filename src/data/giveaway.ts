import type { ClassTarget, DataColumn, Matrix, Target } from '../base/dataset.js';

/**
 * Features that give the target away: one feature alone tells all classes apart, or orders all values. It may be the
 * target in other words (birth weight beside low birth weight). Or it was measured after the target was known. A number
 * tells by ranges that do not overlap, a category by levels that stand in one class only.
 */

/** Features are reported where fewer than this number of them are expected to tell the classes apart by chance. */
const BY_CHANCE = 0.01;

/** Natural logarithms of n!, for n from 0 to `most`. */
function logFactorials(most: number): Float64Array {
  const logs = new Float64Array(most + 1);
  for (let n = 2; n <= most; n++) logs[n] = logs[n - 1] + Math.log(n);
  return logs;
}

/**
 * The places of the features that give the target away: they tell all classes apart, by their values or by their
 * missing values, or they order all samples by the values of the target. x is n x p. `columns` are the p columns;
 * absent where all are numbers.
 */
export function givenAway(x: Matrix, target: Target, columns?: readonly DataColumn[]): number[] {
  return target.kind === 'classes'
    ? tellingClasses(x, target, columns)
    : orderingValues(x, target.values, columns);
}

/** With fewer different values than this, an order may be chance. */
const FEW_VALUES = 8;

/** The features without missing values that rise, or fall, with the values of the target, sample by sample. */
function orderingValues(x: Matrix, y: Float64Array, columns?: readonly DataColumn[]): number[] {
  if (new Set(y).size < FEW_VALUES) return [];
  const order = Int32Array.from(y.keys()).sort((a, b) => y[a] - y[b]);
  return Array.from({ length: x.columns }, (_, j) => j).filter(j => {
    // The codes of categories are no magnitudes.
    const values = x.data.subarray(j * x.rows, (j + 1) * x.rows);
    if (columns?.[j].kind === 'category' || values.some(Number.isNaN)) return false;
    const follows = (sign: number): boolean =>
      order.every((i, at) => {
        if (at === 0) return true;
        const [dy, dx] = [y[i] - y[order[at - 1]], sign * (values[i] - values[order[at - 1]])];
        return dy === 0 ? dx === 0 : dx > 0;
      });
    return follows(1) || follows(-1);
  });
}

function tellingClasses(
  x: Matrix,
  { codes: y, k: classes }: ClassTarget,
  columns?: readonly DataColumn[],
): number[] {
  const logs = logFactorials(Math.max(x.rows, classes));
  const limit = Math.log(BY_CHANCE / x.columns);
  const sizes = new Int32Array(classes);
  for (const code of y) sizes[code]++;
  /** The logarithm of the chance that samples in random order stand sorted by class. */
  const chance = (counts: Int32Array): number =>
    counts.reduce(
      (sum, count) => sum + logs[count],
      logs[counts.length] - logs[counts.reduce((a, b) => a + b, 0)],
    );

  const found: number[] = [];
  for (let j = 0; j < x.columns; j++) {
    const values = x.data.subarray(j * x.rows, (j + 1) * x.rows);
    const column = columns?.[j];
    const levels = column?.kind === 'category' ? column.levels.length + 1 : 0;
    if (levels === 0 && overlapSoon(values, y, classes)) continue;
    const { lows, highs, counts } = ranges(values, y, classes);
    const areThere = counts.every(count => count > 0);
    const apart = areThere && (levels > 0 ? arePure(values, y, levels) : areApart(lows, highs));
    // Each level may belong to any class, so there are at most classes^levels ways to be pure.
    const ways = levels * Math.log(classes);
    if (
      apart
        ? chance(counts) + ways < limit
        : isThereByClass(counts, sizes) && chance(presence(counts, y.length)) < limit
    )
      found.push(j);
  }
  return found;
}

/** Most features show in so many samples that they tell no classes apart. */
const SOON = 50;

/** Whether each class has a value in the first samples, and the ranges of these values overlap. */
function overlapSoon(values: Float64Array, y: Int32Array, classes: number): boolean {
  const { lows, highs, counts } = ranges(values.subarray(0, SOON), y, classes);
  return counts.every(count => count > 0) && !areApart(lows, highs);
}

/** The smallest and the largest value of each class, and how many values the class has. */
function ranges(values: Float64Array, y: Int32Array, classes: number) {
  const lows = new Float64Array(classes).fill(Infinity);
  const highs = new Float64Array(classes).fill(-Infinity);
  const counts = new Int32Array(classes);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) continue;
    const code = y[i];
    counts[code]++;
    if (value < lows[code]) lows[code] = value;
    if (value > highs[code]) highs[code] = value;
  }
  return { lows, highs, counts };
}

/** Whether the ranges do not overlap. */
function areApart(lows: Float64Array, highs: Float64Array): boolean {
  const order = [...lows.keys()].sort((a, b) => lows[a] - lows[b]);
  return order.every((code, i) => i === 0 || highs[order[i - 1]] < lows[code]);
}

/** Whether the samples of each level are of one class. */
function arePure(codes: Float64Array, y: Int32Array, levels: number): boolean {
  const classOf = new Int32Array(levels).fill(-1);
  for (let i = 0; i < codes.length; i++) {
    if (Number.isNaN(codes[i])) continue;
    if (classOf[codes[i]] < 0) classOf[codes[i]] = y[i];
    else if (classOf[codes[i]] !== y[i]) return false;
  }
  return true;
}

/** Whether some classes have a value in all samples, and the others in none. */
function isThereByClass(counts: Int32Array, sizes: Int32Array): boolean {
  if (!counts.every((count, code) => count === 0 || count === sizes[code])) return false;
  return counts.some(count => count === 0) && counts.some(count => count > 0);
}

/** How many of n samples have a value, and how many have none. */
function presence(counts: Int32Array, n: number): Int32Array {
  const there = counts.reduce((sum, count) => sum + count, 0);
  return Int32Array.of(there, n - there);
}
