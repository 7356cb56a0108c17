import type { Matrix } from '../../base/dataset.js';
import { emptyMatrix } from '../algebra/matrix.js';
import { keptFlow, type EachFlow, type Flow } from '../inside.js';

/** The flows of transforms one after the other, and side by side. */

/** A flow as weights, features that go in x features that come out; undefined where it is not linear. */
function weightsOf(flow: Flow): Matrix | undefined {
  if (flow.kind === 'linear') return flow.weights;
  if (flow.kind === 'mixed' || flow.factor.some(Number.isNaN)) return undefined;
  const weights = emptyMatrix(flow.features, flow.from.length);
  flow.from.forEach((place, i) => (weights.data[i * flow.features + place] = flow.factor[i]));
  return weights;
}

/** The product of p x q and q x r weights. Sums run over the q features in their order. */
function product(a: Matrix, b: Matrix): Matrix {
  const found = emptyMatrix(a.rows, b.columns);
  for (let c = 0; c < b.columns; c++)
    for (let k = 0; k < a.columns; k++) {
      const weight = b.data[c * b.rows + k];
      if (weight === 0) continue;
      for (let j = 0; j < a.rows; j++) found.data[c * a.rows + j] += a.data[k * a.rows + j] * weight;
    }
  return found;
}

/** The flow of two transforms, one after the other. `features` go into the first one. */
function twoFlows(first: Flow, second: Flow, features: number): Flow {
  if (first.kind === 'each' && second.kind === 'each') {
    const from = second.from.map(place => first.from[place]);
    const factor = second.factor.map((own, i) => own * first.factor[second.from[i]]);
    return { kind: 'each', features, from, factor };
  }
  const [a, b] = [weightsOf(first), weightsOf(second)];
  return a && b ? { kind: 'linear', weights: product(a, b) } : { kind: 'mixed', features };
}

/** The flow of transforms one after the other. */
export function flowThrough(flows: readonly Flow[], features: number): Flow {
  const all: Flow = keptFlow(
    Int32Array.from({ length: features }, (_, j) => j),
    features,
  );
  return flows.reduce((flow, next) => twoFlows(flow, next, features), all);
}

/** A flow of some of the features, and their places among all of them. */
export interface PlacedFlow {
  places: Int32Array;
  flow: Flow;
}

/** The flow of parts side by side: what comes out of the first one, then of the second one, and so on. */
export function joinedFlows(parts: readonly PlacedFlow[], features: number): Flow {
  if (parts.every((part): part is { places: Int32Array; flow: EachFlow } => part.flow.kind === 'each')) {
    const from = parts.flatMap(({ places, flow }) => Array.from(flow.from, place => places[place]));
    const factor = parts.flatMap(({ flow }) => Array.from(flow.factor));
    return { kind: 'each', features, from: Int32Array.from(from), factor: Float64Array.from(factor) };
  }
  const weights = parts.map(({ flow }) => weightsOf(flow));
  if (!weights.every(own => own !== undefined)) return { kind: 'mixed', features };
  const all = emptyMatrix(
    features,
    weights.reduce((sum, own) => sum + own.columns, 0),
  );
  let column = 0;
  weights.forEach((own, k) => {
    for (let c = 0; c < own.columns; c++, column++)
      for (let j = 0; j < own.rows; j++)
        all.data[column * features + parts[k].places[j]] += own.data[c * own.rows + j];
  });
  return { kind: 'linear', weights: all };
}
