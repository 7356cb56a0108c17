/** The gradients of a round of boosting, in the arithmetic of XGBoost 1.7. ./boost-grow.ts says what they are for. */
import { Task } from './boost-task';
import { CLASSES, expSingle, valueGradients } from './boost-values';
import { rounderOf } from './exact';

/** Writes g and h of binary:logistic (src/objective/regression_loss.h). The weights include scale_pos_weight. */
function logisticGradients(task: Task): void {
  for (let i: u32 = 0; i < task.rows; i++) {
    const at = (<usize>i) << 2;
    const p: f32 = 1 / (expSingle(min<f32>(-load<f32>(task.margins + at), 88.7)) + 1);
    const weight = load<f32>(task.weights + at);
    const g: f32 = (p - <f32>load<i32>(task.labels + at)) * weight;
    const h: f32 = max<f32>(p * (1 - p), <f32>1e-16) * weight;
    store<f64>(task.gradients + (at << 2), <f64>g);
    store<f64>(task.gradients + (at << 2), <f64>h, 8);
  }
}

/**
 * Writes g and h of multi:softprob (src/objective/multiclass_obj.cu).
 *
 * XGBoost subtracts the largest margin before it takes exponentials, but starts its search for the largest at the
 * smallest normal number. So where all margins are negative, it subtracts next to nothing. We do the same, for the
 * same bits. Where all margins are below -104, each exponential is then 0, and XGBoost's gradients are NaN. There we
 * subtract the largest margin itself.
 */
function softmaxGradients(task: Task): void {
  const k = task.outputs;
  for (let i: u32 = 0; i < task.rows; i++) {
    const margins = task.margins + ((<usize>i * <usize>k) << 2);
    const weight = load<f32>(task.weights + ((<usize>i) << 2));
    const label = load<u32>(task.labels + ((<usize>i) << 2));
    let top: f32 = f32.MIN_NORMAL_VALUE;
    let sum: f64 = 0;
    for (let c: u32 = 0; c < k; c++) top = max<f32>(top, load<f32>(margins + ((<usize>c) << 2)));
    for (let c: u32 = 0; c < k; c++) sum += <f64>expSingle(load<f32>(margins + ((<usize>c) << 2)) - top);
    if (sum == 0) {
      top = -Infinity;
      for (let c: u32 = 0; c < k; c++) top = max<f32>(top, load<f32>(margins + ((<usize>c) << 2)));
      for (let c: u32 = 0; c < k; c++) sum += <f64>expSingle(load<f32>(margins + ((<usize>c) << 2)) - top);
    }
    for (let c: u32 = 0; c < k; c++) {
      const p: f32 = expSingle(load<f32>(margins + ((<usize>c) << 2)) - top) / <f32>sum;
      const h: f32 = max<f32>(<f32>2 * p * (1 - p) * weight, <f32>1e-16);
      const g: f32 = (label == c ? p - 1 : p) * weight;
      const at = task.gradients + ((<usize>c * <usize>task.rows + <usize>i) << 4);
      store<f64>(at, <f64>g);
      store<f64>(at, <f64>h, 8);
    }
  }
}

/** Rounds the gradients of the samples trained on, so that all sums of them are exact. */
function roundGradients(task: Task, gradients: usize): void {
  let sum = f64x2.splat(0);
  for (let i: u32 = 0; i < task.trainCount; i++) {
    const sample = <usize>load<u32>(task.train + ((<usize>i) << 2));
    sum = f64x2.add(sum, f64x2.abs(v128.load(gradients + (sample << 4))));
  }
  let rounder = f64x2.splat(rounderOf(f64x2.extract_lane(sum, 0)));
  rounder = f64x2.replace_lane(rounder, 1, rounderOf(f64x2.extract_lane(sum, 1)));
  for (let i: u32 = 0; i < task.trainCount; i++) {
    const at = gradients + ((<usize>load<u32>(task.train + ((<usize>i) << 2))) << 4);
    v128.store(at, f64x2.sub(f64x2.add(v128.load(at), rounder), rounder));
  }
}

/**
 * Writes the gradients g and h of all samples at their margins, for all trees of a round, to the task's `gradients`.
 * `pointer` is a BOOST_TASK.
 */
export function boostGradients(pointer: usize): void {
  const task = changetype<Task>(pointer);
  if (task.objective != CLASSES) valueGradients(task);
  else if (task.outputs == 1) logisticGradients(task);
  else softmaxGradients(task);
  for (let c: u32 = 0; c < task.outputs; c++) {
    roundGradients(task, task.gradients + ((<usize>c * <usize>task.rows) << 4));
  }
}
