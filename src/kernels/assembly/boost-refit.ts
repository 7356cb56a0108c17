/**
 * The leaves of objectives whose second derivative is 0: absolute errors and quantiles. A tree is grown by gradients.
 * Then each leaf gets a quantile of the residuals y - m of its drawn samples, as in XGBoost (src/objective/adaptive.cc,
 * src/common/stats.h).
 *
 * Of n residuals without weights, the quantile a is the one of rank a (n + 1), interpolated between two ranks. With
 * weights, it is the first residual where the weights up to it are a share a of all. Weights are summed in f32. A
 * sample of weight 0 does not count.
 */
import { Node, Task } from './boost-task';
import { orderedBits, sortKeys } from './presort';

function residualOf(task: Task, sample: usize): f32 {
  return load<f32>(task.labels + (sample << 2)) - load<f32>(task.margins + (sample << 2));
}

function weightOf(task: Task, key: usize): f32 {
  return load<f32>(task.weights + ((<usize>(<u32>load<u64>(key))) << 2));
}

/** The residual at a rank of sorted keys. A key holds a sample in its lower half. */
function valueAt(task: Task, keys: usize, rank: u32): f32 {
  return residualOf(task, <usize>(<u32>load<u64>(keys + ((<usize>rank) << 3))));
}

/** Writes a key for each sample of a leaf that counts. Returns how many there are. */
function listResiduals(task: Task, node: Node): u32 {
  let count: u32 = 0;
  for (let at = node.start; at < node.end; at++) {
    const sample = load<u32>(task.samples + ((<usize>at) << 2));
    if (load<f32>(task.weights + ((<usize>sample) << 2)) == 0) continue;
    const bits = orderedBits(residualOf(task, <usize>sample));
    store<u64>(task.residuals + ((<usize>count) << 3), ((<u64>bits) << 32) | (<u64>sample));
    count++;
  }
  return count;
}

function plainQuantile(task: Task, keys: usize, count: u32, alpha: f64): f32 {
  const n = <f64>count;
  if (alpha <= 1 / (n + 1)) return valueAt(task, keys, 0);
  if (alpha >= n / (n + 1)) return valueAt(task, keys, count - 1);
  const rank = alpha * (n + 1);
  const k = floor(rank) - 1;
  const low = valueAt(task, keys, <u32>k);
  const high = valueAt(task, keys, <u32>k + 1);
  return <f32>(<f64>low + (rank - 1 - k) * <f64>(<f32>(high - low)));
}

function weightedQuantile(task: Task, keys: usize, count: u32, alpha: f64): f32 {
  const end = keys + ((<usize>count) << 3);
  let total: f32 = 0;
  for (let key = keys; key < end; key += 8) total += weightOf(task, key);
  const wanted = <f32>(<f64>total * alpha);
  let sum: f32 = 0;
  for (let rank: u32 = 0; rank < count; rank++) {
    sum += weightOf(task, keys + ((<usize>rank) << 3));
    if (sum >= wanted) return valueAt(task, keys, rank);
  }
  return valueAt(task, keys, count - 1);
}

/** Gives a leaf the quantile task.setting of its residuals. */
export function refitLeaf(task: Task, node: Node): void {
  const count = listResiduals(task, node);
  if (!count) return;
  const keys = sortKeys(task.residuals, count);
  node.weight =
    task.refit == 2
      ? weightedQuantile(task, keys, count, task.setting)
      : plainQuantile(task, keys, count, task.setting);
}
