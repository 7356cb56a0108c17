import { z } from 'zod';
import { numberColumns, type DataColumn } from '../../base/dataset.js';
import { InputError } from '../../base/errors.js';
import { column, emptyMatrix } from '../algebra/matrix.js';
import type { Invariances } from '../invariances.js';
import { unused } from '../parameters.js';
import type { Problem } from '../types.js';
import { defineTransform } from './define.js';

/**
 * scikit-learn's PolynomialFeatures (sklearn/preprocessing/_polynomial.py): all products of up to `degree` of the p
 * features. Products of fewer factors stand first, and those of as many factors in the order of their features.
 */

const degree = z.int().min(0);

const PARAMETERS = z.strictObject({
  degree: z
    .union([
      degree,
      z.tuple([degree, degree]).refine(([least, most]) => least <= most, 'the smaller degree comes first'),
    ])
    .default(2)
    .describe('the most factors of a product, or the fewest and the most'),
  interaction_only: z
    .boolean()
    .default(false)
    .describe('whether a feature stands in a product once at most; so there are no squares'),
  include_bias: z.boolean().default(true).describe('whether to add a feature that is 1 everywhere'),
  order: unused(z.enum(['C', 'F']).default('C')),
});

type Parameters = z.infer<typeof PARAMETERS>;

/** The most values that a matrix of products may have: 4 GiB. */
const MOST_VALUES = 2 ** 29;

function rangeOf(degree: Parameters['degree']): [least: number, most: number] {
  return typeof degree === 'number' ? [0, degree] : [degree[0], degree[1]];
}

export const polynomialFeatures = defineTransform({
  name: 'PolynomialFeatures',
  summary: 'multiplies features with each other and with themselves',
  params: PARAMETERS.superRefine(({ degree, include_bias }, context) => {
    if (rangeOf(degree)[1] > 0 || include_bias) return;
    const message = 'a degree of 0 without include_bias leaves no feature';
    context.addIssue({ code: 'custom', path: ['degree'], message, input: degree });
  }),
  invariances: (): Invariances => ({
    shift: 'no',
    scale: 'no',
    featureScales: 'no',
    featureOrder: 'close',
    sampleOrder: 'exact',
    doubled: 'exact',
  }),
  leaves: (params, shape) => ({
    ...shape,
    features: countProducts(shape.features, params),
    least: undefined,
  }),
  learn({ x }: Problem, params) {
    const count = countProducts(x.columns, params);
    if (count * x.rows > MOST_VALUES) {
      throw new InputError('too-many-features', `${x.columns} features have ${count} products`, {
        value: count,
        expected: `at most ${Math.floor(MOST_VALUES / x.rows)} products for ${x.rows} samples (4 GiB)`,
        hint: 'Lower the degree, write `interaction_only: true`, or select features before this step.',
      });
    }
    const [least, most] = rangeOf(params.degree);
    return { least, most, once: params.interaction_only, bias: params.include_bias };
  },
  apply(learned, x) {
    const products = productsOf(x.columns, learned);
    const out = emptyMatrix(x.rows, products.length);
    products.forEach((factors, c) => {
      const to = column(out, c).fill(1);
      // From the last factor to the first, as scikit-learn multiplies.
      for (const j of factors.toReversed()) column(x, j).forEach((value, i) => (to[i] *= value));
    });
    return out;
  },
  columns: (learned, columns) =>
    numberColumns(productsOf(columns.length, learned).map(factors => nameOf(factors, columns))),
  flow: (_, features) => ({ kind: 'mixed', features }),
});

/** What is learned: the degrees, whether a feature is in a product once at most, and whether 1 is a feature. */
interface Degrees {
  least: number;
  most: number;
  once: boolean;
  bias: boolean;
}

/** The products of p features, each as the places of its factors, ascending. */
function productsOf(features: number, { least, most, once, bias }: Degrees): number[][] {
  const products: number[][] = bias ? [[]] : [];
  let longest = Array.from({ length: features }, (_, j) => [j]);
  for (let factors = 1; factors <= most; factors++) {
    if (factors >= least) for (const product of longest) products.push(product);
    if (factors < most) longest = longest.flatMap(product => extended(product, features, once));
  }
  return products;
}

/** The products of one factor more, which is not before the others. */
function extended(product: number[], features: number, once: boolean): number[][] {
  const first = product.at(-1)! + (once ? 1 : 0);
  return Array.from({ length: features - first }, (_, more) => [...product, first + more]);
}

/** How many products p features have. */
function countProducts(features: number, { degree, interaction_only, include_bias }: Parameters): number {
  const [least, most] = rangeOf(degree);
  let [count, ofDegree] = [include_bias ? 1 : 0, 1];
  for (let factors = 1; factors <= most; factors++) {
    const choices = interaction_only ? features - factors + 1 : features + factors - 1;
    ofDegree = Math.max(0, (ofDegree * choices) / factors);
    if (factors >= least) count += ofDegree;
  }
  return count;
}

/** `a^2 b`, and `1` without factors. */
function nameOf(factors: readonly number[], columns: readonly DataColumn[]): string {
  if (factors.length === 0) return '1';
  const places = [...new Set(factors)];
  const powerOf = (j: number): number => factors.filter(factor => factor === j).length;
  return places.map(j => (powerOf(j) === 1 ? columns[j].name : `${columns[j].name}^${powerOf(j)}`)).join(' ');
}
