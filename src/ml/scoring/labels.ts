import type { ClassMetric, ClassOutputs } from './types.js';

/**
 * Metrics of class codes: scikit-learn's definitions (sklearn/metrics/_classification.py, version 1.2). Every metric is
 * null without samples, and where all samples weigh 0. Rounding takes no score out of its range.
 */

/** What each pair of a true class (row) and a predicted class (column) weighs: k x k sums, row-major. */
function confusion(
  truth: Int32Array,
  labels: Int32Array,
  classes: number,
  weights?: Float64Array,
): Float64Array {
  const sums = new Float64Array(classes * classes);
  for (let i = 0; i < truth.length; i++) sums[truth[i] * classes + labels[i]] += weights?.[i] ?? 1;
  return sums;
}

/** For each class what the samples weigh that are of it, that are predicted to be of it, and both; and all samples. */
interface Tally {
  actual: Float64Array;
  predicted: Float64Array;
  hits: Float64Array;
  total: number;
}

function tally(truth: Int32Array, { labels, classes }: ClassOutputs, weights?: Float64Array): Tally {
  const sums = confusion(truth, labels!, classes, weights);
  const [actual, predicted, hits] = [0, 0, 0].map(() => new Float64Array(classes));
  for (let a = 0; a < classes; a++) {
    hits[a] = sums[a * classes + a];
    for (let b = 0; b < classes; b++) {
      actual[a] += sums[a * classes + b];
      predicted[b] += sums[a * classes + b];
    }
  }
  return { actual, predicted, hits, total: actual.reduce((sum, weight) => sum + weight, 0) };
}

/** 0 where the whole is 0, as scikit-learn's zero_division. */
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** A score of one class, from its counts. */
type PerClass = (hits: number, predicted: number, actual: number) => number;
const precision: PerClass = (hits, predicted) => ratio(hits, predicted);
const recall: PerClass = (hits, _predicted, actual) => ratio(hits, actual);
const f1: PerClass = (hits, predicted, actual) => ratio(2 * hits, predicted + actual);

type Average = 'binary' | 'macro' | 'weighted' | 'micro';

/** For each class whether it is in the truth or in the predictions, whatever its samples weigh. */
function occurring(truth: Int32Array, { labels, classes }: ClassOutputs): Uint8Array {
  const occurs = new Uint8Array(classes);
  for (let i = 0; i < truth.length; i++) occurs[truth[i]] = occurs[labels![i]] = 1;
  return occurs;
}

/** Averages a score over the classes that occur in the truth or in the predictions, whatever they weigh. */
function averaged(perClass: PerClass, average: Average): ClassMetric['score'] {
  return (truth, outputs, weights) => {
    const { actual, predicted, hits, total } = tally(truth, outputs, weights);
    if (total === 0) return null;
    if (average === 'binary') return perClass(hits[1], predicted[1], actual[1]);
    const occurs = occurring(truth, outputs);
    let [sum, shares, allHits] = [0, 0, 0];
    for (let c = 0; c < outputs.classes; c++) {
      if (occurs[c] === 0) continue;
      const share = average === 'weighted' ? actual[c] : 1;
      sum += share * perClass(hits[c], predicted[c], actual[c]);
      shares += share;
      allHits += hits[c];
    }
    return average === 'micro' ? perClass(allHits, total, total) : sum / shares;
  };
}

function accuracy(truth: Int32Array, { labels }: ClassOutputs, weights?: Float64Array): number | null {
  let [hits, total] = [0, 0];
  for (let i = 0; i < truth.length; i++) {
    const weight = weights?.[i] ?? 1;
    total += weight;
    if (truth[i] === labels![i]) hits += weight;
  }
  return total === 0 ? null : hits / total;
}

/** The mean recall of the classes that occur in the truth. */
function balancedAccuracy(truth: Int32Array, outputs: ClassOutputs, weights?: Float64Array): number | null {
  const { actual, hits } = tally(truth, outputs, weights);
  let [sum, present] = [0, 0];
  for (let c = 0; c < outputs.classes; c++) {
    if (actual[c] === 0) continue;
    sum += hits[c] / actual[c];
    present++;
  }
  return present === 0 ? null : sum / present;
}

/**
 * Matthews' correlation coefficient for k classes (Gorodkin, "Comparing two K-category assignments by a K-category
 * correlation coefficient", 2004). It is 0 where all samples have one true class or one predicted class.
 */
function matthewsCorrelation(
  truth: Int32Array,
  outputs: ClassOutputs,
  weights?: Float64Array,
): number | null {
  const { actual, predicted, hits, total: n } = tally(truth, outputs, weights);
  if (n === 0) return null;
  let [allHits, both, actualSquares, predictedSquares] = [0, 0, 0, 0];
  for (let c = 0; c < outputs.classes; c++) {
    allHits += hits[c];
    both += actual[c] * predicted[c];
    actualSquares += actual[c] * actual[c];
    predictedSquares += predicted[c] * predicted[c];
  }
  const spread = (n * n - actualSquares) * (n * n - predictedSquares);
  return spread === 0 ? 0 : (allHits * n - both) / Math.sqrt(spread);
}

/**
 * Cohen's kappa: the agreement of truth and predictions beyond that of chance, where chance keeps the sizes of the
 * classes (Cohen, "A coefficient of agreement for nominal scales", 1960). It is null where both have one and the same
 * class only, because chance then agrees always.
 */
function cohenKappa(truth: Int32Array, outputs: ClassOutputs, weights?: Float64Array): number | null {
  const { actual, predicted, hits, total: n } = tally(truth, outputs, weights);
  let [allHits, both] = [0, 0];
  for (let c = 0; c < outputs.classes; c++) {
    allHits += hits[c];
    both += actual[c] * predicted[c];
  }
  return both === n * n ? null : (allHits * n - both) / (n * n - both);
}

/** The recall of class 0, the negative one. */
function specificity(truth: Int32Array, outputs: ClassOutputs, weights?: Float64Array): number | null {
  const { actual, predicted, hits, total } = tally(truth, outputs, weights);
  if (total === 0) return null;
  return recall(hits[0], predicted[0], actual[0]);
}

const AVERAGES: [Average, string][] = [
  ['binary', 'of class 1'],
  ['macro', 'mean over classes'],
  ['weighted', 'mean over classes, weighted by their size'],
  ['micro', 'over all samples at once'],
];

/** What the metrics of this file have in common. */
const LABELS = { task: 'classification', direction: 'max', needs: 'labels' } as const;

/** `f1` for two classes; `f1_macro`, `f1_weighted` and `f1_micro` for any number of classes. */
function averages(name: string, summary: string, perClass: PerClass): ClassMetric[] {
  return AVERAGES.map(([average, how]) => {
    const binaryOnly = average === 'binary';
    return {
      ...LABELS,
      name: binaryOnly ? name : `${name}_${average}`,
      summary: `${summary}, ${how}`,
      binaryOnly,
      aliases: binaryOnly ? [`${name}_score`, `${name}_binary`] : [`${name}_score_${average}`],
      score: averaged(perClass, average),
    };
  });
}

export const labelMetrics: readonly ClassMetric[] = [
  {
    ...LABELS,
    name: 'accuracy',
    summary: 'share of the samples whose class is predicted correctly',
    isMean: true,
    aliases: ['acc', 'accuracy_score'],
    score: accuracy,
  },
  {
    ...LABELS,
    name: 'balanced_accuracy',
    summary: 'mean recall of the classes',
    aliases: ['bacc', 'balanced_accuracy_score'],
    score: balancedAccuracy,
  },
  ...averages('f1', 'harmonic mean of precision and recall', f1),
  ...averages('precision', 'share of the samples predicted to be of a class that are of it', precision),
  ...averages('recall', 'share of the samples of a class that are predicted to be of it', recall),
  {
    ...LABELS,
    name: 'specificity',
    summary: 'share of the samples of class 0 that are predicted to be of it',
    binaryOnly: true,
    aliases: ['specificity_score', 'true_negative_rate', 'tnr'],
    score: specificity,
  },
  {
    ...LABELS,
    name: 'mcc',
    summary: "Matthews' correlation coefficient",
    aliases: ['matthews_corrcoef', 'matthews', 'phi'],
    score: matthewsCorrelation,
  },
  {
    ...LABELS,
    name: 'cohen_kappa',
    summary: "Cohen's kappa: agreement beyond chance",
    aliases: ['kappa', 'cohen_kappa_score', 'cohens_kappa'],
    score: cohenKappa,
  },
];
