/**
 * The default engine of SVC: libsvm's method (solver.ts), with one machine for each pair of classes. A model keeps
 * its support vectors and, for each pair, their coefficients and the intercept. Margins are positive for the second
 * class of the pair, as scikit-learn's are for two classes.
 */
import type { Matrix } from '../../../base/dataset.js';
import { InputError } from '../../../base/errors.js';
import { lives, scope } from '../../../kernels/memory.js';
import type { Gamma } from '../../algebra/gamma.js';
import { checkNewData, checkProblem } from '../../checks.js';
import { codingOf } from '../../targets/coding.js';
import { pairsOf, pairwiseDecision } from '../../outputs/one-versus-one.js';
import type { Curve } from '../../outputs/platt.js';
import { largestAt, takeRows } from '../../algebra/matrix.js';
import { scoresByRow } from '../../algebra/products.js';
import { ownGenerator } from '../../random-state.js';
import { type KernelFunction, baseOf, frameFor, framed, gammaIn, refuseOverflow } from './kernel.js';
import {
  type Machine,
  type Material,
  everyRow,
  fitMachine,
  fitProbability,
  marginsOf,
  ownBases,
} from './machine.js';
import { couple, probabilityOf } from './probability.js';
import { type WholeBase, packSamples, wholeBase } from './samples.js';
import type { FitWarning } from '../../../base/config.js';
import type { Inside } from '../../inside.js';
import type { Solution } from './solver.js';
import type { Document, FitContext, Classifier, ClassProblem } from '../../types.js';
import { type ClassWeight, sampleWeights } from '../../weights.js';
import type { Engine } from '../../engines/engine.js';

/** The parameters of SVC that this engine looks at. */
export interface SvmParameters {
  C: number;
  kernel: KernelFunction['kind'];
  degree: number;
  gamma: Gamma;
  coef0: number;
  shrinking: boolean;
  probability: boolean;
  tol: number;
  cache_size: number;
  class_weight: ClassWeight;
  break_ties: boolean;
  max_iter: number;
  random_state: number | null;
}

/** The machine of a pair of class codes. `curve` gives the probability of the first. */
type Pair = Machine & { first: number; second: number; curve: Curve | null };

type SvmDocument = {
  kernel: KernelFunction;
  classes: number;
  features: number;
  breakTies: boolean;
  /** The frame in which the kernel is computed. Absent where samples stay as they are. */
  frame?: { unit: number; center?: Float64Array };
  /** The support vectors, in the frame of all pairs: an s x features matrix, column-major. */
  vectors: Float64Array;
  pairs: Pair[];
};

export const svm: Engine<SvmParameters> = {
  fit: (problem, params, context) => fitSvm(problem, params, context),
  load: loaded => {
    const document = loaded as unknown as SvmDocument;
    return pairsModel(document, vectorsOf(document), document.pairs, () => document);
  },
};

/**
 * The bases of all pairs of a problem's samples. They do not depend on C, gamma, coef0 or degree. All rbf kernels share
 * one set of them, and all other kernels share another one. A set needs 4 n^2 bytes of the kernels' memory until the
 * scope ends. A scope may span the fits of several configs.
 */
export function basesFor({ x }: ClassProblem, kind: KernelFunction['kind']): WholeBase {
  return wholeBase(framed(frameFor(kind, x), x), everyRow(x), baseOf(kind));
}

/**
 * Fits a model. `shared` comes from basesFor of this problem and kind of kernel. With it the same model is found
 * sooner.
 */
export function fitSvm(
  problem: ClassProblem,
  params: SvmParameters,
  context: FitContext,
  shared?: WholeBase,
): Classifier {
  checkProblem(problem);
  const { classes } = problem;
  const { kernel: kind, coef0, degree } = params;
  const frame = frameFor(kind, problem.x);
  const x = framed(frame, problem.x);
  const kernel = { kind, coef0, degree, gamma: gammaIn(frame, params.gamma, problem.x) };
  refuseOverflow(kernel, x, problem.x);
  const pairs = scope(() => {
    const bounds = boundsOf(problem, params);
    const members = membersOf(problem, bounds, params);
    const cacheBytes = params.cache_size * 2 ** 20;
    // The folds of probabilities ask for the same products again.
    const whole = shared ?? ownBases(x, chosenOf(members), params, params.probability);
    const options = {
      tolerance: params.tol,
      shrinking: params.shrinking,
      maxIterations: params.max_iter < 0 ? Infinity : params.max_iter,
      cacheBytes: cacheBytes - (shared === undefined && whole ? whole.values.byteLength : 0),
    };
    return fitPairs({ x, bounds, kernel, options, whole }, members, params, context);
  });
  const head = { kernel, classes, features: x.columns, breakTies: params.break_ties };
  const changed = x !== problem.x;
  return modelOfPairs(changed ? { ...head, frame: { ...frame } } : head, x, pairs);
}

/** The model of machines that were fitted on x, which is in the frame. */
function modelOfPairs(head: Omit<SvmDocument, 'vectors' | 'pairs'>, x: Matrix, pairs: Pair[]): Classifier {
  const used = usedBy(pairs, x.rows);
  const rank = new Int32Array(x.rows);
  used.forEach((sample, place) => (rank[sample] = place));
  const ranked = pairs.map(pair => ({ ...pair, support: pair.support.map(sample => rank[sample]) }));
  const documentNow = (): SvmDocument => {
    const vectors = used.length === x.rows ? x.data.slice() : takeRows(x, used).data;
    return { ...head, vectors, pairs: ranked };
  };
  // Margins of a linear kernel need no vectors. So the vectors are taken from x only when the document is asked for.
  // That is not possible where x lies in memory that is given back.
  if (head.kernel.kind === 'linear' && !lives(x.data)) return pairsModel(head, x, pairs, documentNow);
  const document = documentNow();
  return pairsModel(head, vectorsOf(document), ranked, () => document);
}

function vectorsOf({ features, vectors }: SvmDocument): Matrix {
  return { rows: vectors.length / features, columns: features, data: vectors };
}

/** The samples that support at least one pair, ascending. */
function usedBy(pairs: Pair[], samples: number): Int32Array {
  const used = new Uint8Array(samples);
  for (const { support } of pairs) for (const sample of support) used[sample] = 1;
  return Int32Array.from(used.keys()).filter(i => used[i] === 1);
}

/** The samples that count, grouped by class in the order of their use. */
function chosenOf(members: Int32Array[]): Int32Array {
  const chosen = new Int32Array(members.reduce((sum, samples) => sum + samples.length, 0));
  let end = 0;
  for (const samples of members) {
    chosen.set(samples, end);
    end += samples.length;
  }
  return chosen;
}

/** The largest alpha of each sample. 0 leaves the sample out. */
function boundsOf(problem: ClassProblem, params: SvmParameters): Float64Array {
  const weights = sampleWeights(params.class_weight, problem);
  const bounds = new Float64Array(problem.y.length).fill(params.C);
  return weights ? bounds.map((C, i) => C * weights[i]) : bounds;
}

/** For each class its samples, without those that do not count. */
function membersOf(
  { x, y, classes }: ClassProblem,
  bounds: Float64Array,
  params: SvmParameters,
): Int32Array[] {
  const members = Array.from({ length: classes }, (_, code) =>
    everyRow(x).filter(i => y[i] === code && bounds[i] > 0),
  );
  refuseWeightOfZero(params.class_weight, y);
  if (members.filter(samples => samples.length > 0).length < 2) {
    throw new InputError('one-class', 'all samples whose weight is not zero are of one class', {
      expected: 'samples of at least two classes',
    });
  }
  return members;
}

/** A class of weight 0 would be left out of the model, and its samples given to the others. */
function refuseWeightOfZero(classWeight: ClassWeight, y: Int32Array): void {
  if (classWeight === null || classWeight === 'balanced') return;
  const code = Object.keys(classWeight).find(key => classWeight[key] === 0 && y.includes(Number(key)));
  if (code === undefined) return;
  throw new InputError('zero-class-weight', 'class_weight is 0 for a class that has samples', {
    value: 0,
    expected: 'weights above 0',
    hint: 'Leave the class out of the samples with `where:`, or give it a small weight.',
  });
}

function fitPairs(
  material: Material,
  members: Int32Array[],
  params: SvmParameters,
  context: FitContext,
): Pair[] {
  const present = members.flatMap((samples, code) => (samples.length > 0 ? [code] : []));
  const rng = ownGenerator(context.rng, params.random_state);
  return pairsOf(present).map(([first, second]) => {
    // As in libsvm, the first class is the positive one for the solver.
    const { machine, solution } = fitMachine(material, members[first], members[second]);
    if (!solution.converged) context.warn(notConverged(solution, params));
    const { support, coefficients, intercept } = machine;
    return {
      first,
      second,
      support,
      coefficients: coefficients.map(value => -value),
      intercept: -intercept,
      curve: params.probability
        ? fitProbability(material, members[first], members[second], rng.child('probability', first, second))
        : null,
    };
  });
}

function notConverged({ iterations, violation }: Solution, { tol }: SvmParameters): FitWarning {
  return {
    code: 'not-converged',
    step: 'SVC',
    message:
      `not converged after ${iterations} iterations: the largest violation is ${violation.toExponential(2)}, ` +
      `and tol is ${tol}. ` +
      'Raise max_iter, scale the features, or lower C.',
    unranked: true,
  };
}

/** The model of pairs whose support vectors are rows of `vectors`. */
function pairsModel(
  { kernel, classes, features, breakTies, frame }: Omit<SvmDocument, 'vectors' | 'pairs'>,
  vectors: Matrix,
  pairs: Pair[],
  document: () => SvmDocument,
): Classifier {
  const codes = pairs.map(({ first, second }): [number, number] => [first, second]);
  const marginsOfPairs =
    kernel.kind === 'linear' ? byWeights(vectors, pairs) : byKernel(kernel, vectors, pairs);
  const margins = (x: Matrix): Float64Array[] => {
    checkNewData(x, features);
    return marginsOfPairs(frame ? framed(frame, x) : x);
  };
  const coding = codingOf(classes);
  const decided = (found: Float64Array[], samples: number): Float64Array =>
    coding.binary ? found[0] : pairwiseDecision(codes, found, classes, samples);
  const decision = (x: Matrix): Float64Array => decided(margins(x), x.rows);
  const predict = (x: Matrix): Int32Array => {
    const found = margins(x);
    if (coding.binary || breakTies) return coding.codes(decided(found, x.rows));
    return mostVotes(codes, found, classes, x.rows);
  };
  const model: Classifier = {
    classes,
    decision,
    predict,
    ...(!coding.binary && !breakTies && { votes: true }),
    ...(kernel.kind === 'linear' && { inside: () => linearInside(vectors, pairs, classes) }),
    size: () => ({ features, supportVectors: new Set(pairs.flatMap(({ support }) => [...support])).size }),
    serialize: () => document() as unknown as Document,
  };
  if (pairs.some(({ curve }) => curve === null)) return model;
  return { ...model, proba: x => probabilities(pairs, classes, margins(x), x.rows) };
}

/** The function that gives the margins of each pair. */
type Margins = (x: Matrix) => Float64Array[];

function byKernel(kernel: KernelFunction, vectors: Matrix, pairs: Pair[]): Margins {
  return x => scope(() => marginsOf(pairs, kernel, packSamples(vectors, everyRow(vectors)), x));
}

/** Margins by the weights of the features, w = sum_s coefficients_s vector_s. */
function byWeights(vectors: Matrix, pairs: Pair[]): Margins {
  const weights = pairs.map(pair => weightsOf(pair, vectors));
  return x => weights.map((own, pair) => scoresByRow(x, own, Float64Array.of(pairs[pair].intercept)));
}

/** The weights of each pair; of two classes they are those of the decision. */
function linearInside(vectors: Matrix, pairs: Pair[], classes: number): Inside {
  const coef = new Float64Array(pairs.length * vectors.columns);
  pairs.forEach((pair, p) => coef.set(weightsOf(pair, vectors), p * vectors.columns));
  const inside: Inside = { kind: 'linear', features: vectors.columns, coef };
  if (codingOf(classes).binary) return inside;
  return { ...inside, pairs: pairs.map(({ first, second }) => [first, second]) };
}

/** One weight a feature: the sum of the support vectors times their coefficients. */
export function weightsOf({ support, coefficients }: Machine, { rows, columns, data }: Matrix): Float64Array {
  const weights = new Float64Array(columns);
  for (let j = 0, from = 0; j < columns; j++, from += rows) {
    let weight = 0;
    for (let s = 0; s < support.length; s++) weight += coefficients[s] * data[from + support[s]];
    weights[j] = weight;
  }
  return weights;
}

/** The class that wins most pairs, and the first among equals. */
function mostVotes(
  pairs: [number, number][],
  margins: Float64Array[],
  classes: number,
  samples: number,
): Int32Array {
  const votes = new Int32Array(samples * classes);
  pairs.forEach(([first, second], pair) => {
    for (let i = 0; i < samples; i++) votes[i * classes + (margins[pair][i] < 0 ? first : second)]++;
  });
  return new Int32Array(samples).map((_, i) => largestAt(votes, i * classes, classes));
}

/** m x k probabilities, coupled from those of the pairs. A class without samples in the fit has probability 0. */
function probabilities(
  pairs: Pair[],
  classes: number,
  margins: Float64Array[],
  samples: number,
): Float64Array {
  const present = [...new Set(pairs.flatMap(({ first, second }) => [first, second]))].sort((a, b) => a - b);
  const k = present.length;
  const ofPairs = new Float64Array(k * k);
  const coupled = new Float64Array(k);
  const proba = new Float64Array(samples * classes);
  for (let i = 0; i < samples; i++) {
    pairs.forEach(({ first, second, curve }, pair) => {
      const [a, b] = [present.indexOf(first), present.indexOf(second)];
      const p = probabilityOf(curve!, -margins[pair][i]);
      ofPairs[a * k + b] = p;
      ofPairs[b * k + a] = 1 - p;
    });
    couple(ofPairs, k, coupled, 0);
    present.forEach((code, c) => (proba[i * classes + code] = coupled[c]));
  }
  return proba;
}
