/**
 * The minimum of a function of one variable, found without derivatives. A bracket grows downhill from [-2, 2] by the
 * golden ratio. Brent's method then narrows it (Brent, "Algorithms for Minimization without Derivatives", 1973, chapter
 * 5). The tolerances are those of scipy.optimize.brent.
 */

const GROWTH = 1.618034;
const GOLDEN = 0.381966011250105;
const RELATIVE_TOLERANCE = 1.48e-8;
const LEAST_TOLERANCE = 1e-11;
const MOST_GROWTHS = 50;
const MOST_STEPS = 500;

type Function1 = (at: number) => number;

/** An interval that holds a minimum: somewhere inside, the function is lower than at both ends. */
function bracket(f: Function1): [number, number] {
  let [a, b] = [-2, 2];
  if (f(a) < f(b)) [a, b] = [b, a];
  let c = b + GROWTH * (b - a);
  let [atB, atC] = [f(b), f(c)];
  for (let growth = 0; growth < MOST_GROWTHS && atC < atB; growth++) {
    [a, b, c] = [b, c, c + GROWTH * (c - b)];
    [atB, atC] = [atC, f(c)];
  }
  return a < c ? [a, c] : [c, a];
}

/** The place of a local minimum of f, to about 1.5e-8 of its size. NaN and -Infinity must not occur. */
export function brentMinimum(f: Function1): number {
  let [low, high] = bracket(f);
  // x is the best place so far, w is the second best, and v is the previous w.
  let x = low + GOLDEN * (high - low);
  let [w, v] = [x, x];
  let atX = f(x);
  let [atW, atV] = [atX, atX];
  let [step, stepBefore] = [0, 0];
  for (let count = 0; count < MOST_STEPS; count++) {
    const middle = (low + high) / 2;
    const tolerance = RELATIVE_TOLERANCE * Math.abs(x) + LEAST_TOLERANCE;
    if (Math.abs(x - middle) <= 2 * tolerance - (high - low) / 2) break;

    const parabolic = parabolaStep([x, w, v], [atX, atW, atV]);
    const inside = x + parabolic > low + 2 * tolerance && x + parabolic < high - 2 * tolerance;
    if (Math.abs(parabolic) < Math.abs(stepBefore) / 2 && inside) {
      [stepBefore, step] = [step, parabolic];
    } else {
      stepBefore = (x >= middle ? low : high) - x;
      step = GOLDEN * stepBefore;
    }
    const u = x + (Math.abs(step) >= tolerance ? step : step > 0 ? tolerance : -tolerance);
    const atU = f(u);

    if (atU <= atX) {
      if (u >= x) low = x;
      else high = x;
      [v, w, x] = [w, x, u];
      [atV, atW, atX] = [atW, atX, atU];
    } else {
      if (u < x) low = u;
      else high = u;
      if (atU <= atW || w === x) {
        [v, w] = [w, u];
        [atV, atW] = [atW, atU];
      } else if (atU <= atV || v === x || v === w) [v, atV] = [u, atU];
    }
  }
  return x;
}

/** The step from x to the vertex of the parabola through three points. It is NaN where there is no parabola. */
function parabolaStep([x, w, v]: number[], [atX, atW, atV]: number[]): number {
  const r = (x - w) * (atX - atV);
  const q = (x - v) * (atX - atW);
  return -((x - v) * q - (x - w) * r) / (2 * (q - r));
}
