import type { FoldScores } from '../base/config.js';
import { classesOf, valuesOf, type Matrix, type Target } from '../base/dataset.js';
import { refuseNaN } from './checks.js';
import { codesOfDecision, codesOfProba } from './algebra/matrix.js';
import { score } from './scoring/metrics.js';
import type { ClassOutputs, Metric, Outputs, Truth, ValueOutputs } from './scoring/types.js';
import type { Held } from './stages.js';
import type { Classifier, Predictor } from './types.js';

/** What a model says of samples, and what every metric says of that. */

/** Which outputs of a model are computed: those that the metrics read, or all that the model can give. */
export type Wanted = 'needed' | 'all';

/** All that a model can give, for some samples. Labels are always there. */
export type AllOutputs = (ClassOutputs & { labels: Int32Array }) | ValueOutputs;

/** What is true of m samples with classes, and what a classifier says of them. */
export interface KnownClasses {
  kind: 'classes';
  /** m true class codes. */
  truth: Int32Array;
  /** All that the model can give: labels always; decision and probabilities where it has them. */
  outputs: ClassOutputs & { labels: Int32Array };
  /** m weights of the samples in scores; absent means 1 each. */
  weights?: Float64Array;
}

/** What is true of m samples with values, and what a regressor says of them. */
export interface KnownValues {
  kind: 'values';
  /** m true values. */
  truth: Float64Array;
  outputs: ValueOutputs;
  /** As in `KnownClasses`. */
  weights?: Float64Array;
}

export type Known = KnownClasses | KnownValues;

/** The scores of some samples by metric; null where a metric is not defined. */
export type SampleScores = { [metric: string]: number | null };

/** What a model says of some samples, and every metric of it. */
export interface Scored {
  outputs: Outputs;
  scores: SampleScores;
}

/**
 * What is known of samples with this target. Throws InputError `not-classes` or `not-values` for outputs of the other
 * task.
 */
export function knownOf(target: Target, outputs: AllOutputs, weights?: Float64Array): Known {
  const weighted = weights && { weights };
  return outputs.classes === undefined
    ? { kind: 'values', truth: valuesOf(target).values, outputs, ...weighted }
    : { kind: 'classes', truth: classesOf(target).codes, outputs, ...weighted };
}

/**
 * Scores a model on m samples. Throws InputError `not-a-number` for outputs that are NaN, and `not-classes` or
 * `not-values` for a target of the other task.
 */
export function scoreModel(
  model: Predictor,
  { x, target, weights }: Held,
  metrics: readonly Metric[],
  where = 'this fit',
  wanted: Wanted = 'needed',
): Scored {
  const truth = model.classes === undefined ? valuesOf(target).values : classesOf(target).codes;
  const outputs = outputsOf(model, x, metrics, where, wanted);
  return { outputs, scores: scoresOf(metrics, { truth, outputs, weights }) };
}

/** All of the outputs that a model was asked for. */
export function complete(outputs: Outputs): AllOutputs {
  return outputs.classes === undefined ? outputs : { ...outputs, labels: outputs.labels! };
}

function outputsOf(
  model: Predictor,
  x: Matrix,
  metrics: readonly Metric[],
  where: string,
  wanted: Wanted,
): Outputs {
  if (model.classes !== undefined) return classOutputs(model, x, metrics, where, wanted);
  const values = model.predict(x);
  refuseNaN(values, where);
  return { values };
}

/**
 * The outputs of a classifier for some samples. Each value is computed once. Labels come from the decision, or else
 * from the probabilities. So every metric notices a model that gives NaN. `where` names the fit.
 */
function classOutputs(
  model: Classifier,
  x: Matrix,
  metrics: readonly Metric[],
  where: string,
  wanted: Wanted,
): ClassOutputs {
  const needs = new Set(metrics.map(metric => metric.task === 'classification' && metric.needs));
  const isAll = wanted === 'all';
  const outputs: ClassOutputs = { classes: model.classes, singles: model.singles };
  const isSorted = isAll || needs.has('ranking') || needs.has('labels');
  if (isSorted && model.decision) outputs.decision = model.decision(x);
  if ((isAll || needs.has('probabilities') || (isSorted && !model.decision)) && model.proba) {
    outputs.proba = model.proba(x);
  }
  refuseNaN(outputs.decision, where);
  refuseNaN(outputs.proba, where);
  if (isAll || needs.has('labels')) outputs.labels = labelsOf(model, x, outputs);
  return outputs;
}

function labelsOf(model: Classifier, x: Matrix, { decision, proba }: ClassOutputs): Int32Array {
  if (model.votes) return model.predict(x);
  if (decision) return codesOfDecision(decision, model.classes);
  return proba ? codesOfProba(proba, model.classes) : model.predict(x);
}

/** What a metric reads: what is true of m samples, what a model says of them, and what they weigh. */
export interface Scorable {
  truth: Truth;
  outputs: Outputs;
  /** m weights; absent means 1 each. */
  weights?: Float64Array;
}

/** Every metric of some samples, by name. */
export function scoresOf(metrics: readonly Metric[], { truth, outputs, weights }: Scorable): SampleScores {
  return Object.fromEntries(metrics.map(metric => [metric.name, score(metric, truth, outputs, weights)]));
}

/** Mean and deviation over folds; null where a fold has no score. */
export function scoresOverFolds(
  perFold: readonly SampleScores[],
  metrics: readonly Metric[],
): { [metric: string]: FoldScores | null } {
  return Object.fromEntries(
    metrics.map(({ name }) => {
      const folds = perFold.map(scores => scores[name]);
      return [name, folds.some(value => value === null) ? null : foldScores(folds as number[])];
    }),
  );
}

function foldScores(folds: number[]): FoldScores {
  const mean = folds.reduce((sum, value) => sum + value, 0) / folds.length;
  const squares = folds.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  return { mean, std: Math.sqrt(squares / folds.length), folds };
}
