/** Support vector machines: kernels, margins of pairs, votes, and coupled probabilities. */
import { kernel } from '../../kernels/reference/svm.js';
import { dot } from '../../kernels/reference/vector.js';
import { couple, probabilityOf } from '../../ml/families/svm/probability.js';
import { largestAt } from '../../ml/algebra/matrix.js';
import { pairwiseDecision } from '../../ml/outputs/one-versus-one.js';
import type { MachinePart, PairOfClasses } from '../plan.js';
import { labelOf, type Says } from './answer.js';

/** How many values the kernels hold for `count` of them. They fill up to a multiple of 4. */
export function paddedCount(count: number): number {
  return Math.ceil(count / 4) * 4;
}

export function machineSays(part: MachinePart): Says {
  const { classes, pairs, votes } = part;
  const codes = pairs.map(({ first, second }): [number, number] => [first, second]);
  const marginsOf = part.kernel === 'linear' ? byWeights(part) : byKernel(part);
  return given => {
    const margins = marginsOf(framed(part, given));
    const rows = Array.from(margins, margin => Float64Array.of(margin));
    const decisions = classes === 2 ? rows[0] : pairwiseDecision(codes, rows, classes, 1);
    const label = votes ? mostVotes(part, margins) : labelOf(decisions);
    if (!pairs.every(({ curve }) => curve)) return { label, decisions };
    return { label, decisions, probabilities: coupled(part, margins) };
  };
}

function framed({ unit, center }: MachinePart, x: Float64Array): Float64Array {
  return x.map((value, j) => (value - (center ? center[j] : 0)) * unit);
}

function byWeights({ pairs, inputs, vectors, vectorCount }: MachinePart) {
  const weights = pairs.map(pair => pair.weights ?? weightsOf(pair, inputs, vectors, vectorCount));
  return (x: Float64Array): Float64Array =>
    Float64Array.from(pairs, ({ intercept }, p) => {
      let sum = 0;
      for (let j = 0; j < inputs; j++) sum += x[j] * weights[p][j];
      return sum + intercept;
    });
}

/** The sum of the support vectors times their coefficients. */
function weightsOf(
  { support, coefficients }: PairOfClasses,
  inputs: number,
  vectors: Float64Array,
  count: number,
): Float64Array {
  return Float64Array.from({ length: inputs }, (_, j) =>
    support.reduce((sum, place, s) => sum + coefficients[s] * vectors[j * count + place], 0),
  );
}

function byKernel(part: MachinePart) {
  const { pairs, vectorCount, kernel: kind, gamma, coef0, degree } = part;
  const length = paddedCount(vectorCount);
  const factors = pairs.map(({ support, coefficients }) => {
    const dense = new Float64Array(length);
    support.forEach((place, s) => (dense[place] = coefficients[s]));
    return dense;
  });
  return (x: Float64Array): Float64Array => {
    const values = new Float64Array(length);
    values.set(bases(part, x));
    kernel(kind, values, gamma, coef0, degree);
    return Float64Array.from(pairs, ({ intercept }, p) => dot(factors[p], values) + intercept);
  };
}

/** For each vector its product with x, or for rbf its squared distance from x. */
function bases({ vectors, vectorCount, inputs, kernel: kind }: MachinePart, x: Float64Array): Float64Array {
  const own = x.reduce((sum, value) => sum + value * value, 0);
  return Float64Array.from({ length: vectorCount }, (_, v) => {
    let [product, norm] = [0, 0];
    for (let j = 0; j < inputs; j++) {
      const value = vectors[j * vectorCount + v];
      product += value * x[j];
      norm += value * value;
    }
    return kind === 'rbf' ? Math.max(0, own + norm - 2 * product) : product;
  });
}

/** The class that wins most pairs, the first among equals. */
function mostVotes({ pairs, classes }: MachinePart, margins: Float64Array): number {
  const votes = new Int32Array(classes);
  pairs.forEach(({ first, second }, p) => votes[margins[p] < 0 ? first : second]++);
  return largestAt(votes, 0, classes);
}

/** The classes that have samples in some pair, ascending. */
export function classesOfPairs(pairs: readonly PairOfClasses[]): number[] {
  return [...new Set(pairs.flatMap(({ first, second }) => [first, second]))].sort((a, b) => a - b);
}

function coupled({ pairs, classes }: MachinePart, margins: Float64Array): Float64Array {
  const present = classesOfPairs(pairs);
  const k = present.length;
  const ofPairs = new Float64Array(k * k);
  pairs.forEach(({ first, second, curve }, p) => {
    const [a, b] = [present.indexOf(first), present.indexOf(second)];
    ofPairs[a * k + b] = probabilityOf(curve!, -margins[p]);
    ofPairs[b * k + a] = 1 - ofPairs[a * k + b];
  });
  const own = new Float64Array(k);
  couple(ofPairs, k, own, 0);
  const probabilities = new Float64Array(classes);
  present.forEach((code, c) => (probabilities[code] = own[c]));
  return probabilities;
}
