/**
 * How a network lies in the kernels' memory. Units u_0 (features) to u_L (outputs); layer l takes u_l to u_(l+1) units.
 * A layer of u units is padded to a stride of a multiple of 8, a single output unit to none. The parameters are one
 * vector: the weights of all layers, each in panels of 8 columns (see kernels/assembly/network.ts), then the intercepts
 * of all layers. Padding is zero.
 */

/** Weights as scikit-learn has them: one f32 array per layer, u_l x u_(l+1) row-major, and one of u_(l+1) intercepts. */
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
    eachCoef(shape, layer, (place, plain) => (parameters[place] = coefs[plain]));
    parameters.set(weights.intercepts[layer], shape.intercepts[layer]);
  }
}

/** The weights that a parameter vector holds, as copies. */
export function unpack(shape: Shape, parameters: Float32Array): Weights {
  const weights: Weights = { coefs: [], intercepts: [] };
  for (let layer = 0; layer < shape.coefs.length; layer++) {
    const coefs = new Float32Array(shape.units[layer] * shape.units[layer + 1]);
    eachCoef(shape, layer, (place, plain) => (coefs[plain] = parameters[place]));
    weights.coefs.push(coefs);
    const start = shape.intercepts[layer];
    weights.intercepts.push(parameters.slice(start, start + shape.units[layer + 1]));
  }
  return weights;
}

/** Visits the weights of a layer: their place in the parameters and in the plain row-major array. */
function eachCoef(shape: Shape, layer: number, visit: (place: number, plain: number) => void): void {
  const fanIn = shape.units[layer];
  const fanOut = shape.units[layer + 1];
  const rows = shape.strides[layer];
  const single = shape.strides[layer + 1] === 1;
  for (let i = 0; i < fanIn; i++) {
    for (let j = 0; j < fanOut; j++) {
      const place = single ? i : ((j >> 3) * rows + i) * 8 + (j & 7);
      visit(shape.coefs[layer] + place, i * fanOut + j);
    }
  }
}
