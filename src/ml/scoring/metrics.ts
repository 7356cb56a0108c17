import { InputError } from '../../base/errors.js';
import { didYouMean, oneOf } from '../../base/suggest.js';
import { codesOfDecision, codesOfProba, requireNumbers } from '../algebra/matrix.js';
import { labelMetrics } from './labels.js';
import { probabilityMetrics } from './probabilities.js';
import { rankingMetrics } from './ranking.js';
import type { ClassMetric, ClassOutputs, Metric, Outputs, Truth } from './types.js';
import { valueMetrics } from './values.js';

/**
 * The registry of metrics: scikit-learn's definitions (sklearn.metrics, version 1.2), as its scorers use them. It is
 * the only place of ml/ that knows which scores are better. CONTRIBUTING.md lists what a new one needs.
 */

/** Every metric by its name. */
export const metrics: ReadonlyMap<string, Metric> = new Map(
  [...rankingMetrics, ...labelMetrics, ...probabilityMetrics, ...valueMetrics].map(metric => [
    metric.name,
    metric,
  ]),
);

/** The metric of that name. Throws InputError `unknown-metric`, which suggests the metric that an alias stands for. */
export function findMetric(name: string): Metric {
  const found = metrics.get(name);
  if (found) return found;
  const meant = [...metrics.values()].find(({ aliases }) => aliases.includes(name.toLowerCase()));
  throw new InputError('unknown-metric', `there is no metric "${name}"`, {
    value: name,
    expected: oneOf(metrics.keys()),
    hint: meant ? `Did you mean \`${meant.name}\`?` : didYouMean(name, metrics.keys()),
  });
}

/**
 * Why a metric cannot score a model, given the number of classes (undefined for a target of values) and whether the
 * model has probabilities: an InputError `other-task`, `binary-metric` or `no-probabilities`. undefined if it can.
 */
export function metricProblem(
  metric: Metric,
  classes: number | undefined,
  hasProba: boolean,
): InputError | undefined {
  if (metric.task === 'regression') return classes === undefined ? undefined : otherTask(metric);
  if (classes === undefined) return otherTask(metric);
  return classProblem(metric, classes, hasProba);
}

function otherTask({ name, task }: Metric): InputError {
  const [of, target] = task === 'regression' ? ['values', 'classes'] : ['classes', 'values'];
  return new InputError('other-task', `${name} is a metric of ${of}, and the target holds ${target}`, {
    value: name,
    expected: `a metric of ${target}`,
    hint: `Use ${task === 'regression' ? 'balanced_accuracy' : 'r2'}, for example. \`spt metrics\` lists all.`,
  });
}

function classProblem(
  { name, needs, binaryOnly }: ClassMetric,
  classes: number,
  hasProba: boolean,
): InputError | undefined {
  if (binaryOnly && classes !== 2) {
    const general = metrics.get(`${name}_macro`) ?? metrics.get(`${name}_ovr`);
    const message = `${name} is a metric for two classes, and the target has ${classes}`;
    return new InputError('binary-metric', message, { value: name, hint: general && `Use ${general.name}.` });
  }
  if (needs === 'probabilities' && !hasProba) {
    const message = `${name} needs probabilities, and this model has none`;
    return new InputError('no-probabilities', message, { value: name });
  }
  return undefined;
}

/**
 * The score of these outputs against what is true of m samples. It is null where the metric is not defined for the
 * samples, and where the outputs lack what the metric reads. Labels that are absent are taken from the decision, or
 * else from the probabilities. Throws InputError `not-a-number` where an output is NaN, and `other-task` for outputs of
 * the other task.
 * @param weights m weights of the samples; absent means 1 each
 */
export function score(metric: Metric, truth: Truth, outputs: Outputs, weights?: Float64Array): number | null {
  if (metric.task === 'classification' && outputs.classes !== undefined && truth instanceof Int32Array)
    return classScore(metric, truth, outputs, weights);
  if (metric.task === 'classification' || outputs.classes !== undefined || truth instanceof Int32Array)
    throw otherTask(metric);
  requireNumbers(outputs.values);
  return metric.score(truth, outputs.values, weights);
}

function classScore(
  metric: ClassMetric,
  truth: Int32Array,
  outputs: ClassOutputs,
  weights?: Float64Array,
): number | null {
  const { classes, decision, proba } = outputs;
  const { needs, binaryOnly } = metric;
  if (binaryOnly && classes !== 2) return null;
  if (needs === 'probabilities' && !proba) return null;
  if (needs === 'ranking' && !decision && !proba) return null;
  if (decision) requireNumbers(decision);
  if (proba) requireNumbers(proba);
  if (needs !== 'labels' || outputs.labels) return metric.score(truth, outputs, weights);
  if (!decision && !proba) return null;
  const labels = decision ? codesOfDecision(decision, classes) : codesOfProba(proba!, classes);
  return metric.score(truth, { ...outputs, labels }, weights);
}
