import { createRequire } from 'node:module';
import { type Matrix, classCounts } from '../../base/dataset.js';
import { Failure } from '../../base/errors.js';
import { exp, pow, tanh } from '../../kernels/math.js';
import { resolveGamma, type Gamma } from '../algebra/gamma.js';
import { checkNewData, checkProblem, refuseWeights } from '../checks.js';
import { codingOf } from '../targets/coding.js';
import { pairsOf, pairwiseDecision } from '../outputs/one-versus-one.js';
import { toRows } from '../algebra/matrix.js';
import type { Document, Classifier } from '../types.js';
import type { ClassWeight } from '../weights.js';
import { firstDifference, type Engine } from './engine.js';

/**
 * The npm package ml-svm behind SVC: a simplified SMO (Platt 1998, as in Stanford's CS229 notes), which picks the
 * second sample of a step at random. The package is slow. Its upper bound for the two alphas of a step has a wrong
 * sign where the labels differ, so an alpha may leave [0, C]. It is a second opinion, not a reference.
 *
 * The package gets our generator and our kernel functions, so its models are the same bits everywhere. What it learns
 * is kept as support vectors, their coefficients and the intercept. Margins are computed from these.
 */

interface MlSvm {
  train(features: number[][], labels: number[]): void;
  toJSON(): { b: number; X: number[][]; Y: number[]; alphas: number[] };
}

/**
 * Loads the package on first use, because only this engine needs it. Throws Failure `engine-not-loaded` on Node before
 * 20.19 and 22.12, which cannot load its ES modules by `require`.
 */
function loadSvm(): new (options: object) => MlSvm {
  try {
    return createRequire(import.meta.url)('ml-svm');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_REQUIRE_ESM') throw cause;
    throw new Failure(
      'engine-not-loaded',
      `engine ml-svm needs Node 20.19 or 22.12 or later, and this is Node ${process.versions.node}`,
      'Leave `engine` out, or use a newer Node.',
      { cause },
    );
  }
}

/** The parameters of SVC that this engine looks at. */
export interface MlSvmParameters {
  C: number;
  kernel: 'linear' | 'poly' | 'rbf' | 'sigmoid';
  degree: number;
  gamma: Gamma;
  coef0: number;
  probability: boolean;
  tol: number;
  class_weight: ClassWeight;
  max_iter: number;
}

/**
 * One machine of two classes: margin(x) = sum_s coefficients[s] K(vectors[s], x) + intercept. The margin is positive
 * for the second class.
 */
type Machine = {
  first: number;
  second: number;
  intercept: number;
  coefficients: Float64Array;
  /** Support vectors, one after the other. */
  vectors: Float64Array;
};

type SvmDocument = {
  classes: number;
  features: number;
  kernel: MlSvmParameters['kernel'];
  gamma: number;
  degree: number;
  coef0: number;
  machines: Machine[];
};

type KernelFunction = (x: ArrayLike<number>, y: ArrayLike<number>) => number;

function dot(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += x[j] * y[j];
  return sum;
}

function squaredDistance(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < x.length; j++) sum += (x[j] - y[j]) * (x[j] - y[j]);
  return sum;
}

function kernelFunction({ kernel, gamma, degree, coef0 }: Omit<SvmDocument, 'machines'>): KernelFunction {
  if (kernel === 'linear') return dot;
  if (kernel === 'rbf') return (x, y) => exp(-gamma * squaredDistance(x, y));
  if (kernel === 'poly') return (x, y) => pow(gamma * dot(x, y) + coef0, degree);
  return (x, y) => tanh(gamma * dot(x, y) + coef0);
}

export const mlSvm: Engine<MlSvmParameters> = {
  refuses: params => firstDifference(params, { probability: false, class_weight: null }),

  fit(problem, params, { rng }) {
    checkProblem(problem);
    refuseWeights(problem);
    const { x, y, classes } = problem;
    const { kernel, degree, coef0 } = params;
    const shape = {
      classes,
      features: x.columns,
      kernel,
      degree,
      coef0,
      gamma: resolveGamma(params.gamma, x),
    };
    const kernelOf = { compute: kernelFunction(shape) };
    const rows = toRows(x);
    const counts = classCounts(y, classes);
    const present = Array.from(counts.keys()).filter(code => counts[code] > 0);
    const machines = pairsOf(present).map(([first, second]) => {
      const random = rng.child('pair', first, second);
      return trainPair(rows, y, first, second, {
        C: params.C,
        tol: params.tol,
        maxIterations: params.max_iter < 0 ? 10000 : params.max_iter,
        kernel: kernelOf,
        random: () => random.float(),
        whitening: false,
      });
    });
    return machinesModel({ ...shape, machines });
  },

  load: document => machinesModel(document as SvmDocument),
};

function trainPair(rows: number[][], y: Int32Array, first: number, second: number, options: object): Machine {
  const members = Array.from(y.keys()).filter(i => y[i] === first || y[i] === second);
  const SVM = loadSvm();
  const machine = new SVM(options);
  try {
    machine.train(
      members.map(i => rows[i]),
      members.map(i => (y[i] === second ? 1 : -1)),
    );
  } catch (error) {
    if ((error as Error).message !== 'max iterations reached') throw error;
    throw new Failure(
      'not-converged',
      'ml-svm reached max_iter before it converged',
      'Raise max_iter or tol.',
    );
  }
  const { b, X, Y, alphas } = machine.toJSON();
  return {
    first,
    second,
    intercept: b,
    coefficients: Float64Array.from(alphas, (alpha, s) => alpha * Y[s]),
    vectors: Float64Array.from(X.flat()),
  };
}

function margins(
  { intercept, coefficients, vectors }: Machine,
  rows: number[][],
  kernel: KernelFunction,
): Float64Array {
  return Float64Array.from(rows, row => {
    let margin = intercept;
    for (let s = 0; s < coefficients.length; s++) {
      margin += coefficients[s] * kernel(vectors.subarray(s * row.length, (s + 1) * row.length), row);
    }
    return margin;
  });
}

function machinesModel(document: SvmDocument): Classifier {
  const { classes, features, machines } = document;
  const coding = codingOf(classes);
  const kernel = kernelFunction(document);
  const pairs = machines.map(({ first, second }): [number, number] => [first, second]);
  const decision = (x: Matrix): Float64Array => {
    checkNewData(x, features);
    const rows = toRows(x);
    const perPair = machines.map(machine => margins(machine, rows, kernel));
    return coding.binary ? perPair[0] : pairwiseDecision(pairs, perPair, classes, x.rows);
  };
  return {
    classes,
    decision,
    predict: x => coding.codes(decision(x)),
    size: () => ({
      features,
      supportVectors: machines.reduce((sum, { coefficients }) => sum + coefficients.length, 0),
    }),
    serialize: () => document as unknown as Document,
  };
}
