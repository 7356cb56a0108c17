/** The steps of the solvers of a multi-layer perceptron, in f32. The plain form is ../reference/network.ts. */

/**
 * One step of Adam (Kingma and Ba 2014, algorithm 1) on `count` parameters w, with the moments m and v and the
 * gradient (g + decay w) * scale. The step size is rate = rate_0 sqrt(1 - beta_2^t) / (1 - beta_1^t), as in its
 * section 2. count is a multiple of 4. Returns the sum of the squares of w before the step.
 */
export function networkAdam(
  w: usize,
  g: usize,
  m: usize,
  v: usize,
  count: i32,
  decay: f32,
  scale: f32,
  rate: f32,
  beta1: f64,
  beta2: f64,
  epsilon: f32,
): f64 {
  const keep1 = f32x4.splat(<f32>beta1);
  const take1 = f32x4.splat(<f32>(1 - beta1));
  const keep2 = f32x4.splat(<f32>beta2);
  const take2 = f32x4.splat(<f32>(1 - beta2));
  const decays = f32x4.splat(decay),
    scales = f32x4.splat(scale);
  const rates = f32x4.splat(rate),
    epsilons = f32x4.splat(epsilon);
  let squares = f64x2.splat(0);
  for (let k: usize = 0, bytes = (<usize>count) << 2; k < bytes; k += 16) {
    const weight = v128.load(w + k);
    squares = addSquares(squares, weight);
    const gradient = f32x4.mul(f32x4.add(v128.load(g + k), f32x4.mul(decays, weight)), scales);
    const mean = f32x4.add(f32x4.mul(keep1, v128.load(m + k)), f32x4.mul(take1, gradient));
    const square = f32x4.mul(take2, f32x4.mul(gradient, gradient));
    const variance = f32x4.add(f32x4.mul(keep2, v128.load(v + k)), square);
    v128.store(m + k, mean);
    v128.store(v + k, variance);
    const step = f32x4.div(f32x4.mul(rates, mean), f32x4.add(f32x4.sqrt(variance), epsilons));
    v128.store(w + k, f32x4.sub(weight, step));
  }
  return f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
}

/**
 * One step of gradient descent with momentum on `count` parameters w, with the velocities v and the gradient (g +
 * decay w) * scale: v = momentum v - rate gradient, then w = w + v, or with Nesterov's look ahead w = w + momentum v
 * - rate gradient (Sutskever et al. 2013). count is a multiple of 4. Returns the sum of the squares of w before the
 * step.
 */
export function networkDescend(
  w: usize,
  g: usize,
  v: usize,
  count: i32,
  decay: f32,
  scale: f32,
  rate: f32,
  momentum: f32,
  nesterov: bool,
): f64 {
  const decays = f32x4.splat(decay),
    scales = f32x4.splat(scale);
  const rates = f32x4.splat(rate),
    keep = f32x4.splat(momentum);
  let squares = f64x2.splat(0);
  for (let k: usize = 0, bytes = (<usize>count) << 2; k < bytes; k += 16) {
    const weight = v128.load(w + k);
    squares = addSquares(squares, weight);
    const gradient = f32x4.mul(f32x4.add(v128.load(g + k), f32x4.mul(decays, weight)), scales);
    const fall = f32x4.mul(rates, gradient);
    const velocity = f32x4.sub(f32x4.mul(keep, v128.load(v + k)), fall);
    v128.store(v + k, velocity);
    const step = nesterov ? f32x4.sub(f32x4.mul(keep, velocity), fall) : velocity;
    v128.store(w + k, f32x4.add(weight, step));
  }
  return f64x2.extract_lane(squares, 0) + f64x2.extract_lane(squares, 1);
}

/**
 * Adds the squares of four values in f64: those of the first and third to one sum, those of the others to another.
 */
function addSquares(sums: v128, values: v128): v128 {
  const low = f64x2.promote_low_f32x4(values);
  const high = f64x2.promote_low_f32x4(v128.shuffle<i32>(values, values, 2, 3, 2, 3));
  return f64x2.add(f64x2.add(sums, f64x2.mul(low, low)), f64x2.mul(high, high));
}
