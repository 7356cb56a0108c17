/** The plain form of assembly/boost-values.ts and boost-refit.ts, whose headers say what is computed. */
import { exp } from '../math.js';
import { ABSOLUTE_ERROR, GAMMA, POISSON, PSEUDO_HUBER, QUANTILE, SQUARED_ERROR } from '../layouts/boost.js';

const single = Math.fround;
const expSingle = (x: number): number => single(exp(single(x)));
const square = (x: number): number => single(x * x);

type Gradient = (margin: number, target: number, setting: number) => [g: number, h: number];

const GRADIENTS: { [objective: number]: Gradient } = {
  [SQUARED_ERROR]: (margin, target) => [single(margin - target), 1],
  [ABSOLUTE_ERROR]: (margin, target) => [Math.sign(single(margin - target)), 1],
  [PSEUDO_HUBER]: (margin, target, slope) => {
    const z = single(margin - target);
    const root = single(Math.sqrt(single(1 + single(square(z) / square(slope)))));
    return [single(z / root), single(square(slope) / single(single(square(slope) + square(z)) * root))];
  },
  [POISSON]: (margin, target, step) => [single(expSingle(margin) - target), expSingle(margin + step)],
  [GAMMA]: (margin, target) => {
    const share = single(target / expSingle(margin));
    return [single(1 - share), share];
  },
  [QUANTILE]: (margin, target, alpha) => [single(margin - target) >= 0 ? single(1 - alpha) : -alpha, 1],
};

/** g and h of a sample. */
export function valueGradient(
  objective: number,
  setting: number,
  margin: number,
  target: number,
  weight: number,
): [number, number] {
  const [g, h] = GRADIENTS[objective](margin, target, setting);
  return [single(g * weight), single(h * weight)];
}

/** The quantile alpha of residuals, each with its weight. */
export function residualQuantile(
  samples: { residual: number; weight: number }[],
  alpha: number,
  weighted: boolean,
): number {
  const order = samples.filter(({ weight }) => weight !== 0).sort((a, b) => a.residual - b.residual);
  const value = (rank: number): number => order[Math.min(rank, order.length - 1)].residual;
  if (weighted) {
    let sum = 0;
    const upTo = order.map(({ weight }) => (sum = single(sum + weight)));
    const wanted = single(sum * alpha);
    return value(upTo.findIndex(each => each >= wanted));
  }
  const n = order.length;
  if (alpha <= 1 / (n + 1)) return value(0);
  if (alpha >= n / (n + 1)) return value(n - 1);
  const rank = alpha * (n + 1);
  const k = Math.floor(rank) - 1;
  return single(value(k) + (rank - 1 - k) * single(value(k + 1) - value(k)));
}
