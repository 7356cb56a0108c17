/**
 * The nodes of SVC: margins of the pairs of classes, their votes, and probabilities coupled from those of the pairs.
 */
import {
  atLeast,
  atMost,
  cast,
  factorRow,
  FEATURES,
  sigmoidOfMinus,
  sumOverFeatures,
  wholePower,
} from './arithmetic.js';
import { int, ints, type Builder, type Value } from './builder.js';
import type { Port } from './model.js';
import { largestCodes, withRest, type Outputs } from './outputs.js';
import { classesOfPairs } from '../evaluate/machine.js';
import type { MachinePart, PairOfClasses } from '../plan.js';

export function machineNodes(b: Builder, part: MachinePart, x: Value): Outputs {
  const { pairs, classes, votes } = part;
  const margins = marginNodes(b, part, framed(b, part, x));
  const outputs: Outputs = { decision: classes === 2 ? margins : decisionNodes(b, part, margins) };
  if (votes) {
    // A margin that is not below 0 votes for the second class here, and for the first one in the decision.
    const isSecond = b.node('GreaterOrEqual', [margins, b.f64(0)]);
    outputs.codes = largestCodes(b, countVotes(b, part, cast(b, isSecond, 'f64')));
  }
  if (pairs.every(({ curve }) => curve !== null)) outputs.probabilities = probabilityNodes(b, part, margins);
  return outputs;
}

function framed(b: Builder, { unit, center }: MachinePart, x: Value): Value {
  const centered = center ? b.node('Sub', [x, b.f64(center)]) : x;
  return unit === 1 ? centered : b.node('Mul', [centered, factorRow(b, x, [unit])]);
}

/** m x pairs margins. */
function marginNodes(b: Builder, part: MachinePart, x: Value): Value {
  const { inputs, vectorCount, pairs } = part;
  const byWeights = pairs.every(({ weights }) => weights !== null);
  const values = byWeights ? x : kernelNodes(b, part, x);
  const rows = byWeights ? inputs : vectorCount;
  const matrix = new Float64Array(rows * pairs.length);
  pairs.forEach(({ weights, support, coefficients }, pair) => {
    if (byWeights) weights!.forEach((weight, j) => (matrix[j * pairs.length + pair] = weight));
    else support.forEach((vector, s) => (matrix[vector * pairs.length + pair] = coefficients[s]));
  });
  const intercepts = b.f64(pairs.map(({ intercept }) => intercept));
  return b.node('Add', [b.node('MatMul', [values, b.f64(matrix, [rows, pairs.length])]), intercepts]);
}

/** m x vectors values of the kernel. */
function kernelNodes(b: Builder, part: MachinePart, x: Value): Value {
  const { kernel, gamma, coef0, degree, inputs, vectors, vectorCount } = part;
  // Vectors lie feature by feature, which are the rows of the transposed matrix.
  const products = b.node('MatMul', [x, b.f64(vectors, [inputs, vectorCount])]);
  if (kernel === 'linear') return products;
  if (kernel === 'rbf') {
    const norms = new Float64Array(vectorCount);
    vectors.forEach((value, at) => (norms[at % vectorCount] += value * value));
    const both = b.node('Add', [sumOverFeatures(b, b.node('Mul', [x, x])), b.f64(norms)]);
    const apart = atLeast(b, b.node('Sub', [both, b.node('Mul', [b.f64(2), products])]), 0);
    return b.node('Exp', [b.node('Mul', [b.f64(-gamma), apart])]);
  }
  const moved = b.node('Add', [b.node('Mul', [factorRow(b, x, [gamma]), products]), b.f64(coef0)]);
  return kernel === 'poly' ? wholePower(b, moved, degree) : b.node('Tanh', [moved]);
}

/** pairs x classes: `first` in the column of a pair's first class, `second` in that of its second class. */
function pairMatrix(b: Builder, { pairs, classes }: MachinePart, first: number, second: number): Value {
  const matrix = new Float64Array(pairs.length * classes);
  pairs.forEach((pair, at) => {
    matrix[at * classes + pair.first] = first;
    matrix[at * classes + pair.second] = second;
  });
  return b.f64(matrix, [pairs.length, classes]);
}

/** m x classes votes, from m x pairs ones where a pair votes for its second class. */
function countVotes(b: Builder, part: MachinePart, isSecond: Value): Value {
  const isFirst = b.node('Sub', [b.f64(1), isSecond]);
  const forFirst = b.node('MatMul', [isFirst, pairMatrix(b, part, 1, 0)]);
  return b.node('Add', [forFirst, b.node('MatMul', [isSecond, pairMatrix(b, part, 0, 1)])]);
}

/** m x classes: votes, and the sums of the margins squeezed into (-1/3, 1/3). */
function decisionNodes(b: Builder, part: MachinePart, margins: Value): Value {
  const votes = countVotes(b, part, cast(b, b.node('Greater', [margins, b.f64(0)]), 'f64'));
  const sums = b.node('MatMul', [margins, pairMatrix(b, part, -1, 1)]);
  const size = b.node('Add', [b.node('Abs', [sums]), b.f64(1)]);
  return b.node('Add', [votes, b.node('Div', [sums, b.node('Mul', [b.f64(3), size])])]);
}

/** Probabilities of pairs are kept this far from 0 and 1 (ml/families/svm/probability.ts). */
const LEAST_PROBABILITY = 1e-7;

/** m x classes probabilities. A class without samples in the fit has probability 0. */
function probabilityNodes(b: Builder, { pairs, classes }: MachinePart, margins: Value): Value {
  const curves = pairs.map(({ curve }) => curve!);
  const slopes = b.f64(curves.map(({ slope }) => slope));
  const moved = b.node('Mul', [slopes, b.node('Neg', [margins])]);
  const odds = b.node('Add', [moved, b.f64(curves.map(({ offset }) => offset))]);
  const ofFirst = atMost(b, atLeast(b, sigmoidOfMinus(b, odds), LEAST_PROBABILITY), 1 - LEAST_PROBABILITY);
  const present = classesOfPairs(pairs);
  const k = present.length;
  const coupled = k === 2 ? withRest(b, ofFirst, 0) : couple(b, pairs, present, ofFirst);
  if (k === classes) return coupled;
  const places = new Float64Array(k * classes);
  present.forEach((code, c) => (places[c * classes + code] = 1));
  return b.node('MatMul', [coupled, b.f64(places, [k, classes])]);
}

/** pairs x k^2: 1 at the place (a, b) of the pair, or (b, a) with `swapped`. */
function placeMatrix(b: Builder, pairs: PairOfClasses[], present: number[], swapped: boolean): Value {
  const k = present.length;
  const matrix = new Float64Array(pairs.length * k * k);
  pairs.forEach(({ first, second }, pair) => {
    const [from, to] = [present.indexOf(first), present.indexOf(second)];
    matrix[pair * k * k + (swapped ? to * k + from : from * k + to)] = 1;
  });
  return b.f64(matrix, [pairs.length, k * k]);
}

const MOST_STEPS = 100;

/** The number of the sweep, whether to go on, and m x k probabilities. */
const SWEEP_INPUTS: Omit<Port, 'name'>[] = [
  { type: 'i64', dims: [] },
  { type: 'bool', dims: [] },
  { type: 'f64' },
];

/**
 * m x k probabilities from m x pairs ones (`couple` in ml/families/svm/probability.ts): at most 100 sweeps, and a
 * sample that has settled stays as it is.
 */
function couple(b: Builder, pairs: PairOfClasses[], present: number[], ofFirst: Value): Value {
  const k = present.length;
  const rest = b.node('Sub', [b.f64(1), ofFirst]);
  const forward = b.node('MatMul', [ofFirst, placeMatrix(b, pairs, present, false)]);
  const flat = b.node('Add', [forward, b.node('MatMul', [rest, placeMatrix(b, pairs, present, true)])]);
  const r = b.node('Reshape', [flat, b.i64([-1, k, k])]);
  const turned = b.node('Transpose', [r], { perm: ints([0, 2, 1]) });
  const unit = Float64Array.from({ length: k * k }, (_, at) => (at % (k + 1) === 0 ? 1 : 0));
  const diagonal = b.node('ReduceSum', [b.node('Mul', [turned, turned]), b.i64([2])], { keepdims: int(1) });
  const onDiagonal = b.node('Mul', [diagonal, b.f64(unit, [1, k, k])]);
  const q = b.node('Sub', [onDiagonal, b.node('Mul', [turned, r])]);
  const own = b.node('Squeeze', [diagonal, b.i64([2])]);
  const zeros = b.node('Mul', [own, b.f64(0)]);
  const start = b.node('Add', [zeros, b.f64(1 / k)]);
  const body = b.inner('sweep', SWEEP_INPUTS, ['bool', 'f64'], (inside, [, , p]) =>
    sweep(inside, k, q, own, p),
  );
  return b.node('Loop', [b.i64(MOST_STEPS), b.bools([true], []), start], {
    body: { kind: 'graph', value: body },
  });
}

/** One sweep: whether to go on, and the probabilities after it. */
function sweep(b: Builder, k: number, q: Value, own: Value, before: Value): Value[] {
  const column = (values: Value, t: number): Value =>
    b.node('Gather', [values, b.i64([t])], { axis: int(FEATURES) });
  const rowOf = (t: number): Value => b.node('Gather', [q, b.i64(t)], { axis: int(1) });
  const weighted = b.node('Mul', [q, b.node('Unsqueeze', [before, b.i64([1])])]);
  let p = before;
  let qp = b.node('ReduceSum', [weighted, b.i64([2])], { keepdims: int(0) });
  let pqp = sumOverFeatures(b, b.node('Mul', [p, qp]));
  const distance = b.node('Abs', [b.node('Sub', [qp, pqp])]);
  const isFar = cast(b, b.node('GreaterOrEqual', [distance, b.f64(0.005 / k)]), 'f64');
  const far = sumOverFeatures(b, isFar);
  for (let t = 0; t < k; t++) {
    const [divisor, value] = [column(own, t), column(qp, t)];
    const change = b.node('Div', [b.node('Sub', [pqp, value]), divisor]);
    const total = b.node('Add', [b.f64(1), change]);
    const term = b.node('Add', [b.node('Mul', [change, divisor]), b.node('Mul', [b.f64(2), value])]);
    const raised = b.node('Add', [pqp, b.node('Mul', [change, term])]);
    pqp = b.node('Div', [b.node('Div', [raised, total]), total]);
    qp = b.node('Div', [b.node('Add', [qp, b.node('Mul', [change, rowOf(t)])]), total]);
    const place = b.f64(
      Float64Array.from({ length: k }, (_, c) => Number(c === t)),
      [1, k],
    );
    p = b.node('Div', [b.node('Add', [p, b.node('Mul', [change, place])]), total]);
  }
  const after = b.node('Where', [b.node('Greater', [far, b.f64(0)]), p, before]);
  const left = b.node('ReduceSum', [far], { keepdims: int(0) });
  return [b.node('Greater', [left, b.f64(0)]), after];
}
