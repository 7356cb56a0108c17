import { z } from 'zod';
import { numberColumns } from '../../base/dataset.js';
import { column, emptyMatrix } from '../algebra/matrix.js';
import { linspace, quantile } from '../algebra/statistics.js';
import { unless } from '../effective.js';
import { UNCHANGED } from '../invariances.js';
import { ownGenerator, randomState } from '../random-state.js';
import type { FitContext, Problem } from '../types.js';
import { defineTransform } from './define.js';
import { drawRows } from './draw.js';
import { clusterCenters } from './line-means.js';

/**
 * scikit-learn's KBinsDiscretizer (sklearn/preprocessing/_discretization.py): the range of each feature is cut into
 * bins, and a value becomes the number of its bin, or a 0/1 feature for each bin. The result is dense.
 */

const PARAMETERS = z.strictObject({
  n_bins: z.int().min(2).default(5).describe('how many bins each feature gets'),
  encode: z
    .enum(['onehot', 'onehot-dense', 'ordinal'])
    .default('onehot')
    .describe('what a value becomes: a 0/1 feature for each bin, or the number of its bin'),
  strategy: z
    .enum(['uniform', 'quantile', 'kmeans'])
    .default('quantile')
    .describe('bins of equal width, of equally many samples, or around the means of clusters'),
  subsample: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('how many samples the quantiles are estimated from; null takes all'),
  random_state: randomState,
});

type Parameters = z.infer<typeof PARAMETERS>;

/** Narrower bins are removed. */
const LEAST_WIDTH = 1e-8;

export const kBinsDiscretizer = defineTransform({
  name: 'KBinsDiscretizer',
  summary: 'cuts the range of each feature into bins',
  params: PARAMETERS.superRefine(({ strategy, subsample }, context) => {
    if (strategy === 'quantile' || subsample === null) return;
    const message = 'subsample needs strategy: quantile';
    context.addIssue({ code: 'custom', path: ['subsample'], message, input: subsample });
  }),
  invariances: ({ strategy }) => ({
    ...UNCHANGED,
    ...(strategy !== 'uniform' && { range: { scale: [1e-3, 1e150] } as const }),
    doubled: strategy === 'quantile' ? 'no' : 'close',
  }),
  effective({ encode, ...params }) {
    const read = unless(params.subsample !== null, params, 'random_state');
    return { ...read, encode: encode === 'ordinal' ? encode : 'onehot' };
  },
  leaves: ({ encode, n_bins }, shape) => ({
    ...shape,
    features: encode === 'ordinal' ? shape.features : n_bins * shape.features,
    least: undefined,
  }),
  learn(problem: Problem, params, context) {
    const x =
      params.subsample === null
        ? problem.x
        : drawRows(problem.x, params.subsample, ownGenerator(context.rng, params.random_state));
    const all = Array.from({ length: x.columns }, (_, j) => edgesOf(column(x, j), params));
    warnOfFewBins(all, params, context);
    // A value is in the bin of as many of the inner edges as are not above it.
    return { inner: all.map(edges => edges.slice(1, -1)), isOneHot: params.encode !== 'ordinal' };
  },
  apply({ inner, isOneHot }, x) {
    const starts = startsOf(inner, isOneHot);
    const out = emptyMatrix(x.rows, starts[inner.length]);
    inner.forEach((edges, j) => {
      column(x, j).forEach((value, i) => {
        const bin = binOf(value, edges);
        if (isOneHot) out.data[(starts[j] + bin) * x.rows + i] = 1;
        else out.data[j * x.rows + i] = bin;
      });
    });
    return out;
  },
  columns: ({ inner, isOneHot }, columns) =>
    numberColumns(
      columns.flatMap(({ name }, j) =>
        isOneHot ? Array.from({ length: inner[j].length + 1 }, (_, bin) => `${name}_${bin}`) : [name],
      ),
    ),
  flow({ inner, isOneHot }, features) {
    const from = inner.flatMap((edges, j) => new Array<number>(isOneHot ? edges.length + 1 : 1).fill(j));
    return {
      kind: 'each',
      features,
      from: Int32Array.from(from),
      factor: new Float64Array(from.length).fill(NaN),
    };
  },
});

/** The edges of the bins of a feature, ascending, with its smallest and its largest value. */
function edgesOf(values: Float64Array, { n_bins, strategy }: Parameters): Float64Array {
  const ascending = values.slice().sort();
  const [smallest, largest] = [ascending[0], ascending.at(-1)!];
  if (smallest === largest) return Float64Array.of(smallest, largest);
  const even = linspace(smallest, largest, n_bins + 1);
  if (strategy === 'uniform') return even;
  const edges =
    strategy === 'quantile'
      ? linspace(0, 100, n_bins + 1).map(percent => quantile(ascending, percent / 100))
      : edgesOfClusters(values, even);
  const wide = edges.filter((edge, at) => at === 0 || edge - edges[at - 1] > LEAST_WIDTH);
  return wide.length > 1 ? wide : Float64Array.of(smallest, largest);
}

/** The edges in the middles between the means of clusters. The search for these begins in the middles of even bins. */
function edgesOfClusters(values: Float64Array, even: Float64Array): Float64Array {
  const begin = even.slice(1).map((edge, at) => (edge + even[at]) * 0.5);
  const centers = clusterCenters(values, begin).sort();
  const inner = centers.slice(1).map((center, at) => (center + centers[at]) * 0.5);
  return Float64Array.of(even[0], ...inner, even.at(-1)!);
}

function warnOfFewBins(all: readonly Float64Array[], { n_bins }: Parameters, { warn }: FitContext): void {
  const few = all.filter(edges => edges.length < n_bins + 1).length;
  if (few === 0) return;
  const have = few === 1 ? 'feature has' : 'features have';
  const message = `${few} ${have} fewer than ${n_bins} bins, because bins narrower than ${LEAST_WIDTH} are removed.`;
  warn({ code: 'few-bins', message });
}

/** How many of the ascending inner edges are not above the value. */
function binOf(value: number, inner: Float64Array): number {
  let [low, high] = [0, inner.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (inner[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The first feature that each column becomes, and behind them the number of all. */
function startsOf(inner: readonly Float64Array[], isOneHot: boolean): Int32Array {
  const starts = new Int32Array(inner.length + 1);
  inner.forEach((edges, j) => (starts[j + 1] = starts[j] + (isOneHot ? edges.length + 1 : 1)));
  return starts;
}
