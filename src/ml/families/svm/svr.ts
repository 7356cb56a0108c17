import { z } from 'zod';
import type { FitWarning } from '../../../base/config.js';
import type { Matrix } from '../../../base/dataset.js';
import { InputError } from '../../../base/errors.js';
import { kernels } from '../../../kernels/loader.js';
import { float32, int32, scope } from '../../../kernels/memory.js';
import { takeRows } from '../../algebra/matrix.js';
import { scoresByRow } from '../../algebra/products.js';
import { checkNewData, checkProblem } from '../../checks.js';
import { unusedParameters } from '../../parameters.js';
import type { Document, FitContext, Regressor, RegressorKind, ValueProblem } from '../../types.js';
import { type KernelFunction, frameFor, framed, gammaIn, kernelRows, refuseOverflow } from './kernel.js';
import { type Machine, everyRow, marginsOf, ownBases } from './machine.js';
import { weightsOf } from './pairwise.js';
import { machineInvariances, machineParameters, readByKernel } from './parameters.js';
import { packSamples, padded } from './samples.js';
import { type DualProblem, type Solution, type SolverOptions, solveDual } from './solver.js';

/**
 * Support vector regression (Smola and Schoelkopf, "A tutorial on support vector regression", 2004), as libsvm and
 * scikit-learn have it. With the kernel's features phi, the function f(x) = w' phi(x) + b has the least
 *
 *   1/2 ||w||^2 + sum_i C_i max(0, |z_i - f(x_i)| - epsilon),   C_i = C times the weight of sample i
 *
 * Its dual has two variables for each sample: a_i with y = 1 and p = epsilon - z_i pulls f up, and a_(n + i) with
 * y = -1 and p = epsilon + z_i pulls f down. solver.ts solves it. f(x) = sum_i (a_i - a_(n + i)) K(x_i, x) - rho.
 */

const PARAMETERS = z.strictObject({
  ...machineParameters,
  epsilon: z.number().min(0).default(0.1).describe('errors up to this cost nothing'),
  max_iter: z
    .int()
    .min(-1)
    .default(-1)
    .describe('the largest number of iterations; -1 is ten million, or 200 for each sample if that is more'),
  verbose: unusedParameters.verbosely,
});

type Parameters = z.infer<typeof PARAMETERS>;

type Learned = {
  features: number;
  kernel: KernelFunction;
  /** The frame in which the kernel is computed. Absent where samples stay as they are. */
  frame?: { unit: number; center?: Float64Array };
  /** The support vectors, in the frame: an s x features matrix, column-major. */
  vectors: Float64Array;
  /** One a support vector. */
  coefficients: Float64Array;
  intercept: number;
};

export const svr: RegressorKind<Parameters> = {
  kind: 'estimator',
  task: 'regression',
  name: 'SVR',
  summary: 'support vector regression with a kernel',
  params: PARAMETERS,
  effective: readByKernel,
  tags: {
    missing: false,
    weights: () => 'repetitions',
    deterministic: () => true,
    opaque: ({ kernel }) => kernel !== 'linear',
    ordersFeatures: false,
    values: () => 'any',
  },
  invariances: machineInvariances,
  fit(problem, params, context) {
    checkProblem(problem);
    const { kernel: kind, coef0, degree } = params;
    const frame = frameFor(kind, problem.x);
    const x = framed(frame, problem.x);
    const kernel = { kind, coef0, degree, gamma: gammaIn(frame, params.gamma, problem.x) };
    refuseOverflow(kernel, x, problem.x);
    const { support, coefficients, intercept } = fitMachine({ ...problem, x }, kernel, params, context);
    return machineModel({
      features: x.columns,
      kernel,
      ...(x !== problem.x && { frame: { ...frame } }),
      vectors: takeRows(x, support).data,
      coefficients,
      intercept,
    });
  },
  load: document => machineModel(document as unknown as Learned),
};

function fitMachine(
  problem: ValueProblem,
  kernel: KernelFunction,
  params: Parameters,
  { warn }: FitContext,
): Machine {
  const { x, y, weights } = problem;
  const chosen = everyRow(x).filter(i => weights?.[i] !== 0);
  if (chosen.length === 0)
    throw new InputError('no-samples', 'the weights of all samples are 0', { expected: 'a weight above 0' });
  const n = chosen.length;
  const bounds = Float64Array.from(chosen, i => params.C * (weights?.[i] ?? 1));
  const values = Float64Array.from(chosen, i => y[i]);
  const solution = scope(() => {
    const whole = ownBases(x, chosen, params);
    const rows = doubled(kernelRows(kernel, x, chosen, whole), n);
    const dual = { ...dualOf(values, bounds, params.epsilon), ...rows };
    return solveDual(dual, optionsOf(params, n, whole?.values.byteLength ?? 0));
  });
  if (!solution.converged) warn(notConverged(solution, params));
  const { alpha, rho } = solution;
  const shares = bounds.map((_, i) => alpha[i] - alpha[n + i]);
  const supporting = Int32Array.from(shares.keys()).filter(i => shares[i] !== 0);
  return {
    support: supporting.map(i => chosen[i]),
    coefficients: Float64Array.from(supporting, i => shares[i]),
    intercept: -rho,
  };
}

/** y, p and the bounds of the 2 n variables. */
function dualOf(
  values: Float64Array,
  bounds: Float64Array,
  epsilon: number,
): Pick<DualProblem, 'y' | 'linear' | 'bound'> {
  const n = values.length;
  const y = new Float64Array(2 * n).fill(1, 0, n).fill(-1, n);
  return {
    y,
    linear: y.map((sign, t) => epsilon - sign * values[t % n]),
    bound: y.map((_, t) => bounds[t % n]),
  };
}

/** The kernel matrix of samples that stand twice, the second time behind all others. */
function doubled(
  { diagonal, writeRow }: Pick<DualProblem, 'diagonal' | 'writeRow'>,
  n: number,
): Pick<DualProblem, 'diagonal' | 'writeRow'> {
  const places = int32(padded(2 * n));
  for (let t = 0; t < 2 * n; t++) places[t] = t % n;
  const row = float32(padded(n)).byteOffset;
  return {
    diagonal: Float64Array.from({ length: 2 * n }, (_, t) => diagonal[t % n]),
    writeRow(i, out) {
      writeRow(i % n, row);
      kernels().svmGather(row, places.byteOffset, out, places.length);
    },
  };
}

/** libsvm's bound, which scikit-learn lifts. Without it, features of large values keep the solver busy for ever. */
const MOST_ITERATIONS = 10_000_000;

function optionsOf(
  { tol, shrinking, max_iter, cache_size }: Parameters,
  samples: number,
  usedBytes: number,
): SolverOptions {
  return {
    tolerance: tol,
    shrinking,
    maxIterations: max_iter < 0 ? Math.max(MOST_ITERATIONS, 200 * samples) : max_iter,
    cacheBytes: cache_size * 2 ** 20 - usedBytes,
  };
}

function notConverged({ iterations, violation }: Solution, { tol }: Parameters): FitWarning {
  return {
    code: 'not-converged',
    step: 'SVR',
    message:
      `not converged after ${iterations} iterations: the largest violation is ${violation.toExponential(2)}, ` +
      `and tol is ${tol}. ` +
      'Raise max_iter, scale the features, or lower C.',
    unranked: true,
  };
}

function machineModel(learned: Learned): Regressor {
  const { features, kernel, frame, vectors, coefficients, intercept } = learned;
  const matrix: Matrix = { rows: coefficients.length, columns: features, data: vectors };
  const machine: Machine = { support: everyRow(matrix), coefficients, intercept };
  const isLinear = kernel.kind === 'linear';
  const coef = isLinear ? weightsOf(machine, matrix) : new Float64Array(0);
  const margins = (x: Matrix): Float64Array =>
    isLinear
      ? scoresByRow(x, coef, Float64Array.of(intercept))
      : scope(() => marginsOf([machine], kernel, packSamples(matrix, everyRow(matrix)), x)[0]);
  return {
    predict(x) {
      checkNewData(x, features);
      return margins(frame ? framed(frame, x) : x);
    },
    ...(isLinear && { inside: () => ({ kind: 'linear', features, coef }) }),
    size: () => ({ features, supportVectors: coefficients.length }),
    serialize: () => learned as unknown as Document,
  };
}
