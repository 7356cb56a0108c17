/** The nodes of linear models, networks, nearest neighbors and naive Bayes: m x inputs values of f64 go in. */
import { log } from '../../kernels/math.js';
import {
  alongFeatures,
  cast,
  FEATURES,
  largestInOrder,
  sigmoid,
  startRows,
  sumInOrder,
  sumOverFeatures,
  type Summed,
} from './arithmetic.js';
import { int, type Builder, type Value } from './builder.js';
import { sigmoidBoth, softmax, withRest, type Outputs } from './outputs.js';
import type { GaussianPart, Layers, LinearPart, NeighborsPart, NetworkPart } from '../plan.js';

/** A matrix of rows x columns that lies row by row, transposed. */
function transposed<T extends Float64Array | Float32Array>(values: T, rows: number, columns: number): T {
  return values.map((_, at) => values[(at % rows) * columns + Math.floor(at / rows)]) as T;
}

export function linearNodes(
  b: Builder,
  { inputs, coef, intercept, link, classes }: LinearPart,
  x: Value,
): Outputs {
  const outputs = intercept.length;
  const weights = b.f64(transposed(coef, outputs, inputs), [inputs, outputs]);
  const decision = b.node('Add', [b.node('MatMul', [x, weights]), b.f64(intercept)]);
  switch (link) {
    case 'none':
      return { decision };
    case 'sigmoid':
      return { decision, probabilities: sigmoidBoth(b, decision) };
    case 'sigmoid-twice':
      return { decision, probabilities: sigmoidBoth(b, b.node('Mul', [decision, b.f64(2)])) };
    case 'sigmoid-rest':
      return { decision, probabilities: withRest(b, sigmoid(b, decision), 1) };
    case 'softmax':
      return { decision, probabilities: softmax(b, decision) };
    case 'sigmoid-shared':
      return { decision, probabilities: sharedSigmoids(b, decision, classes) };
  }
}

/** Far from every class all sigmoids can be 0. Then no class is likelier than another. */
function sharedSigmoids(b: Builder, odds: Value, classes: number): Value {
  const each = sigmoid(b, odds);
  const total = sumOverFeatures(b, each);
  const isKnown = b.node('Greater', [total, b.f64(0)]);
  return b.node('Where', [isKnown, b.node('Div', [each, total]), b.f64(1 / classes)]);
}

const ACTIVATIONS = { logistic: 'Sigmoid', tanh: 'Tanh', relu: 'Relu' };

export function networkNodes(b: Builder, part: NetworkPart, x: Value): Outputs {
  const logits = layerNodes(b, part, x);
  return { probabilities: part.classes === 2 ? sigmoidBoth(b, logits) : softmax(b, logits) };
}

/** m x outputs values of f64. The layers compute in f32, because spt's networks do. */
export function layerNodes(b: Builder, { units, coefs, intercepts, activation }: Layers, x: Value): Value {
  let values = cast(b, x, 'f32');
  coefs.forEach((weights, layer) => {
    const product = b.node('MatMul', [values, b.f32(weights, [units[layer], units[layer + 1]])]);
    values = b.node('Add', [product, b.f32(intercepts[layer])]);
    const isHidden = layer + 1 < coefs.length;
    if (isHidden && activation !== 'identity') values = b.node(ACTIVATIONS[activation], [values]);
  });
  return cast(b, values, 'f64');
}

/** The distances are summed feature by feature, so that samples at the same distance stay in their order. */
export function neighborsNodes(b: Builder, part: NeighborsPart, x: Value): Outputs {
  const { neighbors, byDistance, classes, codes } = part;
  const distances = distanceNodes(b, part, x);
  const nearest = { axis: int(FEATURES), largest: int(0), sorted: int(1) };
  const [found, places] = b.nodeOfSet('', 'TopK', [distances, b.i64([neighbors])], nearest, 2);
  const own = b.node('Gather', [b.i64(codes), places], { axis: int(0) });
  const everyClass = b.i64(
    Array.from({ length: classes }, (_, c) => c),
    [1, 1, classes],
  );
  const isOfClass = b.node('Equal', [b.node('Unsqueeze', [own, b.i64([2])]), everyClass]);
  // m x neighbors x classes: 1 for the class of the neighbor.
  const votes = cast(b, isOfClass, 'f64');
  const weights = byDistance ? weightNodes(b, part, found) : undefined;
  const start = startRows(b, x, b.f64(new Float64Array(classes), [1, classes]), classes);
  const weighted = weights ? b.node('Mul', [votes, b.node('Unsqueeze', [weights, b.i64([2])])]) : votes;
  const sums = sumInOrder(b, 'f64', start, [alongFeatures(b, weighted, 'f64', 3)], (_, [term]) => term);
  if (!weights) return { probabilities: b.node('Div', [sums, b.f64(neighbors)]) };
  const zero = startRows(b, x, b.f64([0]), 1);
  const flat = b.node('Squeeze', [zero, b.i64([FEATURES])]);
  const total = sumInOrder(b, 'f64', flat, [alongFeatures(b, weights, 'f64')], (_, [term]) => term);
  return { probabilities: b.node('Div', [sums, b.node('Unsqueeze', [total, b.i64([FEATURES])])]) };
}

/** m x samples distances to the power of the metric, where that is finite. */
function distanceNodes(b: Builder, part: NeighborsPart, x: Value): Value {
  const { inputs, power, unit, samples, sampleCount } = part;
  const scaled = unit === 1 ? x : b.node('Mul', [x, b.f64(unit)]);
  const along: Summed[] = [
    alongFeatures(b, scaled, 'f64'),
    { value: b.f64(samples, [inputs, sampleCount]), type: 'f64' },
  ];
  const start = startRows(b, x, b.f64(new Float64Array(sampleCount), [1, sampleCount]), sampleCount);
  const apart = (inside: Builder, [value, stored]: Value[]): Value =>
    inside.node('Sub', [stored, inside.node('Unsqueeze', [value, inside.i64([FEATURES])])]);
  if (power === Infinity) {
    return largestInOrder(b, start, along, (inside, slices) => inside.node('Abs', [apart(inside, slices)]));
  }
  return sumInOrder(b, 'f64', start, along, (inside, slices) => {
    const difference = apart(inside, slices);
    if (power === 2) return inside.node('Mul', [difference, difference]);
    const size = inside.node('Abs', [difference]);
    return power === 1 ? size : inside.node('Pow', [size, inside.f64(power)]);
  });
}

/** m x neighbors votes by distance. Where the nearest sample is at distance 0, only those at distance 0 vote. */
function weightNodes(b: Builder, { power }: NeighborsPart, distances: Value): Value {
  const rooted = rootNodes(b, power, distances);
  const isMet = b.node('Equal', [distances, b.f64(0)]);
  const nearest = b.node('Gather', [isMet, b.i64([0])], { axis: int(FEATURES) });
  return b.node('Where', [nearest, cast(b, isMet, 'f64'), b.node('Div', [b.f64(1), rooted])]);
}

function rootNodes(b: Builder, power: number, distances: Value): Value {
  if (power === 2) return b.node('Sqrt', [distances]);
  if (power === 1 || power === Infinity) return distances;
  return b.node('Pow', [distances, b.f64(1 / power)]);
}

const TWO_PI = 6.283185307179586;

export function gaussianNodes(b: Builder, part: GaussianPart, x: Value): Outputs {
  const { inputs, classes, unit, mean, variance } = part;
  const scaled = unit === 1 ? x : b.node('Mul', [x, b.f64(unit)]);
  const start = startRows(b, x, b.f64(constantsOf(part), [1, classes]), classes);
  const byFeature = (values: Float64Array): Summed => ({
    value: b.f64(transposed(values, classes, inputs), [inputs, classes]),
    type: 'f64',
  });
  const along: Summed[] = [alongFeatures(b, scaled, 'f64'), byFeature(mean), byFeature(variance)];
  const logs = sumInOrder(b, 'f64', start, along, (inside, [value, middle, spread]) => {
    const distance = inside.node('Sub', [inside.node('Unsqueeze', [value, inside.i64([FEATURES])]), middle]);
    const half = inside.node('Mul', [inside.node('Mul', [inside.f64(-0.5), distance]), distance]);
    return inside.node('Div', [half, spread]);
  });
  return { probabilities: softmax(b, logs) };
}

/** log prior - sum of log(2 pi variance) / 2, for each class; -Infinity for a prior of 0. */
function constantsOf({ classes, inputs, priors, variance }: GaussianPart): Float64Array {
  return Float64Array.from({ length: classes }, (_, c) => {
    let constant = log(priors[c]);
    for (let j = 0; j < inputs; j++) constant -= 0.5 * log(TWO_PI * variance[c * inputs + j]);
    return constant;
  });
}
