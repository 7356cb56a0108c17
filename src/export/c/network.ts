/** Networks and nearest neighbors in C. */
import type { Layers, NeighborsPart, NetworkPart, NetworkValuePart } from '../plan.js';
import { HEAD } from './scores.js';
import { hexFloat } from './text.js';
import type { Code } from './transforms.js';

/** The activations in float, as src/kernels/assembly/network-activations.ts computes them. */
const ACTIVATIONS = {
  identity: 'static float activation(float z) { return z; }',
  relu: 'static float activation(float z) { return z > 0 ? z : 0; }',
  logistic: `static float activation(float given) {
  float z = -given < -87.3f ? -87.3f : -given > 88.3f ? 88.3f : -given;
  float n = rintf(z * 1.44269504f);
  float r = z - n * 0.693359375f;
  r = r - n * -2.1219444e-4f;
  float p = 1.98756915e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  return 1.0f / (1.0f + p * ldexpf(1.0f, (int)n));
}`,
  tanh: `static float activation(float given) {
  float z = given < -7.90531110763549805f ? -7.90531110763549805f : given;
  z = z > 7.90531110763549805f ? 7.90531110763549805f : z;
  float s = z * z;
  float p = -2.76076847742355e-16f;
  p = p * s + 2.00018790482477e-13f;
  p = p * s + -8.60467152213735e-11f;
  p = p * s + 5.12229709037114e-8f;
  p = p * s + 1.48572235717979e-5f;
  p = p * s + 6.37261928875436e-4f;
  p = p * s + 4.89352455891786e-3f;
  float q = 1.19825839466702e-6f;
  q = q * s + 1.18534705686654e-4f;
  q = q * s + 2.268434632439e-3f;
  q = q * s + 4.89352518554385e-3f;
  return z * p / q;
}`,
};

/** Sums run in parts of 256 terms, and those of a single output in four lanes, as those of the kernels. */
const LAYER = `static void layer(const float *a, int inputs, const float *weights, const float *bias, int outputs,
    float *out) {
  for (int j = 0; j < outputs; j++) {
    float sum = 0;
    for (int start = 0; start < inputs; start += 256) {
      float part = 0;
      for (int i = start; i < inputs && i < start + 256; i++) part += a[i] * weights[(size_t)i * outputs + j];
      sum = start == 0 ? part : sum + part;
    }
    out[j] = sum + bias[j];
  }
}`;
const SINGLE_LAYER = `static float single_output(const float *a, int inputs, const float *weights, float bias) {
  float lane[4] = {0};
  for (int i = 0; i < inputs; i++) lane[i & 3] += a[i] * weights[i];
  return (lane[0] + lane[1]) + (lane[2] + lane[3]) + bias;
}`;

export function networkCode({ classes, ...layers }: NetworkPart): Code {
  const isSingle = layers.units.at(-1) === 1;
  const end = isSingle
    ? `  double logit = output;
  out[0] = sigmoid_of(-logit);
  out[1] = sigmoid_of(logit);\n`
    : `  for (int c = 0; c < ${classes}; c++) out[c] = b[c];
  softmax(out, ${classes});\n`;
  const text = layersText(layers, `${end}  return largest_of(out, ${classes});`);
  return { text, math: isSingle ? ['sigmoid'] : ['softmax'] };
}

export function networkValueCode(part: NetworkValuePart): Code {
  return { text: layersText(part, '  out[0] = output;\n  return 0;'), math: [] };
}

/** The function `last`, which ends with `end`. A single output of the layers is `output`; several stand in `b`. */
function layersText({ units, activation }: Layers, end: string): string {
  const last = units.length - 2;
  const isSingle = units[last + 1] === 1;
  const isDeep = last > 0;
  const widest = units.reduce((a, b) => Math.max(a, b));
  const hidden = Array.from({ length: last }, (_, l) => {
    return `  layer(a, ${units[l]}, last_coefs_${l}, last_intercepts_${l}, ${units[l + 1]}, b);
  for (int j = 0; j < ${units[l + 1]}; j++) a[j] = activation(b[j]);\n`;
  });
  const inner = `last_coefs_${last}, `;
  const outputs = isSingle
    ? `  float output = single_output(a, ${units[last]}, ${inner}last_intercepts_${last}[0]);\n`
    : `  layer(a, ${units[last]}, ${inner}last_intercepts_${last}, ${units[last + 1]}, b);\n`;
  const functions = [
    ...(isDeep ? [ACTIVATIONS[activation]] : []),
    ...(isDeep || !isSingle ? [LAYER] : []),
    ...(isSingle ? [SINGLE_LAYER] : []),
  ];
  return `${functions.join('\n')}
${HEAD}
  float a[${widest}]${isDeep || !isSingle ? `, b[${widest}]` : ''};
  for (int j = 0; j < ${units[0]}; j++) a[j] = (float)x[j];
${hidden.join('')}${outputs}${end}
}`;
}

function powerText(power: number): { add: string; root: string; math: string[] } {
  if (power === Infinity) return { add: 'if (size > distance) distance = size;', root: 'd', math: [] };
  if (power === 1) return { add: 'distance += size;', root: 'd', math: [] };
  if (power === 2) return { add: 'distance += size * size;', root: 'sqrt(d)', math: [] };
  return {
    add: `distance += power_of(size, last_power);`,
    root: `power_of(d, ${hexFloat(1 / power)})`,
    math: ['power'],
  };
}

/** The nearest so far stand in order. Of equal distances the earlier sample is nearer. */
export function neighborsCode(part: NeighborsPart): Code {
  const { neighbors, byDistance, power, sampleCount, inputs, classes } = part;
  const { add, root, math } = powerText(power);
  const weight = byDistance
    ? `double d = distances[i];
    double weight = distances[0] == 0 ? d == 0 : 1 / ${root};`
    : 'double weight = 1;';
  return {
    text: `${HEAD}
  static const size_t COUNT = ${sampleCount};
  double distances[${neighbors}];
  int codes[${neighbors}], found = 0;
  for (size_t s = 0; s < COUNT; s++) {
    double distance = 0;
    for (int j = 0; j < ${inputs}; j++) {
      double size = fabs(last_samples[j * COUNT + s] - x[j] * last_unit);
      ${add}
    }
    if (found == ${neighbors} && !(distance < distances[found - 1])) continue;
    int at = found < ${neighbors} ? found++ : found - 1;
    for (; at > 0 && distance < distances[at - 1]; at--) {
      distances[at] = distances[at - 1];
      codes[at] = codes[at - 1];
    }
    distances[at] = distance;
    codes[at] = last_codes[s];
  }
  double total = 0;
  for (int c = 0; c < ${classes}; c++) out[c] = 0;
  for (int i = 0; i < ${neighbors}; i++) {
    ${weight}
    out[codes[i]] += weight;
    total += weight;
  }
  for (int c = 0; c < ${classes}; c++) out[c] /= total;
  return largest_of(out, ${classes});
}`,
    math,
  };
}
