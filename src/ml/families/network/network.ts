/**
 * A multi-layer perceptron in the kernels' memory: the forward pass, and loss and gradient by back-propagation.
 *
 * a_0 = x, a_(l+1) = f(a_l W_l + b_l). The last layer has no f here. Of classes, its logits go through a logistic unit
 * (two classes, one output) or a softmax. The loss of a batch of n rows is (sum of their log-losses + alpha / 2
 * ||W||^2) / n, as in scikit-learn. Of values, the one logit is the value, and half of the squared errors takes the
 * place of log-losses.
 */
import type { Pointer } from '../../../kernels/exports.js';
import { IDENTITY, LOGISTIC, RELU, TANH } from '../../../kernels/layouts/network.js';
import { kernels } from '../../../kernels/loader.js';
import { float32 } from '../../../kernels/memory.js';
import type { Learnt } from './rows.js';
import { type Shape, padded } from './shape.js';

/** The activation f of the hidden layers, as its number in the kernels. */
const KINDS = { identity: IDENTITY, logistic: LOGISTIC, tanh: TANH, relu: RELU } as const;
export type Activation = keyof typeof KINDS;

/** From `fanIn` units to `fanOut`, which have the given strides. Pointers into the network's arrays. */
interface Layer {
  kind: number;
  fanIn: number;
  fanOut: number;
  inStride: number;
  outStride: number;
  coefs: Pointer;
  intercepts: Pointer;
  coefGradient: Pointer;
  interceptGradient: Pointer;
  /**
   * Rows of activations, and of the derivatives of the loss by the inputs of the activations. Nothing is sent back to
   * the features.
   */
  inputs: Pointer;
  outputs: Pointer;
  inputDeltas: Pointer;
  outputDeltas: Pointer;
}

/** All of it lives in the kernels' memory. */
export interface Network {
  shape: Shape;
  layers: Layer[];
  /** `shape.count` floats each. */
  parameters: Float32Array;
  gradient: Float32Array;
  /** The largest batch, in rows. */
  capacity: number;
  /** Where the rows of a batch are gathered. */
  batch: Pointer;
  /** The last layer's values, capacity x its stride. */
  logits: Float32Array;
  /** The derivatives of the loss by the logits, as many. */
  logitDeltas: Float32Array;
  /** The panels of one layer's transposed weights. */
  transposed: Pointer;
}

/** A batch of rows: a pointer to rows x stride features, and class codes or values in the kernels' memory. */
export interface Batch {
  x: Pointer;
  y: Learnt;
  rows: number;
}

/** A network whose parameters are zero, for batches of up to `capacity` rows. It lives until the scope ends. */
export function allocateNetwork(shape: Shape, activation: Activation, capacity: number): Network {
  const { units, strides } = shape;
  const parameters = float32(shape.count);
  const gradient = float32(shape.count);
  const values = strides.map(stride => float32(padded(stride * capacity)));
  const deltas = strides.map((stride, place) => float32(place === 0 ? 0 : padded(stride * capacity)));
  const layers = shape.coefs.map((_, place): Layer => {
    const last = place === shape.coefs.length - 1;
    const [coefs, intercepts] = [4 * shape.coefs[place], 4 * shape.intercepts[place]];
    return {
      kind: KINDS[last ? 'identity' : activation],
      fanIn: units[place],
      fanOut: units[place + 1],
      inStride: strides[place],
      outStride: strides[place + 1],
      coefs: parameters.byteOffset + coefs,
      intercepts: parameters.byteOffset + intercepts,
      coefGradient: gradient.byteOffset + coefs,
      interceptGradient: gradient.byteOffset + intercepts,
      inputs: values[place].byteOffset,
      outputs: values[place + 1].byteOffset,
      inputDeltas: deltas[place].byteOffset,
      outputDeltas: deltas[place + 1].byteOffset,
    };
  });
  const largest = Math.max(...layers.map(layer => layer.inStride * layer.outStride));
  const transposed = float32(largest).byteOffset;
  const [batch, logits] = [values[0].byteOffset, values[values.length - 1]];
  const logitDeltas = deltas[deltas.length - 1];
  return { shape, layers, parameters, gradient, capacity, batch, logits, logitDeltas, transposed };
}

/** Computes the logits of the rows at `x`. */
function forward(network: Network, x: Pointer, rows: number): void {
  const { networkActivate, networkMultiply, networkMultiplyVector } = kernels();
  let inputs = x;
  for (const { kind, fanIn, fanOut, inStride, outStride, coefs, intercepts, outputs } of network.layers) {
    if (outStride === 1) networkMultiplyVector(inputs, inStride, coefs, outputs, rows);
    else networkMultiply(inputs, inStride, coefs, inStride, outputs, rows, fanIn, outStride / 8);
    networkActivate(kind, outputs, outStride, fanOut, intercepts, rows);
    inputs = outputs;
  }
}

/** The sum of the losses of a batch; leaves the gradient of that sum in `network.gradient`. */
export function backpropagate(network: Network, batch: Batch): number {
  const { networkColumnSums, networkGradient, networkGradientVector } = kernels();
  const { rows } = batch;
  forward(network, batch.x, rows);
  const loss = outputLoss(network, batch);
  for (let place = network.layers.length - 1; place >= 0; place--) {
    const layer = network.layers[place];
    const { inStride, outStride, outputDeltas, coefGradient } = layer;
    const inputs = place === 0 ? batch.x : layer.inputs;
    if (outStride === 1) networkGradientVector(inputs, inStride, outputDeltas, coefGradient, rows);
    else networkGradient(inputs, inStride, outputDeltas, outStride / 8, coefGradient, rows);
    networkColumnSums(outputDeltas, outStride, layer.interceptGradient, rows);
    if (place > 0) sendBack(layer, network.layers[place - 1].kind, network.transposed, rows);
  }
  return loss;
}

/** The loss by the logits of the last forward pass; leaves its derivative in the last layer's deltas. */
function outputLoss(network: Network, { y, rows }: Batch): number {
  if (y instanceof Float64Array) return squaredLoss(network, y, rows);
  const { networkLogisticOutput, networkSoftmaxOutput } = kernels();
  const { outputs, outputDeltas, outStride, fanOut } = network.layers[network.layers.length - 1];
  if (outStride === 1) return networkLogisticOutput(outputs, y.byteOffset, outputDeltas, rows);
  return networkSoftmaxOutput(outputs, outStride, fanOut, y.byteOffset, outputDeltas, rows);
}

/** Half of the sum of squared errors of the one output; leaves the errors in its deltas. */
function squaredLoss({ logits, logitDeltas }: Network, y: Float64Array, rows: number): number {
  let squares = 0;
  for (let i = 0; i < rows; i++) {
    const error = logits[i] - y[i];
    logitDeltas[i] = error;
    squares += error * error;
  }
  return squares / 2;
}

/** The deltas of the layer's inputs, which are activations of the given kind. */
function sendBack(layer: Layer, kind: number, transposed: Pointer, rows: number): void {
  const { networkDerivative, networkMultiply, networkOuter, networkTranspose } = kernels();
  const { coefs, inStride, outStride, fanOut, inputs, inputDeltas, outputDeltas } = layer;
  if (outStride === 1) {
    networkOuter(outputDeltas, coefs, inStride, inputDeltas, rows);
  } else {
    networkTranspose(coefs, inStride, transposed, outStride, inStride, fanOut);
    networkMultiply(outputDeltas, outStride, transposed, outStride, inputDeltas, rows, fanOut, inStride / 8);
  }
  networkDerivative(kind, inputs, inputDeltas, rows * inStride);
}

/** The logits of the rows at `x`: rows x u_L, row-major. */
export function logitsOf(network: Network, x: Pointer, rows: number): Float64Array {
  const { shape, layers, capacity } = network;
  const { fanOut, outStride } = layers[layers.length - 1];
  const logits = new Float64Array(rows * fanOut);
  for (let start = 0; start < rows; start += capacity) {
    const taken = Math.min(capacity, rows - start);
    forward(network, x + 4 * start * shape.strides[0], taken);
    for (let i = 0; i < taken; i++) {
      for (let c = 0; c < fanOut; c++) logits[(start + i) * fanOut + c] = network.logits[i * outStride + c];
    }
  }
  return logits;
}

/**
 * The class of each row of logits. One logit stands for class 1 where it is positive. Of several logits the largest
 * wins, and the first among equals.
 */
export function classesOf(logits: Float64Array, rows: number): Int32Array {
  const width = logits.length / rows;
  const classes = new Int32Array(rows);
  for (let i = 0; i < rows; i++) {
    if (width === 1) {
      classes[i] = logits[i] > 0 ? 1 : 0;
    } else {
      const row = logits.subarray(i * width, (i + 1) * width);
      for (let c = 1; c < width; c++) if (row[c] > row[classes[i]]) classes[i] = c;
    }
  }
  return classes;
}
