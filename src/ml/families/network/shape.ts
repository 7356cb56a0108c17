/**
 * How a network lies in the kernels' memory. Units go from u_0 (features) to u_L (outputs). Layer l takes u_l units
 * to u_(l+1) units. A layer of u units is padded to a stride that is a multiple of 8. A single output unit is not
 * padded. The parameters are one vector: the weights of all layers, each in panels of 8 columns
 * (kernels/assembly/network-products.ts), then the intercepts of all layers. Padding is zero.
 */

/**
 * Weights as scikit-learn has them. Each layer has one f32 array of u_l x u_(l+1) weights, row-major, and one of
 * u_(l+1) intercepts.
 */
export interface Weights {
  coefs: Float32Array[];
  intercepts: Float32Array[];
}

export interface Shape {
  /** u_0 to u_L. */
  units: number[];
  /** Floats in a row of each of these layers. */
  strides: number[];
  /** Where each layer's weights, and its intercepts, begin in the parameters, in floats. */
  coefs: number[];
  intercepts: number[];
  /** Floats of all weights, and of all parameters; multiples of 8. */
  coefCount: number;
  count: number;
}

export function shapeOf(units: number[]): Shape {
  const last = units.length - 1;
  const strides = units.map((width, layer) => (layer === last && width === 1 ? 1 : padded(width)));
  const coefs: number[] = [];
  const intercepts: number[] = [];
  let count = 0;
  for (let layer = 0; layer < last; layer++) {
    coefs.push(count);
    count += strides[layer] * strides[layer + 1];
  }
  const coefCount = count;
  for (let layer = 0; layer < last; layer++) {
    intercepts.push(count);
    count += padded(units[layer + 1]);
  }
  return { units, strides, coefs, intercepts, coefCount, count };
}

/** The width rounded up to a multiple of 8. */
export function padded(width: number): number {
  return Math.ceil(width / 8) * 8;
}

/** Writes weights into a parameter vector of `shape.count` floats whose padding is zero. */
export function pack(shape: Shape, weights: Weights, parameters: Float32Array): void {
  for (let layer = 0; layer < shape.coefs.length; layer++) {
    const coefs = weights.coefs[layer];
    const { fanIn, fanOut, placeOf } = layoutOf(shape, layer);
    for (let j = 0; j < fanOut; j++) {
      const { first, step } = placeOf(j);
      for (let i = 0; i < fanIn; i++) parameters[first + i * step] = coefs[i * fanOut + j];
    }
    parameters.set(weights.intercepts[layer], shape.intercepts[layer]);
  }
}

/** The weights that a parameter vector holds, as copies. */
export function unpack(shape: Shape, parameters: Float32Array): Weights {
  const weights: Weights = { coefs: [], intercepts: [] };
  for (let layer = 0; layer < shape.coefs.length; layer++) {
    const { fanIn, fanOut, placeOf } = layoutOf(shape, layer);
    const coefs = new Float32Array(fanIn * fanOut);
    for (let j = 0; j < fanOut; j++) {
      const { first, step } = placeOf(j);
      for (let i = 0; i < fanIn; i++) coefs[i * fanOut + j] = parameters[first + i * step];
    }
    weights.coefs.push(coefs);
    const start = shape.intercepts[layer];
    weights.intercepts.push(parameters.slice(start, start + fanOut));
  }
  return weights;
}

/**
 * Where the weights of a layer lie in the parameters: for each output the place of its first weight, and the step to
 * the next weight.
 */
function layoutOf(shape: Shape, layer: number) {
  const start = shape.coefs[layer];
  const rows = shape.strides[layer];
  const single = shape.strides[layer + 1] === 1;
  const placeOf = (j: number): { first: number; step: number } =>
    single ? { first: start, step: 1 } : { first: start + (j >> 3) * rows * 8 + (j & 7), step: 8 };
  return { fanIn: shape.units[layer], fanOut: shape.units[layer + 1], placeOf };
}
