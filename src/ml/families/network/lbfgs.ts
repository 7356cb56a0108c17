/**
 * Minimization of a smooth function by the limited-memory BFGS method (Nocedal and Wright, "Numerical optimization",
 * 2006, algorithms 7.4 and 7.5), with a line search for the strong Wolfe conditions (algorithms 3.5 and 3.6). It ends
 * as scipy's L-BFGS-B does: when no element of the gradient is above `tolerance`, or when the function has fallen by
 * less than 2.2e-9 of its size.
 */

export interface Point {
  x: Float64Array;
  value: number;
  gradient: Float64Array;
}

export interface LbfgsOptions {
  /** The largest element of the gradient that counts as zero. */
  tolerance: number;
  maxIterations: number;
  maxEvaluations: number;
}

export interface Minimum {
  x: Float64Array;
  /** The function after each iteration. */
  values: number[];
  /** The largest element of the gradient at x. */
  slope: number;
  /** Why it ended. */
  end: 'converged' | 'iterations' | 'evaluations' | 'line search';
}

type Evaluate = (x: Float64Array) => Point;

const REMEMBERED_STEPS = 10;
const SMALLEST_FALL = 2.220446049250313e-9;
const SUFFICIENT_DECREASE = 1e-4;
const CURVATURE = 0.9;
const LONGEST_SEARCH = 20;

/** A step s, the change y of the gradient over it, and their product. */
interface Memory {
  s: Float64Array;
  y: Float64Array;
  product: number;
}

/** Minimizes from `start`. `evaluate` gives a point with a new array for its gradient. */
export function minimizeByLbfgs(evaluate: Evaluate, start: Float64Array, options: LbfgsOptions): Minimum {
  let evaluations = 0;
  const counted: Evaluate = x => {
    evaluations++;
    return evaluate(x);
  };
  let point = counted(start);
  const values: number[] = [];
  const memory: Memory[] = [];
  const ended = (end: Minimum['end']): Minimum => ({
    x: point.x,
    values,
    slope: largest(point.gradient),
    end,
  });
  while (largest(point.gradient) > options.tolerance) {
    if (values.length >= options.maxIterations) return ended('iterations');
    if (evaluations >= options.maxEvaluations) return ended('evaluations');
    const direction = descent(memory, point.gradient);
    const first = memory.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(dot(point.gradient, point.gradient)));
    const next = search(counted, point, direction, first);
    if (next === undefined && memory.length === 0) return ended('line search');
    if (next === undefined) {
      // The remembered curvature misleads: go on along the gradient.
      memory.length = 0;
      continue;
    }
    remember(memory, point, next);
    const fall = point.value - next.value;
    const size = Math.max(Math.abs(point.value), Math.abs(next.value), 1);
    point = next;
    values.push(point.value);
    if (fall <= SMALLEST_FALL * size) break;
  }
  return ended('converged');
}

function remember(memory: Memory[], before: Point, after: Point): void {
  const s = after.x.map((value, i) => value - before.x[i]);
  const y = after.gradient.map((value, i) => value - before.gradient[i]);
  const product = dot(s, y);
  if (product <= Number.EPSILON * dot(y, y)) return;
  memory.push({ s, y, product });
  if (memory.length > REMEMBERED_STEPS) memory.shift();
}

/** Minus the approximate inverse Hessian times the gradient, by the two-loop recursion. */
function descent(memory: Memory[], gradient: Float64Array): Float64Array {
  const direction = gradient.map(value => -value);
  const shares = new Float64Array(memory.length);
  for (let m = memory.length - 1; m >= 0; m--) {
    shares[m] = dot(memory[m].s, direction) / memory[m].product;
    add(direction, -shares[m], memory[m].y);
  }
  if (memory.length > 0) {
    const { y, product } = memory[memory.length - 1];
    const scale = product / dot(y, y);
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  for (let m = 0; m < memory.length; m++) {
    add(direction, shares[m] - dot(memory[m].y, direction) / memory[m].product, memory[m].s);
  }
  return direction;
}

/** A point on the line and its place there. */
interface Trial extends Point {
  step: number;
  slope: number;
}

/** A point along the direction that meets the strong Wolfe conditions; undefined if none is found. */
function search(
  evaluate: Evaluate,
  origin: Point,
  direction: Float64Array,
  first: number,
): Point | undefined {
  const slope = dot(origin.gradient, direction);
  if (!(slope < 0)) return undefined;
  const at = (step: number): Trial => {
    const point = evaluate(origin.x.map((value, i) => value + step * direction[i]));
    return { ...point, step, slope: dot(point.gradient, direction) };
  };
  const tooHigh = (trial: Trial): boolean =>
    !(trial.value <= origin.value + SUFFICIENT_DECREASE * trial.step * slope);
  // `low` is the best point that has decreased enough; the wanted one lies between it and `high`.
  let low: Trial = { ...origin, step: 0, slope };
  let high: Trial | undefined;
  let step = first;
  for (let trials = 0; trials < LONGEST_SEARCH; trials++) {
    const trial = at(step);
    if (tooHigh(trial) || (low.step > 0 && trial.value >= low.value)) {
      high = trial;
    } else {
      if (Math.abs(trial.slope) <= -CURVATURE * slope) return trial;
      if (high ? trial.slope * (high.step - low.step) >= 0 : trial.slope >= 0) high = low;
      low = trial;
    }
    step = high ? between(low, high) : 2 * step;
  }
  return low.step > 0 ? low : undefined;
}

/** The minimum of the parabola through low's value and slope and high's value, kept off the ends by a tenth. */
function between(low: Trial, high: Trial): number {
  const width = high.step - low.step;
  const curvature = high.value - low.value - low.slope * width;
  const share = (-low.slope * width) / (2 * curvature);
  return low.step + width * (share >= 0.1 && share <= 0.9 ? share : 0.5);
}

function largest(values: Float64Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function add(to: Float64Array, factor: number, values: Float64Array): void {
  for (let i = 0; i < to.length; i++) to[i] += factor * values[i];
}
