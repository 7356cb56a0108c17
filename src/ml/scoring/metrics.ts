import { isLoss } from '../../base/direction.js';
import { InputError } from '../../base/errors.js';
import { didYouMean, oneOf } from '../../base/suggest.js';
import { log } from '../../kernels/math.js';
import { codesOfDecision, codesOfProba, refuseNaN } from '../algebra/matrix.js';
import { pairwiseSum } from '../algebra/sums.js';

/**
 * Metrics of classifiers: scikit-learn's definitions (sklearn.metrics, version 1.2), as its scorers use them. Class codes
 * are 0..k-1 and 1 is the positive class of two. A metric that is not defined for the samples at hand (one class only in
 * what is true, or no value that the model can give) is null. log_loss and the averages are defined where a class is
 * missing from what is true: scikit-learn's scorer of log_loss has no number there, since it takes the classes from there.
 *
 * NaN in what a model says is refused. No rounding leads out of a metric's range: what cannot exceed 1 does not.
 */

/** What a metric is computed from: class codes, values that rank samples, or probabilities. */
export type MetricNeeds = 'labels' | 'ranking' | 'probabilities';

/** What a model says of m samples. Only what a metric needs has to be there. */
export interface Outputs {
  classes: number;
  /** m class codes. */
  labels?: Int32Array;
  /** As `Classifier.decision`. */
  decision?: Float64Array;
  /** As `Classifier.proba`. */
  proba?: Float64Array;
  /** As `Classifier.singles`. */
  singles?: boolean;
}

export interface Metric {
  name: string;
  /** One line for help. */
  summary: string;
  greaterIsBetter: boolean;
  needs: MetricNeeds;
  /** Whether it is defined for two classes only. */
  binaryOnly: boolean;
  /** Other names that people may type, such as scikit-learn's scorer. Not accepted, but suggested from. */
  aliases: readonly string[];
  /** The score of these outputs against the true codes, or null where it is not defined. */
  score(truth: Int32Array, outputs: Outputs): number | null;
}

/** Counts of true class (row) against predicted class (column), k x k row-major. */
function confusion(truth: Int32Array, labels: Int32Array, classes: number): Float64Array {
  const counts = new Float64Array(classes * classes);
  for (let i = 0; i < truth.length; i++) counts[truth[i] * classes + labels[i]]++;
  return counts;
}

/** Per class: samples that are of it, samples that are said to be, and both. */
interface Tally {
  actual: Float64Array;
  said: Float64Array;
  hit: Float64Array;
}

function tally(truth: Int32Array, labels: Int32Array, classes: number): Tally {
  const counts = confusion(truth, labels, classes);
  const [actual, said, hit] = [0, 0, 0].map(() => new Float64Array(classes));
  for (let a = 0; a < classes; a++) {
    hit[a] = counts[a * classes + a];
    for (let b = 0; b < classes; b++) {
      actual[a] += counts[a * classes + b];
      said[b] += counts[a * classes + b];
    }
  }
  return { actual, said, hit };
}

/** 0 where nothing is counted, as scikit-learn's zero_division. */
const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

type PerClass = (hit: number, said: number, actual: number) => number;
const precision: PerClass = (hit, said) => ratio(hit, said);
const recall: PerClass = (hit, _said, actual) => ratio(hit, actual);
const f1: PerClass = (hit, said, actual) => ratio(2 * hit, said + actual);

type Average = 'binary' | 'macro' | 'weighted' | 'micro';

/** Averages a per-class value over the classes that occur in the truth or in the labels. */
function averaged(perClass: PerClass, average: Average): Metric['score'] {
  return (truth, { labels, classes }) => {
    if (truth.length === 0) return null;
    const { actual, said, hit } = tally(truth, labels!, classes);
    if (average === 'binary') return perClass(hit[1], said[1], actual[1]);
    let [sum, weights, hits] = [0, 0, 0];
    for (let c = 0; c < classes; c++) {
      if (actual[c] === 0 && said[c] === 0) continue;
      const weight = average === 'weighted' ? actual[c] : 1;
      sum += weight * perClass(hit[c], said[c], actual[c]);
      weights += weight;
      hits += hit[c];
    }
    return average === 'micro' ? perClass(hits, truth.length, truth.length) : sum / weights;
  };
}

function accuracy(truth: Int32Array, { labels }: Outputs): number | null {
  if (truth.length === 0) return null;
  let hits = 0;
  for (let i = 0; i < truth.length; i++) if (truth[i] === labels![i]) hits++;
  return hits / truth.length;
}

/** The mean recall of the classes that occur in the truth. */
function balancedAccuracy(truth: Int32Array, { labels, classes }: Outputs): number | null {
  const { actual, hit } = tally(truth, labels!, classes);
  let [sum, present] = [0, 0];
  for (let c = 0; c < classes; c++) {
    if (actual[c] === 0) continue;
    sum += hit[c] / actual[c];
    present++;
  }
  return present === 0 ? null : sum / present;
}

/** Matthews' correlation coefficient for k classes (Gorodkin 2004); 0 where one side is constant. */
function mcc(truth: Int32Array, { labels, classes }: Outputs): number | null {
  const n = truth.length;
  if (n === 0) return null;
  const { actual, said, hit } = tally(truth, labels!, classes);
  let [hits, both, actualSquares, saidSquares] = [0, 0, 0, 0];
  for (let c = 0; c < classes; c++) {
    hits += hit[c];
    both += actual[c] * said[c];
    actualSquares += actual[c] * actual[c];
    saidSquares += said[c] * said[c];
  }
  const spread = (n * n - actualSquares) * (n * n - saidSquares);
  return spread === 0 ? 0 : (hits * n - both) / Math.sqrt(spread);
}

/** The samples in descending order of their values, equal values in one run. */
function descending(values: Float64Array): Int32Array {
  return Int32Array.from(values.keys()).sort((a, b) =>
    values[a] === values[b] ? 0 : values[b] > values[a] ? 1 : -1,
  );
}

/**
 * The area under the ROC curve: the share of pairs of a positive and a negative sample that the values order rightly, ties
 * by half (Mann and Whitney). Counted in whole halves, so exact.
 */
function area(positive: (i: number) => boolean, values: Float64Array): number | null {
  const order = descending(values);
  let [positives, negatives, halves] = [0, 0, 0];
  for (let at = 0; at < order.length;) {
    let [tiedPositives, tiedNegatives] = [0, 0];
    const value = values[order[at]];
    for (; at < order.length && values[order[at]] === value; at++) {
      if (positive(order[at])) tiedPositives++;
      else tiedNegatives++;
    }
    halves += tiedNegatives * (2 * positives + tiedPositives);
    positives += tiedPositives;
    negatives += tiedNegatives;
  }
  return positives === 0 || negatives === 0 ? null : halves / (2 * positives * negatives);
}

/** What ranks the samples of a two-class problem: the decision, or else the probability of class 1. */
function ranking({ decision, proba, classes }: Outputs): Float64Array | null {
  if (decision) return decision;
  return proba ? probabilityOf(proba, classes, 1) : null;
}

function probabilityOf(proba: Float64Array, classes: number, code: number): Float64Array {
  const values = new Float64Array(proba.length / classes);
  for (let i = 0; i < values.length; i++) values[i] = proba[i * classes + code];
  return values;
}

function rocAuc(truth: Int32Array, outputs: Outputs): number | null {
  const values = ranking(outputs);
  return values && area(i => truth[i] === 1, values);
}

/** The mean of a list that may have holes; null with a hole or without values. */
function meanOf(values: (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum / values.length;
}

/** Each class against all others, by its probability; unweighted mean (Provost and Domingos 2000). */
function rocAucOneVersusRest(truth: Int32Array, outputs: Outputs): number | null {
  const { proba, classes } = outputs;
  if (classes === 2) return rocAuc(truth, { classes, proba });
  const codes = Array.from({ length: classes }, (_, c) => c);
  return meanOf(codes.map(c => area(i => truth[i] === c, probabilityOf(proba!, classes, c))));
}

/** Every pair of classes both ways, by their probabilities; unweighted mean (Hand and Till 2001). */
function rocAucOneVersusOne(truth: Int32Array, outputs: Outputs): number | null {
  const { proba, classes } = outputs;
  if (classes === 2) return rocAuc(truth, { classes, proba });
  const pairs: (number | null)[] = [];
  for (let a = 0; a < classes; a++) {
    for (let b = a + 1; b < classes; b++) {
      const members = Int32Array.from(truth.keys()).filter(i => truth[i] === a || truth[i] === b);
      const areaOf = (code: number): number | null => {
        const values = Float64Array.from(members, i => proba![i * classes + code]);
        return area(at => truth[members[at]] === code, values);
      };
      pairs.push(meanOf([areaOf(a), areaOf(b)]));
    }
  }
  return meanOf(pairs);
}

/**
 * Sum over thresholds of (gain of recall) x precision, samples of equal value at once. Divided by the positives once, at
 * the end: a perfect ranking adds up whole numbers, so it has 1 and no ranking has more.
 */
function averagePrecision(truth: Int32Array, outputs: Outputs): number | null {
  const values = ranking(outputs);
  if (!values) return null;
  const order = descending(values);
  let positives = 0;
  for (const code of truth) positives += code === 1 ? 1 : 0;
  if (positives === 0) return null;
  let [sum, hits] = [0, 0];
  for (let at = 0; at < order.length;) {
    const value = values[order[at]];
    const before = hits;
    for (; at < order.length && values[order[at]] === value; at++) hits += truth[order[at]] === 1 ? 1 : 0;
    sum += (hits - before) * (hits / at);
  }
  return sum / positives;
}

/** The spacing of f32 at 1. */
const EPSILON_SINGLE = 1.1920928955078125e-7;

/**
 * Minus the mean log of the probability of the true class, probabilities cut to [eps, 1 - eps] and made to add up. eps is
 * what numbers of their kind, f32 or f64, can tell from 1, and the cutting and dividing is done in that kind.
 */
function logLoss(truth: Int32Array, { proba, singles, classes }: Outputs): number | null {
  if (truth.length === 0) return null;
  const eps = singles ? EPSILON_SINGLE : Number.EPSILON;
  const row = new (singles ? Float32Array : Float64Array)(classes);
  let sum = 0;
  for (let i = 0; i < truth.length; i++) {
    for (let c = 0; c < classes; c++) row[c] = Math.min(Math.max(proba![i * classes + c], eps), 1 - eps);
    const share = row[truth[i]] / pairwiseSum(row);
    sum -= log(singles ? Math.fround(share) : share);
  }
  return sum / truth.length;
}

function brierScore(truth: Int32Array, { proba }: Outputs): number | null {
  if (truth.length === 0) return null;
  let sum = 0;
  for (let i = 0; i < truth.length; i++) {
    const miss = proba![2 * i + 1] - (truth[i] === 1 ? 1 : 0);
    sum += miss * miss;
  }
  return sum / truth.length;
}

function metric(
  name: string,
  summary: string,
  needs: MetricNeeds,
  score: Metric['score'],
  options: Partial<Pick<Metric, 'binaryOnly' | 'aliases'>> = {},
): Metric {
  const greaterIsBetter = !isLoss(name);
  return { name, summary, needs, score, greaterIsBetter, binaryOnly: false, aliases: [], ...options };
}

const AVERAGES: [Average, string][] = [
  ['binary', 'of class 1'],
  ['macro', 'mean over classes'],
  ['weighted', 'mean over classes by their size'],
  ['micro', 'over all samples at once'],
];

/** `f1` for two classes, `f1_macro` and so on for any number. */
function averages(name: string, summary: string, perClass: PerClass): Metric[] {
  return AVERAGES.map(([average, how]) => {
    const binaryOnly = average === 'binary';
    const full = binaryOnly ? name : `${name}_${average}`;
    const aliases = binaryOnly ? [`${name}_score`, `${name}_binary`] : [`${name}_score_${average}`];
    return metric(full, `${summary}, ${how}`, 'labels', averaged(perClass, average), { binaryOnly, aliases });
  });
}

const BINARY = { binaryOnly: true };

/** Every metric by its name. */
export const metrics: ReadonlyMap<string, Metric> = new Map(
  [
    metric('roc_auc', 'area under the ROC curve', 'ranking', rocAuc, {
      ...BINARY,
      aliases: ['auc', 'roc', 'auroc', 'roc_auc_score', 'rocauc'],
    }),
    metric(
      'roc_auc_ovr',
      'area under the ROC curve, each class against the rest',
      'probabilities',
      rocAucOneVersusRest,
    ),
    metric(
      'roc_auc_ovo',
      'area under the ROC curve, every pair of classes',
      'probabilities',
      rocAucOneVersusOne,
    ),
    metric('accuracy', 'share of samples that are right', 'labels', accuracy, {
      aliases: ['acc', 'accuracy_score'],
    }),
    metric('balanced_accuracy', 'mean recall of the classes', 'labels', balancedAccuracy, {
      aliases: ['bacc', 'balanced_accuracy_score'],
    }),
    ...averages('f1', 'harmonic mean of precision and recall', f1),
    ...averages('precision', 'share of the samples said to be of a class that are', precision),
    ...averages('recall', 'share of the samples of a class that are found', recall),
    metric('log_loss', 'minus the mean log-likelihood', 'probabilities', logLoss, {
      aliases: ['neg_log_loss', 'logloss', 'cross_entropy'],
    }),
    metric('brier_score', 'mean squared error of the probability of class 1', 'probabilities', brierScore, {
      ...BINARY,
      aliases: ['neg_brier_score', 'brier_score_loss', 'brier'],
    }),
    metric('mcc', "Matthews' correlation coefficient", 'labels', mcc, {
      aliases: ['matthews_corrcoef', 'matthews', 'phi'],
    }),
    metric('average_precision', 'area under the precision-recall curve', 'ranking', averagePrecision, {
      ...BINARY,
      aliases: ['ap', 'pr_auc', 'auprc', 'average_precision_score'],
    }),
  ].map(entry => [entry.name, entry]),
);

/** The metric of that name. Throws InputError `unknown-metric`, with a suggestion where an alias is known. */
export function findMetric(name: string): Metric {
  const found = metrics.get(name);
  if (found) return found;
  const meant = [...metrics.values()].find(entry => entry.aliases.includes(name.toLowerCase()));
  throw new InputError('unknown-metric', `there is no metric "${name}"`, {
    value: name,
    expected: oneOf(metrics.keys()),
    hint: meant ? `Did you mean \`${meant.name}\`?` : didYouMean(name, metrics.keys()),
  });
}

/** What stands against a metric for so many classes and a model with or without probabilities; undefined if nothing. */
export function metricProblem(entry: Metric, classes: number, hasProba: boolean): InputError | undefined {
  if (entry.binaryOnly && classes !== 2) {
    const many = metrics.get(`${entry.name}_macro`) ?? metrics.get(`${entry.name}_ovr`);
    return new InputError(
      'binary-metric',
      `${entry.name} is a metric for two classes, and the target has ${classes}`,
      {
        value: entry.name,
        hint: many && `Use ${many.name}.`,
      },
    );
  }
  if (entry.needs === 'probabilities' && !hasProba) {
    return new InputError('no-probabilities', `${entry.name} needs probabilities, and this model has none`, {
      value: entry.name,
    });
  }
  return undefined;
}

/** The score, or null where it is not defined or the outputs lack what it needs. Throws InputError `not-a-number`. */
export function score(entry: Metric, truth: Int32Array, outputs: Outputs): number | null {
  const { classes, decision, proba } = outputs;
  if (entry.binaryOnly && classes !== 2) return null;
  if (entry.needs === 'probabilities' && !proba) return null;
  if (entry.needs === 'ranking' && !decision && !proba) return null;
  if (decision) refuseNaN(decision);
  if (proba) refuseNaN(proba);
  if (entry.needs !== 'labels' || outputs.labels) return entry.score(truth, outputs);
  if (!decision && !proba) return null;
  const labels = decision ? codesOfDecision(decision, classes) : codesOfProba(proba!, classes);
  return entry.score(truth, { ...outputs, labels });
}
