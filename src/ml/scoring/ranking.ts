import type { ClassMetric, ClassOutputs } from './types.js';

/**
 * Metrics of how well values order the samples: scikit-learn's definitions (sklearn/metrics/_ranking.py, version 1.2).
 * They are null where the truth lacks a class that they compare. Rounding takes no score out of its range.
 */

/** The samples in descending order of their values; samples of equal value are neighbors. */
function descending(values: Float64Array): Int32Array {
  return Int32Array.from(values.keys()).sort((a, b) =>
    values[a] === values[b] ? 0 : values[b] > values[a] ? 1 : -1,
  );
}

/**
 * The area under the ROC curve. It is the share of the pairs of a positive and a negative sample that the values order
 * correctly, where a tie counts one half (Mann and Whitney). Whole halves are counted, so the sum is exact.
 */
function area(isPositive: (i: number) => boolean, values: Float64Array): number | null {
  const order = descending(values);
  let [positives, negatives, halves] = [0, 0, 0];
  for (let at = 0; at < order.length;) {
    let [tiedPositives, tiedNegatives] = [0, 0];
    const value = values[order[at]];
    for (; at < order.length && values[order[at]] === value; at++) {
      if (isPositive(order[at])) tiedPositives++;
      else tiedNegatives++;
    }
    halves += tiedNegatives * (2 * positives + tiedPositives);
    positives += tiedPositives;
    negatives += tiedNegatives;
  }
  return positives === 0 || negatives === 0 ? null : halves / (2 * positives * negatives);
}

/** The values that order the samples of a two-class problem: the decision, or else the probability of class 1. */
function rankingValues({ decision, proba, classes }: ClassOutputs): Float64Array | null {
  if (decision) return decision;
  return proba ? probabilitiesOf(1, proba, classes) : null;
}

/** The probabilities of one class, m values. */
function probabilitiesOf(code: number, proba: Float64Array, classes: number): Float64Array {
  const values = new Float64Array(proba.length / classes);
  for (let i = 0; i < values.length; i++) values[i] = proba[i * classes + code];
  return values;
}

function rocAuc(truth: Int32Array, outputs: ClassOutputs): number | null {
  const values = rankingValues(outputs);
  return values && area(i => truth[i] === 1, values);
}

/** The mean of the values; null if one of them is null or if there is none. */
function meanOf(values: (number | null)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === null) return null;
    sum += value;
  }
  return values.length === 0 ? null : sum / values.length;
}

/** The unweighted mean over the classes, each against all others, by its probability (Provost and Domingos 2000). */
function rocAucOneVersusRest(truth: Int32Array, outputs: ClassOutputs): number | null {
  const { proba, classes } = outputs;
  if (classes === 2) return rocAuc(truth, { classes, proba });
  const codes = Array.from({ length: classes }, (_, c) => c);
  return meanOf(codes.map(c => area(i => truth[i] === c, probabilitiesOf(c, proba!, classes))));
}

/** The unweighted mean over the pairs of classes, each pair both ways, by their probabilities (Hand and Till 2001). */
function rocAucOneVersusOne(truth: Int32Array, outputs: ClassOutputs): number | null {
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
 * The sum over thresholds of (gain of recall) x precision; samples of equal value share a threshold. The sum is divided
 * by the number of positives once, at the end. So a perfect ranking adds up whole numbers and scores exactly 1.
 */
function averagePrecision(truth: Int32Array, outputs: ClassOutputs): number | null {
  const values = rankingValues(outputs);
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

/** What the metrics of this file have in common. */
const RANKING = { task: 'classification', direction: 'max' } as const;

export const rankingMetrics: readonly ClassMetric[] = [
  {
    ...RANKING,
    name: 'roc_auc',
    summary: 'area under the ROC curve',
    needs: 'ranking',
    binaryOnly: true,
    aliases: ['auc', 'roc', 'auroc', 'roc_auc_score', 'rocauc'],
    score: rocAuc,
  },
  {
    ...RANKING,
    name: 'roc_auc_ovr',
    summary: 'area under the ROC curve, each class against the rest',
    needs: 'probabilities',
    aliases: [],
    score: rocAucOneVersusRest,
  },
  {
    ...RANKING,
    name: 'roc_auc_ovo',
    summary: 'area under the ROC curve, every pair of classes',
    needs: 'probabilities',
    aliases: [],
    score: rocAucOneVersusOne,
  },
  {
    ...RANKING,
    name: 'average_precision',
    summary: 'area under the precision-recall curve',
    needs: 'ranking',
    binaryOnly: true,
    aliases: ['ap', 'pr_auc', 'auprc', 'average_precision_score'],
    score: averagePrecision,
  },
];
