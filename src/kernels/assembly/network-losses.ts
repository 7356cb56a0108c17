/**
 * The log-losses of a multi-layer perceptron: sums in f64 over logits in f32. ./network-products.ts explains layouts.
 */
import { exp, log, log1p } from './math';

/**
 * Returns the log-loss of a logistic output unit, summed over `rows` logits z: log(1 + e^-m), with m = z for class 1
 * and -z for class 0. `y` holds the classes (i32). Writes delta = p - y.
 */
export function networkLogisticOutput(z: usize, y: usize, delta: usize, rows: i32): f64 {
  let loss: f64 = 0;
  for (let i: usize = 0, bytes = (<usize>rows) << 2; i < bytes; i += 4) {
    const logit = <f64>load<f32>(z + i);
    const positive = load<i32>(y + i) == 1;
    const small = exp(-abs(logit));
    const likely = logit >= 0 == positive;
    const inverse = 1 / (1 + small);
    const p = logit >= 0 ? inverse : small * inverse;
    loss += log1p(small) + (likely ? 0 : abs(logit));
    store<f32>(delta + i, <f32>(positive ? p - 1 : p));
  }
  return loss;
}

/**
 * Returns the log-loss of a softmax output, summed over `rows` rows of logits z (rows x stride, in elements): log(sum
 * e^(z_c - max)) - (z_y - max). `y` holds the classes (i32). Writes delta = p - [c = y], and zero beyond `classes`.
 */
export function networkSoftmaxOutput(
  z: usize,
  stride: i32,
  classes: i32,
  y: usize,
  delta: usize,
  rows: i32,
): f64 {
  let loss: f64 = 0;
  const bytes = (<usize>stride) << 2;
  for (let i = 0; i < rows; i++) {
    const label = load<i32>(y + ((<usize>i) << 2));
    let top = load<f32>(z);
    for (let c = 1; c < classes; c++) top = max(top, load<f32>(z + ((<usize>c) << 2)));
    let sum: f64 = 0;
    for (let c = 0; c < classes; c++) sum += exp(<f64>load<f32>(z + ((<usize>c) << 2)) - <f64>top);
    loss += log(sum) - (<f64>load<f32>(z + ((<usize>label) << 2)) - <f64>top);
    for (let c = 0; c < classes; c++) {
      const p = exp(<f64>load<f32>(z + ((<usize>c) << 2)) - <f64>top) / sum;
      store<f32>(delta + ((<usize>c) << 2), <f32>(c == label ? p - 1 : p));
    }
    memory.fill(delta + ((<usize>classes) << 2), 0, (<usize>(stride - classes)) << 2);
    z += bytes;
    delta += bytes;
  }
  return loss;
}
