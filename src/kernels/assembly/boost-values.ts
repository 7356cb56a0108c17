/**
 * The gradients of the objectives that learn values, in the arithmetic of XGBoost (src/objective/regression_obj.cu of
 * 1.7, quantile_obj.cu of 2.1). A sample has the margin m, the target y and the weight w.
 *
 * | objective | g / w | h / w |
 * |---|---|---|
 * | squared error | m - y | 1 |
 * | absolute error | the sign of m - y | 1 |
 * | pseudo Huber, slope s | z / r, with z = m - y and r = sqrt(1 + z^2 / s^2) | s^2 / ((s^2 + z^2) r) |
 * | poisson, step s | e^m - y | e^(m + s) |
 * | gamma | 1 - y / e^m | y / e^m |
 * | quantile a | 1 - a where m >= y, else -a | 1 |
 */
import { Task } from './boost-task';
import { exp } from './math';

/** The numbers of the objectives. @public */
export const CLASSES: u32 = 0;
/** @public */
export const SQUARED_ERROR: u32 = 1;
/** @public */
export const ABSOLUTE_ERROR: u32 = 2;
/** @public */
export const PSEUDO_HUBER: u32 = 3;
/** @public */
export const POISSON: u32 = 4;
/** @public */
export const GAMMA: u32 = 5;
/** @public */
export const QUANTILE: u32 = 6;

/** g and h of the sample at hand. */
let g: f32 = 0;
let h: f32 = 1;

/** e^x in f32, as exact as glibc's expf. */
export function expSingle(x: f32): f32 {
  return <f32>exp(<f64>x);
}

function pseudoHuber(z: f32, slope: f32): void {
  const root: f32 = sqrt<f32>(1 + (z * z) / (slope * slope));
  g = z / root;
  h = (slope * slope) / ((slope * slope + z * z) * root);
}

function quantile(z: f32, alpha: f32): void {
  g = z >= 0 ? 1 - alpha : -alpha;
}

function gamma(margin: f32, target: f32): void {
  h = target / expSingle(margin);
  g = 1 - h;
}

/** Sets g and h of a sample of weight 1. */
function setGradient(task: Task, margin: f32, target: f32): void {
  const setting = <f32>task.setting;
  const z: f32 = margin - target;
  h = 1;
  if (task.objective == SQUARED_ERROR) g = z;
  else if (task.objective == ABSOLUTE_ERROR) g = <f32>(<i32>(z > 0) - <i32>(z < 0));
  else if (task.objective == PSEUDO_HUBER) pseudoHuber(z, setting);
  else if (task.objective == QUANTILE) quantile(z, setting);
  else if (task.objective == GAMMA) gamma(margin, target);
  else {
    g = expSingle(margin) - target;
    h = expSingle(margin + setting);
  }
}

/** Writes g and h of all samples. */
export function valueGradients(task: Task): void {
  for (let i: u32 = 0; i < task.rows; i++) {
    const at = (<usize>i) << 2;
    const weight = load<f32>(task.weights + at);
    setGradient(task, load<f32>(task.margins + at), load<f32>(task.labels + at));
    store<f64>(task.gradients + (at << 2), <f64>(<f32>(g * weight)));
    store<f64>(task.gradients + (at << 2), <f64>(<f32>(h * weight)), 8);
  }
}
