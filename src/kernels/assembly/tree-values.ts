/**
 * The values of a node of a regression tree. ./tree-grow.ts says what is computed.
 *
 * The mean and the variance of a node are summed over its samples in their order. The search of its split adds up
 * distances z from this mean, because they are small where the values of a node are alike. With sums s of w z on both
 * sides, a split lowers the weighted variance by s_left^2 / w_left + s_right^2 / w_right. The products w z are rounded
 * for each node, so that their sums are exact: see ./exact.ts.
 */
import { rounderOf } from './exact';
import { Node, Task } from './tree-task';

// @ts-ignore: decorator
@inline
function valueOf(task: Task, sample: usize): f64 {
  return load<f64>(task.labels + (sample << 3));
}

// @ts-ignore: decorator
@inline
function weightOf(task: Task, sample: usize): f64 {
  return load<f64>(task.weights + (sample << 3));
}

/** Sets the weight and the mean of a node. The mean of equal values is that value. */
function setMean(task: Task, node: Node): void {
  const first = task.samples + ((<usize>node.start) << 2);
  const last = task.samples + ((<usize>node.end) << 2);
  let low = valueOf(task, <usize>load<u32>(first));
  let high = low;
  let weight: f64 = 0;
  let sum: f64 = 0;
  for (let at = first; at < last; at += 4) {
    const sample = <usize>load<u32>(at);
    const value = valueOf(task, sample);
    weight += weightOf(task, sample);
    sum += weightOf(task, sample) * value;
    low = min(low, value);
    high = max(high, value);
  }
  node.weight = weight;
  node.mean = low == high ? low : sum / weight;
}

/**
 * Sets the weight, the mean and the impurity of a node, the pairs of its samples, and their sums in `sums` (f64[2]).
 */
export function measureValues(task: Task, node: Node, sums: usize): void {
  setMean(task, node);
  const first = task.samples + ((<usize>node.start) << 2);
  const last = task.samples + ((<usize>node.end) << 2);
  let squares: f64 = 0;
  let sizes: f64 = 0;
  for (let at = first; at < last; at += 4) {
    const sample = <usize>load<u32>(at);
    const distance = valueOf(task, sample) - node.mean;
    const product = weightOf(task, sample) * distance;
    squares += product * distance;
    sizes += abs(product);
  }
  node.impurity = squares / node.weight;
  const rounder = rounderOf(sizes);
  let total: f64 = 0;
  for (let at = first; at < last; at += 4) {
    const sample = <usize>load<u32>(at);
    const weight = weightOf(task, sample);
    const product = weight * (valueOf(task, sample) - node.mean) + rounder - rounder;
    store<f64>(task.pairs + (sample << 4), weight);
    store<f64>(task.pairs + (sample << 4), product, 8);
    total += product;
  }
  store<f64>(sums, node.weight);
  store<f64>(sums, total, 8);
}
