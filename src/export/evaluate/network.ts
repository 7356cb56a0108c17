/** The forward pass of a network, in f32. The order of sums is that of kernels/assembly/network-products.ts. */
import { activate, multiply, multiplyVector, placeInPanels } from '../../kernels/reference/network.js';
import { sigmoidRows, softmaxRows } from '../../ml/outputs/probabilities.js';
import type { Layers, NetworkPart, NetworkValuePart } from '../plan.js';
import { byProbability, type Says, type SaysValue } from './answer.js';

/** A layer as the kernels' plain form takes it: `stride` floats an output row, 1 for a single output. */
interface Layer {
  kind: Layers['activation'];
  fanIn: number;
  fanOut: number;
  stride: number;
  weights: Float32Array;
  bias: Float32Array;
}

const padded = (width: number): number => Math.ceil(width / 8) * 8;

export function networkSays(part: NetworkPart): Says {
  const outputsAt = lastOutputs(part);
  return x => {
    const logits = outputsAt(x);
    return byProbability(logits.length === 1 ? sigmoidRows(logits) : softmaxRows(logits, logits.length));
  };
}

export function networkValue(part: NetworkValuePart): SaysValue {
  const outputsAt = lastOutputs(part);
  return x => outputsAt(x)[0];
}

/** What the last layer gives. */
function lastOutputs(part: Layers): (x: Float64Array) => Float64Array {
  const layers = part.coefs.map((_, place) => layerOf(part, place));
  return x => {
    let values = Float32Array.from({ length: padded(x.length) }, (_, j) => x[j] ?? 0);
    for (const layer of layers) values = outputsOf(layer, values);
    return Float64Array.from(values.subarray(0, part.units[layers.length]));
  };
}

function layerOf({ units, coefs, intercepts, activation }: Layers, place: number): Layer {
  const [fanIn, fanOut] = [units[place], units[place + 1]];
  const isLast = place === coefs.length - 1;
  const stride = isLast && fanOut === 1 ? 1 : padded(fanOut);
  const rows = padded(fanIn);
  const weights = new Float32Array(rows * stride);
  for (let i = 0; i < fanIn; i++) {
    for (let j = 0; j < fanOut; j++) {
      weights[stride === 1 ? i : placeInPanels(i, j, rows)] = coefs[place][i * fanOut + j];
    }
  }
  const bias = new Float32Array(stride);
  bias.set(intercepts[place]);
  return { kind: isLast ? 'identity' : activation, fanIn, fanOut, stride, weights, bias };
}

function outputsOf(
  { kind, fanIn, fanOut, stride, weights, bias }: Layer,
  values: Float32Array,
): Float32Array<ArrayBuffer> {
  const inputs = { data: values, stride: values.length };
  const out = new Float32Array(stride);
  if (stride === 1) multiplyVector(inputs, weights, out, 1);
  else multiply(inputs, weights, values.length, out, 1, fanIn, stride / 8);
  activate(kind, { data: out, stride }, fanOut, bias, 1);
  return out;
}
