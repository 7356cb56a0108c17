/** Curves of a classifier of two classes, from its values for samples that it did not see in its fit. Pure. */

/** A point of a curve. */
export type Point = [x: number, y: number];

/** The samples of one fold: m true codes (1 is positive), and m values; larger ones speak for the positive class. */
export interface FoldValues {
  truth: ArrayLike<number>;
  values: ArrayLike<number>;
}

/** How many samples of each kind have a value of at least each threshold. */
interface Steps {
  positives: number;
  negatives: number;
  /** From the largest threshold down: true and false positives. */
  counts: Point[];
}

function stepsOf({ truth, values }: FoldValues): Steps {
  const order = Array.from({ length: truth.length }, (_, i) => i).sort((a, b) => values[b] - values[a]);
  const counts: Point[] = [];
  let [right, wrong] = [0, 0];
  order.forEach((sample, i) => {
    if (truth[sample] === 1) right++;
    else wrong++;
    // Equal values are one threshold.
    if (i + 1 === order.length || values[order[i + 1]] !== values[sample]) counts.push([right, wrong]);
  });
  return { positives: right, negatives: wrong, counts };
}

/**
 * The ROC curve: false positive rate and true positive rate at each threshold, from (0, 0) to (1, 1), as
 * `sklearn.metrics.roc_curve` with all thresholds. Undefined where a class is missing.
 */
export function rocCurve(fold: FoldValues): Point[] | undefined {
  const { positives, negatives, counts } = stepsOf(fold);
  if (positives === 0 || negatives === 0) return undefined;
  return [[0, 0], ...counts.map(([right, wrong]): Point => [wrong / negatives, right / positives])];
}

/** The area under a curve by trapezoids. */
export function areaUnder(curve: readonly Point[]): number {
  let area = 0;
  for (let i = 1; i < curve.length; i++)
    area += ((curve[i][0] - curve[i - 1][0]) * (curve[i][1] + curve[i - 1][1])) / 2;
  return area;
}

/** Recall and precision at each threshold, from the largest down. Undefined without a positive sample. */
export function precisionRecallCurve(fold: FoldValues): Point[] | undefined {
  const { positives, counts } = stepsOf(fold);
  if (positives === 0) return undefined;
  return counts.map(([right, wrong]): Point => [right / positives, right / (right + wrong)]);
}

/** Places on the x axis at which curves are averaged. */
const GRID = Array.from({ length: 51 }, (_, i) => i / 50);

/** The mean of curves at fixed places, by `at`. Undefined where there are none. */
function meanOf(curves: readonly Point[][], at: (curve: Point[], x: number) => number): Point[] | undefined {
  if (curves.length === 0) return undefined;
  return GRID.map((x): Point => [x, curves.reduce((sum, curve) => sum + at(curve, x), 0) / curves.length]);
}

const isCurve = (curve: Point[] | undefined): curve is Point[] => curve !== undefined;

/** The height of a rising curve at x, linear between its points; on a vertical part its upper end, and 0 at 0. */
function heightAt(curve: Point[], x: number): number {
  if (x === 0) return 0;
  const next = curve.findIndex(([right]) => right > x);
  if (next < 0) return curve[curve.length - 1][1];
  const [[x0, y0], [x1, y1]] = [curve[next - 1], curve[next]];
  return y0 + ((x - x0) / (x1 - x0)) * (y1 - y0);
}

/** The mean of the ROC curves of folds, at 51 false positive rates. */
export function meanRoc(folds: readonly FoldValues[]): Point[] | undefined {
  return meanOf(folds.map(rocCurve).filter(isCurve), heightAt);
}

/** The mean over folds of the precision at the first threshold whose recall is at least x, at 51 recalls. */
export function meanPrecisionRecall(folds: readonly FoldValues[]): Point[] | undefined {
  const at = (curve: Point[], x: number): number => curve.find(([recall]) => recall >= x)![1];
  return meanOf(folds.map(precisionRecallCurve).filter(isCurve), at);
}

/** A bin of a calibration curve. */
export type Bin = [probability: number, positives: number, samples: number];

const BINS = 10;

/**
 * Of the samples with a probability in each tenth of [0, 1]: the mean probability, the share of positives, and how many
 * they are, as `sklearn.calibration.calibration_curve` with ten uniform bins. Empty bins are left out.
 */
export function calibrationOf({ truth, values }: FoldValues): Bin[] {
  const sums = Array.from({ length: BINS }, () => ({ probability: 0, positives: 0, samples: 0 }));
  for (let i = 0; i < truth.length; i++) {
    // The edges are those of sklearn: a probability on an edge belongs to the bin below it.
    const bin = sums[Math.max(0, Math.ceil(values[i] * BINS) - 1)];
    bin.probability += values[i];
    bin.positives += truth[i] === 1 ? 1 : 0;
    bin.samples++;
  }
  return sums
    .filter(({ samples }) => samples > 0)
    .map(({ probability, positives, samples }) => [probability / samples, positives / samples, samples]);
}

/** The mean squared distance of the probability of the positive class from the truth. */
export function brierOf({ truth, values }: FoldValues): number {
  let sum = 0;
  for (let i = 0; i < truth.length; i++) {
    const error = values[i] - (truth[i] === 1 ? 1 : 0);
    sum += error * error;
  }
  return sum / truth.length;
}
