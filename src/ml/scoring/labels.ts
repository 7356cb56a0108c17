import type { ClassMetric, ClassOutputs } from './types.js';

/**
 * Metrics of class codes: scikit-learn's definitions (sklearn/metrics/_classification.py, version 1.2). Every metric is
 * null without samples. Rounding takes no score out of its range.
 */

/** How often each pair of a true class (row) and a predicted class (column) occurs: k x k counts, row-major. */
function confusion(truth: Int32Array, labels: Int32Array, classes: number): Float64Array {
  const counts = new Float64Array(classes * classes);
  for (let i = 0; i < truth.length; i++) counts[truth[i] * classes + labels[i]]++;
  return counts;
}

/** For each class the number of samples that are of it, that are predicted to be of it, and both. */
interface Tally {
  actual: Float64Array;
  predicted: Float64Array;
  hits: Float64Array;
}

function tally(truth: Int32Array, { labels, classes }: ClassOutputs): Tally {
  const counts = confusion(truth, labels!, classes);
  const [actual, predicted, hits] = [0, 0, 0].map(() => new Float64Array(classes));
  for (let a = 0; a < classes; a++) {
    hits[a] = counts[a * classes + a];
    for (let b = 0; b < classes; b++) {
      actual[a] += counts[a * classes + b];
      predicted[b] += counts[a * classes + b];
    }
  }
  return { actual, predicted, hits };
}

/** 0 where the whole is 0, as scikit-learn's zero_division. */
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** A score of one class, from its counts. */
type PerClass = (hits: number, predicted: number, actual: number) => number;
const precision: PerClass = (hits, predicted) => ratio(hits, predicted);
const recall: PerClass = (hits, _predicted, actual) => ratio(hits, actual);
const f1: PerClass = (hits, predicted, actual) => ratio(2 * hits, predicted + actual);

type Average = 'binary' | 'macro' | 'weighted' | 'micro';

/** Averages a score over the classes that occur in the truth or in the predictions. */
function averaged(perClass: PerClass, average: Average): ClassMetric['score'] {
  return (truth, outputs) => {
    if (truth.length === 0) return null;
    const { actual, predicted, hits } = tally(truth, outputs);
    if (average === 'binary') return perClass(hits[1], predicted[1], actual[1]);
    let [sum, weights, allHits] = [0, 0, 0];
    for (let c = 0; c < outputs.classes; c++) {
      if (actual[c] === 0 && predicted[c] === 0) continue;
      const weight = average === 'weighted' ? actual[c] : 1;
      sum += weight * perClass(hits[c], predicted[c], actual[c]);
      weights += weight;
      allHits += hits[c];
    }
    return average === 'micro' ? perClass(allHits, truth.length, truth.length) : sum / weights;
  };
}

function accuracy(truth: Int32Array, { labels }: ClassOutputs): number | null {
  if (truth.length === 0) return null;
  let hits = 0;
  for (let i = 0; i < truth.length; i++) if (truth[i] === labels![i]) hits++;
  return hits / truth.length;
}

/** The mean recall of the classes that occur in the truth. */
function balancedAccuracy(truth: Int32Array, outputs: ClassOutputs): number | null {
  const { actual, hits } = tally(truth, outputs);
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
function matthewsCorrelation(truth: Int32Array, outputs: ClassOutputs): number | null {
  const n = truth.length;
  if (n === 0) return null;
  const { actual, predicted, hits } = tally(truth, outputs);
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
function cohenKappa(truth: Int32Array, outputs: ClassOutputs): number | null {
  const n = truth.length;
  const { actual, predicted, hits } = tally(truth, outputs);
  let [allHits, both] = [0, 0];
  for (let c = 0; c < outputs.classes; c++) {
    allHits += hits[c];
    both += actual[c] * predicted[c];
  }
  return both === n * n ? null : (allHits * n - both) / (n * n - both);
}

/** The recall of class 0, the negative one. */
function specificity(truth: Int32Array, outputs: ClassOutputs): number | null {
  if (truth.length === 0) return null;
  const { actual, predicted, hits } = tally(truth, outputs);
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
