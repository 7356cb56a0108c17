import { z } from 'zod';
import type { Matrix } from '../../base/dataset.js';
import type { Rng } from '../../base/rng.js';
import { bayesianRidge, type LinearFunction } from '../algebra/bayesian-ridge.js';
import { column, mapColumns, takeColumns, takeRows } from '../algebra/matrix.js';
import { mode, moments, quantile, sortedPresent } from '../algebra/statistics.js';
import { unless } from '../effective.js';
import type { Invariances } from '../invariances.js';
import { unused, unusedParameters } from '../parameters.js';
import { ownGenerator, randomState } from '../random-state.js';
import type { FitContext, Problem } from '../types.js';
import { defineTransform } from './define.js';
import { columnsOfGaps, completed, GAP_PARAMETERS, gapsOf, leftOfGaps } from './gaps.js';

/**
 * scikit-learn's IterativeImputer (sklearn/impute/_iterative.py): each feature with missing values is predicted from
 * all others by BayesianRidge, in turn and in several rounds. The fit keeps every one of these functions, and a new
 * sample goes through all of them in their order.
 *
 * Left out: other estimators, samples from the posterior, and a random choice of features to predict from.
 */

const limit = z.number().nullable().default(null);

const PARAMETERS = z.strictObject({
  estimator: unused(z.null().default(null), 'no effect here: the estimator is BayesianRidge'),
  sample_posterior: unused(z.literal(false).default(false), 'no effect here: values are means'),
  max_iter: z.int().min(0).default(10).describe('the most rounds; 0 fills in the initial values'),
  tol: z
    .number()
    .min(0)
    .default(1e-3)
    .describe('the change, relative to the largest value, that ends the rounds'),
  n_nearest_features: unused(z.null().default(null), 'no effect here: all features are used'),
  initial_strategy: z
    .enum(['mean', 'median', 'most_frequent', 'constant'])
    .default('mean')
    .describe('what a missing value is before the first round; constant is 0'),
  imputation_order: z
    .enum(['ascending', 'descending', 'roman', 'arabic', 'random'])
    .default('ascending')
    .describe(
      'the order of the features: by how many values are missing, from the left, from the right, or random',
    ),
  skip_complete: z
    .boolean()
    .default(false)
    .describe(
      'whether features without missing values in the fit get no function; their later gaps get initial values',
    ),
  min_value: limit.describe('the smallest value that is filled in; null is no limit'),
  max_value: limit.describe('the largest value that is filled in; null is no limit'),
  verbose: unusedParameters.verbose,
  random_state: randomState,
  ...GAP_PARAMETERS,
});

type Parameters = z.infer<typeof PARAMETERS>;

const INITIAL = {
  mean: (values: Float64Array) => moments(values).mean,
  median: (values: Float64Array) => quantile(sortedPresent(values), 0.5),
  most_frequent: (values: Float64Array) => mode(sortedPresent(values)),
  constant: () => 0,
};

export const iterativeImputer = defineTransform({
  name: 'IterativeImputer',
  summary: 'fills in missing values by predicting each feature from the others',
  missing: true,
  params: PARAMETERS.superRefine(({ min_value, max_value }, context) => {
    if (min_value === null || max_value === null || min_value < max_value) return;
    const message = 'max_value is above min_value';
    context.addIssue({ code: 'custom', path: ['max_value'], message, input: max_value });
  }),
  invariances: ({ initial_strategy, min_value, max_value }): Invariances => {
    const isBound = initial_strategy === 'constant' || min_value !== null || max_value !== null;
    const shift = isBound ? 'no' : 'close';
    const rest = { featureOrder: 'close', sampleOrder: 'close', doubled: 'no', upToScale: true } as const;
    return { shift, scale: 'no', featureScales: 'no', ...rest };
  },
  effective: params => unless(params.imputation_order === 'random', params, 'random_state'),
  leaves: (params, shape) => leftOfGaps(params, shape),
  learn({ x }: Problem, params, context) {
    const gaps = gapsOf(x, params, context);
    const initial = Float64Array.from(gaps.valid, j => INITIAL[params.initial_strategy](column(x, j)));
    const functions = learnRounds(takeColumns(x, gaps.valid), initial, params, context);
    return {
      ...gaps,
      initial,
      targets: Int32Array.from(functions, ({ target }) => target),
      coefs: functions.map(({ coef }) => coef),
      intercepts: Float64Array.from(functions, ({ intercept }) => intercept),
      low: params.min_value ?? -Infinity,
      high: params.max_value ?? Infinity,
    };
  },
  apply(learned, x) {
    const { valid, initial, targets, coefs, intercepts } = learned;
    const given = takeColumns(x, valid);
    const missing = missingRows(given);
    const filled = withInitial(given, initial);
    targets.forEach((target, at) => {
      const own = { target, coef: coefs[at], intercept: intercepts[at] };
      fillIn(filled, missing[target], own, learned);
    });
    return completed(x, filled, learned);
  },
  columns: (learned, columns) => columnsOfGaps(learned, columns),
  flow: (_, features) => ({ kind: 'mixed', features }),
});

/** A feature, and how it is predicted from all others, in their order. */
interface Prediction extends LinearFunction {
  target: number;
}

interface Limits {
  low: number;
  high: number;
}

/** The predictions of all rounds in their order. */
function learnRounds(
  x: Matrix,
  initial: Float64Array,
  params: Parameters,
  { rng, warn }: FitContext,
): Prediction[] {
  const missing = missingRows(x);
  if (x.columns < 2) return [];
  const limits = { low: params.min_value ?? -Infinity, high: params.max_value ?? Infinity };
  const largest = x.data.reduce(
    (most, value) => Math.max(most, Math.abs(Number.isNaN(value) ? 0 : value)),
    0,
  );
  const filled = withInitial(x, initial);
  const drawing = ownGenerator(rng, params.random_state);
  const found: Prediction[] = [];
  for (let round = 0; round < params.max_iter; round++) {
    const before = filled.data.slice();
    for (const target of orderOf(missing, params, drawing)) {
      const prediction = predictionOf(filled, missing[target], target);
      found.push(prediction);
      fillIn(filled, missing[target], prediction, limits);
    }
    if (largestRowSum(filled, before) < params.tol * largest) return found;
  }
  if (missing.some(rows => rows.length > 0) && params.max_iter > 0) {
    const message = `values still change after ${params.max_iter} rounds. Raise max_iter or tol.`;
    warn({ code: 'still-changing', message: `The imputed ${message}` });
  }
  return found;
}

/** For each feature the samples that lack it. */
function missingRows(x: Matrix): Int32Array[] {
  const rows = Int32Array.from({ length: x.rows }, (_, i) => i);
  return Array.from({ length: x.columns }, (_, j) => {
    const values = column(x, j);
    return rows.filter(i => Number.isNaN(values[i]));
  });
}

function withInitial(x: Matrix, initial: Float64Array): Matrix {
  return mapColumns(x, (value, j) => (Number.isNaN(value) ? initial[j] : value));
}

/** The features of a round in their order. */
function orderOf(missing: readonly Int32Array[], params: Parameters, rng: Rng): number[] {
  const counts = missing.map(rows => rows.length);
  const places = [...counts.keys()].filter(j => !params.skip_complete || counts[j] > 0);
  switch (params.imputation_order) {
    case 'ascending':
      return places.sort((a, b) => counts[a] - counts[b] || a - b);
    case 'descending':
      return places.sort((a, b) => counts[b] - counts[a] || b - a);
    case 'roman':
      return places;
    case 'arabic':
      return places.reverse();
    case 'random':
      return rng.shuffle(places);
  }
}

/** Learns a feature from the others, by the samples that have it. */
function predictionOf(filled: Matrix, missing: Int32Array, target: number): Prediction {
  const lacks = new Uint8Array(filled.rows);
  for (const i of missing) lacks[i] = 1;
  const rows = Int32Array.from(lacks.keys()).filter(i => lacks[i] === 0);
  const values = column(filled, target);
  const others = takeRows(takeColumns(filled, placesBut(target, filled.columns)), rows);
  return {
    target,
    ...bayesianRidge(
      others,
      Float64Array.from(rows, i => values[i]),
    ),
  };
}

function placesBut(target: number, count: number): Int32Array {
  return Int32Array.from({ length: count - 1 }, (_, at) => (at < target ? at : at + 1));
}

/** Writes the predictions of the samples that lack the feature. */
function fillIn(
  filled: Matrix,
  missing: Int32Array,
  { target, coef, intercept }: Prediction,
  limits: Limits,
): void {
  const others = placesBut(target, filled.columns);
  for (const i of missing) {
    let sum = 0;
    others.forEach((j, at) => (sum += coef[at] * filled.data[j * filled.rows + i]));
    const value = Math.min(Math.max(sum + intercept, limits.low), limits.high);
    filled.data[target * filled.rows + i] = value;
  }
}

/** The largest change of a sample: the sum over its features. */
function largestRowSum({ rows, data }: Matrix, before: Float64Array): number {
  const sums = new Float64Array(rows);
  data.forEach((value, at) => (sums[at % rows] += Math.abs(value - before[at])));
  return sums.reduce((most, own) => Math.max(most, own), 0);
}
