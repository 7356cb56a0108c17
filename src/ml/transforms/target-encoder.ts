import { z } from 'zod';
import { numberColumns, type Matrix, type Target } from '../../base/dataset.js';
import { InputError } from '../../base/errors.js';
import type { Rng } from '../../base/rng.js';
import { column, emptyMatrix, takeRows, takeTarget } from '../algebra/matrix.js';
import { makeFolds, type Fold } from '../folds.js';
import { UNCHANGED } from '../invariances.js';
import { unused } from '../parameters.js';
import { ownGenerator, randomState } from '../random-state.js';
import type { Problem } from '../types.js';
import { categoriesOf, placesOf } from './categories.js';
import { defineTransform } from './define.js';
import { categoryMeans, shrunkMeans, type Outcome } from './target-means.js';

/**
 * scikit-learn's TargetEncoder (sklearn/preprocessing/_target_encoder.py, since version 1.3): each category becomes the
 * mean of the target among its samples, drawn towards the mean of all samples. For more than two classes it becomes
 * such a mean for each class.
 *
 * The samples of the fit are encoded by cross-fitting: those of a fold by means of the other folds. Otherwise each of
 * them would carry a part of its own target, and the next step would learn from it. All other samples get the means of
 * the whole fit.
 */

const PARAMETERS = z.strictObject({
  categories: unused(z.enum(['auto']).default('auto')),
  target_type: z
    .enum(['auto', 'continuous', 'binary', 'multiclass'])
    .default('auto')
    .describe('what the target is; auto takes it from the target'),
  smooth: z
    .union([z.literal('auto'), z.number().min(0)])
    .default('auto')
    .describe('how many samples the mean of all samples counts for; auto estimates it from variances'),
  cv: z.int().min(2).default(5).describe('how many folds encode the samples of the fit'),
  shuffle: z.boolean().default(true).describe('whether the folds are drawn at random'),
  random_state: randomState,
});

type Parameters = z.infer<typeof PARAMETERS>;

export const targetEncoder = defineTransform({
  name: 'TargetEncoder',
  summary: 'turns each category into the mean of the target among its samples',
  missing: true,
  categories: true,
  params: PARAMETERS,
  invariances: () => ({ ...UNCHANGED, shift: 'exact', doubled: 'no' }),
  leaves: (_, shape) => ({
    ...shape,
    features: shape.features * (shape.classes.length > 2 ? shape.classes.length : 1),
    gaps: [],
    least: undefined,
  }),
  learn(problem, params) {
    const outcomes = outcomesOf(problem.target, params);
    const categories = categoriesOf(problem);
    const means = outcomes.map(({ mean }) => mean);
    return { categories, encodings: encodingsOf(problem.x, categories, outcomes, params), means };
  },
  trained({ categories }, problem, params, { rng }) {
    return crossFitted(problem, categories, params, ownGenerator(rng, params.random_state));
  },
  apply({ categories, encodings, means }, x) {
    const out = emptyMatrix(x.rows, encodings.length);
    placesOf(x, categories).forEach((places, j) => {
      means.forEach((mean, k) => {
        const c = j * means.length + k;
        places.forEach((place, i) => (column(out, c)[i] = place < 0 ? mean : encodings[c][place]));
      });
    });
    return out;
  },
  columns: ({ means }, columns) =>
    numberColumns(
      columns.flatMap(({ name }) => (means.length === 1 ? [name] : means.map((_, k) => `${name}_${k}`))),
    ),
  flow: ({ encodings, means }, features) => ({
    kind: 'each',
    features,
    from: Int32Array.from(encodings, (_, c) => Math.floor(c / means.length)),
    factor: new Float64Array(encodings.length).fill(NaN),
  }),
});

/** What the encodings are means of: the values, the codes of two classes, or 1 for the samples of each class. */
function outcomesOf(target: Target, { target_type }: Pick<Parameters, 'target_type'>): Outcome[] {
  const type = target.kind === 'values' ? 'continuous' : target.k === 2 ? 'binary' : 'multiclass';
  if (target_type !== 'auto' && target_type !== type) {
    throw new InputError('bad-parameter', `target_type is ${target_type}, and the target is ${type}`, {
      value: target_type,
      expected: `auto or ${type}`,
    });
  }
  if (target.kind === 'values') return [outcomeOf(target.values)];
  if (target.k === 2) return [outcomeOf(Float64Array.from(target.codes))];
  return Array.from({ length: target.k }, (_, k) =>
    outcomeOf(Float64Array.from(target.codes, code => (code === k ? 1 : 0))),
  );
}

function outcomeOf(values: Float64Array): Outcome {
  return { values, mean: values.reduce((sum, value) => sum + value, 0) / values.length };
}

/** The encodings of the categories of each column, one list for each outcome of the first column, of the second ... */
function encodingsOf(
  x: Matrix,
  categories: readonly Float64Array[],
  outcomes: readonly Outcome[],
  { smooth }: Pick<Parameters, 'smooth'>,
): Float64Array[] {
  return placesOf(x, categories).flatMap((places, j) => {
    const count = categories[j].length;
    return outcomes.map(outcome =>
      smooth === 'auto' ? shrunkMeans(places, count, outcome) : categoryMeans(places, count, outcome, smooth),
    );
  });
}

/** The samples of the fit, each encoded by means of the folds that it is not in. */
function crossFitted(
  { x, target }: Problem,
  categories: readonly Float64Array[],
  params: Parameters,
  rng: Rng,
): Matrix {
  let out = emptyMatrix(0, 0);
  for (const { train, test } of foldsOf(target, params, rng)) {
    const outcomes = outcomesOf(takeTarget(target, train), params);
    const encodings = encodingsOf(takeRows(x, train), categories, outcomes, params);
    if (out.rows === 0) out = emptyMatrix(x.rows, encodings.length);
    placesOf(takeRows(x, test), categories).forEach((places, j) => {
      outcomes.forEach((_, k) => {
        const c = j * outcomes.length + k;
        test.forEach((row, i) => (column(out, c)[row] = encodings[c][places[i]]));
      });
    });
  }
  return out;
}

/** Folds that keep the shares of classes; of values, parts of the samples as they stand, or in a random order. */
function foldsOf(target: Target, { cv, shuffle }: Parameters, rng: Rng): Pick<Fold, 'train' | 'test'>[] {
  if (target.kind === 'classes') return makeFolds({ target }, { folds: cv, shuffle }, rng.uint32());
  const n = target.values.length;
  const order = shuffle ? rng.permutation(n) : Int32Array.from({ length: n }, (_, i) => i);
  return Array.from({ length: cv }, (_, fold) => {
    // The first folds have one sample more where the samples cannot be shared out evenly.
    const begin = fold * Math.floor(n / cv) + Math.min(fold, n % cv);
    const end = begin + Math.floor(n / cv) + (fold < n % cv ? 1 : 0);
    const test = order.slice(begin, end).sort();
    return { test, train: order.filter((_, at) => at < begin || at >= end).sort() };
  });
}
