/**
 * The objectives of values, as XGBoost 1.7 has them, and reg:quantileerror as XGBoost 2.1 has it.
 *
 * The kernel takes gradients (kernels/assembly/boost-values.ts). This file has what stands around them: the margin that
 * boosting starts from, the loss of held-out samples (the default eval_metric of the objective, for count:poisson
 * without the term that depends on y alone), and what a margin predicts.
 */
import { InputError } from '../../../base/errors.js';
import {
  ABSOLUTE_ERROR,
  GAMMA,
  POISSON,
  PSEUDO_HUBER,
  QUANTILE,
  SQUARED_ERROR,
} from '../../../kernels/layouts/boost.js';
import { exp, log } from '../../../kernels/math.js';
import type { ValueProblem, ValueRange } from '../../types.js';
import type { BoostedSamples } from './boost-task.js';
import type { Objective } from './objectives.js';

const single = Math.fround;

export const VALUE_OBJECTIVES = [
  'reg:squarederror',
  'reg:absoluteerror',
  'reg:pseudohubererror',
  'reg:quantileerror',
  'count:poisson',
  'reg:gamma',
] as const;

export type ValueObjective = (typeof VALUE_OBJECTIVES)[number];

/** The parameters that objectives look at. */
export interface ObjectiveParameters {
  objective: ValueObjective;
  huber_slope: number;
  quantile_alpha: number;
  max_delta_step: number | null;
  base_score: number | null;
  tree_method: string;
}

/** What is known of an objective. */
interface Kind {
  code: number;
  /** The number of the kernel's task: see kernels/assembly/boost-values.ts. */
  setting(params: ObjectiveParameters): number;
  /** Whether a margin is the logarithm of what it predicts. */
  isLog?: true;
  /** Whether leaves are the quantiles `setting` of residuals. Boosting then starts from that quantile, too. */
  refits?: true;
  values: ValueRange;
  /** What a sample of value y loses by a prediction. */
  loss(predicted: number, y: number, setting: number): number;
}

const none = (): number => 0;

const KINDS: { [objective in ValueObjective]: Kind } = {
  'reg:squarederror': {
    code: SQUARED_ERROR,
    setting: none,
    values: 'any',
    loss: (predicted, y) => (predicted - y) * (predicted - y),
  },
  'reg:absoluteerror': {
    code: ABSOLUTE_ERROR,
    setting: () => 0.5,
    refits: true,
    values: 'any',
    loss: (predicted, y) => Math.abs(predicted - y),
  },
  'reg:pseudohubererror': {
    code: PSEUDO_HUBER,
    setting: ({ huber_slope }) => huber_slope,
    values: 'any',
    loss: (predicted, y, slope) => {
      const share = (predicted - y) / slope;
      return slope * slope * (Math.sqrt(1 + share * share) - 1);
    },
  },
  'reg:quantileerror': {
    code: QUANTILE,
    setting: ({ quantile_alpha }) => quantile_alpha,
    refits: true,
    values: 'any',
    loss: (predicted, y, alpha) => (y >= predicted ? alpha : alpha - 1) * (y - predicted),
  },
  'count:poisson': {
    code: POISSON,
    setting: maxDeltaStep,
    isLog: true,
    values: 'at least 0',
    loss: (predicted, y) => Math.max(predicted, 1e-16) - y * log(Math.max(predicted, 1e-16)),
  },
  'reg:gamma': {
    code: GAMMA,
    setting: none,
    isLog: true,
    values: 'above 0',
    loss: (predicted, y) => y / predicted + log(predicted),
  },
};

/** The largest size of the value of a leaf; 0 is no limit. XGBoost limits only count:poisson where nothing is said. */
export function maxDeltaStep({ objective, max_delta_step }: ObjectiveParameters): number {
  return max_delta_step ?? (objective === 'count:poisson' ? 0.7 : 0);
}

/** The values that an objective can learn. */
export function valuesOfObjective(objective: ValueObjective): ValueRange {
  return KINDS[objective].values;
}

/** Whether leaves are quantiles of residuals, and not steps. Exact trees have steps, as in XGBoost. */
export function refits({ objective, tree_method }: ObjectiveParameters): boolean {
  return KINDS[objective].refits === true && tree_method !== 'exact';
}

/** Whether the learning rate counts. XGBoost 1.7 takes the medians of reg:absoluteerror whole. */
export function isShrunk(params: ObjectiveParameters): boolean {
  return params.objective !== 'reg:absoluteerror' || !refits(params);
}

/** What the trees of an objective add up to. */
export function scaleOf(objective: ValueObjective): 'value' | 'logarithm' {
  return KINDS[objective].isLog ? 'logarithm' : 'value';
}

/** What margins predict, in f32. */
export function predictionsOf(objective: ValueObjective, margins: Float32Array): Float64Array {
  const predicted = KINDS[objective].isLog ? (margin: number): number => single(exp(margin)) : single;
  return Float64Array.from(margins, predicted);
}

/**
 * The objective of a problem. Throws InputError `target-range` for values that it cannot learn, and `too-large` for
 * values beyond f32.
 */
export function valueObjective(
  { y, weights }: ValueProblem,
  params: ObjectiveParameters,
  samples: BoostedSamples,
): Objective {
  const kind = KINDS[params.objective];
  const setting = single(kind.setting(params));
  const labels = Float32Array.from(y);
  refuseValues(y, labels, params.objective);
  // XGBoost takes another quantile even where all weights are 1.
  const weighted = weights !== undefined && weights.some(weight => weight !== 1);
  return {
    kernel: { objective: kind.code, setting, refit: refits(params) ? (weighted ? 2 : 1) : 0 },
    outputs: 1,
    labels,
    base: baseOf(labels, params, samples, weighted),
    loss: (margins, i) => kind.loss(kind.isLog ? single(exp(margins[i])) : margins[i], labels[i], setting),
    score: mean => (kind.code === SQUARED_ERROR ? Math.sqrt(mean) : mean),
  };
}

function refuseValues(y: Float64Array, labels: Float32Array, objective: ValueObjective): void {
  const { values } = KINDS[objective];
  const isWrong = (value: number): boolean =>
    values === 'above 0' ? value <= 0 : values === 'at least 0' && value < 0;
  labels.forEach((label, i) => {
    if (!Number.isFinite(label)) {
      throw new InputError('too-large', `the target has the value ${y[i]}, too large for boosted trees`, {
        value: y[i],
        expected: 'a magnitude below 3.4e38, the largest 32-bit number',
      });
    }
    if (!isWrong(label)) return;
    throw new InputError('target-range', `the target has the value ${y[i]} in sample ${i}`, {
      value: y[i],
      expected: `values ${values}, for the objective ${objective}`,
      hint: 'Write another objective, such as reg:squarederror.',
    });
  });
}

/** The margin that boosting starts from, as XGBoost 1.7 takes it: from base_score, or 0.5, or a quantile. */
function baseOf(
  labels: Float32Array,
  params: ObjectiveParameters,
  { train, weights }: BoostedSamples,
  weighted: boolean,
): number {
  const { objective, base_score } = params;
  const kind = KINDS[objective];
  if (base_score === null && kind.refits) {
    return quantileOf(labels, train, weights, single(kind.setting(params)), weighted);
  }
  const base = single(base_score ?? 0.5);
  return kind.isLog ? single(log(base)) : base;
}

/** The quantile of the values of some samples, as kernels/assembly/boost-refit.ts has it. */
function quantileOf(
  labels: Float32Array,
  train: Int32Array,
  weights: Float32Array,
  alpha: number,
  weighted: boolean,
): number {
  const order = Array.from(train).sort((a, b) => labels[a] - labels[b] || a - b);
  if (weighted) {
    let sum = 0;
    const upTo = order.map(i => (sum = single(sum + weights[i])));
    const rank = upTo.findIndex(each => each >= single(sum * alpha));
    return labels[order[rank < 0 ? order.length - 1 : rank]];
  }
  const n = order.length;
  if (alpha <= 1 / (n + 1)) return labels[order[0]];
  if (alpha >= n / (n + 1)) return labels[order[n - 1]];
  const rank = alpha * (n + 1);
  const k = Math.floor(rank) - 1;
  const [low, high] = [labels[order[k]], labels[order[k + 1]]];
  return single(low + (rank - 1 - k) * single(high - low));
}
