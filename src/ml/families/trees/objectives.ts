/** What boosted trees minimize: the objective of classes here, those of values in value-objectives.ts. */
import { CLASSES } from '../../../kernels/layouts/boost.js';
import { exp, log, log1p } from '../../../kernels/math.js';
import { codingOf } from '../../targets/coding.js';
import type { ClassProblem } from '../../types.js';

/** What is minimized, for n samples. */
export interface Objective {
  /** How the kernel takes gradients, and whether leaves are quantiles: see kernels/assembly/boost-task.ts. */
  kernel: { objective: number; setting: number; refit: number };
  /** How many trees a round has. */
  outputs: number;
  /** n codes of classes, or n values in f32. */
  labels: Int32Array | Float32Array;
  /** The margin that boosting starts from. */
  base: number;
  /** What a sample loses at its margin (of n x outputs), for early stopping. */
  loss(margins: Float32Array, sample: number): number;
  /** The score of the mean loss. */
  score(mean: number): number;
}

/**
 * The log loss of classes: binary:logistic for two classes, multi:softprob for more. `baseScore` is the probability,
 * for more classes the margin, that boosting starts from.
 */
export function classObjective({ y, classes }: ClassProblem, baseScore: number): Objective {
  const { binary, columns } = codingOf(classes);
  const base = Math.fround(baseScore);
  return {
    kernel: { objective: CLASSES, setting: 0, refit: 0 },
    outputs: columns,
    labels: y,
    base: binary ? Math.fround(-log(Math.fround(Math.fround(1 / base) - 1))) : base,
    loss: (margins, i) => (binary ? logisticLoss(margins[i], y[i]) : softmaxLoss(margins, i, classes, y[i])),
    score: mean => mean,
  };
}

function logisticLoss(margin: number, label: number): number {
  const wrong = label === 1 ? -margin : margin;
  return Math.max(wrong, 0) + log1p(exp(-Math.abs(wrong)));
}

function softmaxLoss(margins: Float32Array, sample: number, classes: number, label: number): number {
  const own = margins.subarray(sample * classes, (sample + 1) * classes);
  const top = own.reduce((a, b) => Math.max(a, b));
  let sum = 0;
  for (const margin of own) sum += exp(margin - top);
  return log(sum) + top - own[label];
}
